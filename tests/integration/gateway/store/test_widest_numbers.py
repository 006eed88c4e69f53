"""Both databases store the largest numbers a device may send; a message with them is not set aside."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import select

from devices.reports import Answered, Happened
from devices.wire.fields import EPOCH, SEQ
from gateway.store import Command, Device, Model, ReceivedMessage
from gateway.store.database import Database
from tests.parts.world import LOCK, World

WIDEST_SEQ = 2**53
WIDEST_EPOCH = 2**32 - 1
WIDEST_DRIFT = -(2**32)
COMMAND = "5" * 32


@pytest.fixture
def world(tmp_path: Path, database_url: str) -> Iterator[World]:
    """One lock, in this database."""
    world = World.build(tmp_path / "world", database_url)
    yield world
    world.close()


def test_the_widest_numbers_a_lock_may_say_are_kept(world: World) -> None:
    assert (SEQ(WIDEST_SEQ), SEQ(WIDEST_SEQ + 1)) == (True, False)
    assert (EPOCH(WIDEST_EPOCH), EPOCH(WIDEST_EPOCH + 1)) == (True, False)
    drift = {"clock": "set", "drift": WIDEST_DRIFT}
    world.say(
        Answered(LOCK, b"t" * 16, WIDEST_SEQ - 2, world.now, "done", None, drift),
        Happened(LOCK, WIDEST_SEQ - 1, world.now, "locked", {}),
        world.state(seq=WIDEST_SEQ),
    )
    asked = Command(id=COMMAND, device_id=LOCK, type="revoke", issued_at=world.now, expires_at=world.now + 60)
    with world.database.writing() as session:
        session.add(asked)
    world.say(world.answered(COMMAND, keys=[], epoch=WIDEST_EPOCH, codes=WIDEST_EPOCH, once=WIDEST_EPOCH))
    with world.database.reading() as session:
        lock = session.get_one(Device, LOCK)
        assert (lock.reported_seq, lock.state_seq, lock.clock_drift) == (WIDEST_SEQ, WIDEST_SEQ, WIDEST_DRIFT)
        assert (lock.reported_list_epoch, lock.reported_code_epoch, lock.reported_once_from) == (WIDEST_EPOCH,) * 3
        received = session.scalars(select(ReceivedMessage.seq).where(ReceivedMessage.device_id == LOCK)).all()
    assert set(received) >= {WIDEST_SEQ - 2, WIDEST_SEQ - 1}


def test_the_migrations_make_the_tables_the_models_describe(database_url: str) -> None:
    database = Database(database_url)
    database.migrate()
    with database.reading() as session:
        context = MigrationContext.configure(session.connection(), opts={"compare_type": True})
        assert compare_metadata(context, Model.metadata) == []
    database.close()
