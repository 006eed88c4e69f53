"""Migration 0023 on both databases: the tenants of offers that are there were invited by the landlord."""

from alembic import command
from sqlalchemy import Engine, text

from tests.integration.gateway.store.stepwise import all_of, config_of
from tests.integration.gateway.store.test_codes_of_outcomes import PARENTS

INSERT = (
    "INSERT INTO offers (id, stay_id, state, created_at, expires_at, person_id) VALUES ('o', 's', 'used', 1, 2, 'p')"
)


def test_an_offer_is_kept_and_can_name_who_asked_for_it(engine: Engine) -> None:
    command.upgrade(config_of(engine), "0015")
    with engine.begin() as connection:
        for statement in PARENTS:
            connection.execute(text(statement))
    command.upgrade(config_of(engine), "0022")
    with engine.begin() as connection:
        connection.execute(text(INSERT))
    command.upgrade(config_of(engine), "0023")
    listed = "SELECT id, invited_by FROM offers WHERE id = 'o'"
    assert all_of(engine, listed) == [("o", None)]
    with engine.begin() as connection:
        connection.execute(text("UPDATE offers SET invited_by = 'p' WHERE id = 'o'"))
    assert all_of(engine, listed) == [("o", "p")]
    command.downgrade(config_of(engine), "0022")
    assert all_of(engine, "SELECT id, person_id FROM offers WHERE id = 'o'") == [("o", "p")]
