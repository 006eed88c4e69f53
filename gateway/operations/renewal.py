"""Go on without what is lost: new keys, a new vault or a new database, made on purpose, and what that costs."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from certs.authority.ca import Authority
from certs.authority.generations import key_at
from certs.files import secret_at
from gateway.clock import utc_now
from gateway.domain.stays.stay import OCCUPYING
from gateway.journey.keys.issue import replace_keys
from gateway.journey.keys.keyring import Keyring
from gateway.journey.keys.passcodes import replace_passcodes
from gateway.operations.file_modes import database_files
from gateway.operations.installation import LOG_KEY, OFFERS, Element, Installation, Lost
from gateway.settings import Settings
from gateway.store import Device, Disclosure, Offer, Person, Stay
from gateway.store.database import Database
from gateway.store.sealing import Vault

WITH_THE_DATABASE: Final[frozenset[Element]] = frozenset({"database", "vault"})  # keys of people that nobody knows


@dataclass(frozen=True, slots=True)
class Cost:
    """What is lost for good. `devices` must be enrolled again; the rest are numbers."""

    elements: list[Element]
    devices: list[str]
    stays: int
    links: int
    people: int
    disclosures: int


def elements_of(lost: Sequence[Lost]) -> list[Element]:
    """The elements to renew. A lost database takes the vault with it: its keys are of people that nobody knows."""
    found = {each.element for each in lost}
    return sorted(found | WITH_THE_DATABASE if "database" in found else found)


def cost_of(session: Session, lost: Sequence[Lost]) -> Cost:
    """What it costs to go on without these, by the rows that remain."""
    elements = elements_of(lost)
    native = select(Device.id).where(Device.driver == "native", Device.revoked_at.is_(None)).order_by(Device.id)
    living = select(func.count()).select_from(Stay).where(Stay.state.in_(OCCUPYING))
    links = select(func.count()).select_from(Offer).where(Offer.state.in_(("open", "opened")))
    people = select(func.count()).select_from(Person).where(Person.sealed.is_not(None), Person.erased_at.is_(None))
    log = select(func.count()).select_from(Disclosure)
    return Cost(
        elements,
        list(session.scalars(native)) if "authority" in elements else [],
        (session.scalar(living) or 0) if "authority" in elements else 0,
        (session.scalar(links) or 0) if "offers" in elements else 0,
        (session.scalar(people) or 0) if "vault" in elements else 0,
        (session.scalar(log) or 0) if "disclosure_log" in elements else 0,
    )


def renew_identity(settings: Settings, lost: Sequence[Lost]) -> Path:
    """Move what remains of the lost elements aside and create new ones; returns the folder with the remains.

    A new authority also replaces the keys and passcodes of stays in progress; locks get them once enrolled again.
    """
    now, elements = utc_now(), elements_of(lost)
    remains = settings.folder / f"lost-{now}"
    remains.mkdir(mode=0o700)
    for path in _remains(settings, elements):
        place = remains / path.name
        path.rename(place)
    database = Database(settings.database)
    vault: Vault | None = None
    try:
        database.migrate()
        authority = Authority.open(settings.folder / "certs", utc_now)
        key_at(settings.folder / LOG_KEY)
        vault = Vault(settings.folder / "vault")
        offers = secret_at(settings.folder / OFFERS)
        if "authority" in elements:
            keyring = Keyring(
                vault, authority.credential_key, offers, authority.passcode_key, settings.offline_hours * 3600
            )
            _replace_all_keys(database, keyring, now)
    finally:
        database.close()
        if vault is not None:
            vault.close()
    renewed: dict[str, Any] = {"at": now, "elements": elements, "lost": [each.path for each in lost]}
    installation = Installation(settings)
    installation.note(renewed)
    installation.accept_rows()
    return remains


def _remains(settings: Settings, elements: Sequence[Element]) -> list[Path]:
    """Files and folders of these elements that exist; a new authority keeps the log's key."""
    folder, found = settings.folder, list[Path]()
    if "authority" in elements and (folder / "certs").is_dir():
        found += [path for path in (folder / "certs").iterdir() if path.name != Path(LOG_KEY).name]
    if "disclosure_log" in elements:
        found.append(folder / LOG_KEY)
    if "vault" in elements:
        found.append(folder / "vault")
    if "offers" in elements:
        found.append(folder / OFFERS)
    if "database" in elements:
        found += database_files(settings)
    return [path for path in found if path.exists()]


def _replace_all_keys(database: Database, keyring: Keyring, now: int) -> None:
    with database.writing() as session:
        for stay in session.scalars(select(Stay).where(Stay.state.in_(OCCUPYING), Stay.until_at > now)).all():
            replace_keys(session, stay, keyring, now)
            replace_passcodes(session, stay, keyring.passcode_key, now)
