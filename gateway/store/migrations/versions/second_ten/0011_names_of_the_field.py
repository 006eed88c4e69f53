"""Tables, columns, work and events under the names of the vocabulary (docs/vocabulary.md)"""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

TABLES = {
    "heard_messages": "received_messages",
    "date_wishes": "date_requests",
    "notice_wishes": "alert_subscriptions",
    "noticed": "open_alerts",
}
# table (by its new name): old column -> new column
COLUMNS = {
    "devices": {
        "told_epoch": "reported_list_epoch",
        "told_codes": "reported_code_epoch",
        "told_once": "reported_once_from",
        "told_seq": "reported_seq",
        "heard_at": "last_seen_at",
    },
    "keys": {"told_seq": "reported_seq"},
    "received_messages": {"heard_at": "received_at"},
    "date_requests": {"asked_at": "requested_at"},
    "open_alerts": {"told_at": "notified_at"},
    "exports": {"asked_by": "requested_by", "asked_at": "requested_at"},
    "feed_consumers": {"asked_by": "requested_by", "asked_at": "requested_at"},
    "liveness_challenges": {"tries": "attempts"},
}
# (old table, old column) -> (new table, new column), of the indexes named after them
INDEXES = {
    ("heard_messages", "heard_at"): ("received_messages", "received_at"),
    ("date_wishes", "stay_id"): ("date_requests", "stay_id"),
}
WORK = {"mail_notice": "mail_alert", "post_notice": "post_alert", "order": "external_command"}
EVENTS = {"DatesAsked": "DatesRequested", "ConsumerAsked": "ConsumerRequested", "ExportAsked": "ExportRequested"}
PREFIXES = {"papers:": "certificates:", "mail_notice:": "mail_alert:", "post_notice:": "post_alert:"}


def upgrade() -> None:
    for table, column in INDEXES:
        op.drop_index(f"ix_{table}_{column}", table_name=table)
    for old, new in TABLES.items():
        op.rename_table(old, new)
    for table, columns in COLUMNS.items():
        for old, new in columns.items():
            rename_column(table, old, new)
    for table, column in INDEXES.values():
        op.create_index(f"ix_{table}_{column}", table, [column])
    rename_values(WORK, EVENTS, PREFIXES)


def downgrade() -> None:
    rename_values(reversed_names(WORK), reversed_names(EVENTS), reversed_names(PREFIXES))
    for table, column in INDEXES.values():
        op.drop_index(f"ix_{table}_{column}", table_name=table)
    for table, columns in COLUMNS.items():
        for old, new in columns.items():
            rename_column(table, new, old)
    for old, new in TABLES.items():
        op.rename_table(new, old)
    for table, column in INDEXES:
        op.create_index(f"ix_{table}_{column}", table, [column])


def rename_column(table: str, old: str, new: str) -> None:
    """One statement on SQLite and PostgreSQL: Alembic's own copies the whole table on SQLite."""
    op.execute(f"ALTER TABLE {table} RENAME COLUMN {old} TO {new}")


def rename_values(work: dict[str, str], events: dict[str, str], prefixes: dict[str, str]) -> None:
    deliveries = sa.table("deliveries", sa.column("work"), sa.column("lane"), sa.column("party"))
    for old, new in work.items():
        op.execute(sa.update(deliveries).where(deliveries.c.work == old).values(work=new))
    for old, new in prefixes.items():
        for column in (deliveries.c.lane, deliveries.c.party):
            renamed = sa.literal(new).concat(sa.func.substr(column, len(old) + 1))
            op.execute(
                sa.update(deliveries).where(column.startswith(old, autoescape=True)).values({column.name: renamed})
            )
    happened = sa.table("events", sa.column("type"))
    for old, new in events.items():
        op.execute(sa.update(happened).where(happened.c.type == old).values(type=new))


def reversed_names(names: dict[str, str]) -> dict[str, str]:
    return {new: old for old, new in names.items()}
