"""Names of the fields of a record and of a form, and sentences that name them: "Date of birth: Check this date"."""

import re
from collections.abc import Mapping
from typing import Final

from gateway.texts.bookings import TERM
from gateway.texts.marks import N_, NP_
from gateway.texts.outcomes import PERSON, Args
from gateway.texts.record import ASKED, FACT, FIELD, UNIT
from gateway.texts.translator import Translator, translator

# Field of a record -> field of a form, which has the name.
IN_FORM: Final[Mapping[str, str]] = {
    "document.number": "id_number",
    "document.kind": "document_kind",
    "document.issuing_country": "issuing_state",
    "document": "document_kind",
    "registered_address": "address",
}
# Fields that no form for tenants has, by path.
_MORE: Final[Mapping[str, str]] = {
    "residence.extra": N_("Home address: further details"),
    "arrived": N_("Arrival of the child"),
    "role": NP_("registration", "Role in the family or group"),
    "unit.code": N_("Code of the unit"),
    "unit.timezone": N_("Time zone of the unit"),
    "unit.area": N_("Area of the unit"),
    "unit.jurisdiction": N_("Jurisdiction of the unit"),
    "stay.from_at": N_("Arrival"),
    "stay.until_at": N_("Departure"),
    "stay.agreed_at": N_("Date of the contract"),
    **UNIT,
    **{f"stay.{name}": text for name, text in TERM.items()},
}
_PERSON: Final = re.compile(r"people\[(\d+)\]\.?(.*)")
_NAMED: Final = N_("{field}: {sentence}")


def field_name(language: str, field: str) -> str:
    """The name of a record's field ("people[0].birth_date", "unit.name") or a form's ("id_number"); "" if none."""
    inner = path_in_person(field)
    path = IN_FORM.get(inner, inner)
    message = FIELD.get(path) or ASKED.get(path) or FACT.get(path) or _MORE.get(path)
    if message is None:
        return ""
    name = translator(language).translate(message)
    return name[:1].upper() + name[1:]


def field_text(language: str, field: str, message: str, args: Args) -> str:
    """What is wrong with a field and what to do, with the field's name: for the person it is about.

    `message` and the texts among `args` are marked texts.
    """
    return named_text(language, field, _filled(translator(language), message, args))


def named_text(language: str, field: str, sentence: str) -> str:
    """A sentence with the field's name before it, if the field has one."""
    name = field_name(language, field)
    return translator(language).translate(_NAMED, field=name, sentence=sentence) if name else sentence


def numbered_text(language: str, field: str, message: str, args: Args) -> str:
    """`field_text` for a reader of the whole record: with the person's number, as the record lists them."""
    return _numbered(language, field, field_text(language, field, message, args))


def numbered_name(language: str, field: str) -> str:
    """`field_name` with the person's number: people[1].surname → "Person 2: Surname"; the path if it has no name."""
    return _numbered(language, field, field_name(language, field) or field)


def form_name(field: str) -> str:
    """The name that a form has for a record's field: people[0].document.number → id_number."""
    path = path_in_person(field)
    return IN_FORM.get(path, path)


def path_in_person(field: str) -> str:
    """people[0].document.number → document.number; another path stays as it is."""
    person = _PERSON.match(field)
    return person[2] if person else field


def _numbered(language: str, field: str, text: str) -> str:
    person = _PERSON.match(field)
    return translator(language).translate(PERSON, person=int(person[1]) + 1, sentence=text) if person else text


def _filled(texts: Translator, message: str, args: Args) -> str:
    return texts.translate(
        message, **{name: texts.translate(value) if isinstance(value, str) else value for name, value in args.items()}
    )
