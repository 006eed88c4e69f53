"""When a first password was set; those that exist count from this migration"""

import time

import sqlalchemy as sa
from alembic import op

revision = "0038"
down_revision = "0037"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("accounts") as table:
        table.add_column(sa.Column("first_password_at", sa.Integer(), nullable=True))
    accounts = sa.table("accounts", sa.column("password_is_first", sa.Boolean()), sa.column("first_password_at"))
    op.execute(accounts.update().where(accounts.c.password_is_first).values(first_password_at=int(time.time())))


def downgrade() -> None:
    with op.batch_alter_table("accounts") as table:
        table.drop_column("first_password_at")
