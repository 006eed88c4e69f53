"""Staff and single sign-on of accounts, passkeys, exports that need a second person, and notices by landlord"""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("accounts", schema=None) as batch_op:
        batch_op.add_column(sa.Column("staff", sa.String(length=36), nullable=True))
        batch_op.add_column(sa.Column("issuer", sa.String(length=400), nullable=True))
        batch_op.add_column(sa.Column("subject", sa.String(length=400), nullable=True))
        batch_op.add_column(sa.Column("ended_at", sa.Integer(), nullable=True))
        batch_op.create_index("ix_accounts_subject", ["issuer", "subject"], unique=True)
    op.execute("UPDATE accounts SET staff = 'owner' WHERE role = 'landlord'")

    op.create_table(
        "ceremonies",
        sa.Column("name_hash", sa.String(length=64), nullable=False),
        sa.Column("kind", sa.String(length=36), nullable=False),
        sa.Column("account_id", sa.String(length=36), nullable=True),
        sa.Column("data", sa.JSON(), nullable=False),
        sa.Column("expires_at", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name=op.f("fk_ceremonies_account_id_accounts")),
        sa.PrimaryKeyConstraint("name_hash", name=op.f("pk_ceremonies")),
    )
    with op.batch_alter_table("ceremonies", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_ceremonies_expires_at"), ["expires_at"], unique=False)

    op.create_table(
        "passkeys",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("account_id", sa.String(length=36), nullable=False),
        sa.Column("credential_id", sa.LargeBinary(), nullable=False),
        sa.Column("public_key", sa.LargeBinary(), nullable=False),
        sa.Column("sign_count", sa.Integer(), nullable=False),
        sa.Column("label", sa.String(length=400), nullable=False),
        sa.Column("created_at", sa.Integer(), nullable=False),
        sa.Column("used_at", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name=op.f("fk_passkeys_account_id_accounts")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_passkeys")),
        sa.UniqueConstraint("credential_id", name=op.f("uq_passkeys_credential_id")),
    )
    with op.batch_alter_table("passkeys", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_passkeys_account_id"), ["account_id"], unique=False)

    op.create_table(
        "exports",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("area", sa.String(length=36), nullable=False),
        sa.Column("from_at", sa.Integer(), nullable=False),
        sa.Column("until_at", sa.Integer(), nullable=False),
        sa.Column("purpose", sa.String(length=400), nullable=False),
        sa.Column("rows", sa.Integer(), nullable=False),
        sa.Column("asked_by", sa.String(length=36), nullable=False),
        sa.Column("asked_at", sa.Integer(), nullable=False),
        sa.Column("decided_by", sa.String(length=36), nullable=True),
        sa.Column("decided_at", sa.Integer(), nullable=True),
        sa.Column("approved", sa.Boolean(), nullable=True),
        sa.Column("expires_at", sa.Integer(), nullable=False),
        sa.Column("taken_at", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["asked_by"], ["accounts.id"], name=op.f("fk_exports_asked_by_accounts")),
        sa.ForeignKeyConstraint(["decided_by"], ["accounts.id"], name=op.f("fk_exports_decided_by_accounts")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_exports")),
    )
    with op.batch_alter_table("exports", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_exports_area"), ["area"], unique=False)

    op.create_table(
        "notice_wishes",
        sa.Column("landlord_id", sa.String(length=36), nullable=False),
        sa.Column("codes", sa.JSON(), nullable=False),
        sa.Column("language", sa.String(length=36), nullable=False),
        sa.Column("email", sa.String(length=400), nullable=True),
        sa.Column("webhook_url", sa.String(length=400), nullable=True),
        sa.Column("sealed_secret", sa.LargeBinary(), nullable=True),
        sa.ForeignKeyConstraint(["landlord_id"], ["landlords.id"], name=op.f("fk_notice_wishes_landlord_id_landlords")),
        sa.PrimaryKeyConstraint("landlord_id", name=op.f("pk_notice_wishes")),
    )

    op.create_table(
        "noticed",
        sa.Column("landlord_id", sa.String(length=36), nullable=False),
        sa.Column("what", sa.String(length=120), nullable=False),
        sa.Column("since", sa.Integer(), nullable=False),
        sa.Column("told_at", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["landlord_id"], ["landlords.id"], name=op.f("fk_noticed_landlord_id_landlords")),
        sa.PrimaryKeyConstraint("landlord_id", "what", name=op.f("pk_noticed")),
    )


def downgrade() -> None:
    for table in ("noticed", "notice_wishes", "exports", "passkeys", "ceremonies"):
        op.drop_table(table)
    with op.batch_alter_table("accounts", schema=None) as batch_op:
        batch_op.drop_index("ix_accounts_subject")
        for column in ("ended_at", "subject", "issuer", "staff"):
            batch_op.drop_column(column)
