"""A person is known within a stay: another phone of the same person gets a key, never a second check-in."""

import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import suppress
from typing import Final

from sqlalchemy.orm import Session

from gateway.journey.filings.parties import registered
from gateway.journey.filings.person_fields import person_fields
from gateway.journey.keys.keyring import Keyring
from gateway.journey.tenants.returns import can_come_back
from gateway.store import Person, Stay
from gateway.store.sealing import Erased

Mark = tuple[str, ...]
NAMED: Final = ("surname", "given_names", "name", "birth_date")
"""By what a child of a stay is known, who may have no document."""


def known_person(session: Session, stay: Stay, fields: Mapping[str, str], keyring: Keyring, now: int) -> Person | None:
    """The registered tenant of this stay who showed the same document: its number, and the same birth date.

    Nobody who left, unless they can come back as if they had not.
    """
    return _here(stay, _known_by(_document, session, stay, fields, keyring), now)


def known_child(session: Session, stay: Stay, fields: Mapping[str, str], keyring: Keyring, now: int) -> Person | None:
    """The person of this stay with the same names and birth date; nobody who left, unless they can come back."""
    return _here(stay, _known_by(_names, session, stay, fields, keyring), now)


def who_left(session: Session, stay: Stay, fields: Mapping[str, str], keyring: Keyring) -> Person | None:
    """The tenant of this stay who showed the same document and left, the last time that they did."""
    left = [one for one in _known_by(_document, session, stay, fields, keyring) if one.left_at is not None]
    return max(left, key=lambda one: one.left_at or 0, default=None)


def _here(stay: Stay, people: Iterable[Person], now: int) -> Person | None:
    return next((one for one in people if one.left_at is None or can_come_back(stay, one, now)), None)


def _known_by(
    mark: Callable[[Mapping[str, str]], Mark | None],
    session: Session,
    stay: Stay,
    fields: Mapping[str, str],
    keyring: Keyring,
) -> Iterator[Person]:
    """The registered people of this stay whose fields have the same mark; nobody where it is None."""
    wanted = mark(fields)
    for person in registered(session, stay) if wanted else ():
        with suppress(Erased):
            if mark(person_fields(person, keyring)) == wanted:
                yield person


def _names(fields: Mapping[str, str]) -> Mark | None:
    """The names and the birth date, whatever the case and the spaces; None without a birth date."""
    texts = (unicodedata.normalize("NFKC", fields.get(name, "")).casefold() for name in NAMED)
    return tuple(" ".join(text.split()) for text in texts) if fields.get("birth_date") else None


def _document(fields: Mapping[str, str]) -> Mark | None:
    """The document's number in letters and digits only, and the birth date; None where either is unknown."""
    written = unicodedata.normalize("NFKC", fields.get("id_number", "")).upper()
    number, born = re.sub(r"[\W_]", "", written), fields.get("birth_date", "")
    return (number, born) if number and born else None
