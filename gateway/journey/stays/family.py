"""One tenant registers those who came along: children by declaration, adults by a link of their own."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from gateway.domain.birth_date import birth_date
from gateway.domain.errors import Conflict, InputRefused, NotFound
from gateway.domain.filings import record as filed
from gateway.domain.filings.field_rules import is_minor
from gateway.domain.filings.refusal import FieldsRefused, refused_names, whole_refusal
from gateway.domain.jurisdiction import profile_for
from gateway.domain.keys.holder_statements import (
    child_statement,
    companion_statement,
    hand_over_statement,
    party_statement,
)
from gateway.domain.keys.key import Proof
from gateway.domain.verification.field_sources import FACT, conclude, confirm
from gateway.domain.verification.typed_fields import (
    ALWAYS_TAKEN,
    SURNAME_MISSING,
    FieldProblem,
    fields_refusal,
    typed_problems,
)
from gateway.journey.filings.arrival_rules import given_problems, refuse_arrival
from gateway.journey.filings.destinations import arrival_date, day_at, own_arrival
from gateway.journey.filings.parties import close_party, registered
from gateway.journey.filings.person_fields import person_facts, person_fields, seal_sources
from gateway.journey.filings.records import check_in
from gateway.journey.keys.keyring import Keyring
from gateway.journey.keys.unlock import running_key
from gateway.journey.stays.landlord import add_offer
from gateway.journey.stays.shared_facts import Declaration, shared_with_child
from gateway.journey.tenants.known_people import NAMED, known_child
from gateway.journey.tenants.onboarding import stage_of
from gateway.journey.tenants.returns import come_back
from gateway.store import Key, Offer, Person, Stay
from gateway.store.model import new_id
from gateway.texts.marks import N_

MAX_PEOPLE: Final = 20  # of one stay
BORN_LATER: Final = "child_born_after_arrival"
NOT_YET: Final = N_("The child's arrival cannot be in the future. Register the child when it has arrived.")
BEFORE_ADULT: Final = N_("The child cannot have arrived on a day before you. Check the date, or your own arrival.")
KNOWN_OTHERWISE: Final = N_(
    "A child with these names and this birth date is registered already, with other information. "
    "Ask your landlord to correct it."
)
WITHOUT_KEY: Final = ("review", "verified", "refused", "asked_again")
"""Stages of somebody who registered and has no key."""


def declaring_key(session: Session, key_id: str, proof: Proof, text: str, now: int) -> Key:
    """The key whose holder signed the text of a child's declaration. Raises ProofRefused or Conflict."""
    return running_key(session, key_id, child_statement(key_id, proof, text), proof, now)


def declare_child(session: Session, key: Key, declared: Declaration, keyring: Keyring, now: int) -> Person:
    """Check in a child whom the key's holder declares; one who is there is the same, one who left today is back.

    Raises InputRefused for fields that would be refused of an adult who types them, FieldsRefused with the fields that
    a registry of the unit would refuse, or Conflict.
    """
    stay, adult = key.stay, session.get_one(Person, key.person_id)
    common, fields = shared_with_child(person_fields(adult, keyring), declared), declared.fields
    without = {} if fields.get("id_number") else {"document_kind": "none"}
    sources = confirm(declared.read, common | dict(fields) | without)
    known = conclude(sources)
    if not declared.refused and (again := known_child(session, stay, known, keyring, now)):
        _refuse_otherwise(again, declared, known, keyring)
        return _here_again(session, again, adult, keyring, now)
    _refuse_crowd(session, stay)
    child = Person(id=new_id(), stay=stay, created_at=now, head_id=adult.id)
    child.leaves_at = adult.leaves_at
    child.arrived_at, not_then = _childs_arrival(stay, adult, declared.arrived, now)
    refused = [*declared.refused, *not_then, *_typed_refusal(stay, child, fields, known)]
    if refused:
        wrong = refused_names(refused)
        right = {name: text for name, text in known.items() if name.removeprefix(FACT) not in wrong}
        with session.no_autoflush:
            raise whole_refusal(refused, given_problems(session, stay, child, right, keyring, now))
    seal_sources(child, sources, keyring)
    _refuse_adult(stay, child, keyring)
    session.add(child)
    session.flush()
    refuse_arrival(session, stay, child, keyring, now)
    check_in(session, stay, child, keyring, now)
    if child.arrived_at is not None:
        child.arrived_at = own_arrival(stay, child.arrived_at)
    return child


def _refuse_otherwise(child: Person, declared: Declaration, known: Mapping[str, str], keyring: Keyring) -> None:
    """Raise Conflict if anything but the names is stated otherwise of this child than before, also the day it came."""
    before, stated = person_fields(child, keyring), {*declared.read, *declared.fields} - {*NAMED}
    came = declared.arrived if child.left_at is None else None  # who is back came before
    if came is not None and day_at(child.stay, came) != arrival_date(child.stay, child):
        raise Conflict(KNOWN_OTHERWISE)
    if any(known.get(name) and known[name] != before.get(name, "") for name in stated):
        raise Conflict(KNOWN_OTHERWISE)


def _here_again(session: Session, child: Person, adult: Person, keyring: Keyring, now: int) -> Person:
    """The child who is there, or who left today and is back with this adult."""
    if child.left_at is not None:
        child.head_id = child.head_id and adult.id
        come_back(session, child.stay, child, keyring, now)
    return child


def _childs_arrival(stay: Stay, adult: Person, said: int | None, now: int) -> tuple[int, list[InputRefused]]:
    """When a declared child came, on the adult's day with the adult, else as said or now; and what is wrong with it."""
    came = adult.arrived_at or stay.from_at
    at, problem = now if said is None else said, None
    if said is None and came > now:
        return came, []
    if at > now:
        problem = filed.FieldProblem("arrived", "impossible_date", NOT_YET)
    elif arrival_date(stay, adult) > day_at(stay, at):
        problem = filed.FieldProblem("arrived", "impossible_date", BEFORE_ADULT)
    if problem is not None:
        return max(came, now), [FieldsRefused([("arrived", problem)])]
    return came if arrival_date(stay, adult) == day_at(stay, at) else at, []


def invite_companion(session: Session, key_id: str, proof: Proof, now: int) -> Offer:
    """A link for another adult of the party, who shows a document of their own and gets the key on their own phone."""
    return add_companion(session, companions_key(session, key_id, proof, now), now)


def companions_key(session: Session, key_id: str, proof: Proof, now: int) -> Key:
    """The key whose holder signed that another adult registers. Raises ProofRefused or Conflict."""
    return running_key(session, key_id, companion_statement(key_id, proof), proof, now)


def add_companion(session: Session, key: Key, now: int) -> Offer:
    """An offer for another adult whom the key's holder invites. Raises Conflict where a stay has as many as it can."""
    _refuse_crowd(session, key.stay)
    offer = add_offer(session, key.stay, now)
    offer.invited_by = key.person_id
    return offer


def companions_without_key(session: Session, person_id: str | None, now: int) -> list[Offer]:
    """The offers of adults who registered on this person's phone and whose key no phone has taken, oldest first."""
    query = select(Offer).where(Offer.invited_by == person_id, Offer.hand_over_until.is_not(None))
    found = session.scalars(query.where(Offer.state.in_(("open", "opened"))).order_by(Offer.created_at, Offer.id))
    return [offer for offer in found if offer.expires_at > now and stage_of(session, offer, now) in WITHOUT_KEY]


def hand_over_again(session: Session, key_id: str, proof: Proof, offer_id: str, until: int, now: int) -> Offer:
    """The offer whose link to the key the holder shows again, until then; earlier links end.

    Raises ProofRefused, Conflict, or NotFound unless it is of an adult who registered on the holder's phone and whose
    key no phone has taken.
    """
    key = running_key(session, key_id, hand_over_statement(key_id, proof, offer_id), proof, now)
    offer = next((one for one in companions_without_key(session, key.person_id, now) if one.id == offer_id), None)
    if offer is None or offer.stay_id != key.stay_id:
        raise NotFound(N_("No key is waiting here for another adult. Reload the page."))
    offer.hand_over_until = until
    return offer


def complete_party(session: Session, key_id: str, proof: Proof, now: int) -> None:
    """Everybody of the party is registered: what waited for the others is sent. Raises ProofRefused or Conflict."""
    close_party(session, running_key(session, key_id, party_statement(key_id, proof), proof, now).stay, now)


def _refuse_crowd(session: Session, stay: Stay) -> None:
    if max(len(registered(session, stay)), len(stay.offers)) >= MAX_PEOPLE:
        raise Conflict(N_("No more people can be added to this stay here. Ask your landlord."))


def _typed_refusal(
    stay: Stay, child: Person, fields: Mapping[str, str], known: Mapping[str, str]
) -> Iterator[InputRefused]:
    """The refusal of typed fields, and of a child without a name, if any; Chinese cards print one name."""
    profile = profile_for(stay.unit.jurisdiction)
    taken = {*profile.fields, *ALWAYS_TAKEN}
    given = {name: text for name, text in fields.items() if text and name in taken}
    nameless = not (known.get("surname") or known.get("name"))
    problems = [FieldProblem("surname", SURNAME_MISSING)] if nameless else []
    problems += [_of_child(one) for one in typed_problems(given, profile, arrival_date(stay, child))]
    if problems:
        yield fields_refusal(problems)


def _of_child(problem: FieldProblem) -> FieldProblem:
    """The problem in the words of the form for a child, which asks for the arrival too."""
    return replace(problem, code=BORN_LATER) if problem.code == "born_after_arrival" else problem


def _refuse_adult(stay: Stay, child: Person, keyring: Keyring) -> None:
    facts, day = person_facts(child.id, person_fields(child, keyring)), arrival_date(stay, child)
    born = birth_date(facts.birth_date)
    if born is None or born.first > day:
        code = BORN_LATER if born else "birth_date_invalid"
        raise fields_refusal([FieldProblem("birth_date", code)], field="birth_date")
    if not is_minor(facts, day):
        raise InputRefused(
            N_("Adults register with a document of their own. Create a link for them."), field="birth_date"
        )
