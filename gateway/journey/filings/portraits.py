"""Portraits that a registry requires: sealed per person until it has the record, and never more than may be stored."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final, cast

from sqlalchemy import Table, bindparam, delete, func, select, text
from sqlalchemy.orm import Session

from gateway.domain.jurisdiction import Profile, load_profiles
from gateway.domain.verification.stored_faces import FaceCount, judge_stored_faces, may_store_face
from gateway.journey.keys.keyring import Keyring
from gateway.store import Portrait

LOCK_NUMBER: Final = 0x6661636573  # any fixed number: PostgreSQL's advisory lock on the count of stored faces
FORGET: Final = delete(cast("Table", Portrait.__table__)).where(Portrait.person_id == bindparam("who"))


@dataclass(frozen=True, slots=True)
class FacesStored:
    """How many people's faces are stored under one jurisdiction's rules, out of how many without a filing."""

    jurisdiction: str
    limit: int
    filing: str | None
    count: FaceCount


def keep_portrait(
    session: Session, person_id: str, portrait: bytes, profile: Profile, filing: str | None, keyring: Keyring, now: int
) -> bool:
    """Keep it where this place's registry requires it; False where it does not, or where one more may not be stored.

    Counted in the transaction that stores it, one such transaction at a time: the limit is never passed.
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
    """Nobody needs these people's portraits any more. Called for every answer of a registry: a statement, no flush."""
    if gone := [{"who": person} for person in people]:
        session.connection().execute(FORGET, gone)


def count_faces(session: Session, jurisdiction: str) -> int:
    """How many people's faces are stored now under these rules."""
    query = select(func.count()).select_from(Portrait).where(Portrait.jurisdiction == jurisdiction)
    return session.scalar(query) or 0


def faces_stored(
    session: Session, filings: Mapping[str, str], profiles: Mapping[str, Profile] | None = None
) -> list[FacesStored]:
    """One entry a jurisdiction that has a limit, or under whose rules faces are stored."""
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
