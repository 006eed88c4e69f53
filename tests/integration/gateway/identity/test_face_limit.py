"""Two gateways on one PostgreSQL store faces at the same moment and together never exceed the limit."""

import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from certs.keys import new_private_key
from gateway.domain.jurisdiction import load_profiles
from gateway.journey.filings.portraits import count_faces, keep_portrait
from gateway.journey.keys.keyring import Keyring
from gateway.store import Person, Stay
from gateway.store.database import Database
from gateway.store.sealing import Vault
from tests.parts.postgres import postgres
from tests.parts.world import DAY, NOW, let_unit

pytestmark = pytest.mark.slow
LIMIT = 5
SMALL = replace(load_profiles()["cn"], keep_portrait=True, face_filing_limit=LIMIT)


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    """A database migrated to the newest schema."""
    with postgres() as address:
        database = Database(address)
        database.migrate()
        database.close()
        yield address


def move_in(database: Database, people: int) -> list[str]:
    """This many tenants whose portraits are required."""
    with database.writing() as session:
        unit = let_unit(session, "1", timezone="Asia/Shanghai", jurisdiction="cn")
        stay = Stay(unit_id=unit.id, from_at=NOW, until_at=NOW + DAY, state="offered", created_at=NOW)
        session.add(stay)
        session.flush()
        came = [Person(stay_id=stay.id, created_at=NOW) for _ in range(people)]
        session.add_all(came)
        session.flush()
        return [person.id for person in came]


def test_of_two_gateways_that_store_the_last_face_at_once_one_is_refused(url: str, tmp_path: Path) -> None:
    first, second = Database(url), Database(url)
    keyring = Keyring(Vault(tmp_path / "vault"), new_private_key(), bytes(32), new_private_key())
    *early, one, other = move_in(first, LIMIT)
    with first.writing() as session:
        assert all(keep_portrait(session, who, b"portrait", SMALL, None, keyring, NOW) for who in early)
    begun, reported = threading.Event(), []

    def store(database: Database, who: str) -> None:
        with database.writing() as session:
            begun.set()
            reported.append(keep_portrait(session, who, b"portrait", SMALL, None, keyring, NOW))

    with first.writing() as session:
        reported.append(keep_portrait(session, one, b"portrait", SMALL, None, keyring, NOW))
        rival = threading.Thread(target=store, args=(second, other))
        rival.start()
        assert begun.wait(30)
        rival.join(0.5)
        assert rival.is_alive(), "it waits for who counted first"
    rival.join(30)
    assert reported == [True, False]
    with second.reading() as session:
        assert count_faces(session, "cn") == LIMIT - 1
    for database in (first, second):
        database.close()
    keyring.vault.close()
