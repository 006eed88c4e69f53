"""Firmware of devices: images, roll-outs, updates, ends of support"""

import sqlalchemy as sa
from alembic import op

revision = "0035"
down_revision = "0034"
branch_labels = None
depends_on = None

COUNT = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.add_column("devices", sa.Column("firmware", sa.String(400), nullable=True))
    op.add_column("devices", sa.Column("model", sa.String(36), nullable=True))
    op.add_column("devices", sa.Column("firmware_counter", COUNT, nullable=True))
    op.add_column("devices", sa.Column("support_ends_at", COUNT, nullable=True))
    op.add_column("devices", sa.Column("publisher", sa.String(36), nullable=True))
    op.create_table(
        "firmware_images",
        sa.Column("id", sa.String(36), nullable=False),
        sa.Column("vendor", sa.String(400), nullable=False),
        sa.Column("model", sa.String(36), nullable=False),
        sa.Column("class_id", sa.String(36), nullable=False),
        sa.Column("version", sa.String(36), nullable=False),
        sa.Column("sequence", COUNT, nullable=False),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("envelope", sa.LargeBinary(), nullable=False),
        sa.Column("publisher", sa.String(36), nullable=False),
        sa.Column("published_at", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_firmware_images")),
        sa.UniqueConstraint("digest", name=op.f("uq_firmware_images_digest")),
    )
    op.create_index(op.f("ix_firmware_images_class_id"), "firmware_images", ["class_id"])
    op.create_table(
        "firmware_chunks",
        sa.Column("image_id", sa.String(36), nullable=False),
        sa.Column("begins", sa.Integer(), nullable=False),
        sa.Column("data", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["image_id"], ["firmware_images.id"], name=op.f("fk_firmware_chunks_image_id_firmware_images")
        ),
        sa.PrimaryKeyConstraint("image_id", "begins", name=op.f("pk_firmware_chunks")),
    )
    op.create_table(
        "firmware_roll_outs",
        sa.Column("id", sa.String(36), nullable=False),
        sa.Column("image_id", sa.String(36), nullable=False),
        sa.Column("state", sa.String(36), nullable=False),
        sa.Column("step", sa.Integer(), nullable=False),
        sa.Column("step_at", sa.Integer(), nullable=False),
        sa.Column("soak_seconds", sa.Integer(), nullable=False),
        sa.Column("failure_limit", sa.Integer(), nullable=False),
        sa.Column("reason", sa.String(36), nullable=True),
        sa.Column("begun_at", sa.Integer(), nullable=False),
        sa.Column("ended_at", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["image_id"], ["firmware_images.id"], name=op.f("fk_firmware_roll_outs_image_id_firmware_images")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_firmware_roll_outs")),
    )
    op.create_index(op.f("ix_firmware_roll_outs_state"), "firmware_roll_outs", ["state"])
    op.create_table(
        "firmware_updates",
        sa.Column("id", sa.String(36), nullable=False),
        sa.Column("roll_out_id", sa.String(36), nullable=False),
        sa.Column("device_id", sa.String(36), nullable=False),
        sa.Column("state", sa.String(36), nullable=False),
        sa.Column("held", sa.Integer(), nullable=True),
        sa.Column("reason", sa.String(36), nullable=True),
        sa.Column("since", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["roll_out_id"], ["firmware_roll_outs.id"], name=op.f("fk_firmware_updates_roll_out_id_firmware_roll_outs")
        ),
        sa.ForeignKeyConstraint(["device_id"], ["devices.id"], name=op.f("fk_firmware_updates_device_id_devices")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_firmware_updates")),
        sa.UniqueConstraint("roll_out_id", "device_id", name=op.f("uq_firmware_updates_roll_out_id")),
    )
    op.create_index(op.f("ix_firmware_updates_device_id"), "firmware_updates", ["device_id"])
    op.create_table(
        "firmware_support",
        sa.Column("class_id", sa.String(36), nullable=False),
        sa.Column("line", sa.String(36), nullable=False),
        sa.Column("ends_at", COUNT, nullable=False),
        sa.PrimaryKeyConstraint("class_id", "line", name=op.f("pk_firmware_support")),
    )


def downgrade() -> None:
    for name in ("firmware_support", "firmware_updates", "firmware_roll_outs", "firmware_chunks", "firmware_images"):
        op.drop_table(name)
    with op.batch_alter_table("devices") as table:
        for column in ("publisher", "support_ends_at", "firmware_counter", "model", "firmware"):
            table.drop_column(column)
