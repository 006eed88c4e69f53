"""Migration 0016 on both databases: the registry of a unit becomes the first of its destinations, and back."""

from alembic import command
from sqlalchemy import Engine, text

from tests.integration.gateway.store.stepwise import all_of, config_of
from tests.integration.gateway.store.test_codes_of_outcomes import PARENTS


def test_the_registry_of_a_unit_moves_to_its_destinations_and_back(engine: Engine) -> None:
    command.upgrade(config_of(engine), "0015")
    with engine.begin() as connection:
        for statement in PARENTS:
            connection.execute(text(statement))
        connection.execute(text("""UPDATE units SET registry_facts = '{"registered_as": "H-1"}'"""))
    command.upgrade(config_of(engine), "0016")
    columns = "registry_name, CAST(registry_facts AS TEXT)"
    moved = all_of(engine, f"SELECT unit_id, position, {columns} FROM destinations")
    assert moved == [("u", 0, "sandbox", '{"registered_as": "H-1"}')]
    command.downgrade(config_of(engine), "0015")
    back = all_of(engine, f"SELECT id, {columns} FROM units")
    assert back == [("u", "sandbox", '{"registered_as": "H-1"}')]
