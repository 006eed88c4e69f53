"""The lock's own number of its last word on a key and of its last whole state"""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("devices", sa.Column("state_seq", sa.Integer(), nullable=False, server_default="-1"))
    op.add_column("keys", sa.Column("told_seq", sa.Integer(), nullable=False, server_default="-1"))


def downgrade() -> None:
    op.drop_column("keys", "told_seq")
    op.drop_column("devices", "state_seq")
