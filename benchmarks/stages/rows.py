"""Many stays with their tenants and registration records, inserted at once: test data for feed and relay."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

from sqlalchemy import insert
from sqlalchemy.orm import Session

from certs.keys import new_private_key
from gateway.domain.filings.record import Address as Place
from gateway.domain.filings.record import Document, LandlordFacts, PersonFacts, Registration, StayFacts, UnitFacts
from gateway.domain.filings.record_json import registration_to_json
from gateway.journey.keys.keyring import Keyring
from gateway.outbox import lanes
from gateway.store import Delivery, Destination, Event, Landlord, Person, RegistrationPerson, Stay, Unit
from gateway.store import Registration as Row
from gateway.store.database import Database
from gateway.store.sealing import Vault

AREA: Final = "370100-07"
NOW: Final = 1_790_000_000
DAY: Final = 86_400
FIELDS: Final = (
    b'{"surname": "Voorbeeld", "given_names": "Anna", "id_number": "XR1001R58", "birth_date": "1985-03-03",'
    b' "nationality": "NLD",'
    b' "document_kind": "passport"}'
)
RECORD: Final = Registration(
    id="",
    kind="check_in",
    reference="",
    unit=UnitFacts("DW-1", Place(street="Harbour Street 1"), AREA, "sandbox", "Europe/Rome"),
    stay=StayFacts("", NOW - 60, NOW + DAY, NOW - 60),
    people=(PersonFacts("", "Voorbeeld", "Anna", "1985-03-03", "NLD", Document("passport", "XR1001R58", "NLD")),),
    landlord=LandlordFacts("l1", "Mira Holm"),
)


@dataclass(frozen=True, slots=True)
class Rows:
    """A database with records, and the keys to read them."""

    database: Database
    keyring: Keyring
    registrations: list[str]


@contextmanager
def open_rows(folder: Path, count: int, *, pending: bool = False) -> Iterator[Rows]:
    """Insert `count` check-ins, two a stay, sealed as in production; `owed` adds a delivery in its lane to each."""
    folder.mkdir(parents=True)
    database, vault = Database(f"sqlite:///{folder / 'lodgekey.sqlite'}"), Vault(folder / "vault")
    database.migrate()
    vault._keys.execute("BEGIN")  # inserts the many keys in one commit
    rows = _written(database, vault, count, pending=pending)
    vault._keys.execute("COMMIT")
    try:
        yield Rows(database, Keyring(vault, new_private_key(), bytes(32), new_private_key()), rows)
    finally:
        vault.close()
        database.close()


def add_unit(session: Session) -> Unit:
    """Insert a landlord with one unit in Rome that reports to the sandbox registry."""
    owner = Landlord(name="Mira Holm", phone="+39 06 1234")
    session.add(owner)
    session.flush()
    unit = Unit(
        landlord_id=owner.id,
        code="DW-1",
        label="House 1",
        address="Harbour Street 1",
        area=AREA,
        timezone="Europe/Rome",
        jurisdiction="sandbox",
        destinations=[Destination(position=0, registry_name="sandbox")],
    )
    session.add(unit)
    session.flush()
    return unit


def _written(database: Database, vault: Vault, count: int, *, pending: bool) -> list[str]:
    with database.writing() as session:
        unit = add_unit(session)
        made = [_made(vault, unit.id, number) for number in range(count)]
        for table, place in ((Stay, 0), (Person, 1), (Row, 2), (RegistrationPerson, 3), (Delivery, 4)):
            values = [row[place] for row in made if row[place]]
            if table is not Delivery or pending:
                session.execute(insert(table), values)
    return [str(row[2]["id"]) for row in made]


def _made(vault: Vault, unit_id: str, number: int) -> tuple[dict[str, Any], ...]:
    """Return the rows of one tenant: stay (with its first tenant), person, registration, its part, delivery."""
    stay_id, person_id, row_id = f"stay-{number // 2:08}", f"person-{number:08}", f"record-{number:08}"
    person = replace(RECORD.people[0], id=person_id)
    record = replace(RECORD, id=row_id, reference=row_id, people=(person,), stay=replace(RECORD.stay, id=stay_id))
    stay = {"id": stay_id, "unit_id": unit_id, "from_at": NOW - 60, "until_at": NOW + DAY, "state": "active"}
    return (
        {} if number % 2 else stay | {"created_at": NOW - 60, "revision": 1},
        {"id": person_id, "stay_id": stay_id, "created_at": NOW, "sealed": vault.seal(person_id, "fields", FIELDS)},
        {
            "id": row_id,
            "stay_id": stay_id,
            "person_id": person_id,
            "number": 0,
            "kind": "check_in",
            "registry_name": "sandbox",
            "state": "queued",
            "created_at": NOW,
            "deadline_at": NOW + DAY,
        },
        {
            "registration_id": row_id,
            "person_id": person_id,
            "position": 0,
            "sealed": vault.seal(person_id, f"registration/{row_id}", registration_to_json(record).encode()),
        },
        {
            "party": "registry:sandbox",
            "lane": lanes.registry("sandbox", stay_id),
            "work": "submit",
            "about": row_id,
            "created_at": NOW,
            "due_at": NOW,
            "attempts": 0,
            "state": "owed",
        },
    )


def publish(rows: Rows, first: int, count: int) -> None:
    """Append `count` entries to the feed, numbered from `first` on, in one commit."""
    events = [
        {
            "type": "CheckedIn",
            "at": NOW,
            "registration_id": rows.registrations[seq % len(rows.registrations)],
            "area": AREA,
            "data": {},
            "for_feed": True,
            "feed_seq": seq,
        }
        for seq in range(first, first + count)
    ]
    with rows.database.writing() as session:
        session.execute(insert(Event), events)
