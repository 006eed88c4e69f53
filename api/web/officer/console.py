"""The officer's console: the live list, masked; a record opened with a reason."""

import logging
from collections.abc import AsyncIterator
from typing import Annotated, Final

from fastapi import APIRouter, Form, Header, Query, Request, Response
from sqlalchemy import select

from api.framework.dependencies import Gate, Officer, while_signed_in
from api.framework.event_stream import HEARTBEAT, FeedStream
from api.http.officer import cases as cases_api
from api.http.officer import filings as filings_api
from api.http.officer import registrations as api
from api.http.officer.stored_faces import count_faces
from api.services.schemas import PurposeForm
from api.web.shell.page_route import PageRoute, notice_of
from api.web.shell.render import language_of, page, render
from gateway.bootstrap import Gateway
from gateway.clock import utc_now
from gateway.domain.errors import DisclosureBlocked
from gateway.feed.stream import Feed, FeedItem, Reader, always
from gateway.store import Account, Registration, Stay, Unit
from gateway.texts.languages import Language

log = logging.getLogger(__name__)
router = APIRouter(prefix="/officer", route_class=PageRoute, include_in_schema=False)

RECENT: Final = 200
PURPOSES: Final = ("complaint", "correction", "check", "emergency")


@router.get("")
def show_console(request: Request, gateway: Gate, account: Officer) -> Response:
    """Cases that wait, and the latest registrations; the stream goes on where the list ends."""
    cursor = max(0, gateway.feed.last_seq() - RECENT)
    items = gateway.feed.page(api.reader_of(account, always), cursor)
    values = {
        "role": "officer",
        "area": account.area,
        "items": latest_of_each(items),
        "after": items[-1].seq if items else cursor,
        "cases": cases_api.list_cases(gateway, account),
        "attention": filings_api.list_attention(gateway, account),
        "faces": [found for found in count_faces(gateway) if found.state != "free"],
        "notice": notice_of(request),
    }
    return page(request, "officer/console.html", values)


def latest_of_each(items: list[FeedItem]) -> list[FeedItem]:
    """One line a record, the newest first."""
    return list({item.data["id"]: item for item in items}.values())[::-1]


@router.get("/news")
def show_news(request: Request, gateway: Gate, account: Officer) -> Response:
    """Cases that wait, and how the area's latest filings stand: what changes without being a record of the feed."""
    values = {"cases": cases_api.list_cases(gateway, account), "states": filing_states(gateway, account)}
    return page(request, "officer/news.html", values)


def filing_states(gateway: Gateway, account: Account) -> list[tuple[str, str]]:
    """Id and state of the latest hundred records of the officer's area; nothing of a person."""
    query = select(Registration.id, Registration.state).join(Stay, Registration.stay_id == Stay.id).join(Unit)
    query = query.where(Unit.area.startswith(account.area or "nowhere", autoescape=True))
    with gateway.database.reading() as session:
        rows = session.execute(query.order_by(Registration.created_at.desc()).limit(100))
        return [(row.id, row.state) for row in rows]


@router.get("/feed")
async def follow_rows(
    request: Request,
    gateway: Gate,
    account: Officer,
    last_event_id: Annotated[str | None, Header()] = None,
    after: Annotated[int | None, Query(ge=0)] = None,
) -> Response:
    """The feed as finished table rows in the reader's language; resumes like the API's."""
    cursor = api.cursor_of(last_event_id, after)
    reader = api.reader_of(account, while_signed_in(request, gateway))
    answer = FeedStream(gateway.feed, reader, cursor)  # lets go of a reader who takes nothing, as the API's does
    answer.body_iterator = stream_rows(gateway.feed, reader, cursor, language_of(request))
    return answer


async def stream_rows(feed: Feed, reader: Reader, cursor: int, language: Language) -> AsyncIterator[bytes]:
    """Server-sent events (WHATWG HTML §9.2), one a record; a comment every 15 quiet seconds."""
    yield b"retry: 2000\n\n"
    try:
        async for items in feed.follow(reader, cursor):
            yield b"".join(encode_row(item, language) for item in items) or HEARTBEAT
    except DisclosureBlocked as error:
        log.error("the officer's list stopped: %s", error.code)


def encode_row(item: FeedItem, language: Language) -> bytes:
    """One record as an event; every line of its HTML is a data line."""
    html = render("officer/record_row.html", language, {"item": item, "now": utc_now()})
    data = "".join(f"data: {line}\n" for line in html.splitlines() if line.strip())
    return f"id: {item.seq}\nevent: rows\n{data}\n".encode()


@router.get("/records/{record_id}")
def ask_purpose(request: Request, account: Officer, record_id: str) -> Response:  # noqa: ARG001 - only officers may ask
    """Why the record is to be opened."""
    return page(request, "officer/open_record.html", {"role": "officer", "opened": None, "purposes": PURPOSES})


@router.post("/records/{record_id}")
def open_record(
    request: Request,
    gateway: Gate,
    account: Officer,
    record_id: str,
    purpose: Annotated[str, Form(pattern="^(complaint|correction|check|emergency)$")],
    note: Annotated[str, Form(max_length=120)] = "",
) -> Response:
    """The record; the disclosure log has the entry before it is shown."""
    stated = f"{purpose}: {note.strip()}" if note.strip() else purpose
    opened = api.open_record(gateway, account, record_id, PurposeForm(purpose=stated))
    return page(request, "officer/open_record.html", {"role": "officer", "opened": opened})
