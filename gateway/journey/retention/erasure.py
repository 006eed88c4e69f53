"""Requests for erasure (GDPR article 17): what the law keeps and until when, and what goes when."""

from dataclasses import dataclass
from typing import Literal

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from gateway.domain.jurisdiction import profile_for
from gateway.domain.keys.holder_statements import erase_statement
from gateway.domain.keys.key import Proof
from gateway.domain.retention.times import answer_by
from gateway.journey.keys.unlock import holders_key
from gateway.journey.retention.undecided import CLOSED, has_open_filing, person_times
from gateway.outbox.events import record
from gateway.store import Person, Stay

By = Literal["tenant", "operator"]
What = Literal["record", "receipt", "owed"]


@dataclass(frozen=True, slots=True)
class Kept:
    """What a law keeps, until when (UTC seconds), and its name.

    `owed`: a record that its registry has not taken, kept until it has and no longer than that; its law is the duty to
    report and has no name here.
    """

    what: What
    until: int
    law: str


@dataclass(frozen=True, slots=True)
class Erasure:
    """A request, or what would follow from one made `now`. UTC seconds; `asked` and `answer` are None without one.

    `effect`: when everything goes that no law keeps: at the end of the stay, or at once. `erased`: they are.
    """

    asked: int | None
    answer: int | None
    effect: int
    kept: tuple[Kept, ...]
    erased: bool


def ask_as_holder(session: Session, key_id: str, proof: Proof, now: int) -> Person:
    """Ask for the erasure of who holds a key, and of children registered with them. Raises ProofRefused.

    The stay may have ended: the phone's key pair is enough.
    """
    key = holders_key(session, key_id, erase_statement(key_id, proof), proof, now)
    person = session.get_one(Person, key.person_id)
    ask_erasure(session, person, "tenant", now)
    return person


def ask_erasure(session: Session, person: Person, by: By, now: int) -> None:
    """Note that a person asked for erasure, once; it takes effect when the stay has ended."""
    mine = select(Person).where(
        Person.stay_id == person.stay_id, or_(Person.id == person.id, Person.head_id == person.id)
    )
    stay = session.get_one(Stay, person.stay_id)
    for each in session.scalars(mine):
        if each.erasure_asked_at is None and each.erased_at is None:
            each.erasure_asked_at, each.erasure_asked_by = now, by
            record(session, "ErasureAsked", now, stay=stay, data={"person": each.id, "by": by})
    if stay.state in CLOSED:
        stay.retention_at = now


def requests(session: Session, *, erased: bool = False) -> list[Person]:
    """Who asked for erasure, the first first; with `erased` also those who are erased."""
    query = select(Person).where(Person.erasure_asked_at.is_not(None))
    query = query if erased else query.where(Person.erased_at.is_(None))
    return list(session.scalars(query.order_by(Person.erasure_asked_at, Person.id)))


def erasure_of(session: Session, person: Person, now: int) -> Erasure:
    """The person's request, or what would follow from one."""
    stay, asked = person.stay, person.erasure_asked_at
    profile, ended = profile_for(stay.unit.jurisdiction), min(stay.ended_at or stay.until_at, stay.until_at)
    times = person_times(stay, person)
    laws = (
        Kept("record", times.registered, profile.registration_ground),
        Kept("receipt", times.filed, profile.receipt_ground),
    )
    kept = tuple(each for each in laws if each.law and each.until > now)
    if stay.state in CLOSED and person.erased_at is None and has_open_filing(session, person.id):
        kept = (*kept, Kept("owed", times.lapses, ""))
    answer = None if asked is None else answer_by(asked)
    return Erasure(asked, answer, max(ended, asked or now), kept, person.erased_at is not None)
