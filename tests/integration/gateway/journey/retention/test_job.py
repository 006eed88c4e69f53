"""Migration 0032, and the retention job, on both databases: an ended stay of before becomes due, and goes in full."""

from pathlib import Path

from alembic import command
from sqlalchemy import Engine, select, text

from gateway.journey.retention.counts import monthly_counts
from gateway.store import Stay
from tests.integration.gateway.store.stepwise import all_of, config_of, engine
from tests.integration.gateway.store.test_codes_of_outcomes import PARENTS
from tests.parts.relaying import leave, settle
from tests.parts.world import DAY, World

__all__ = ["engine"]


def test_ended_stays_of_before_are_due_and_others_are_not(engine: Engine) -> None:
    command.upgrade(config_of(engine), "0015")
    with engine.begin() as connection:
        for statement in PARENTS:
            connection.execute(text(statement))
    command.upgrade(config_of(engine), "0031")
    with engine.begin() as connection:
        connection.execute(
            text(
                "INSERT INTO stays (id, unit_id, from_at, until_at, state, created_at, revision, party_open,"
                " party_is_group) SELECT 'old', unit_id, from_at, until_at, 'ended', created_at, 0, party_open,"
                " party_is_group FROM stays WHERE id = 's'"
            )
        )
    command.upgrade(config_of(engine), "0032")
    assert all_of(engine, "SELECT id, retention_at FROM stays ORDER BY id") == [("old", 0), ("s", None)]
    command.downgrade(config_of(engine), "0031")
    assert all_of(engine, "SELECT id FROM stays ORDER BY id") == [("old",), ("s",)]


def test_everything_of_a_party_goes_in_the_order_that_references_allow(engine: Engine, tmp_path: Path) -> None:
    world = World.build(tmp_path / "world", engine.url.render_as_string(hide_password=False))
    try:
        key = world.tenant()
        world.put(key)
        world.say(world.happened("unlocked", means="key", key=bytes.fromhex(key.id)))
        leave(world, key.stay.id)
        with world.database.reading() as session:
            before = monthly_counts(session)
        for days in (31, 1):
            world.now += days * DAY
            world.purge()
            settle(world.database, world.keyring.vault, world.now)
        with world.database.reading() as session:
            assert session.scalars(select(Stay)).all() == []
            assert monthly_counts(session) == before
    finally:
        world.close()
