"""Registration of all pages with the application."""

from fastapi import FastAPI

from api.web.account import (
    alert_settings,
    email,
    first_password,
    forgotten,
    openid,
    second_factor,
    sessions,
    settings,
    sign_in,
)
from api.web.landlord import bookings, calendar, date_requests, one_time_codes
from api.web.landlord import pages as landlord
from api.web.officer import area_map, by_hand, cases, console, exports, filings
from api.web.shell import manifest, offline, security_txt
from api.web.shell.files import FingerprintedFiles
from api.web.tenant import corrections, pages, shared_phone
from api.web.tester import console as tester
from api.web.tester import firmware

PARTS = (
    sign_in,
    openid,
    settings,
    first_password,
    forgotten,
    email,
    second_factor,
    sessions,
    pages,
    corrections,
    shared_phone,
    offline,
    manifest,
    security_txt,
    landlord,
    bookings,
    area_map,
    by_hand,
    calendar,
    alert_settings,
    console,
    tester,
    firmware,
    cases,
    exports,
    filings,
    one_time_codes,
    date_requests,
)


def add_pages(app: FastAPI) -> None:
    """Add the pages and their static files to the application."""
    app.mount("/static", FingerprintedFiles(), name="static")
    for part in PARTS:
        app.include_router(part.router)
