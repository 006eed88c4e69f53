"""The filing due above a number of people's stored faces (China, measures in force since 2025-06-01)."""

from dataclasses import dataclass
from typing import Literal

from gateway.domain.jurisdiction import Profile

WARN_SHARE = 0.8


@dataclass(frozen=True, slots=True)
class FaceCount:
    """How many people's faces are stored, the resulting state, and in how many working days a filing is due, if any."""

    people: int
    state: Literal["free", "warn", "filing_due", "blocked"]
    filing_days: int | None = None


def judge_stored_faces(people: int, profile: Profile, *, filed: bool, block: bool = True) -> FaceCount:
    """warn from 80 % of the limit; at the limit, unless filed: blocked, or (not `block`) filing_due in 30 days."""
    limit = profile.face_filing_limit
    if not limit or filed or people < WARN_SHARE * limit:
        return FaceCount(people, "free")
    if people < limit:
        return FaceCount(people, "warn")
    return FaceCount(people, "blocked" if block else "filing_due", filing_days=30)


def may_store_face(people: int, profile: Profile, *, filed: bool) -> bool:
    """Whether one more person's face may be stored beside `people` stored already."""
    return profile.keep_portrait and judge_stored_faces(people + 1, profile, filed=filed).state != "blocked"
