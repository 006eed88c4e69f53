"""Whether the people of a stay are a group and no family; those of the stays that are there were filed as families"""

import sqlalchemy as sa
from alembic import op

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("stays") as table:
        table.add_column(sa.Column("party_is_group", sa.Boolean(), nullable=False, server_default=sa.false()))


def downgrade() -> None:
    with op.batch_alter_table("stays") as table:
        table.drop_column("party_is_group")
