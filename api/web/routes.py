"""The pages, put on the application."""

from fastapi import FastAPI

from api.web import (
    accounts,
    area_map,
    calendar,
    cases,
    exports,
    filings,
    landlord,
    notice_page,
    officer,
    once,
    single_sign_on,
    staff,
    tester,
    wishes,
)
from api.web.shell import manifest, offline
from api.web.shell.files import FingerprintedFiles
from api.web.tenant import pages

PARTS = (
    accounts,
    single_sign_on,
    staff,
    pages,
    offline,
    manifest,
    landlord,
    area_map,
    calendar,
    notice_page,
    officer,
    tester,
    cases,
    exports,
    filings,
    once,
    wishes,
)


def add_pages(app: FastAPI) -> None:
    """Pages and their files; they call the API's own functions, so that each rule is written once."""
    app.mount("/static", FingerprintedFiles(), name="static")
    for part in PARTS:
        app.include_router(part.router)
