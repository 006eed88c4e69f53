"""What is wrong in a form of a tenant: one sentence per field, in the tenant's language, in the order of the page."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from api.services.error_text import error_text
from api.web.shell.fault import Fault
from gateway.domain.errors import LodgekeyError
from gateway.domain.filings.refusal import FieldsRefused
from gateway.texts.families import FAMILIES, code_text, reason_text
from gateway.texts.identity import REASON
from gateway.texts.languages import Language
from gateway.texts.marks import N_
from gateway.texts.translator import translator

FACT: Final = "fact."
PART_MISSING: Final[Mapping[str, str]] = {
    "document": N_("Take a photo of your document, or enter its details."),
    "check": N_("Choose a face photo or a manual check."),
    "face": N_("Take a photo of your face, or choose a manual check."),
    "consent_face": N_("To use a face photo, tick the box to consent."),
    "consent_registration": N_("Tick the box to consent to being registered. We cannot register you without it."),
}
"""The parts of the form that are no fields of a document, by the name of their input."""
# What a record calls a field of a document; forms have their own names.
RECORD_NAMES: Final = {
    "document.number": "id_number",
    "document.kind": "document_kind",
    "document.issuing_country": "issuing_state",
}


def label(language: Language, field: str) -> str:
    """Return the label of an input: a field of the document, or a fact that the registry asks."""
    family = "fact" if field.startswith(FACT) else "field"
    return code_text(language, family, field.removeprefix(FACT))


def fault_of(language: Language, field: str, code: str) -> Fault:
    """Return the fault of an input by the code of the reason; a missing part has a sentence of its own."""
    if code == "field_missing" and field in PART_MISSING:
        return Fault(field, translator(language).translate(PART_MISSING[field]))
    if not names_field(field):
        return Fault(field, reason_text(language, code))
    values = {"field": label(language, field), "sentence": reason_text(language, code)}
    return Fault(field, translator(language).translate(N_("{field}: {sentence}"), **values))


def names_field(field: str) -> bool:
    """Return whether this input has a label that a sentence can begin with."""
    return field.removeprefix(FACT) in FAMILIES["fact" if field.startswith(FACT) else "field"]


def faults_in(language: Language, error: LodgekeyError, facts: Sequence[str]) -> list[Fault]:
    """Return the faults that a refusal names, or its own sentence; `facts` are the paths asked on the page."""
    named = _named_by(language, error) if isinstance(error, FieldsRefused) else error.extra.get("fields")
    found = [item for item in named if isinstance(item, dict)] if isinstance(named, list) else []
    faults = [fault for item in found if (fault := _fault_in(language, item, facts))]
    if faults:
        return faults
    sentence, field = error_text(language, error), input_name(str(error.extra.get("field", "")), facts)
    if not names_field(field):
        return [Fault("", sentence)]
    return [
        Fault(
            field,
            translator(language).translate(N_("{field}: {sentence}"), field=label(language, field), sentence=sentence),
        )
    ]


def _named_by(language: Language, error: FieldsRefused) -> list[Mapping[str, str]]:
    """What is wrong with the form itself by its code, as inputs have sentences of their own; the rest as it is said."""
    return [{"field": name, "code": code} for name, code in error.besides] + error.shown(language)[len(error.besides) :]


def _fault_in(language: Language, item: Mapping[str, Any], facts: Sequence[str]) -> Fault | None:
    field = input_name(str(item.get("field", "")), facts)
    if item.get("sentence"):
        return Fault(field if names_field(field) else "", str(item["sentence"]))
    return fault_of(language, field, str(item["code"])) if item.get("code") in REASON else None


def input_name(field: str, facts: Sequence[str]) -> str:
    """Return the name of the form's input for a field of a refusal."""
    return FACT + field if field in facts else RECORD_NAMES.get(field, field)
