"""Export of registrations in bulk: one area, a limited time span, for one officer, approved by another, once."""

from dataclasses import dataclass
from typing import Final, Literal

from gateway.domain.errors import Conflict, InputRefused, NotAllowed
from gateway.texts.marks import N_

ExportStanding = Literal["awaits_approval", "approved", "refused", "expired", "taken"]
MAX_SPAN_SECONDS: Final = 31 * 86_400
MAX_ROWS: Final = 1_000
OPEN_SECONDS: Final = 24 * 3600  # seconds to approve in, and again to download in
MIN_PURPOSE_LENGTH: Final = 10


@dataclass(frozen=True, slots=True)
class ExportRequest:
    """The request: a grid area (prefix), a half-open span in UTC seconds, and a purpose. It never names a person."""

    area: str
    start: int
    end: int
    purpose: str


def check_export_request(request: ExportRequest, own_area: str, now: int) -> None:
    """Raises InputRefused if the span or purpose is invalid, NotAllowed outside the officer's own area."""
    if not own_area or not request.area.startswith(own_area):
        raise NotAllowed(N_("You can export registrations of your own area only."))
    if len(request.purpose.strip()) < MIN_PURPOSE_LENGTH:
        raise InputRefused(N_("State in one sentence what the registrations are needed for."), field="purpose")
    if not request.start < request.end <= now + 86_400:
        raise InputRefused(N_("The period must end after it begins and must not be in the future."), field="until")
    if request.end - request.start > MAX_SPAN_SECONDS:
        raise InputRefused(N_("An export covers 31 days at most."), field="until")


def check_rows(rows: int) -> None:
    """Raises Conflict for no records, and for more than MAX_ROWS."""
    if rows == 0:
        raise Conflict(N_("There are no registrations in this area and period."))
    if rows > MAX_ROWS:
        raise Conflict(
            N_("This export would have {rows} records; the limit is {max}. Choose a shorter period."),
            {"rows": rows, "max": MAX_ROWS},
        )


def standing(approved: bool | None, taken_at: int | None, expires_at: int, now: int) -> ExportStanding:
    """The state of an export at `now`."""
    if taken_at is not None:
        return "taken"
    if approved is False:
        return "refused"
    if now >= expires_at:
        return "expired"
    return "awaits_approval" if approved is None else "approved"
