"""The verdict on what a tenant showed: passed, refused, or review by a person. Pure rules."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Literal

from gateway.domain.birth_date import BirthDate, birth_date
from gateway.domain.jurisdiction import Profile
from gateway.domain.verification.field_sources import conclude, gather
from gateway.domain.verification.liveness import Level
from gateway.domain.verification.port import DocumentReading, FaceComparison, FieldReading, LivenessResult
from gateway.domain.verification.typed_fields import age_on, date_problem

Outcome = Literal["passed", "review", "refused"]

Camera = Literal["phone", "kiosk"]


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


def may_run_face(profile: Profile, *, consented: bool, born: BirthDate | None, today: date, guardian: bool) -> bool:
    """Whether a face may be compared: allowed by the jurisdiction and the tenant, and by a guardian for minors.

    Whoever may be a minor by what is known of the date of birth counts as one.
    """
    if profile.face == "forbidden" or not consented:
        return False
    young = born is not None and age_on(born.last, today) < profile.face_guardian_under
    return guardian or not young


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
    """Whether every field the jurisdiction requires was read with certainty; a name may be whole or in parts."""
    needed = [_name_read(reading) if name == "name" else reading.fields.get(name) for name in profile.fields]
    return all(item is not None and item.certain and item.value for item in needed)


def _name_read(reading: DocumentReading) -> FieldReading | None:
    """The whole name, or its least certain part."""
    parts = [reading.fields[name] for name in ("surname", "given_names") if name in reading.fields]
    return min(parts, key=lambda part: part.certain) if parts else reading.fields.get("name")


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
    """Whether the birth date, read or typed, makes the tenant a minor here, who needs a guardian: also if it may."""
    text = conclude(gather(evidence.reading, evidence.typed, {})).get("birth_date", "")
    born = birth_date(text)
    if born is None or date_problem("birth_date", text, evidence.today):
        return False
    return age_on(born.last, evidence.today) < profile.guardian_under
