"""Migration 0017 on both databases: a refused record names the one that was filed in its place, unknown so far."""

from alembic import command
from sqlalchemy import Engine, text

from tests.integration.gateway.store.stepwise import all_of, config_of
from tests.integration.gateway.store.test_codes_of_outcomes import PARENTS


def test_a_refused_record_is_kept_and_can_name_its_successor(engine: Engine) -> None:
    command.upgrade(config_of(engine), "0015")
    with engine.begin() as connection:
        for statement in PARENTS:
            connection.execute(text(statement))
    command.upgrade(config_of(engine), "0017")
    with engine.begin() as connection:
        for record, number in (("r1", 0), ("r2", 1)):
            row = f"'{record}', 's', 'p', {number}, 'check_in', 'sandbox', 'refused', 1"
            names = "id, stay_id, person_id, number, kind, registry_name, state, created_at"
            connection.execute(text(f"INSERT INTO registrations ({names}) VALUES ({row})"))
        connection.execute(text("UPDATE registrations SET refiled_id = 'r2' WHERE id = 'r1'"))
    listed = "SELECT id, refiled_id FROM registrations ORDER BY id"
    assert all_of(engine, listed) == [("r1", "r2"), ("r2", None)]
    command.downgrade(config_of(engine), "0015")
    assert all_of(engine, "SELECT id FROM registrations ORDER BY id") == [("r1",), ("r2",)]
