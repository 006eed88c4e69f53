"""When an ended stay is next looked at, requests for erasure, counts of what is deleted, and indexes to find it by"""

import sqlalchemy as sa
from alembic import op

revision = "0032"
down_revision = "0031"
branch_labels = None
depends_on = None

INDEXES = (
    ("events", ("type", "at"), "ix_events_type_at"),
    ("events", ("person_id",), "ix_events_person_id"),
    ("registrations", ("corrects_id",), "ix_registrations_corrects_id"),
    ("registrations", ("refiled_id",), "ix_registrations_refiled_id"),
    ("offers", ("person_id",), "ix_offers_person_id"),
    ("offers", ("invited_by",), "ix_offers_invited_by"),
    ("people", ("head_id",), "ix_people_head_id"),
    ("verifications", ("person_id",), "ix_verifications_person_id"),
    ("commands", ("expires_at",), "ix_commands_expires_at"),
    ("date_requests", ("person_id",), "ix_date_requests_person_id"),
    ("set_aside", ("at",), "ix_set_aside_at"),
    ("accounts", ("ended_at",), "ix_accounts_ended_at"),
    ("exports", ("expires_at",), "ix_exports_expires_at"),
    ("stays", ("retention_at",), "ix_stays_retention_at"),
)
NOT_FILINGS = sa.text("work <> 'submit'")


def upgrade() -> None:
    with op.batch_alter_table("stays") as table:
        table.add_column(sa.Column("retention_at", sa.Integer(), nullable=True))
    with op.batch_alter_table("people") as table:
        table.add_column(sa.Column("erasure_asked_at", sa.Integer(), nullable=True))
        table.add_column(sa.Column("erasure_asked_by", sa.String(36), nullable=True))
    for table_name, columns, name in INDEXES:
        op.create_index(name, table_name, list(columns))
    op.create_index(
        "ix_deliveries_settled", "deliveries", ["settled_at"], sqlite_where=NOT_FILINGS, postgresql_where=NOT_FILINGS
    )
    op.create_table(
        "monthly_counts",
        sa.Column("month", sa.String(7), nullable=False),
        sa.Column("landlord_id", sa.String(36), nullable=False),
        sa.Column("what", sa.String(36), nullable=False),
        sa.Column("name", sa.String(36), nullable=False),
        sa.Column("state", sa.String(36), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["landlord_id"], ["landlords.id"], name="fk_monthly_counts_landlord_id_landlords"),
        sa.PrimaryKeyConstraint("month", "landlord_id", "what", "name", "state", name="pk_monthly_counts"),
    )
    stays = sa.table("stays", sa.column("state", sa.String), sa.column("retention_at", sa.Integer))
    op.execute(sa.update(stays).where(stays.c.state.in_(("ended", "cancelled"))).values(retention_at=0))


def downgrade() -> None:
    op.drop_table("monthly_counts")
    op.drop_index("ix_deliveries_settled", "deliveries")
    for table_name, _, name in INDEXES:
        op.drop_index(name, table_name)
    with op.batch_alter_table("people") as table:
        table.drop_column("erasure_asked_by")
        table.drop_column("erasure_asked_at")
    with op.batch_alter_table("stays") as table:
        table.drop_column("retention_at")
