"""Concurrent requests for one-time codes of one lock each get a different number, on both databases."""

import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from sqlalchemy import select

from certs.keys import new_private_key
from gateway.domain.errors import Conflict
from gateway.journey.keys.keyring import Keyring
from gateway.journey.keys.one_time_codes import held_stay, is_current, issue_once
from gateway.journey.stays import landlord
from gateway.store import Device, OnceCode, Stay
from gateway.store.database import Database
from gateway.store.sealing import Vault
from tests.parts.world import DAY, LOCK, device, let_unit

MANY = 12


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    """Each of the two databases, migrated."""
    database = Database(database_url)
    database.migrate()
    yield database
    database.close()


def running_stay(database: Database) -> tuple[str, str]:
    """(landlord, stay) of a unit with a lock."""
    now = int(time.time())
    with database.writing() as session:
        unit = let_unit(session, "1")
        session.add(device(LOCK, unit.id))
        stay = Stay(unit=unit, from_at=now - 60, until_at=now + DAY, state="offered", created_at=now)
        session.add(stay)
        session.flush()
        return unit.landlord_id, stay.id


def ask(database: Database, owner: str, stay: str) -> int | None:
    """The assigned number; None where the stay was over."""
    try:
        with database.writing() as session:
            held = held_stay(session, stay, owner)
            return issue_once(session, held, LOCK, None, int(time.time())).number
    except Conflict:
        return None


def test_no_two_who_ask_at_once_get_the_same_number(database: Database) -> None:
    owner, stay = running_stay(database)
    with ThreadPoolExecutor(MANY) as crowd:
        numbers = list(crowd.map(lambda _: ask(database, owner, stay), range(MANY)))
    assert sorted(number for number in numbers if number is not None) == list(range(MANY))


def test_no_code_is_alive_after_its_stay_was_ended_whoever_asked_meanwhile(database: Database, tmp_path: Path) -> None:
    owner, stay = running_stay(database)
    keyring = Keyring(Vault(tmp_path / "vault"), new_private_key(), bytes(32), new_private_key())

    def end(_: int) -> None:
        with database.writing() as session:
            landlord.end_stay(session, landlord.stay_of(session, stay, owner), keyring, int(time.time()))

    with ThreadPoolExecutor(MANY) as crowd:
        requests = [crowd.submit(ask, database, owner, stay) for _ in range(MANY // 2)]
        ending = crowd.submit(end, 0)
        requests += [crowd.submit(ask, database, owner, stay) for _ in range(MANY // 2)]
        ending.result()
        given = [number for number in (one.result() for one in requests) if number is not None]
    with database.reading() as session:
        lock = session.get_one(Device, LOCK)
        codes = session.scalars(select(OnceCode)).all()
        assert sorted(code.number for code in codes) == sorted(given) == list(range(len(given)))
        assert not any(is_current(code, lock) for code in codes)
    keyring.vault.close()
