"""The filing that is due once very many people's faces are stored (China, measures in force since 2025-06-01)."""

from dataclasses import dataclass
from typing import Literal

from gateway.domain.jurisdiction import Profile

WARN_SHARE = 0.8


@dataclass(frozen=True, slots=True)
class FaceCount:
    """How many people's faces are stored, what that means, and by when a filing is due (working days), if it is."""

    people: int
    state: Literal["free", "warn", "filing_due", "blocked"]
    filing_days: int | None = None


def judge_stored_faces(people: int, profile: Profile, *, filed: bool, block: bool = True) -> FaceCount:
    """warn from 80 % of the limit; at the limit, unless filed, blocked or (where chosen) filing_due in 30 days."""
    limit = profile.face_filing_limit
    if not limit or filed or people < WARN_SHARE * limit:
        return FaceCount(people, "free")
    if people < limit:
        return FaceCount(people, "warn")
    return FaceCount(people, "blocked" if block else "filing_due", filing_days=30)


def may_store_face(people: int, profile: Profile, *, filed: bool) -> bool:
    """True where one more person's face may be stored, `people` being stored already."""
    return profile.keep_portrait and judge_stored_faces(people + 1, profile, filed=filed).state != "blocked"
