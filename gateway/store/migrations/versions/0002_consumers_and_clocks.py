"""Consumers of the feed, legal clocks at run time, and the disclosure log's look-ups"""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

CLOCKS = ("warn_at", "warned_at", "late_at", "sent_at")


def upgrade() -> None:
    op.create_table(
        "feed_consumers",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("name", sa.String(length=400), nullable=False),
        sa.Column("purpose", sa.String(length=400), nullable=False),
        sa.Column("areas", sa.JSON(), nullable=False),
        sa.Column("fields", sa.JSON(), nullable=False),
        sa.Column("rows_a_day", sa.Integer(), nullable=False),
        sa.Column("expires_at", sa.Integer(), nullable=False),
        sa.Column("asked_by", sa.String(length=36), nullable=False),
        sa.Column("asked_at", sa.Integer(), nullable=False),
        sa.Column("approved_by", sa.String(length=36), nullable=True),
        sa.Column("approved_at", sa.Integer(), nullable=True),
        sa.Column("ended_at", sa.Integer(), nullable=True),
        sa.Column("token_hash", sa.String(length=64), nullable=True),
        sa.Column("webhook_url", sa.String(length=400), nullable=True),
        sa.Column("sealed_secret", sa.LargeBinary(), nullable=True),
        sa.Column("cursor", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["asked_by"], ["accounts.id"], name=op.f("fk_feed_consumers_asked_by_accounts")),
        sa.ForeignKeyConstraint(["approved_by"], ["accounts.id"], name=op.f("fk_feed_consumers_approved_by_accounts")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_feed_consumers")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_feed_consumers_token_hash")),
    )
    for name in CLOCKS:
        op.add_column("registrations", sa.Column(name, sa.Integer(), nullable=True))
    op.add_column("registrations", sa.Column("tables", sa.JSON(), nullable=True))
    op.add_column("disclosures", sa.Column("rows", sa.Integer(), nullable=False, server_default="1"))
    op.add_column("disclosures", sa.Column("first", sa.Integer(), nullable=True))
    op.add_column("disclosures", sa.Column("last", sa.Integer(), nullable=True))
    op.create_index("ix_disclosures_stretch", "disclosures", ["first", "last"])
    op.create_index("ix_disclosures_subject", "disclosures", ["subject"])
    op.create_index("ix_disclosures_consumer", "disclosures", ["consumer"])
    op.create_index("ix_events_registration_id", "events", ["registration_id"])


def downgrade() -> None:
    op.drop_index("ix_events_registration_id", "events")
    for name in ("consumer", "subject", "stretch"):
        op.drop_index(f"ix_disclosures_{name}", "disclosures")
    for name in ("last", "first", "rows"):
        op.drop_column("disclosures", name)
    for name in ("tables", *CLOCKS):
        op.drop_column("registrations", name)
    op.drop_table("feed_consumers")
