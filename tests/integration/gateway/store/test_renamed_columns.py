"""Migration 0011 on both databases: rows keep their values under the new names, and the downgrade restores the old."""

from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Engine, text

from gateway.store import Device
from tests.integration.gateway.store.stepwise import all_of, config_of

ROWS = (
    "INSERT INTO deliveries (party, lane, work, about, created_at, due_at, attempts, state) VALUES"
    " ('mail_notice:landlord', 'mail_notice:landlord', 'mail_notice', 'landlord', 1, 1, 0, 'owed'),"
    " ('lock:lock-a', 'papers:lock-a', 'put_trust', 'lock-a', 1, 1, 0, 'owed'),"
    " ('lock:lock-a', 'keys:lock-a', 'order', 'lock-a', 1, 1, 0, 'owed')",
    "INSERT INTO events (type, at, data, for_feed) VALUES ('ExportAsked', 1, '{}', false), ('Arrived', 2, '{}', false)",
    "INSERT INTO devices (id, site, kind, driver, label, public_key, certificate_serial, certificate_expires_at, bolt,"
    " door, clock, list_epoch, code_epoch, told_epoch, told_codes, told_once, told_seq, state_seq, heard_at, chain_seq)"
    " VALUES ('lock-a', 's', 'lock', 'native', '', '', '1', 1, 'locked', 'closed', 'set', 9, 8, 7, 6, 5, 4, 3, 2, 0)",
    "INSERT INTO heard_messages (device_id, seq, heard_at) VALUES ('lock-a', 4, 2)",
)


def test_rows_keep_what_they_say_under_the_new_names(engine: Engine) -> None:
    command.upgrade(config_of(engine), "0010")
    with engine.begin() as connection:
        for statement in ROWS:
            connection.execute(text(statement))
    command.upgrade(config_of(engine), "0011")
    reported = "reported_list_epoch, reported_code_epoch, reported_once_from, reported_seq, last_seen_at"
    assert all_of(engine, f"SELECT {reported} FROM devices") == [(7, 6, 5, 4, 2)]
    assert all_of(engine, "SELECT device_id, seq, received_at FROM received_messages") == [("lock-a", 4, 2)]
    assert all_of(engine, "SELECT party, lane, work FROM deliveries ORDER BY id") == [
        ("mail_alert:landlord", "mail_alert:landlord", "mail_alert"),
        ("lock:lock-a", "certificates:lock-a", "put_trust"),
        ("lock:lock-a", "keys:lock-a", "external_command"),
    ]
    assert all_of(engine, "SELECT type FROM events ORDER BY id") == [("ExportRequested",), ("Arrived",)]
    command.downgrade(config_of(engine), "0010")
    before = "told_epoch, told_codes, told_once, told_seq, heard_at"
    assert all_of(engine, f"SELECT {before} FROM devices") == [(7, 6, 5, 4, 2)]
    assert all_of(engine, "SELECT lane, work FROM deliveries ORDER BY id")[1:] == [
        ("papers:lock-a", "put_trust"),
        ("keys:lock-a", "order"),
    ]


def test_the_migrations_end_at_the_tables_of_the_models(engine: Engine) -> None:
    command.upgrade(config_of(engine), "head")
    with engine.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), Device.metadata) == []
