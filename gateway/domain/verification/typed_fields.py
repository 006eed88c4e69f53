"""What a tenant types about themselves: which fields are needed, and why one is refused before anything is stored."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from gateway.domain.birth_date import BirthDate
from gateway.domain.birth_date import birth_date as read_birth_date
from gateway.domain.documents import CHINESE, DOCUMENT_KINDS, NUMBER_SAYS_REST
from gateway.domain.errors import InputRefused
from gateway.domain.filings.codes.countries import COUNTRIES
from gateway.domain.filings.codes.icao_states import ISSUERS, UNDEFINED_NATIONALITY
from gateway.domain.jurisdiction import Profile
from gateway.domain.verification.china_id_number import BadNumber, looks_like_resident_number, parse_resident_number
from gateway.domain.verification.document_numbers import (
    chinese_kind,
    normalise_number,
    number_problem,
    permanent_residence,
)
from gateway.texts.identity import REASON

NAMES: Final = ("surname", "given_names")
ALWAYS_TAKEN: Final = ("name", *NAMES, "id_number", "document_kind", "issuing_state")
MAX_LENGTHS: Final = {"name": 80, "surname": 80, "given_names": 80, "id_number": 40, "address": 200, "ethnicity": 20}
SURNAME_MISSING: Final = "surname_missing"
MAX_AGE: Final = 130  # years


@dataclass(frozen=True, slots=True)
class FieldProblem:
    """A typed field that is refused before anything is stored."""

    field: str
    code: str


def typed_problems(typed: Mapping[str, str], profile: Profile, born_by: date) -> tuple[FieldProblem, ...]:
    """All problems of the typed fields; an empty tuple means they may be stored.

    `born_by`: the last day on which somebody who is here can have been born.
    """
    asked = {*profile.fields, *ALWAYS_TAKEN}
    problems = [FieldProblem(name, "field_not_asked") for name in typed if name not in asked]
    for name, value in typed.items():
        code = _field_problem(name, value.strip(), profile, born_by) if name in asked else None
        if code:
            problems.append(FieldProblem(name, code))
    return tuple(problems) or (*_document_problems(typed, profile), *_number_agreement(typed))


def fields_refusal(problems: Sequence[FieldProblem], **extra: object) -> InputRefused:
    """The refusal of these fields, one at least, with what to do about the first; `extra`: further members."""
    shown = [{"field": problem.field, "code": problem.code} for problem in problems]
    return InputRefused(REASON[problems[0].code], None, fields=shown, **extra)


def missing_fields(typed: Mapping[str, str], profile: Profile, born_by: date) -> tuple[FieldProblem, ...]:
    """The fields still needed where everything is typed: a kind, a number, the name and what the place asks."""
    kind = typed_kind(typed, profile)
    if not kind:
        return (FieldProblem("document_kind", "field_missing"),)
    said = number_says(typed.get("id_number", ""))
    needed = [] if kind == "none" else ["id_number"]
    needed += ["name"] if kind in NUMBER_SAYS_REST and not typed.get("surname") else []
    needed += ["surname"] if kind not in NUMBER_SAYS_REST else []
    needed += [name for name in ("birth_date", "nationality", "sex") if name in profile.fields and name not in said]
    needed += [] if kind == "none" or kind in CHINESE else ["issuing_state"]
    problems = [
        FieldProblem(name, SURNAME_MISSING if name == "surname" else "field_missing")
        for name in needed
        if not typed.get(name, "").strip()
    ]
    if kind == "none" and not problems and not may_have_none(typed["birth_date"], profile, born_by):
        problems.append(FieldProblem("document_kind", "document_needed"))
    return tuple(problems)


def typed_kind(typed: Mapping[str, str], profile: Profile) -> str:
    """The kind of document that was chosen, or that the number names by itself; empty if neither."""
    if typed.get("document_kind"):
        return typed["document_kind"]
    number = normalise_number(typed.get("id_number", ""))
    found = chinese_kind(number) if profile.resident_number and looks_like_resident_number(number) else "unknown"
    return found if found in profile.document_kinds else ""


def with_kind(typed: Mapping[str, str], profile: Profile) -> Mapping[str, str]:
    """The typed fields with the kind of document that the number names by itself, where none was chosen."""
    kind = typed_kind(typed, profile)
    return {**typed, "document_kind": kind} if kind else typed


def may_have_none(birth_date: str, profile: Profile, today: date) -> bool:
    """Whether a person with this date of birth may be registered without a document here: certainly young enough."""
    born = read_birth_date(birth_date)
    return born is not None and age_on(born.first, today) < profile.no_document_under


def _field_problem(name: str, value: str, profile: Profile, born_by: date) -> str | None:
    """Why one typed value is invalid (a code), or None."""
    if not value:
        return "field_missing"
    if len(value) > MAX_LENGTHS.get(name, 40):
        return "field_too_long"
    match name:
        case "id_number":
            code = _number_problem(normalise_number(value), profile)
        case "birth_date" | "expiry_date":
            code = date_problem(name, value, born_by)
        case "sex":
            code = None if value in ("M", "F", "X") else "sex_invalid"
        case "nationality" | "issuing_state":
            besides = UNDEFINED_NATIONALITY if name == "nationality" else ISSUERS
            code = None if COUNTRIES.valid(value, born_by) or value in besides else "nationality_invalid"
        case "document_kind":
            code = _kind_problem(value, profile)
        case _:
            code = None if all(char.isprintable() and char not in "<>{}" for char in value) else "field_characters"
    return code


def _kind_problem(kind: str, profile: Profile) -> str | None:
    """Why this kind of document cannot be chosen here, or None."""
    if kind == "none" and profile.no_document_under:
        return None
    if kind not in DOCUMENT_KINDS or kind == "unknown":
        return "document_kind_unknown"
    return None if kind in profile.document_kinds else "document_kind_not_accepted"


def _number_problem(number: str, profile: Profile) -> str | None:
    """Why a document number is invalid; 15 or more digits are a resident number where the profile says so."""
    if not re.fullmatch(r"[A-Z0-9]{3,24}", number, re.ASCII):
        return "field_characters"
    if not (profile.resident_number and looks_like_resident_number(number)):
        return None
    try:
        parse_resident_number(number)
    except BadNumber as bad:
        return bad.code
    return None


def _document_problems(typed: Mapping[str, str], profile: Profile) -> tuple[FieldProblem, ...]:
    """Problems between the kind of document, its number and the way its name is given."""
    kind, number = typed_kind(typed, profile), normalise_number(typed.get("id_number", ""))
    problems = []
    if typed.get("name") and kind and kind not in NUMBER_SAYS_REST:
        problems.append(FieldProblem("name", "names_apart"))
    if number and profile.resident_number and looks_like_resident_number(number) and kind != chinese_kind(number):
        problems.append(FieldProblem("document_kind", "document_kind_disagrees"))
    elif number and kind and kind != "none":
        code = number_problem(number, kind, typed.get("issuing_state", ""))
        problems += [FieldProblem("id_number", code)] if code else []
    return tuple(problems)


def number_says(number_text: str) -> dict[str, str]:
    """The fields that a Chinese number of 18 characters, or a permanent residence number, contains; else nothing."""
    number = normalise_number(number_text)
    card = permanent_residence(number)
    if card is not None:
        born = {"birth_date": card.birth_date.isoformat()} if card.birth_date else {}
        return born | {"nationality": card.nationality, "sex": card.sex}
    if not looks_like_resident_number(number):
        return {}
    try:
        resident = parse_resident_number(number)
    except BadNumber:
        return {}
    return {"birth_date": resident.birth_date.isoformat(), "sex": resident.sex, "nationality": "CHN"}


def _number_agreement(typed: Mapping[str, str]) -> tuple[FieldProblem, ...]:
    """Problems where the typed birth date or sex contradicts the number."""
    said, problems = number_says(typed.get("id_number", "")), []
    if said and typed.get("birth_date", said.get("birth_date", "")).strip() != said.get("birth_date", ""):
        problems += [FieldProblem("birth_date", "birth_date_disagrees")] if "birth_date" in said else []
    if said and typed.get("sex", said["sex"]).strip() not in (said["sex"], "X"):
        problems.append(FieldProblem("sex", "id_number_sex"))
    return tuple(problems)


def date_problem(name: str, value: str, born_by: date) -> str | None:
    """Why a birth or expiry date is invalid, or None. Of a date of birth, day or month may be unknown."""
    if name == "birth_date":
        return _birth_problem(read_birth_date(value), born_by)
    if not re.fullmatch(r"\d{4}-\d{2}-\d{2}", value, re.ASCII):
        return "birth_date_invalid"
    try:
        date.fromisoformat(value)
    except ValueError:
        return "birth_date_invalid"
    return None


def _birth_problem(born: BirthDate | None, born_by: date) -> str | None:
    if born is None:
        return "birth_date_invalid"
    if born.first > born_by:
        return "born_after_arrival"
    return "birth_date_invalid" if age_on(born.last, born_by) > MAX_AGE else None


def age_on(born: date, today: date) -> int:
    """Age in whole years; born on 29 February, a person turns on 1 March in other years."""
    return today.year - born.year - ((today.month, today.day) < (born.month, born.day))
