"""Whether a tenant of a stay still registers others, for whom the check-in waits"""

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("stays") as table:
        table.add_column(sa.Column("party_open", sa.Boolean(), nullable=False, server_default=sa.false()))


def downgrade() -> None:
    with op.batch_alter_table("stays") as table:
        table.drop_column("party_open")
