"""Migration 0015 on both databases: each key gets the link by which its person registered."""

from alembic import command
from sqlalchemy import Engine, text

from tests.integration.gateway.store.stepwise import all_of, config_of
from tests.integration.gateway.store.test_codes_of_outcomes import PARENTS

DEVICE = {
    **dict.fromkeys(("id", "site", "driver", "label", "certificate_serial", "bolt", "door", "clock"), "d"),
    **dict.fromkeys(("certificate_expires_at", "list_epoch", "code_epoch", "reported_list_epoch", "chain_seq"), 1),
    **dict.fromkeys(("reported_code_epoch", "reported_seq", "state_seq", "once_next", "once_from"), 1),
    "kind": "lock",
    "public_key": b"",
    "reported_once_from": 1,
}
OFFER = {"id": "o", "stay_id": "s", "state": "used", "created_at": 1, "expires_at": 2, "person_id": "p"}
KEY = {
    **dict.fromkeys(("holder_key", "credential", "holder_credential"), b""),
    **dict.fromkeys(("not_before", "expires_at", "holder_until", "reported_seq", "created_at"), 1),
    **dict.fromkeys(("form", "desired", "observed"), "present"),
    "id": "k",
    "stay_id": "s",
    "person_id": "p",
    "device_id": "d",
}


def test_a_key_is_filed_under_its_persons_link(engine: Engine) -> None:
    command.upgrade(config_of(engine), "0014")
    with engine.begin() as connection:
        for statement in PARENTS:
            connection.execute(text(statement))
        for table, row in (("devices", DEVICE), ("offers", OFFER), ("keys", KEY)):
            names, values = ", ".join(row), ", ".join(f":{name}" for name in row)
            connection.execute(text(f"INSERT INTO {table} ({names}) VALUES ({values})"), row)
    command.upgrade(config_of(engine), "0015")
    assert all_of(engine, "SELECT id, offer_id FROM keys") == [("k", "o")]
    command.downgrade(config_of(engine), "0014")
    assert all_of(engine, "SELECT id FROM keys") == [("k",)]
