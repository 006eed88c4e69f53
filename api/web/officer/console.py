"""The officer's console: the live list of masked records, and one record opened for a stated purpose."""

import logging
from collections.abc import AsyncIterator, Mapping
from typing import Annotated, Final

from fastapi import APIRouter, Header, Query, Request, Response

from api.framework.dependencies import Gate, Officer, while_signed_in
from api.framework.event_stream import HEARTBEAT, FeedStream
from api.services.officer import registrations
from api.services.officer.cases import list_cases
from api.services.officer.feed import cursor_of, officer_reader
from api.services.officer.filings import list_attention, list_states
from api.services.officer.stored_faces import count_faces
from api.services.schemas import PurposeForm
from api.web.shell.forms import FormRefused, Input, Text, Wrong, fault_values, refuse_incomplete
from api.web.shell.page_route import PageRoute, notice_of
from api.web.shell.render import language_of, page, render
from gateway.clock import utc_now
from gateway.domain.disclosure.cloud_event import RESTORED
from gateway.domain.errors import DisclosureBlocked, LodgekeyError
from gateway.feed.stream import Feed, FeedItem, Reader, always
from gateway.texts.languages import Language
from gateway.texts.marks import N_

log = logging.getLogger(__name__)
router = APIRouter(prefix="/officer", route_class=PageRoute, include_in_schema=False)

RECENT: Final = 200  # entries of the feed that the console looks back
PURPOSES: Final = ("complaint", "correction", "check", "emergency")


@router.get("")
def show_console(request: Request, gateway: Gate, account: Officer) -> Response:
    """Show waiting cases and the latest registrations. The page's event stream continues after the last of them."""
    cursor = max(0, gateway.feed.last_seq() - RECENT)
    items = gateway.feed.page(officer_reader(account, always), cursor)
    values = {
        "role": "officer",
        "area": account.area,
        "items": latest_of_each(items),
        "after": items[-1].seq if items else cursor,
        "cases": list_cases(gateway, account),
        "attention": list_attention(gateway, account),
        "faces": [found for found in count_faces(gateway) if found.state != "free"],
        "notice": notice_of(request),
    }
    return page(request, "officer/console.html", values)


def latest_of_each(items: list[FeedItem]) -> list[FeedItem]:
    """Return the latest item of each record, newest first."""
    return list({item.data["id"]: item for item in items if item.data["kind"] != RESTORED}.values())[::-1]


@router.get("/news")
def show_news(request: Request, gateway: Gate, account: Officer) -> Response:
    """Show waiting cases and the states of the area's latest filings, which change without an entry in the feed."""
    values = {"cases": list_cases(gateway, account), "states": list_states(gateway, account)}
    return page(request, "officer/news.html", values)


@router.get("/feed")
async def follow_rows(
    request: Request,
    gateway: Gate,
    account: Officer,
    last_event_id: Annotated[str | None, Header()] = None,
    after: Annotated[int | None, Query(ge=0)] = None,
) -> Response:
    """Stream the feed as rendered table rows in the reader's language; resumes after Last-Event-ID, or `after`."""
    cursor = cursor_of(last_event_id, after)
    reader = officer_reader(account, while_signed_in(request, gateway))
    answer = FeedStream(gateway.feed, reader, cursor)  # ends for a reader who receives nothing for some time
    answer.body_iterator = stream_rows(gateway.feed, reader, cursor, language_of(request))
    return answer


async def stream_rows(feed: Feed, reader: Reader, cursor: int, language: Language) -> AsyncIterator[bytes]:
    """Yield server-sent events (WHATWG HTML §9.2), one for each record; a comment when no record came for 15 s."""
    yield b"retry: 2000\n\n"
    try:
        async for items in feed.follow(reader, cursor):
            rows = [encode_row(item, language) for item in items if item.data["kind"] != RESTORED]
            yield b"".join(rows) or HEARTBEAT
    except DisclosureBlocked as error:
        log.error("the officer's list stopped: %s", error.code)


def encode_row(item: FeedItem, language: Language) -> bytes:
    """Encode one record as an event with its sequence number as id; each line of its HTML is a data line."""
    html = render("officer/record_row.html", language, {"item": item, "now": utc_now()})
    data = "".join(f"data: {line}\n" for line in html.splitlines() if line.strip())
    return f"id: {item.seq}\nevent: rows\n{data}\n".encode()


@router.get("/records/{record_id}")
def ask_purpose(request: Request, account: Officer, record_id: str) -> Response:  # noqa: ARG001 - only officers may ask
    """Ask for which purpose the record is to be opened."""
    return purpose_page(request, {"purpose": "", "note": ""})


def purpose_page(request: Request, typed: Mapping[str, str], error: LodgekeyError | None = None) -> Response:
    """Return the page that asks for the purpose, with an error and what was typed if there was one."""
    values = {"role": "officer", "opened": None, "purposes": PURPOSES, "typed": typed}
    shown = values | fault_values(language_of(request), error)
    return page(request, "officer/open_record.html", shown, error.status if error else 200)


@router.post("/records/{record_id}")
def open_record(
    request: Request,
    gateway: Gate,
    account: Officer,
    record_id: str,
    purpose: Text = "",
    note: Text = "",
) -> Response:
    """Show the record, or the question for the purpose again if that is missing. The reading is logged first."""
    try:
        refuse_incomplete({"note": note}, Input("note", 120, needed=False))
        if purpose not in PURPOSES:
            raise FormRefused([Wrong("purpose", N_("Choose what the record is needed for."), {})])
        stated = f"{purpose}: {note.strip()}" if note.strip() else purpose
        opened = registrations.open_record(gateway, account, record_id, PurposeForm(purpose=stated))
    except LodgekeyError as error:
        return purpose_page(request, {"purpose": purpose, "note": note}, error)
    return page(request, "officer/open_record.html", {"role": "officer", "opened": opened})
