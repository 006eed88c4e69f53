"""Codes that open once: their numbers on each lock, and where the lock stands with them"""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

COLUMNS = ("once_next", "once_from", "told_once")


def upgrade() -> None:
    with op.batch_alter_table("devices", schema=None) as batch_op:
        for name in COLUMNS:
            batch_op.add_column(sa.Column(name, sa.Integer(), nullable=False, server_default="0"))
    op.create_table(
        "once_codes",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("stay_id", sa.String(length=36), nullable=False),
        sa.Column("device_id", sa.String(length=36), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("epoch", sa.Integer(), nullable=False),
        sa.Column("issued_at", sa.Integer(), nullable=False),
        sa.Column("used_at", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["device_id"], ["devices.id"], name=op.f("fk_once_codes_device_id_devices")),
        sa.ForeignKeyConstraint(["stay_id"], ["stays.id"], name=op.f("fk_once_codes_stay_id_stays")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_once_codes")),
        sa.UniqueConstraint("device_id", "number", name=op.f("uq_once_codes_device_id")),
    )
    with op.batch_alter_table("once_codes", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_once_codes_stay_id"), ["stay_id"], unique=False)


def downgrade() -> None:
    op.drop_table("once_codes")
    with op.batch_alter_table("devices", schema=None) as batch_op:
        for name in COLUMNS:
            batch_op.drop_column(name)
