"""The chain of a lock's entries, and what is owed about a row found without looking through all that is owed"""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

OF_DEVICES = (
    ("chain_digest", sa.LargeBinary()),
    ("chain_waits_since", sa.Integer()),
    ("log_alarm", sa.String(length=36)),
    ("log_alarm_at", sa.Integer()),
)
OF_MESSAGES = (
    ("digest", sa.LargeBinary()),
    ("after_seq", sa.Integer()),
    ("after_digest", sa.LargeBinary()),
    ("about", sa.String(length=36)),
)


def upgrade() -> None:
    with op.batch_alter_table("devices", schema=None) as batch_op:
        batch_op.add_column(sa.Column("chain_seq", sa.Integer(), nullable=False, server_default="0"))
        for name, kind in OF_DEVICES:
            batch_op.add_column(sa.Column(name, kind, nullable=True))
    with op.batch_alter_table("heard_messages", schema=None) as batch_op:
        for name, kind in OF_MESSAGES:
            batch_op.add_column(sa.Column(name, kind, nullable=True))
    with op.batch_alter_table("deliveries", schema=None) as batch_op:
        batch_op.create_index("ix_deliveries_about", ["about", "work"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("deliveries", schema=None) as batch_op:
        batch_op.drop_index("ix_deliveries_about")
    with op.batch_alter_table("heard_messages", schema=None) as batch_op:
        for name, _ in OF_MESSAGES:
            batch_op.drop_column(name)
    with op.batch_alter_table("devices", schema=None) as batch_op:
        for name, _ in OF_DEVICES:
            batch_op.drop_column(name)
        batch_op.drop_column("chain_seq")
