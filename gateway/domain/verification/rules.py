"""The verdict on what a tenant showed: passed, refused, or review by a person. Pure rules."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Literal

from gateway.domain.jurisdiction import Profile
from gateway.domain.verification.china_id_number import BadNumber, looks_like_resident_number, parse_resident_number
from gateway.domain.verification.liveness import Level
from gateway.domain.verification.port import DocumentReading, FaceComparison, LivenessResult

Outcome = Literal["passed", "review", "refused"]

Camera = Literal["phone", "kiosk"]

TYPED_ALWAYS = ("name", "id_number")
MAX_LENGTHS = {"name": 80, "surname": 80, "given_names": 80, "id_number": 24, "address": 200, "ethnicity": 20}
NUMBER_SHAPE = re.compile(r"[A-Z0-9][A-Z0-9 \-]{2,23}", re.ASCII)


@dataclass(frozen=True, slots=True)
class VerificationSettings:
    """The operator's choices, whose defaults send every doubtful case to a person, and the landlord's `level`."""

    accept_face_without_liveness: bool = False
    accept_document_without_face: bool = False
    level: Level = "phone"


@dataclass(frozen=True, slots=True)
class Evidence:
    """What one tenant showed on `today` (the unit's local date). `typed`: fields entered or corrected by hand.

    `camera` is what filmed the face: the tenant's own phone, or the kiosk at the door.
    """

    today: date
    reading: DocumentReading | None = None
    typed: Mapping[str, str] = field(default_factory=dict)
    face: FaceComparison | None = None
    liveness: LivenessResult | None = None
    guardian_present: bool = False
    camera: Camera = "phone"


@dataclass(frozen=True, slots=True)
class Verdict:
    """The outcome, its reasons (stable codes of the sentence catalog), and the face's band if one was compared."""

    outcome: Outcome
    reasons: tuple[str, ...] = ()
    score_band: str | None = None


@dataclass(frozen=True, slots=True)
class FieldProblem:
    """A typed field that is refused before anything is stored."""

    field: str
    code: str


def may_run_face(profile: Profile, *, consented: bool, birth_date: date | None, today: date, guardian: bool) -> bool:
    """Whether a face may be compared: allowed by the jurisdiction and the tenant, and by a guardian for minors."""
    if profile.face == "forbidden" or not consented:
        return False
    young = birth_date is not None and age_on(birth_date, today) < profile.face_guardian_under
    return guardian or not young


def typed_problems(typed: Mapping[str, str], profile: Profile, today: date) -> tuple[FieldProblem, ...]:
    """All problems of the typed fields; an empty tuple means they may be stored."""
    asked = {*profile.fields, *TYPED_ALWAYS, "surname", "given_names"}
    problems = [FieldProblem(name, "field_not_asked") for name in typed if name not in asked]
    for name, value in typed.items():
        code = _field_problem(name, value.strip(), profile, today) if name in asked else None
        if code:
            problems.append(FieldProblem(name, code))
    return tuple(problems) or _number_agreement(typed, profile)


def _field_problem(name: str, value: str, profile: Profile, today: date) -> str | None:
    """Why one typed value is invalid (a code), or None."""
    if not value:
        return "field_missing"
    if len(value) > MAX_LENGTHS.get(name, 40):
        return "field_too_long"
    match name:
        case "id_number":
            code = _number_problem(value.upper(), profile)
        case "birth_date" | "expiry_date":
            code = _date_problem(name, value, today)
        case "sex":
            code = None if value in ("M", "F", "X") else "sex_invalid"
        case "nationality" | "issuing_state":
            code = None if re.fullmatch(r"[A-Z]{3}", value) else "nationality_invalid"
        case _:
            code = None if all(char.isprintable() and char not in "<>{}" for char in value) else "field_characters"
    return code


def _number_problem(value: str, profile: Profile) -> str | None:
    """Why a document number is invalid; 15 or more digits are a resident number where the profile says so."""
    if not NUMBER_SHAPE.fullmatch(value):
        return "field_characters"
    if not (profile.resident_number and looks_like_resident_number(value)):
        return None
    try:
        parse_resident_number(value)
    except BadNumber as bad:
        return bad.code
    return None


def _date_problem(name: str, value: str, today: date) -> str | None:
    """Why a birth or expiry date is invalid, or None."""
    if not re.fullmatch(r"\d{4}-\d{2}-\d{2}", value, re.ASCII):
        return "birth_date_invalid"
    try:
        day = date.fromisoformat(value)
    except ValueError:
        return "birth_date_invalid"
    return "birth_date_invalid" if name == "birth_date" and not 0 <= age_on(day, today) <= 130 else None


def _number_agreement(typed: Mapping[str, str], profile: Profile) -> tuple[FieldProblem, ...]:
    """Problems where the typed birth date or sex contradicts the resident number."""
    number_text = typed.get("id_number", "")
    if not (profile.resident_number and looks_like_resident_number(number_text)):
        return ()
    number = parse_resident_number(number_text)
    problems = []
    if typed.get("birth_date", number.birth_date.isoformat()).strip() != number.birth_date.isoformat():
        problems.append(FieldProblem("birth_date", "birth_date_disagrees"))
    if typed.get("sex", number.sex).strip() not in (number.sex, "X"):
        problems.append(FieldProblem("sex", "id_number_sex"))
    return tuple(problems)


def concluded_fields(evidence: Evidence) -> dict[str, str]:
    """The fields of the registration: what was read, overridden by what the tenant typed.

    A resident number also gives birth date, sex and nationality (CHN) if nothing else did.
    """
    read = {name: item.value for name, item in evidence.reading.fields.items()} if evidence.reading else {}
    merged = read | {name: value.strip() for name, value in evidence.typed.items() if value.strip()}
    number_text = merged.get("id_number", "")
    if looks_like_resident_number(number_text):
        try:
            number = parse_resident_number(number_text)
        except BadNumber:
            return merged
        derived = {"birth_date": number.birth_date.isoformat(), "sex": number.sex, "nationality": "CHN"}
        merged = derived | merged
    return merged


def decide(evidence: Evidence, profile: Profile, settings: VerificationSettings) -> Verdict:
    """The verdict: refused if any rule refuses, else review if any rule has doubts, else passed.

    Whatever the outcome, a person may decide otherwise; a face that differs never refuses by itself.
    """
    band = evidence.face.band if evidence.face else None
    refusals = _refusals(evidence, profile)
    if refusals:
        return Verdict("refused", refusals, band)
    doubts = (
        *_document_doubts(evidence, profile),
        *_face_doubts(evidence, profile, settings),
        *_level_doubts(evidence, settings),
    )
    return Verdict("review" if doubts else "passed", doubts, band)


def _refusals(evidence: Evidence, profile: Profile) -> tuple[str, ...]:
    """Reasons that end the attempt: the tenant needs another document or a guardian."""
    reasons = []
    reading = evidence.reading
    if reading is not None and reading.kind != "unknown" and reading.kind not in profile.document_kinds:
        reasons.append("document_kind_not_accepted")
    if profile.expired_document == "refused" and is_expired(evidence):
        reasons.append("document_expired")
    if is_minor(evidence, profile) and not evidence.guardian_present:
        reasons.append("guardian_needed")
    return tuple(reasons)


def _document_doubts(evidence: Evidence, profile: Profile) -> tuple[str, ...]:
    """Reasons for a person to review the document or the typed fields."""
    reading, doubts = evidence.reading, []
    if reading is None:
        doubts.append("typed_without_camera")
    elif reading.kind == "unknown" or not _all_certain(reading, profile):
        doubts.append("document_unclear")
    if reading is not None:
        doubts += [problem for problem in reading.problems if problem not in doubts]
        if _corrected(reading, evidence.typed):
            doubts.append("checked_field_corrected")
    if is_expired(evidence):
        doubts.append("document_expired")
    if is_minor(evidence, profile):
        doubts.append("minor_with_guardian")
    return tuple(doubts)


def _face_doubts(evidence: Evidence, profile: Profile, settings: VerificationSettings) -> tuple[str, ...]:
    """Reasons for a person to review the face, or to confirm the holder without one."""
    if evidence.reading is None:
        return ()
    if evidence.face is None or profile.face == "forbidden":
        return () if settings.accept_document_without_face else ("document_without_face",)
    doubts = list({"pass": (), "unsure": ("face_unsure",), "refuse": ("face_differs",)}[evidence.face.band])
    doubts += ["face_problem"] if evidence.face.problems and not doubts else []
    if evidence.liveness is None:
        doubts += [] if settings.accept_face_without_liveness else ["face_without_liveness"]
    elif not evidence.liveness.passed:
        doubts.append("liveness_failed")
    return tuple(doubts)


def _level_doubts(evidence: Evidence, settings: VerificationSettings) -> tuple[str, ...]:
    """Reasons for review from the liveness level the landlord chose for this unit."""
    if settings.level == "person":
        return ("level_person",)
    live = evidence.liveness is not None and evidence.liveness.passed
    at_door = evidence.camera == "kiosk" and live
    return ("level_kiosk",) if settings.level == "kiosk" and not at_door else ()


def _all_certain(reading: DocumentReading, profile: Profile) -> bool:
    """Whether every field the jurisdiction requires was read with certainty."""
    needed = [reading.fields.get(name) for name in profile.fields]
    return all(item is not None and item.certain and item.value for item in needed)


def _corrected(reading: DocumentReading, typed: Mapping[str, str]) -> bool:
    """Whether the tenant's typed value differs from a field the document confirms."""
    same = {name: _plain(item.value) for name, item in reading.fields.items() if item.certain}
    return any(name in same and value.strip() and _plain(value) != same[name] for name, value in typed.items())


def _plain(text: str) -> str:
    """The text without case, spaces and hyphens, so that a retyped value counts as equal."""
    return re.sub(r"[\s\-]", "", text).casefold()


def is_expired(evidence: Evidence) -> bool:
    """Whether the document was read and has expired."""
    until = evidence.reading.value("expiry_date") if evidence.reading else None
    return until is not None and until < evidence.today.isoformat()


def is_minor(evidence: Evidence, profile: Profile) -> bool:
    """Whether the birth date, read or typed, makes the tenant a minor here, who needs a guardian."""
    text = concluded_fields(evidence).get("birth_date")
    if text is None or _date_problem("birth_date", text, evidence.today):
        return False
    return age_on(date.fromisoformat(text), evidence.today) < profile.guardian_under


def age_on(born: date, today: date) -> int:
    """Age in whole years; born on 29 February, a person turns on 1 March in other years."""
    return today.year - born.year - ((today.month, today.day) < (born.month, born.day))
