"""PINs in the numbered slots of other makers' locks"""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "slot_codes",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("stay_id", sa.String(length=36), nullable=False),
        sa.Column("device_id", sa.String(length=36), nullable=False),
        sa.Column("slot", sa.Integer(), nullable=False),
        sa.Column("begins_at", sa.Integer(), nullable=False),
        sa.Column("ends_at", sa.Integer(), nullable=False),
        sa.Column("desired", sa.String(length=36), nullable=False),
        sa.Column("observed", sa.String(length=36), nullable=False),
        sa.Column("created_at", sa.Integer(), nullable=False),
        sa.Column("on_lock_at", sa.Integer(), nullable=True),
        sa.Column("removed_at", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["device_id"], ["devices.id"], name=op.f("fk_slot_codes_device_id_devices")),
        sa.ForeignKeyConstraint(["stay_id"], ["stays.id"], name=op.f("fk_slot_codes_stay_id_stays")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_slot_codes")),
    )
    with op.batch_alter_table("slot_codes", schema=None) as batch_op:
        batch_op.create_index("ix_slot_codes_lock", ["device_id", "slot"], unique=False)
        batch_op.create_index(batch_op.f("ix_slot_codes_stay_id"), ["stay_id"], unique=False)


def downgrade() -> None:
    op.drop_table("slot_codes")
