"""Migration 0013 on both databases: each record's sealed text moves to the part of its one person, and back."""

import pytest
from alembic import command
from sqlalchemy import Engine, text

from tests.integration.gateway.store.stepwise import all_of, config_of
from tests.integration.gateway.store.test_codes_of_outcomes import PARENTS


@pytest.fixture
def before(engine: Engine) -> Engine:
    """A database at revision 0012 with a sealed record, an erased one and an event."""
    command.upgrade(config_of(engine), "0012")
    record = text(
        "INSERT INTO registrations (id, stay_id, person_id, number, kind, registry_name, state, created_at, sealed)"
        " VALUES (:id, 's', 'p', 0, 'check_in', 'sandbox', 'accepted', 1, :sealed)"
    )
    with engine.begin() as connection:
        for statement in PARENTS:
            connection.execute(text(statement))
        connection.execute(record, {"id": "r-1", "sealed": b"\x00sealed"})
        connection.execute(record, {"id": "r-2", "sealed": None})
    return engine


def test_the_sealed_record_becomes_its_persons_part_and_back(before: Engine) -> None:
    command.upgrade(config_of(before), "0013")
    parts = all_of(before, "SELECT registration_id, person_id, position, sealed FROM registration_people ORDER BY 1")
    assert [(*row[:3], row[3] and bytes(row[3])) for row in parts] == [
        ("r-1", "p", 0, b"\x00sealed"),
        ("r-2", "p", 0, None),
    ]
    assert all_of(before, "SELECT arrived_at, left_at, head_id FROM people") == [(None, None, None)]
    command.downgrade(config_of(before), "0012")
    rows = all_of(before, "SELECT id, sealed FROM registrations ORDER BY id")
    assert [(row[0], row[1] and bytes(row[1])) for row in rows] == [("r-1", b"\x00sealed"), ("r-2", None)]
