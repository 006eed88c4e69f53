"""What a registry held instead of a record when the comparison found a difference, so that it is found once"""

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("registrations") as table:
        table.add_column(sa.Column("held_sha256", sa.String(64), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("registrations") as table:
        table.drop_column("held_sha256")
