"""The fields of the registration form: what was entered, and what is missing or wrong before anything is stored."""

from dataclasses import dataclass, field
from datetime import date
from typing import Final

from starlette.datastructures import FormData

from api.services.schemas import OnboardingShown
from api.web.tenant.faults import FACT
from gateway.domain.jurisdiction import profile_for
from gateway.domain.verification.as_typed import as_typed
from gateway.domain.verification.typed_fields import FieldProblem, missing_fields, typed_problems, with_kind
from gateway.journey.stays.shared_facts import SHARED

TYPED: Final = (
    "document_kind", "id_number", "issuing_state", "surname", "given_names", "name", "birth_date", "nationality", "sex",
)  # fmt: skip
NAMED: Final = ("id_number", "surname", "given_names", "name")
CHOSEN: Final = (
    "check", "consent_face", "consent_registration", "consent_guardian", "others", "group", *SHARED,
)  # fmt: skip
# A Chinese resident number contains these; other document numbers do not.
DETAILS: Final = ("birth_date", "nationality", "sex")


@dataclass(frozen=True, slots=True)
class Entered:
    """What a tenant entered: the document's fields, the registry's facts by path, the choices; and which photos.

    An empty text is a field left empty.
    """

    typed: dict[str, str] = field(default_factory=lambda: dict.fromkeys(TYPED, ""))
    facts: dict[str, str] = field(default_factory=dict)
    chosen: dict[str, str] = field(default_factory=lambda: dict.fromkeys(CHOSEN, ""))
    document: bool = False
    face: bool = False


def entered_in(form: FormData, *, document: bool, face: bool) -> Entered:
    """Return what the form holds, in one spelling; `document` and `face`: whether it has their photos."""
    typed = dict.fromkeys(TYPED, "") | as_typed({name: str(form.get(name, "")) for name in TYPED})
    typed["birth_date"] = typed["birth_date"] or _part_of_birth(form)
    facts = {name.removeprefix(FACT): str(text) for name, text in form.items() if name.startswith(FACT) and text}
    return Entered(typed, facts, {name: str(form.get(name, "")) for name in CHOSEN}, document, face)


def _part_of_birth(form: FormData) -> str:
    """Year, or year and month, of a birth whose day the document does not show, as a browser without scripts sends."""
    parts = (str(form.get(name, "")).strip() for name in ("birth_year", "birth_month"))
    return "-".join(part for part in parts if part)


def typed_any(typed: dict[str, str]) -> bool:
    """Return whether the tenant began to type a document instead of photographing it."""
    return any(typed[name] for name in NAMED) or (typed["document_kind"] == "none")


def details_asked(onboarding: OnboardingShown) -> list[str]:
    """Return the fields asked here that a tenant has to type unless the document's number contains them."""
    return [name for name in DETAILS if name in onboarding.asks]


def problems_of(entered: Entered, onboarding: OnboardingShown, born_by: date) -> list[FieldProblem]:
    """Return every part and field that is missing or wrong, in the order of the page.

    `born_by`: the last day on which somebody who is here can have been born.
    """
    found = [*_document_problems(entered, onboarding, born_by), *_missing_parts(entered)]
    return list({problem.field: problem for problem in reversed(found)}.values())[::-1]


def _document_problems(entered: Entered, onboarding: OnboardingShown, born_by: date) -> list[FieldProblem]:
    profile = profile_for(onboarding.jurisdiction)
    if not (entered.document or typed_any(entered.typed)):
        return [FieldProblem("document", "field_missing")]
    typed = with_kind({name: text for name, text in entered.typed.items() if text}, profile)
    empty = [] if entered.document else missing_fields(entered.typed, profile, born_by)
    found = [*empty, *typed_problems(typed, profile, born_by)]
    return sorted(found, key=lambda problem: TYPED.index(problem.field) if problem.field in TYPED else len(TYPED))


def _missing_parts(entered: Entered) -> list[FieldProblem]:
    chosen, with_face = entered.chosen, entered.chosen["check"] == "face"
    there = {
        "check": chosen["check"] in ("face", "person"),
        "consent_face": not with_face or bool(chosen["consent_face"]),
        "face": not with_face or entered.face,
        "consent_registration": bool(chosen["consent_registration"]),
    }
    return [FieldProblem(name, "field_missing") for name, given in there.items() if not given]
