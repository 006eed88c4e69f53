"""Forms that correct fields: the fields sent, and why one was refused."""

from collections.abc import Mapping
from typing import Final

from api.services.error_text import field_texts
from gateway.domain.errors import LodgekeyError
from gateway.domain.filings.choices import COUNTRY_PATHS, choices
from gateway.texts.families import code_text
from gateway.texts.record import ASKED

FIELD: Final = "field."


def fields_in(form: Mapping[str, object]) -> dict[str, str]:
    """Return what was given, by name, from the form's fields "field.<name>"."""
    return {name.removeprefix(FIELD): str(text).strip() for name, text in form.items() if name.startswith(FIELD)}


def sentences_in(error: LodgekeyError | None, language: str) -> dict[str, str]:
    """Return the fields that a refused correction names, each with the sentence why."""
    return {item["field"]: item["sentence"] for item in field_texts(language, error)} if error else {}


def label_of(name: str, language: str) -> str:
    """Return what a field is called in a form."""
    text = code_text(language, "onboarding.asks" if name in ASKED else "fact", name)
    return text[:1].upper() + text[1:]


def kind_of(name: str) -> str:
    """Return how a field is asked: date, country, nationality, document, sex, relation, or text."""
    if name in ("nationality", "sex"):
        return name
    if name == "document_kind":
        return "document"
    if name in ("birth_date", "expiry_date"):
        return "date"
    if name == "issuing_state" or name in COUNTRY_PATHS:
        return "country"
    return "relation" if choices(name) else "text"
