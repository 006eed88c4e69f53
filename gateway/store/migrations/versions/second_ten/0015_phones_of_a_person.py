"""Keys by the link they came from, so that several phones of one person are told apart"""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("keys") as table:
        table.add_column(sa.Column("offer_id", sa.String(36), nullable=True))
        table.create_foreign_key(op.f("fk_keys_offer_id_offers"), "offers", ["offer_id"], ["id"])
        table.create_index(op.f("ix_keys_offer_id"), ["offer_id"])
    # Until now every person had one link; a link made before the person registered names them once they have.
    op.execute("UPDATE keys SET offer_id = (SELECT MIN(offers.id) FROM offers WHERE offers.person_id = keys.person_id)")


def downgrade() -> None:
    with op.batch_alter_table("keys") as table:
        table.drop_index(op.f("ix_keys_offer_id"))
        table.drop_constraint(op.f("fk_keys_offer_id_offers"), type_="foreignkey")
        table.drop_column("offer_id")
