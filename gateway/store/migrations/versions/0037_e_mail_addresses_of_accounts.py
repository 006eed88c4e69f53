"""The confirmed e-mail address of an account, and the language of what is sent there"""

import sqlalchemy as sa
from alembic import op

revision = "0037"
down_revision = "0036"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("accounts") as table:
        table.add_column(sa.Column("email", sa.String(400), nullable=True))
        table.add_column(sa.Column("email_language", sa.String(36), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("accounts") as table:
        table.drop_column("email_language")
        table.drop_column("email")
