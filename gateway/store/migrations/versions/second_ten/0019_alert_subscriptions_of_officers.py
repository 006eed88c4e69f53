"""Alert subscriptions of officers beside those of landlords, each under an id of its own"""

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None

SUBSCRIPTION = "id, landlord_id, codes, language, email, webhook_url, sealed_secret"
BEFORE = "landlord_id, landlord_id, codes, language, email, webhook_url, sealed_secret"


def subscriptions(*own: sa.schema.SchemaItem) -> None:
    op.create_table(
        "alert_subscriptions",
        *own,
        sa.Column("codes", sa.JSON(), nullable=False),
        sa.Column("language", sa.String(36), nullable=False),
        sa.Column("email", sa.String(400), nullable=True),
        sa.Column("webhook_url", sa.String(400), nullable=True),
        sa.Column("sealed_secret", sa.LargeBinary(), nullable=True),
        sa.ForeignKeyConstraint(
            ["landlord_id"], ["landlords.id"], name=op.f("fk_alert_subscriptions_landlord_id_landlords")
        ),
    )


def open_alerts(column: str, table: str, ondelete: str | None = None) -> None:
    op.create_table(
        "open_alerts",
        sa.Column(column, sa.String(36), nullable=False),
        sa.Column("what", sa.String(120), nullable=False),
        sa.Column("since", sa.Integer(), nullable=False),
        sa.Column("notified_at", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            [column], [f"{table}.id"], name=op.f(f"fk_open_alerts_{column}_{table}"), ondelete=ondelete
        ),
        sa.PrimaryKeyConstraint(column, "what", name=op.f("pk_open_alerts")),
    )


def set_aside(*tables: str) -> None:
    """Copy the rows of the tables and drop them, so that the new ones can take the names of their constraints."""
    for table in tables:
        op.execute(f"CREATE TABLE old_{table} AS SELECT * FROM {table}")  # noqa: S608 - names below
    for table in tables:
        op.drop_table(table)


def upgrade() -> None:
    set_aside("open_alerts", "alert_subscriptions")
    subscriptions(
        sa.Column("id", sa.String(36), nullable=False),
        sa.Column("landlord_id", sa.String(36), nullable=True),
        sa.Column("account_id", sa.String(36), nullable=True),
        sa.ForeignKeyConstraint(
            ["account_id"], ["accounts.id"], name=op.f("fk_alert_subscriptions_account_id_accounts")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_alert_subscriptions")),
        sa.UniqueConstraint("landlord_id", name=op.f("uq_alert_subscriptions_landlord_id")),
        sa.UniqueConstraint("account_id", name=op.f("uq_alert_subscriptions_account_id")),
    )
    open_alerts("subscription_id", "alert_subscriptions", ondelete="CASCADE")
    op.execute(f"INSERT INTO alert_subscriptions ({SUBSCRIPTION}) SELECT {BEFORE} FROM old_alert_subscriptions")  # noqa: S608 - names above
    op.execute(
        "INSERT INTO open_alerts (subscription_id, what, since, notified_at)"
        " SELECT landlord_id, what, since, notified_at FROM old_open_alerts"
        " WHERE landlord_id IN (SELECT id FROM alert_subscriptions)"
    )
    op.drop_table("old_open_alerts")
    op.drop_table("old_alert_subscriptions")


def downgrade() -> None:
    set_aside("open_alerts", "alert_subscriptions")
    subscriptions(
        sa.Column("landlord_id", sa.String(36), nullable=False),
        sa.PrimaryKeyConstraint("landlord_id", name=op.f("pk_alert_subscriptions")),
    )
    open_alerts("landlord_id", "landlords")
    columns = SUBSCRIPTION.removeprefix("id, ")
    op.execute(
        f"INSERT INTO alert_subscriptions ({columns}) SELECT {columns} FROM old_alert_subscriptions"  # noqa: S608 - names above
        " WHERE landlord_id IS NOT NULL"
    )
    op.execute(
        "INSERT INTO open_alerts (landlord_id, what, since, notified_at)"
        " SELECT subscription_id, what, since, notified_at FROM old_open_alerts"
        " WHERE subscription_id IN (SELECT landlord_id FROM alert_subscriptions)"
    )
    op.drop_table("old_open_alerts")
    op.drop_table("old_alert_subscriptions")
