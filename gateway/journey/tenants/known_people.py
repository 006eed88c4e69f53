"""A person is known within a stay: another phone of the same person gets a key, never a second check-in."""

import re
import unicodedata
from collections.abc import Iterator, Mapping
from contextlib import suppress
from typing import Final

from sqlalchemy.orm import Session

from gateway.journey.filings.parties import registered
from gateway.journey.filings.person_fields import person_fields
from gateway.journey.keys.keyring import Keyring
from gateway.journey.tenants.returns import can_come_back
from gateway.store import Person, Stay
from gateway.store.sealing import Erased

NAMED: Final = ("surname", "second_surname", "given_names", "name", "birth_date")
"""By what a child of a stay is known, who may have no document."""


def known_person(session: Session, stay: Stay, fields: Mapping[str, str], keyring: Keyring, now: int) -> Person | None:
    """The registered tenant of this stay who showed the same document: its number, and the same birth date.

    Nobody who left, unless they can come back as if they had not.
    """
    found = _with_document(session, stay, fields, keyring)
    return next((one for one in found if one.left_at is None or can_come_back(stay, one, now)), None)


def who_left(session: Session, stay: Stay, fields: Mapping[str, str], keyring: Keyring) -> Person | None:
    """The tenant of this stay who showed the same document and left, the last time that they did."""
    left = [one for one in _with_document(session, stay, fields, keyring) if one.left_at is not None]
    return max(left, key=lambda one: one.left_at or 0, default=None)


def known_child(session: Session, stay: Stay, fields: Mapping[str, str], keyring: Keyring, now: int) -> Person | None:
    """The person of this stay with the same names and birth date; nobody who left, unless they can come back."""
    shown = _names(fields)
    for person in registered(session, stay) if fields.get("birth_date") else ():
        with suppress(Erased):
            here = person.left_at is None or can_come_back(stay, person, now)
            if here and _names(person_fields(person, keyring)) == shown:
                return person
    return None


def _names(fields: Mapping[str, str]) -> list[str]:
    return [" ".join(unicodedata.normalize("NFKC", fields.get(name, "")).casefold().split()) for name in NAMED]


def _with_document(session: Session, stay: Stay, fields: Mapping[str, str], keyring: Keyring) -> Iterator[Person]:
    shown = _document(fields)
    for person in registered(session, stay) if shown else ():
        with suppress(Erased):
            if _document(person_fields(person, keyring)) == shown:
                yield person


def _document(fields: Mapping[str, str]) -> tuple[str, str] | None:
    """The document's number in letters and digits only, and the birth date; None where either is unknown."""
    written = unicodedata.normalize("NFKC", fields.get("id_number", "")).upper()
    number, born = re.sub(r"[\W_]", "", written), fields.get("birth_date", "")
    return (number, born) if number and born else None
