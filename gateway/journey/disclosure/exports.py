"""Exports: requested by one officer, decided by another, downloaded once by the first; each record is logged first."""

from collections.abc import Sequence

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from gateway.disclosure import Entry, append
from gateway.domain.disclosure import export as rules
from gateway.domain.disclosure.export import ExportRequest, ExportStanding
from gateway.domain.errors import Conflict, NotAllowed, NotFound
from gateway.outbox.events import record
from gateway.store import Account, Export, Registration, Stay, Unit
from gateway.texts.marks import N_


def within(area: str, start: int, end: int) -> Select[Registration]:
    """The registrations of an area (prefix) created in [start, end)."""
    query = select(Registration).join(Stay, Registration.stay_id == Stay.id).join(Unit, Stay.unit_id == Unit.id)
    return query.where(
        Unit.area.startswith(area, autoescape=True), Registration.created_at >= start, Registration.created_at < end
    )


def ask_export(session: Session, request: ExportRequest, by: Account, now: int) -> Export:
    """Request an export, to be decided by a second officer."""
    rules.check_export_request(request, by.area or "", now)
    found = within(request.area, request.start, request.end).subquery()
    rows = session.scalar(select(func.count()).select_from(found)) or 0
    rules.check_rows(rows)
    row = Export(
        area=request.area,
        from_at=request.start,
        until_at=request.end,
        purpose=request.purpose.strip(),
        rows=rows,
        requested_by=by.id,
        requested_at=now,
        expires_at=now + rules.OPEN_SECONDS,
    )
    session.add(row)
    session.flush()
    record(session, "ExportRequested", now, data={"export": row.id, "by": by.id})
    return row


def decide_export(session: Session, row: Export, by: Account, approved: bool, now: int) -> Export:
    """A second officer's decision. Raises NotAllowed for the requester, Conflict if it is decided or expired."""
    if by.id == row.requested_by:
        raise NotAllowed(N_("A second officer must decide on an export."))
    if standing_of(row, now) != "awaits_approval":
        raise Conflict(N_("This export has already been decided or has expired."))
    row.approved, row.decided_by, row.decided_at = approved, by.id, now
    row.expires_at = now + rules.OPEN_SECONDS
    record(session, "ExportDecided", now, data={"export": row.id, "by": by.id, "approved": approved})
    return row


def take_export(session: Session, row: Export, by: Account, now: int) -> Sequence[Registration]:
    """The records, once, for the requester. Their log entries are committed in this transaction, before they leave."""
    if by.id != row.requested_by:
        raise NotAllowed(N_("Only the officer who requested an export can download it."))
    if standing_of(row, now) != "approved":
        raise Conflict(N_("This export is not approved, has already been downloaded or has expired."))
    query = within(row.area, row.from_at, row.until_at).order_by(Registration.created_at, Registration.id)
    found = session.scalars(query.limit(rules.MAX_ROWS + 1)).all()
    rules.check_rows(len(found))
    purpose = f"export: {row.purpose}"
    append(session, [Entry(f"officer:{by.id}", purpose, f"registration:{one.id}", "all") for one in found], now)
    row.taken_at, row.rows = now, len(found)
    record(session, "ExportTaken", now, data={"export": row.id, "by": by.id, "rows": len(found)})
    return found


def get_export(session: Session, export_id: str, area: str) -> Export:
    """An export of the officer's area, locked against a second download. Raises NotFound."""
    query = select(Export).where(Export.id == export_id, Export.area.startswith(area, autoescape=True))
    row = session.scalars(query.with_for_update()).one_or_none()
    if row is None:
        raise NotFound(N_("There is no such export in your area."))
    return row


def exports_in(session: Session, area: str) -> Sequence[Export]:
    """The fifty latest exports of an area."""
    query = select(Export).where(Export.area.startswith(area, autoescape=True))
    return session.scalars(query.order_by(Export.requested_at.desc(), Export.id).limit(50)).all()


def standing_of(row: Export, now: int) -> ExportStanding:
    """The export's state at `now`."""
    return rules.standing(row.approved, row.taken_at, row.expires_at, now)
