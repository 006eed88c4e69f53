"""When the broker refused a revoked certificate and its session was ended"""

import sqlalchemy as sa
from alembic import op

revision = "0030"
down_revision = "0029"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("certificates", sa.Column("enforced_at", sa.Integer(), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("certificates") as table:
        table.drop_column("enforced_at")
