"""Forms that correct fields: the fields sent, and why one was refused."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final, TypeVar

from pydantic import BaseModel, ValidationError

from api.services.error_text import error_text, field_texts
from api.web.shell.fault import Fault
from gateway.domain.errors import InputRefused, LodgekeyError
from gateway.domain.filings.choices import COUNTRY_PATHS, choices
from gateway.domain.filings.field_names import field_name
from gateway.domain.filings.record import FieldProblem
from gateway.domain.filings.refusal import FieldsRefused
from gateway.texts.errors import ERROR, TOO_LONG

Form = TypeVar("Form", bound=BaseModel)
FIELD: Final = "field."


def fields_in(form: Mapping[str, object]) -> dict[str, str]:
    """Return what was given, by name, from the form's fields "field.<name>"."""
    return {name.removeprefix(FIELD): str(text).strip() for name, text in form.items() if name.startswith(FIELD)}


def sentences_in(error: LodgekeyError | None, language: str) -> dict[str, str]:
    """Return the fields that a refused correction names, each with the sentence why."""
    return {item["field"]: item["sentence"] for item in field_texts(language, error)} if error else {}


def label_of(name: str, language: str) -> str:
    """Return what a field is called in a form, as sentences name it."""
    return field_name(language, name) or name


_KINDS: Final = {
    "nationality": "nationality",
    "sex": "sex",
    "document_kind": "document",
    "birth_date": "birth",
    "expiry_date": "date",
    "issuing_state": "issuer",
}


def kind_of(name: str) -> str:
    """Return how a field is asked: date, birth, country, issuer, nationality, document, sex, relation, or text."""
    if name in COUNTRY_PATHS:
        return "country"
    return _KINDS.get(name) or ("relation" if choices(name) else "text")


@dataclass(frozen=True, slots=True)
class Correction:
    """A correction as it was sent with the page's form: what was typed, by field, and why it was refused.

    `of`: the record and the place of the person in it. `sentences`: by field, what is wrong with it; `whole`: what is
    wrong with the correction as a whole, if no field is.
    """

    of: tuple[str, int | None] | None = None
    given: Mapping[str, str] = field(default_factory=dict)
    sentences: Mapping[str, str] = field(default_factory=dict)
    whole: str = ""

    def is_of(self, registration: str, person: int | None) -> bool:
        """Return whether it was sent for this person of this record."""
        return self.of == (registration, person)

    def faults(self, fields: Sequence[str]) -> list[Fault]:
        """Return what the summary lists; only these fields of the form are linked."""
        named = [Fault(name if name in fields else "", sentence) for name, sentence in self.sentences.items()]
        return named or [Fault("", self.whole)]


NONE_SENT: Final = Correction()


def refused_correction(
    error: LodgekeyError, registration: str, person: int | None, given: Mapping[str, str], language: str
) -> Correction:
    """Return a correction that was refused, with its sentences in the reader's language."""
    return Correction((registration, person), given, sentences_in(error, language), error_text(language, error))


def checked_form(model: type[Form], **given: object) -> Form:
    """Return the form with these `fields` and whatever else its model has.

    Raises InputRefused, which names those of `fields` that are too long.
    """
    try:
        return model.model_validate(given)
    except ValidationError as error:
        raise _refusal(error) from None


def _refusal(error: ValidationError) -> InputRefused:
    long = [one for one in error.errors() if one["type"] == "string_too_long" and one["loc"][0] == "fields"]
    named = {str(one["loc"][1]): {"most": one["ctx"]["max_length"]} for one in long}
    problems = [(name, FieldProblem(name, "too_long", TOO_LONG, values)) for name, values in named.items()]
    return FieldsRefused(problems) if problems else InputRefused(ERROR["input_refused"])
