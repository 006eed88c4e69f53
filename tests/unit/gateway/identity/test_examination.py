"""Order of examination: typed fields first, the face only with consent, the clip only with a face."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

import pytest

from gateway.domain.errors import Busy, InputRefused
from gateway.domain.jurisdiction import load_profiles
from gateway.domain.verification.port import (
    Challenge,
    DocumentReading,
    FaceComparison,
    FieldReading,
    IdentityBusy,
    IdentityFailed,
    ImageRefused,
    LivenessResult,
)
from gateway.domain.verification.rules import VerificationSettings
from gateway.identity.chips.country_certificates import TrustedCountries
from gateway.identity.examination import Submission, examine

TODAY = date(2026, 11, 21)
NO_CHIPS = TrustedCountries((), lambda: 0).read_chip
PROFILES = load_profiles()
CLEAR = DocumentReading(
    "passport",
    {
        "name": FieldReading("ANNA MARIA ERIKSSON", certain=True),
        "id_number": FieldReading("L898902C3", certain=True),
        "birth_date": FieldReading("1974-08-12", certain=True),
        "nationality": FieldReading("UTO", certain=True),
        "sex": FieldReading("F", certain=True),
    },
    (),
    b"portrait",
)
ALL_SHOWN = Submission(
    {}, b"document", b"face", face_consented=True, clip=(b"frame",), challenge=Challenge("n", ("left",), 0, 60)
)


class SimIdentity:
    """Gives preset answers and records its calls."""

    def __init__(self, reading: DocumentReading = CLEAR, failure: Exception | None = None) -> None:
        self.reading, self.failure = reading, failure
        self.asked: list[str] = []
        self.ready = True

    async def start(self) -> None:
        """Nothing to start."""

    async def stop(self) -> None:
        """Nothing to stop."""

    async def read_document(self, image: bytes) -> DocumentReading:
        """The preset reading."""
        self.asked.append("document")
        if self.failure:
            raise self.failure
        return self.reading

    async def compare_faces(self, portrait: bytes, probe: bytes) -> FaceComparison:
        """Always the same person."""
        self.asked.append("face")
        return FaceComparison("pass", "sim-1")

    async def check_liveness(
        self, challenge: Challenge, clip_frames: Sequence[bytes], portrait: bytes | None
    ) -> LivenessResult:
        """Always a passed clip."""
        self.asked.append("clip")
        return LivenessResult(passed=True, model="sim-1")


async def outcome(
    submission: Submission, place: str = "sandbox", identity: SimIdentity | None = None
) -> tuple[str, list[str]]:
    """The verdict, and the calls that were made."""
    asked = identity or SimIdentity()
    found = await examine(asked, submission, PROFILES[place], VerificationSettings(), TODAY, NO_CHIPS)
    return found.verdict.outcome, asked.asked


async def test_document_face_and_clip_pass_without_a_person() -> None:
    assert await outcome(ALL_SHOWN) == ("passed", ["document", "face", "clip"])


@pytest.mark.parametrize("left_out", [{"clip": ()}, {"challenge": None}])
async def test_a_face_without_its_clip_goes_to_a_person(left_out: dict[str, None]) -> None:
    assert await outcome(replace(ALL_SHOWN, **left_out)) == ("review", ["document", "face"])  # type: ignore[arg-type] # one each


async def test_without_consent_no_face_is_looked_at() -> None:
    assert await outcome(replace(ALL_SHOWN, face_consented=False)) == ("review", ["document"])


async def test_where_faces_are_forbidden_none_is_looked_at() -> None:
    assert await outcome(ALL_SHOWN, "de") == ("review", ["document"])


async def test_a_childs_face_is_not_looked_at_without_a_guardian() -> None:
    young = replace(CLEAR, fields={**CLEAR.fields, "birth_date": FieldReading("2015-01-01", certain=True)})
    assert await outcome(ALL_SHOWN, "cn", SimIdentity(young)) == ("refused", ["document"])
    with_guardian = replace(ALL_SHOWN, guardian_present=True)
    assert await outcome(with_guardian, "cn", SimIdentity(young)) == ("review", ["document", "face", "clip"])


async def test_a_wrong_check_digit_is_refused_before_any_picture_is_looked_at() -> None:
    identity = SimIdentity()
    submission = replace(ALL_SHOWN, typed={"id_number": "110105194912310021"})
    with pytest.raises(InputRefused):
        await examine(identity, submission, PROFILES["cn"], VerificationSettings(), TODAY, NO_CHIPS)
    assert identity.asked == []


async def test_typed_fields_are_enough_for_a_person_to_decide() -> None:
    typed = {"document_kind": "passport", "surname": "ERIKSSON", "given_names": "ANNA", "id_number": "L898902C3"}
    typed |= {"issuing_state": "SWE", "nationality": "SWE", "birth_date": "1974-08-12", "sex": "F"}
    assert await outcome(Submission(typed)) == ("review", [])
    assert await outcome(Submission({"name": "林晓雨", "id_number": "11010519491231002X"})) == ("review", [])


@pytest.mark.parametrize(
    ("failure", "error"),
    [
        (ImageRefused("truncated", "document"), InputRefused),
        (IdentityBusy(), Busy),
        (IdentityFailed("worker_timeout"), Busy),
    ],
)
async def test_what_cannot_be_looked_at_says_what_to_do(failure: Exception, error: type[Exception]) -> None:
    with pytest.raises(error):
        await outcome(ALL_SHOWN, identity=SimIdentity(failure=failure))
