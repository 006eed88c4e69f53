"""Exports of registrations: requested by one officer, decided by another, downloaded once by the first."""

import csv
from io import StringIO
from typing import Annotated, Any, Final

from pydantic import BaseModel, Field
from sqlalchemy.exc import SQLAlchemyError

from api.services.officer.consumers import AreaName
from api.services.schemas import Instant, Strict
from gateway.bootstrap import Gateway
from gateway.disclosure import NOT_WRITTEN
from gateway.domain.disclosure.export import ExportRequest
from gateway.domain.errors import DisclosureBlocked
from gateway.domain.stays.stay import instant, wall_clock
from gateway.feed.stream import record_shown
from gateway.journey.disclosure import exports as steps
from gateway.journey.filings.person_fields import person_fields
from gateway.store import Account, Export, Person, Registration
from gateway.store.sealing import Erased

PERSON: Final = ("name", "surname", "given_names", "id_number", "document_kind", "birth_date", "sex", "nationality")
COLUMNS: Final = ("record", "kind", "at", "unit", "address", "from", "until", "state", "receipt", *PERSON)
FORMULA: Final = ("=", "+", "-", "@", "\t", "\r")  # first characters of a cell that a spreadsheet evaluates


class ExportForm(Strict):
    """A request: an area, a period of at most 31 days (RFC 3339; without an offset UTC), and a purpose."""

    area: AreaName
    from_: Annotated[Instant, Field(alias="from")]
    until: Instant
    purpose: Annotated[str, Field(min_length=3, max_length=300)]


class ExportDecision(Strict):
    """The second officer's decision."""

    approve: bool


class ExportShown(BaseModel):
    """An export and its state. `mine`: the reader requested it, so another officer has to decide."""

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


def present_export(row: Export, reader: str, now: int) -> ExportShown:
    """Present an export to the officer with the account id `reader`. `now` in UTC seconds."""
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


def list_exports(gateway: Gateway, officer: Account) -> list[ExportShown]:
    """Return the fifty latest exports of the officer's area."""
    now = gateway.now()
    with gateway.database.reading() as session:
        return [present_export(row, officer.id, now) for row in steps.exports_in(session, officer.area or "nowhere")]


def request_export(gateway: Gateway, officer: Account, form: ExportForm) -> ExportShown:
    """Request an export, which another officer has to decide on. Raises InputRefused, NotAllowed or Conflict."""
    now = gateway.now()
    start, end = instant(form.from_, "UTC", "from"), instant(form.until, "UTC", "until")
    with gateway.database.writing() as session:
        row = steps.ask_export(session, ExportRequest(form.area, start, end, form.purpose), officer, now)
        return present_export(row, officer.id, now)


def decide_export(gateway: Gateway, officer: Account, export_id: str, form: ExportDecision) -> ExportShown:
    """Approve or refuse what another officer requested.

    Raises NotFound, NotAllowed for the officer who requested it, or Conflict if it is decided or expired.
    """
    now = gateway.now()
    with gateway.database.writing() as session:
        row = steps.get_export(session, export_id, officer.area or "nowhere")
        return present_export(steps.decide_export(session, row, officer, form.approve, now), officer.id, now)


def take_export(gateway: Gateway, officer: Account, export_id: str) -> str:
    """Return the records as CSV (RFC 4180), once, to the officer who requested them; every record is logged first.

    Raises NotFound, NotAllowed for another officer, Conflict if it is not approved, expired or already taken, or
    DisclosureBlocked if the log cannot be written.
    """
    now = gateway.now()
    try:
        with gateway.database.writing() as session:
            row = steps.get_export(session, export_id, officer.area or "nowhere")
            found = [
                (one, session.get_one(Person, one.person_id)) for one in steps.take_export(session, row, officer, now)
            ]
    except SQLAlchemyError as error:
        raise DisclosureBlocked(NOT_WRITTEN) from error
    return table_of([line_of(gateway, one, person) for one, person in found])


def line_of(gateway: Gateway, row: Registration, person: Person) -> dict[str, Any]:
    """Return one record as a line, by column; an erased person's fields are empty."""
    shown = record_shown("", row.created_at, row, row.stay)
    try:
        fields = person_fields(person, gateway.keyring)
    except Erased:
        fields = {}
    filing = {name: shown[name] for name in ("kind", "at", "from", "until", "state", "receipt")}
    unit = {"record": row.id, "unit": shown["unit"]["code"], "address": shown["unit"]["address"]}
    return filing | unit | {name: fields.get(name, "") for name in PERSON}


def table_of(lines: list[dict[str, Any]]) -> str:
    """Return the lines as CSV. A cell that a spreadsheet would evaluate as a formula gets a leading apostrophe."""
    buffer = StringIO()
    writer = csv.DictWriter(buffer, COLUMNS)
    writer.writeheader()
    writer.writerows({name: _plain(line.get(name)) for name in COLUMNS} for line in lines)
    return buffer.getvalue()


def _plain(value: Any) -> str:
    text = "" if value is None else str(value)
    return f"'{text}" if text.startswith(FORMULA) else text
