"""Offers whose tenant registers on another tenant's phone, and up to when their link to the key is shown again"""

import sqlalchemy as sa
from alembic import op

revision = "0033"
down_revision = "0032"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("offers", sa.Column("hand_over_until", sa.Integer(), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("offers") as table:
        table.drop_column("hand_over_until")
