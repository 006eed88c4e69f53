"""The demonstration's data: a landlord with twelve units, an officer, a tester, twelve locks and a kiosk."""

import json
import os
import secrets
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from api.services.access import hash_password
from certs.authority.ca import Authority
from certs.publisher import make_publisher
from gateway.clock import utc_now
from gateway.fleet.enrolment import enrol_device
from gateway.operations.installation import open_database
from gateway.settings import Settings
from gateway.store import Account, Destination, Device, Landlord, Unit

SITE: Final = "harbour-street-7"
KIOSK: Final = "kiosk-gate"
ROOMS: Final = [f"{floor}0{room}" for floor in (1, 2, 3) for room in (1, 2, 3, 4)]
AREA: Final = "370100-07"


@dataclass(frozen=True, slots=True)
class Place:
    """Where the demonstration's units are, their registry, and the facts that it requires."""

    registry: str = "sandbox"
    facts: Mapping[str, str] = field(default_factory=dict)

    def facts_of(self, part: str) -> dict[str, str]:
        """Return the facts of `part` (unit, landlord or person), by their path within it."""
        known = ("unit.jurisdiction", "unit.timezone")
        return {
            path.removeprefix(f"{part}."): text
            for path, text in self.facts.items()
            if path.startswith(f"{part}.") and path not in known
        }


@dataclass(frozen=True, slots=True)
class Logins:
    """The demonstration's three accounts and their common password, which is random and created on first start."""

    password: str
    landlord: str = "landlord"
    officer: str = "officer"
    tester: str = "tester"


def seed(settings: Settings, *, broker_port: int, place: Place = Place()) -> Logins:
    """Create the building if it does not exist, and write its devices' folders. May be called again."""
    database = open_database(settings)
    authority = Authority.open(settings.folder / "certs", utc_now)
    make_publisher(authority.folder)
    logins = _logins(settings.folder / "logins.json")
    with database.writing() as session:
        if session.get(Device, KIOSK) is None:
            _make_people_and_units(session, logins, place)
        _write_devices(session, authority, settings.folder / "devices", broker_port)
    database.close()
    return logins


def _logins(path: Path) -> Logins:
    if path.exists():
        return Logins(**json.loads(path.read_text()))
    logins = Logins(password=secrets.token_urlsafe(9))
    descriptor = os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
    with os.fdopen(descriptor, "w") as file:
        json.dump(asdict(logins), file)
    return logins


def _make_people_and_units(session: Session, logins: Logins, place: Place) -> None:
    landlord = Landlord(
        name="Mira Holm",
        phone="+39 0650 937 201",
        email="mira@example.org",
        registry_facts=place.facts_of("landlord"),
    )
    session.add(landlord)
    session.flush()
    hashed = hash_password(logins.password)
    session.add_all(
        [
            Account(
                role="landlord",
                login=logins.landlord,
                password_hash=hashed,
                name=landlord.name,
                landlord_id=landlord.id,
                staff="owner",
            ),
            Account(role="officer", login=logins.officer, password_hash=hashed, name="Officer Wei", area=AREA[:6]),
            Account(role="tester", login=logins.tester, password_hash=hashed, name="Tester"),
        ]
    )
    session.add_all(
        Unit(
            landlord_id=landlord.id,
            code=f"HS7-{room}",
            label=f"Room {room}",
            address=f"Harbour Street 7, room {room}",
            area=AREA,
            timezone=place.facts.get("unit.timezone", "Europe/Rome"),
            jurisdiction=place.facts.get("unit.jurisdiction", "sandbox"),
            destinations=[Destination(position=0, registry_name=place.registry, registry_facts=place.facts_of("unit"))],
        )
        for room in ROOMS
    )
    session.flush()


def _write_devices(session: Session, authority: Authority, folder: Path, broker_port: int) -> None:
    """Write a folder for each lock and the kiosk, with a new certificate and the broker's current port."""
    by_code = {unit.code: unit for unit in session.scalars(select(Unit))}
    for room in ROOMS:
        enrol_device(
            session,
            authority,
            folder / f"lock-{room}",
            site=SITE,
            device=f"lock-{room}",
            kind="lock",
            unit=by_code[f"HS7-{room}"],
            host="127.0.0.1",
            port=broker_port,
            label=f"Door of room {room}",
        )
    enrol_device(
        session,
        authority,
        folder / KIOSK,
        site=SITE,
        device=KIOSK,
        kind="kiosk",
        unit=None,
        host="127.0.0.1",
        port=broker_port,
        label="Kiosk at the gate",
    )
