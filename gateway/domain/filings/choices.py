"""Facts of a person that are chosen from a list, not typed, and whether a text is one of the choices."""

from datetime import date
from typing import Final, get_args, get_type_hints

from gateway.domain.filings.codes.countries import COUNTRIES
from gateway.domain.filings.record import PersonFacts

COUNTRY_PATHS: Final = ("residence.country", "birth_country", "document.issuing_country")


def choices(path: str) -> tuple[str, ...]:
    """The words this path of a person's record takes, without the empty one; () where it takes any text."""
    hint = get_type_hints(PersonFacts).get(path, str)
    return tuple(word for word in get_args(hint) if word)


def is_choice(path: str, text: str, on: date) -> bool:
    """Whether the record takes this text at this path on this day."""
    if path in COUNTRY_PATHS:
        return COUNTRIES.valid(text, on)
    words = choices(path)
    return not words or text in words
