"""Sessions with their device, network, method and last use; those that are open end, and their people sign in again"""

import sqlalchemy as sa
from alembic import op

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("DELETE FROM sign_ins")
    with op.batch_alter_table("sign_ins") as table:
        table.add_column(sa.Column("id", sa.String(36), nullable=False))
        table.add_column(sa.Column("method", sa.String(36), nullable=False))
        table.add_column(sa.Column("device", sa.String(400), nullable=False))
        table.add_column(sa.Column("network", sa.String(400), nullable=False))
        table.add_column(sa.Column("begun_at", sa.Integer(), nullable=False))
        table.add_column(sa.Column("used_at", sa.Integer(), nullable=False))
        table.create_unique_constraint(op.f("uq_sign_ins_id"), ["id"])
        table.create_index(op.f("ix_sign_ins_account_id"), ["account_id"])


def downgrade() -> None:
    op.execute("DELETE FROM sign_ins")
    with op.batch_alter_table("sign_ins") as table:
        table.drop_index(op.f("ix_sign_ins_account_id"))
        table.drop_constraint(op.f("uq_sign_ins_id"), type_="unique")
        for column in ("id", "method", "device", "network", "begun_at", "used_at"):
            table.drop_column(column)
