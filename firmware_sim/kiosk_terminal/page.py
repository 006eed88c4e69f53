"""The kiosk's page and its HTTP interface, on loopback. The page holds no secret.

A process with access to loopback can do what a person at the kiosk can do, and no more.
"""

import asyncio
import io
import json
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Annotated, Any, Final

import segno
from fastapi import Depends, FastAPI, HTTPException, Request, Response
from fastapi.responses import FileResponse
from pydantic import BaseModel, ConfigDict, Field
from starlette.staticfiles import StaticFiles

from devices.wire.errors import BadMessage
from devices.wire.kiosk.registration import MAX_FACTS, MAX_IMAGE
from firmware_sim.kiosk_terminal.session import Front
from firmware_sim.kiosk_terminal.visit import Agreement, Incomplete, NoVisit, Visit
from firmware_sim.station.kiosk import QueueFull

PAGE: Final = "page"  # in the device folder: one HTML file for each language, kiosk.json, static/
LOOPBACK: Final = ("127.0.0.1", "localhost")
TIDY_EVERY: Final = 1.0  # seconds
HEADERS: Final = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob:; connect-src 'self';"
        " base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    ),
    "Cache-Control": "no-store",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=()",
}
Next = Callable[[Request], Awaitable[Response]]


class Shown(BaseModel):
    """The text of a scanned or typed code."""

    model_config = ConfigDict(extra="forbid")
    code: Annotated[str, Field(max_length=300)]


class Agreed(BaseModel):
    """The consents the tenant ticked (none is preselected), and the answers to the registry's questions."""

    model_config = ConfigDict(extra="forbid")
    registration: bool
    face: bool
    guardian: bool = False
    text_version: Annotated[str, Field(max_length=40)]
    facts: Annotated[dict[str, Annotated[str, Field(max_length=120)]], Field(max_length=MAX_FACTS)] = {}
    others: bool | None = None
    group: bool | None = None


class Chosen(BaseModel):
    """Language of the visit."""

    model_config = ConfigDict(extra="forbid")
    language: str


def make_kiosk_page(front: Front, folder: Path) -> FastAPI:
    """Create the application over one kiosk's front; `folder` is the device folder."""
    app = FastAPI(title="Lodgekey kiosk", docs_url=None, redoc_url=None, openapi_url=None)
    app.state.front, app.state.page = front, folder / PAGE
    facts = json.loads((folder / PAGE / "kiosk.json").read_text())
    app.state.address, app.state.languages = facts["address"], facts["languages"]
    app.middleware("http")(_guard)
    app.add_exception_handler(NoVisit, _say_nobody)
    app.mount("/static", StaticFiles(directory=folder / PAGE / "static"))
    app.get("/")(_page)
    app.get("/status")(_status)
    app.post("/visit", status_code=204)(_begin)
    app.delete("/visit", status_code=204)(_end)
    app.post("/visit/touch", status_code=204)(_touch)
    app.post("/visit/code")(_type_code)
    app.post("/visit/code/scan")(_scan_code)
    app.post("/visit/document")(_scan_document)
    app.post("/visit/face")(_take_face)
    app.post("/visit/turns")(_request_challenge)
    app.post("/visit/turns/film", status_code=204)(_film)
    app.post("/visit/registration", status_code=202)(_hand_in)
    app.get("/visit/link.svg")(_draw_link)
    return app


async def keep_tidy(front: Front) -> None:
    """Wipe expired visits until cancelled, even if the page has crashed."""
    while True:
        await asyncio.sleep(TIDY_EVERY)
        front.tidy()


async def _guard(request: Request, call_next: Next) -> Response:
    """Refuse requests from other origins in the kiosk's browser, and other host names (DNS rebinding)."""
    origin = request.headers.get("origin")
    elsewhere = origin is not None and origin != f"http://{request.headers.get('host')}"
    if request.url.hostname not in LOOPBACK or elsewhere or request.headers.get("sec-fetch-site") == "cross-site":
        return Response(status_code=403, headers=HEADERS)
    response = await call_next(request)
    response.headers.update(HEADERS)
    return response


async def _say_nobody(_request: Request, _error: Exception) -> Response:
    return Response(status_code=410)


async def _front(request: Request) -> Front:
    front: Front = request.app.state.front
    return front


At = Annotated[Front, Depends(_front)]


async def _visit(front: At) -> Visit:
    return front.visits.current()


Here = Annotated[Visit, Depends(_visit)]


def _known(request: Request, language: str) -> str:
    """The language if the kiosk has a page in it, else the place's own."""
    languages: list[str] = request.app.state.languages
    return language if language in languages else languages[0]


async def _page(request: Request, lang: str = "") -> FileResponse:
    page: Path = request.app.state.page
    return FileResponse(page / f"{_known(request, lang)}.html", media_type="text/html")


async def _status(front: At) -> dict[str, Any]:
    return front.status()


async def _begin(request: Request, front: At, chosen: Chosen) -> None:
    front.visits.begin(_known(request, chosen.language))


async def _end(front: At) -> None:
    front.visits.end()
    front.tidy()


async def _touch(_visit: Here) -> None:
    """Restart the idle timeout."""


async def _type_code(front: At, visit: Here, shown: Shown) -> dict[str, bool]:
    return await _name_offer(front, visit, shown.code)


async def _scan_code(front: At, visit: Here) -> dict[str, bool]:
    code = await front.counter.read()
    if code is None:
        raise HTTPException(409, "nothing_there")
    return await _name_offer(front, visit, code)


async def _name_offer(front: Front, visit: Visit, code: str) -> dict[str, bool]:
    """Ask the gateway for the offer's summary; return whether it was sent. The answer is in the status."""
    if not visit.name_offer(code):
        raise HTTPException(422, "no_code")
    return {"asked": await front.ask(visit)}


async def _scan_document(front: At, visit: Here) -> Response:
    visit.document = _usable(await front.counter.scan())
    return Response(visit.document, media_type="image/jpeg")


async def _take_face(front: At, visit: Here) -> Response:
    visit.face = _usable(await front.counter.take())
    return Response(visit.face, media_type="image/jpeg")


def _usable(picture: bytes | None) -> bytes:
    if not picture:
        raise HTTPException(409, "nothing_there")
    if len(picture) > MAX_IMAGE:
        raise HTTPException(413, "too_large")
    return picture


async def _request_challenge(front: At, _visit: Here) -> dict[str, bool]:
    """Request a challenge; return whether it was sent. The turns are in the status."""
    return {"asked": await front.request_challenge()}


async def _film(front: At, _visit: Here) -> None:
    """Film while the page shows the turns; 409 without turns or without a usable clip."""
    if not await front.film():
        raise HTTPException(409, "nothing_there")


async def _hand_in(front: At, _visit: Here, agreed: Agreed) -> None:
    try:
        await front.hand_in(Agreement(**agreed.model_dump()))
    except (Incomplete, BadMessage) as error:
        raise HTTPException(422, str(error)) from error
    except QueueFull as error:
        raise HTTPException(507, "queue_full") from error


async def _draw_link(request: Request, visit: Here) -> Response:
    """Return the tenant's own link as a QR code for their phone; 404 if the tenant did not show a link."""
    if visit.token is None or visit.registration is None:
        raise HTTPException(404, "no_link")
    drawn = io.BytesIO()
    link = segno.make(f"{request.app.state.address}/o/{visit.token}", error="m")
    link.save(drawn, kind="svg", border=2, light="#fff")
    return Response(drawn.getvalue(), media_type="image/svg+xml")
