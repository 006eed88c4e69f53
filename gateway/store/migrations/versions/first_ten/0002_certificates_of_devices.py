"""Certificates of devices: every one issued is known, claims are used once, and what a device trusts is told"""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "certificates",
        sa.Column("serial", sa.String(length=48), nullable=False),
        sa.Column("device_id", sa.String(length=36), nullable=False),
        sa.Column("public_key", sa.LargeBinary(), nullable=False),
        sa.Column("generation", sa.Integer(), nullable=False),
        sa.Column("chain", sa.LargeBinary(), nullable=False),
        sa.Column("issued_at", sa.Integer(), nullable=False),
        sa.Column("expires_at", sa.Integer(), nullable=False),
        sa.Column("taken_at", sa.Integer(), nullable=True),
        sa.Column("revoked_at", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["device_id"], ["devices.id"], name=op.f("fk_certificates_device_id_devices")),
        sa.PrimaryKeyConstraint("serial", name=op.f("pk_certificates")),
    )
    with op.batch_alter_table("certificates", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_certificates_device_id"), ["device_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_certificates_expires_at"), ["expires_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_certificates_public_key"), ["public_key"], unique=False)

    op.create_table(
        "claims",
        sa.Column("serial", sa.String(length=48), nullable=False),
        sa.Column("device_id", sa.String(length=36), nullable=False),
        sa.Column("site", sa.String(length=36), nullable=False),
        sa.Column("kind", sa.String(length=36), nullable=False),
        sa.Column("unit_id", sa.String(length=36), nullable=True),
        sa.Column("label", sa.String(length=400), nullable=False),
        sa.Column("created_at", sa.Integer(), nullable=False),
        sa.Column("expires_at", sa.Integer(), nullable=False),
        sa.Column("used_at", sa.Integer(), nullable=True),
        sa.Column("withdrawn_at", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["unit_id"], ["units.id"], name=op.f("fk_claims_unit_id_units")),
        sa.PrimaryKeyConstraint("serial", name=op.f("pk_claims")),
    )
    with op.batch_alter_table("claims", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_claims_device_id"), ["device_id"], unique=False)

    op.add_column("devices", sa.Column("trust", sa.String(length=36), nullable=True))
    # What was issued before is known by its serial: a device that is revoked later is revoked with it.
    known = sa.text(
        "INSERT INTO certificates"
        " (serial, device_id, public_key, generation, chain, issued_at, expires_at, taken_at, revoked_at)"
        " SELECT certificate_serial, id, public_key, 1, :chain, 0, certificate_expires_at, 0, revoked_at FROM devices"
    )
    op.get_bind().execute(known.bindparams(sa.bindparam("chain", b"", type_=sa.LargeBinary)))


def downgrade() -> None:
    op.drop_column("devices", "trust")
    with op.batch_alter_table("claims", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_claims_device_id"))

    op.drop_table("claims")
    with op.batch_alter_table("certificates", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_certificates_public_key"))
        batch_op.drop_index(batch_op.f("ix_certificates_expires_at"))
        batch_op.drop_index(batch_op.f("ix_certificates_device_id"))

    op.drop_table("certificates")
