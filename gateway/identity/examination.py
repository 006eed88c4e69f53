"""Examination of a tenant's submission, outside transactions: read the document, compare faces, apply the rules."""

import asyncio
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import date

from gateway.domain.birth_date import birth_date
from gateway.domain.errors import Busy, InputRefused
from gateway.domain.jurisdiction import Profile
from gateway.domain.verification.chip import ChipContents, ChipRefused
from gateway.domain.verification.field_sources import Sources, conclude, gather
from gateway.domain.verification.port import (
    Challenge,
    DocumentReading,
    FaceComparison,
    Identity,
    IdentityBusy,
    IdentityFailed,
    ImageRefused,
    LivenessResult,
)
from gateway.domain.verification.rules import (
    Camera,
    Evidence,
    Verdict,
    VerificationSettings,
    decide,
    may_run_face,
)
from gateway.domain.verification.typed_fields import (
    FieldProblem,
    date_problem,
    fields_refusal,
    missing_fields,
    typed_problems,
    with_kind,
)
from gateway.texts.identity import REASON


@dataclass(frozen=True, slots=True)
class Submission:
    """A tenant's submission. Pictures are JPEG or PNG bytes; `typed` has the fields the tenant typed or corrected.

    `facts` (path -> text) are required by the unit's registry beyond any document. `clip` (JPEG frames in order,
    filmed by `camera`) answers the `challenge`, which has already been used up. `chip` is the content read from the
    document's chip; the picture of the document is then only for manual review. `shares`: what the tenant has in common
    with the adult who invited them, by the names of SHARED.
    """

    typed: Mapping[str, str]
    document: bytes | None = field(default=None, repr=False)
    face: bytes | None = field(default=None, repr=False)
    face_consented: bool = False
    guardian_present: bool = False
    facts: Mapping[str, str] = field(default_factory=dict, repr=False)
    clip: tuple[bytes, ...] = field(default=(), repr=False)
    challenge: Challenge | None = None
    camera: Camera = "phone"
    chip: ChipContents | None = field(default=None, repr=False)
    shares: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Examined:
    """The verdict, the fields by source, the method, and the portrait to show beside the face."""

    verdict: Verdict
    sources: Sources
    method: str
    model: str | None
    portrait: bytes | None = field(default=None, repr=False)


async def examine(
    identity: Identity,
    submission: Submission,
    profile: Profile,
    settings: VerificationSettings,
    today: date,
    read_chip: Callable[[ChipContents], DocumentReading],
    arrival: date | None = None,
) -> Examined:
    """Examine a submission without a database; nothing is stored. `arrival`: the unit's local date of it.

    Raises InputRefused with the fields to correct, or Busy.
    """
    born_by = min(today, arrival or today)
    submission = replace(submission, typed=with_kind(submission.typed, profile))
    refuse_typed(submission, profile, born_by)
    with _refused_pictures():
        reading = await _read(identity, submission, read_chip)
        face = await _compare(identity, submission, reading, profile, today)
        liveness = await _judge_clip(identity, submission, reading) if face else None
    evidence = replace(_evidence(submission, reading, face, today), liveness=liveness)
    sources = gather(reading, submission.typed, submission.facts)
    born = conclude(sources).get("birth_date")
    if born and (code := date_problem("birth_date", born, born_by)):
        raise fields_refusal([FieldProblem("birth_date", code)])
    return Examined(
        verdict=decide(evidence, profile, settings),
        sources=sources,
        method=_method(submission, reading, face),
        model=face.model if face else None,
        portrait=reading.portrait if reading else None,
    )


async def read_picture(identity: Identity, picture: bytes) -> DocumentReading:
    """Read the picture of a document; nothing is stored. Raises InputRefused for the picture, or Busy."""
    with _refused_pictures():
        return await identity.read_document(picture)


@contextmanager
def _refused_pictures() -> Iterator[None]:
    """Raise what the readers refuse, or cannot do now, as InputRefused or Busy with the sentence for the tenant."""
    try:
        yield
    except ImageRefused as error:
        raise picture_refused(error.code, error.part) from None
    except ChipRefused as error:
        raise picture_refused(error.code, "chip") from None
    except IdentityBusy as error:
        raise Busy(REASON[error.code], retry_after=error.retry_after) from None
    except IdentityFailed as error:
        raise Busy(REASON[error.code]) from None


def refuse_typed(submission: Submission, profile: Profile, born_by: date) -> None:
    """Raise InputRefused for an invalid or missing typed field, before any other work."""
    problems = typed_problems(submission.typed, profile, born_by)
    if not problems and submission.document is None and submission.chip is None:
        problems = missing_fields(submission.typed, profile, born_by)
    if problems:
        raise fields_refusal(problems)


def picture_refused(code: str, part: str) -> InputRefused:
    """The refusal of a picture, with what to do next."""
    return InputRefused(REASON[code], fields=[{"field": part, "code": code}])


async def _read(
    identity: Identity, submission: Submission, read_chip: Callable[[ChipContents], DocumentReading]
) -> DocumentReading | None:
    """The reading of the chip, else of the picture, else None."""
    if submission.chip is not None:
        return await asyncio.to_thread(read_chip, submission.chip)
    return await identity.read_document(submission.document) if submission.document else None


def _method(submission: Submission, reading: DocumentReading | None, face: FaceComparison | None) -> str:
    """The method: typed, document or chip, with `_face` appended where a face was compared."""
    if reading is None:
        return "typed"
    shown = "chip" if submission.chip is not None else "document"
    return f"{shown}_face" if face else shown


async def _compare(
    identity: Identity, submission: Submission, reading: DocumentReading | None, profile: Profile, today: date
) -> FaceComparison | None:
    """Compare a face with the document's portrait, where both exist and the jurisdiction and the tenant allow it."""
    if reading is None or reading.portrait is None or submission.face is None:
        return None
    born = conclude(gather(reading, submission.typed, {})).get("birth_date", "")
    allowed = may_run_face(
        profile,
        consented=submission.face_consented,
        born=birth_date(born),
        today=today,
        guardian=submission.guardian_present,
    )
    return await identity.compare_faces(reading.portrait, submission.face) if allowed else None


async def _judge_clip(
    identity: Identity, submission: Submission, reading: DocumentReading | None
) -> LivenessResult | None:
    """Judge whether the clip shows the portrait's owner making the requested turns; None without a clip."""
    if submission.challenge is None or not submission.clip:
        return None
    portrait = reading.portrait if reading else None
    return await identity.check_liveness(submission.challenge, submission.clip, portrait)


def _evidence(
    submission: Submission, reading: DocumentReading | None, face: FaceComparison | None, today: date
) -> Evidence:
    return Evidence(
        today=today,
        reading=reading,
        typed=submission.typed,
        face=face,
        guardian_present=submission.guardian_present,
        camera=submission.camera,
    )
