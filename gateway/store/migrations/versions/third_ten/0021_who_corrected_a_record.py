"""Who corrected a record, which fields and why; the reason is sealed under the key of the person it is about"""

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("registrations") as table:
        table.add_column(sa.Column("corrected_by", sa.String(400), nullable=True))
        table.add_column(sa.Column("corrected_fields", sa.JSON(), nullable=True))
        table.add_column(sa.Column("correction_reason", sa.LargeBinary(), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("registrations") as table:
        table.drop_column("correction_reason")
        table.drop_column("corrected_fields")
        table.drop_column("corrected_by")
