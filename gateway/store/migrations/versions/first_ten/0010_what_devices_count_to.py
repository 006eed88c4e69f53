"""What devices count to, wide enough on every database; and how far a device's clock was off"""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

# SQLite's INTEGER holds 64 bits already
WIDER = {
    "devices": ("told_epoch", "told_codes", "told_once", "told_seq", "state_seq", "chain_seq"),
    "heard_messages": ("seq", "after_seq"),
    "keys": ("told_seq",),
}


def upgrade() -> None:
    widen(sa.BigInteger())
    with op.batch_alter_table("devices", schema=None) as batch_op:
        drift = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
        batch_op.add_column(sa.Column("clock_drift", drift, nullable=True))
        batch_op.add_column(sa.Column("clock_drift_at", sa.Integer(), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("devices", schema=None) as batch_op:
        batch_op.drop_column("clock_drift_at")
        batch_op.drop_column("clock_drift")
    widen(sa.Integer())


def widen(kind: sa.types.TypeEngine[int]) -> None:
    if op.get_bind().dialect.name == "sqlite":
        return
    for table, columns in WIDER.items():
        for column in columns:
            op.alter_column(table, column, type_=kind)
