"""The record that was filed in the place of a refused one, so that a refusal that was mended no longer waits"""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("registrations") as table:
        table.add_column(sa.Column("refiled_id", sa.String(36), nullable=True))
        table.create_foreign_key(
            op.f("fk_registrations_refiled_id_registrations"), "registrations", ["refiled_id"], ["id"]
        )


def downgrade() -> None:
    with op.batch_alter_table("registrations") as table:
        table.drop_constraint(op.f("fk_registrations_refiled_id_registrations"), type_="foreignkey")
        table.drop_column("refiled_id")
