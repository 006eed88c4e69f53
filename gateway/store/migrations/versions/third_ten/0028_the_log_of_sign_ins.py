"""The log of attempts to sign in"""

import sqlalchemy as sa
from alembic import op

revision = "0028"
down_revision = "0027"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "sign_in_attempts",
        sa.Column("id", sa.String(36), nullable=False),
        sa.Column("account_id", sa.String(36), nullable=True),
        sa.Column("method", sa.String(36), nullable=False),
        sa.Column("outcome", sa.String(36), nullable=False),
        sa.Column("device", sa.String(400), nullable=False),
        sa.Column("network", sa.String(400), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.Column("first_at", sa.Integer(), nullable=False),
        sa.Column("last_at", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name=op.f("fk_sign_in_attempts_account_id_accounts")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sign_in_attempts")),
    )
    op.create_index("ix_sign_in_attempts_account", "sign_in_attempts", ["account_id", "last_at"])


def downgrade() -> None:
    op.drop_index("ix_sign_in_attempts_account", "sign_in_attempts")
    op.drop_table("sign_in_attempts")
