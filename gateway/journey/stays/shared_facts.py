"""What the people of one stay have in common: a home, a surname, ways to be reached. Copied here, never shown."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from sqlalchemy.orm import Session

from gateway.domain.errors import InputRefused
from gateway.domain.verification.field_sources import FACT
from gateway.journey.filings.person_fields import person_fields
from gateway.journey.keys.keyring import Keyring
from gateway.store import Offer, Person
from gateway.store.sealing import Erased

RESIDENCE: Final = "residence."
REACHED: Final = ("phone", "email")
SHARED: Final[Mapping[str, Callable[[str], bool]]] = {
    "same_residence": lambda path: path.startswith(RESIDENCE),
    "same_contact": lambda path: path in REACHED,
}
"""What a tenant may have in common with the adult who invited them, with the paths of the facts it is about."""
_HOME: Final = (f"{FACT}{RESIDENCE}", "address")
_REACHED: Final = tuple(FACT + path for path in REACHED)


@dataclass(frozen=True, slots=True)
class Declaration:
    """A child as an adult declares it: the fields of the signed text, and what was read from a picture.

    `same_surname`: the child has the adult's surname, which is not in the fields. `arrived`: when the child came, UTC
    seconds, None if the adult does not say. `refused`: what is wrong with facts among the fields.
    """

    fields: Mapping[str, str]
    read: Mapping[str, str] = field(default_factory=dict)
    same_surname: bool = False
    arrived: int | None = None
    refused: tuple[InputRefused, ...] = ()


def shared_with_child(adult: Mapping[str, str], declared: Declaration) -> dict[str, str]:
    """The adult's fields that are the child's too: where they live unless a home is given, and how to reach them."""
    own_home = any(name.startswith(_HOME) for name in declared.fields)
    shared = (*_REACHED, *(() if own_home else _HOME))
    found = {name: text for name, text in adult.items() if name.startswith(shared) and text}
    if declared.same_surname and adult.get("surname"):
        found["surname"] = adult["surname"]
    return found


def has_surname(session: Session, offer: Offer, keyring: Keyring) -> bool:
    """Whether the tenant of this offer has a surname apart from other names, so that a child can have the same."""
    person = session.get(Person, offer.person_id) if offer.person_id else None
    return bool(_fields(person, keyring).get("surname"))


def inviters_facts(session: Session, offer: Offer, keyring: Keyring) -> dict[str, str]:
    """The facts of the adult who invited this offer's tenant, by path; empty if nobody did, or they were erased."""
    inviter = session.get(Person, offer.invited_by) if offer.invited_by else None
    return {name.removeprefix(FACT): text for name, text in _fields(inviter, keyring).items() if text}


def may_share(asked: Sequence[str], others: Mapping[str, str]) -> tuple[str, ...]:
    """What of SHARED is asked, and known of the other adult."""
    return tuple(name for name, about in SHARED.items() if any(about(path) and path in others for path in asked))


def with_shared(facts: Mapping[str, str], others: Mapping[str, str], shares: Collection[str]) -> dict[str, str]:
    """The facts with those of the other adult that are shared by the names of SHARED; what is given goes before."""
    found = dict(facts)
    for about in [SHARED[name] for name in SHARED if name in shares]:
        if not any(about(path) and text for path, text in facts.items()):
            found |= {path: text for path, text in others.items() if about(path)}
    return found


def _fields(person: Person | None, keyring: Keyring) -> Mapping[str, str]:
    try:
        return person_fields(person, keyring) if person else {}
    except Erased:
        return {}
