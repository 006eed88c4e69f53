"""Refusals as application/problem+json (RFC 9457): a stable type, a sentence to act on, nothing internal."""

import logging
import traceback
from typing import Any, Final

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from sqlalchemy.exc import OperationalError
from sqlalchemy.exc import TimeoutError as NoConnection
from starlette.exceptions import HTTPException

from gateway.domain.errors import Busy, LodgekeyError, TooManyAttempts

log = logging.getLogger(__name__)

TYPES = "https://lodgekey.org/problems/"
MEDIA = "application/problem+json"
TITLES = {400: "Not readable", 404: "Not found", 405: "Not possible here", 413: "Too large"}

DATABASE_REFUSED: Final = (OperationalError, NoConnection)
BROKEN: Final = "Something went wrong here. See whether it was done before you try again, or tell the operator."


def problem(status: int, code: str, title: str, detail: str, **extra: object) -> JSONResponse:
    """One problem as a response."""
    body: dict[str, Any] = {"type": TYPES + code, "title": title, "status": status, "detail": detail, "code": code}
    headers = {"Retry-After": str(extra.get("retry_after", 5))} if status in (429, 503) else None
    return JSONResponse(body | extra, status, headers=headers, media_type=MEDIA)


def of_error(error: LodgekeyError) -> JSONResponse:
    """A refusal of ours."""
    return problem(error.status, error.code, error.title, error.detail, **error.extra)


def database_refused() -> Busy:
    """What is said where the database could not be read or written."""
    log.error("the database refused: nothing was kept")
    return Busy("The gateway's database is busy; nothing was kept. Please try again in a moment.")


def log_fault(method: str, error: Exception) -> None:
    """Our own fault in the log: its kind and where it was, no value of anybody's."""
    stack = "".join(traceback.format_tb(error.__traceback__))
    log.error("%s broke: %s\n%s", method, type(error).__name__, stack)


def install(app: FastAPI) -> None:
    """Have every refusal of the application leave as a problem."""

    @app.exception_handler(LodgekeyError)
    async def _ours(_request: Request, error: LodgekeyError) -> JSONResponse:
        if isinstance(error, Busy | TooManyAttempts):
            log.info("refused: %s", error.code)
        return of_error(error)

    async def _database(_request: Request, _error: Exception) -> JSONResponse:
        return of_error(database_refused())

    for kind in DATABASE_REFUSED:
        app.add_exception_handler(kind, _database)

    @app.exception_handler(RequestValidationError)
    async def _malformed(_request: Request, error: RequestValidationError) -> JSONResponse:
        fields = [{"field": ".".join(str(p) for p in e["loc"][1:]), "code": e["type"]} for e in error.errors()]
        return problem(
            422, "input_refused", "Please check what you entered", "Some fields are missing or wrong.", fields=fields
        )

    @app.exception_handler(HTTPException)
    async def _framework(_request: Request, error: HTTPException) -> JSONResponse:
        title = TITLES.get(error.status_code, str(error.detail))
        return problem(error.status_code, title.lower().replace(" ", "_"), title, "Please check the address.")
