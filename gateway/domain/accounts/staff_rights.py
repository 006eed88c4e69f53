"""Rights of a landlord's staff: three roles as a table. A right that is not listed is not granted."""

from typing import Final, Literal

StaffRole = Literal["owner", "desk", "viewer"]
# see: units, stays and locks, without links that give access. act: offer, change, end, revoke.
# decide: cases and filings, which show who a tenant is. own: staff, and where alerts are sent.
Right = Literal["see", "act", "decide", "own"]

RIGHTS: Final[dict[str, frozenset[Right]]] = {
    "owner": frozenset({"see", "act", "decide", "own"}),
    "desk": frozenset({"see", "act", "decide"}),
    "viewer": frozenset({"see"}),
}


def may(staff: str | None, right: Right) -> bool:
    """Whether the role has the right. False for no role and for an unknown role."""
    return right in RIGHTS.get(staff or "", frozenset())
