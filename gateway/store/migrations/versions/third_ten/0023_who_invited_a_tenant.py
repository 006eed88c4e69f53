"""Which registered person an offer's tenant was invited by, so that a home they share is copied"""

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("offers") as table:
        table.add_column(sa.Column("invited_by", sa.String(36), nullable=True))
        table.create_foreign_key("fk_offers_invited_by_people", "people", ["invited_by"], ["id"])


def downgrade() -> None:
    with op.batch_alter_table("offers") as table:
        table.drop_constraint("fk_offers_invited_by_people", type_="foreignkey")
        table.drop_column("invited_by")
