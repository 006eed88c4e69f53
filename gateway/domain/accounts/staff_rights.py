"""What somebody of a landlord's may do: three roles, as a table of rights. What is not here is not allowed."""

from typing import Final, Literal

StaffRole = Literal["owner", "desk", "viewer"]
# see: units, stays and locks, without the links that let somebody in. act: offer, change, end, revoke.
# decide: cases and filings, which show who a tenant is. own: staff, and where notices go.
Right = Literal["see", "act", "decide", "own"]

RIGHTS: Final[dict[str, frozenset[Right]]] = {
    "owner": frozenset({"see", "act", "decide", "own"}),
    "desk": frozenset({"see", "act", "decide"}),
    "viewer": frozenset({"see"}),
}


def may(staff: str | None, right: Right) -> bool:
    """Whether a role carries a right; none for no role, or one nobody wrote down."""
    return right in RIGHTS.get(staff or "", frozenset())
