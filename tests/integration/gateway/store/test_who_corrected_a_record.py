"""Migration 0021 on both databases: records that are there were corrected by nobody who is known."""

from alembic import command
from sqlalchemy import Engine, text

from tests.integration.gateway.store.stepwise import all_of, config_of
from tests.integration.gateway.store.test_codes_of_outcomes import PARENTS

INSERT = (
    "INSERT INTO registrations (id, stay_id, person_id, number, kind, registry_name, state, created_at) "
    "VALUES ('r1', 's', 'p', 0, 'check_in', 'sandbox', 'accepted', 1)"
)


def test_a_record_is_kept_and_can_name_who_corrected_it(engine: Engine) -> None:
    command.upgrade(config_of(engine), "0015")
    with engine.begin() as connection:
        for statement in PARENTS:
            connection.execute(text(statement))
    command.upgrade(config_of(engine), "0020")
    with engine.begin() as connection:
        connection.execute(text(INSERT))
    command.upgrade(config_of(engine), "0021")
    listed = "SELECT id, corrected_by, correction_reason FROM registrations"
    assert all_of(engine, listed) == [("r1", None, None)]
    with engine.begin() as connection:
        connection.execute(text("UPDATE registrations SET corrected_by = 'officer:o' WHERE id = 'r1'"))
    assert all_of(engine, "SELECT corrected_by FROM registrations") == [("officer:o",)]
    command.downgrade(config_of(engine), "0020")
    assert all_of(engine, "SELECT id FROM registrations") == [("r1",)]
