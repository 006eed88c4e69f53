"""Exports of registrations, for officers: never without a second one, never by person, never twice."""

import csv
from io import StringIO
from typing import Annotated, Any, Final

from fastapi import APIRouter, Response
from pydantic import BaseModel, Field
from sqlalchemy.exc import SQLAlchemyError

from api.framework.dependencies import Gate, Officer
from api.http.officer.consumers import AreaName
from api.services.schemas import Instant, Strict
from gateway.bootstrap import Gateway
from gateway.disclosure import NOT_WRITTEN
from gateway.domain.disclosure.export import ExportRequest
from gateway.domain.errors import DisclosureBlocked
from gateway.domain.stays.stay import instant, wall_clock
from gateway.feed.stream import record_shown
from gateway.journey.disclosure import exports as steps
from gateway.journey.filings.records import person_fields
from gateway.store import Export, Person, Registration
from gateway.store.sealing import Erased

router = APIRouter(prefix="/exports", tags=["officer"])

PERSON: Final = ("name", "surname", "given_names", "id_number", "document_kind", "birth_date", "sex", "nationality")
COLUMNS: Final = ("record", "kind", "at", "unit", "address", "from", "until", "state", "receipt", *PERSON)
FORMULA: Final = ("=", "+", "-", "@", "\t", "\r")


class ExportForm(Strict):
    """What is asked for: an area, a span of at most 31 days (RFC 3339; without an offset UTC), and why."""

    area: AreaName
    from_: Annotated[Instant, Field(alias="from")]
    until: Instant
    purpose: Annotated[str, Field(min_length=3, max_length=300)]


class ExportDecision(Strict):
    """The second officer's word."""

    approve: bool


class ExportShown(BaseModel):
    """An export and how it stands. `mine`: the reader asked for it, so that somebody else has to decide."""

    id: str
    area: str
    from_: Annotated[str, Field(serialization_alias="from")]
    until: str
    purpose: str
    rows: int
    standing: str
    requested_at: int
    expires_at: str
    mine: bool


def export_shown(row: Export, reader: str, now: int) -> ExportShown:
    """An export for an officer."""
    return ExportShown(
        id=row.id,
        area=row.area,
        from_=wall_clock(row.from_at, "UTC"),
        until=wall_clock(row.until_at, "UTC"),
        purpose=row.purpose,
        rows=row.rows,
        standing=steps.standing_of(row, now),
        requested_at=row.requested_at,
        expires_at=wall_clock(row.expires_at, "UTC"),
        mine=row.requested_by == reader,
    )


@router.get("")
def list_exports(gateway: Gate, account: Officer) -> list[ExportShown]:
    """The area's latest exports."""
    with gateway.database.reading() as session:
        rows = steps.exports_in(session, account.area or "nowhere")
        return [export_shown(row, account.id, gateway.now()) for row in rows]


@router.post("", status_code=201)
def ask_export(gateway: Gate, account: Officer, form: ExportForm) -> ExportShown:
    """Ask for an export; nothing leaves before a second officer approves."""
    now = gateway.now()
    start, end = instant(form.from_, "UTC", "from"), instant(form.until, "UTC", "until")
    with gateway.database.writing() as session:
        row = steps.ask_export(session, ExportRequest(form.area, start, end, form.purpose), account, now)
        return export_shown(row, account.id, now)


@router.post("/{export_id}/decision")
def decide_export(gateway: Gate, account: Officer, export_id: str, form: ExportDecision) -> ExportShown:
    """Approve or refuse what another officer asked for."""
    now = gateway.now()
    with gateway.database.writing() as session:
        row = steps.export_named(session, export_id, account.area or "nowhere")
        return export_shown(steps.decide_export(session, row, account, form.approve, now), account.id, now)


@router.post("/{export_id}/file", response_class=Response)
def take_export(gateway: Gate, account: Officer, export_id: str) -> Response:
    """The records as CSV (RFC 4180, UTF-8), once, for the officer who asked; every record is in the log before."""
    now = gateway.now()
    try:
        with gateway.database.writing() as session:
            row = steps.export_named(session, export_id, account.area or "nowhere")
            found = [
                (one, session.get_one(Person, one.person_id)) for one in steps.take_export(session, row, account, now)
            ]
    except SQLAlchemyError as error:
        raise DisclosureBlocked(NOT_WRITTEN) from error
    content = table_of([line_of(gateway, one, person) for one, person in found])
    headers = {"Content-Disposition": 'attachment; filename="registrations.csv"', "Cache-Control": "no-store"}
    return Response(content, media_type="text/csv; charset=utf-8", headers=headers)


def line_of(gateway: Gateway, row: Registration, person: Person) -> dict[str, Any]:
    """One record as a line; an erased person's fields are empty."""
    shown = record_shown("", row.created_at, row, row.stay)
    try:
        fields = person_fields(person, gateway.keyring)
    except Erased:
        fields = {}
    filing = {name: shown[name] for name in ("kind", "at", "from", "until", "state", "receipt")}
    unit = {"record": row.id, "unit": shown["unit"]["code"], "address": shown["unit"]["address"]}
    return filing | unit | {name: fields.get(name, "") for name in PERSON}


def table_of(lines: list[dict[str, Any]]) -> str:
    """CSV that a spreadsheet takes for text: a cell that begins like a formula gets an apostrophe."""
    buffer = StringIO()
    writer = csv.DictWriter(buffer, COLUMNS)
    writer.writeheader()
    writer.writerows({name: _plain(line.get(name)) for name in COLUMNS} for line in lines)
    return buffer.getvalue()


def _plain(value: Any) -> str:
    text = "" if value is None else str(value)
    return f"'{text}" if text.startswith(FORMULA) else text
