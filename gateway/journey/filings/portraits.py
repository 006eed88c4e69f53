"""Portraits that a registry requires: sealed per person until it has the record, up to the legal limit.

A unit may report to several registries, and a refused record is filed again: a portrait is deleted when the last of
them has taken the person.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final, cast

from sqlalchemy import Table, and_, bindparam, delete, func, select, text
from sqlalchemy.orm import Session

from gateway.domain.jurisdiction import Profile, load_profiles
from gateway.domain.verification.stored_faces import FaceCount, judge_stored_faces, may_store_face
from gateway.journey.filings.held_records import REPORTED
from gateway.journey.keys.keyring import Keyring
from gateway.store import Portrait, Registration, RegistrationPerson

LOCK_NUMBER: Final = 0x6661636573  # arbitrary key of the PostgreSQL advisory lock on the count of stored faces
FORGET: Final = delete(cast("Table", Portrait.__table__)).where(Portrait.person_id == bindparam("who"))


TAKEN: Final = ("accepted", "not_due")  # states in which a registry needs nothing more


@dataclass(frozen=True, slots=True)
class FacesStored:
    """How many people's faces are stored in one jurisdiction, and the limit without a filing."""

    jurisdiction: str
    limit: int
    filing: str | None
    count: FaceCount


def keep_portrait(
    session: Session, person_id: str, portrait: bytes, profile: Profile, filing: str | None, keyring: Keyring, now: int
) -> bool:
    """Store the portrait if the jurisdiction requires it. False if it does not, or the limit is reached.

    Counting and storing share one transaction, one at a time, so that the limit is never exceeded.
    """
    if not profile.keep_portrait:
        return False
    if session.get_bind().dialect.name == "postgresql":
        session.execute(text("SELECT pg_advisory_xact_lock(:number)"), {"number": LOCK_NUMBER})
    if not may_store_face(count_faces(session, profile.code), profile, filed=filing is not None):
        return False
    sealed = keyring.vault.seal(person_id, "portrait", portrait)
    session.add(Portrait(person_id=person_id, jurisdiction=profile.code, sealed=sealed, kept_at=now))
    session.flush()
    return True


def forget_portraits(session: Session, people: Iterable[str]) -> None:
    """Delete these people's portraits, in one statement without a flush."""
    if gone := [{"who": person} for person in people]:
        session.connection().execute(FORGET, gone)


def forget_filed(session: Session, row: Registration) -> None:
    """Delete the portraits of those whom a record names, if no registry still has to take them.

    One that refused a person still has to, until the record filed in that place is accepted.
    """
    if not row.portraits:  # runs for every answer of a registry, and most people have none stored
        return
    people = [portrait.person_id for portrait in row.portraits]
    taken_of_part = and_(Registration.state == "partly", RegistrationPerson.answer_code.is_(None))
    wanted = (
        select(RegistrationPerson.person_id)
        .join(Registration, Registration.id == RegistrationPerson.registration_id)
        .where(
            RegistrationPerson.person_id.in_(people),
            Registration.kind.in_(REPORTED),
            Registration.state.not_in(TAKEN),
            Registration.refiled_id.is_(None),
            ~taken_of_part,
        )
    )
    session.flush()
    still = set(session.scalars(wanted))
    forget_portraits(session, [person for person in people if person not in still])


def count_faces(session: Session, jurisdiction: str) -> int:
    """How many people's faces are stored in this jurisdiction."""
    query = select(func.count()).select_from(Portrait).where(Portrait.jurisdiction == jurisdiction)
    return session.scalar(query) or 0


def faces_stored(
    session: Session, filings: Mapping[str, str], profiles: Mapping[str, Profile] | None = None
) -> list[FacesStored]:
    """The counts of each jurisdiction that has a limit or stored faces."""
    query = select(Portrait.jurisdiction, func.count()).group_by(Portrait.jurisdiction)
    found = {code: people for code, people in session.execute(query)}  # noqa: C416 - rows are no pairs to a type checker
    return [
        FacesStored(
            code,
            profile.face_filing_limit,
            filings.get(code),
            judge_stored_faces(found.get(code, 0), profile, filed=code in filings),
        )
        for code, profile in (profiles or load_profiles()).items()
        if profile.face_filing_limit or found.get(code)
    ]
