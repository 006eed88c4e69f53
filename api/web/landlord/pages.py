"""The landlord's pages: homes, a stay with its links and keys, offering a key."""

import os
from datetime import datetime, timedelta
from typing import Annotated, Final
from zoneinfo import ZoneInfo

import segno
from fastapi import APIRouter, Form, Request, Response

from api.error_text import error_text
from api.framework.dependencies import Anybody, Gate, LandlordId
from api.http.landlord import stays as api
from api.http.officer import cases as cases_api
from api.http.officer import filings as filings_api
from api.services.schemas import DatesForm, OfferForm, StayShown, UnitForm, UnitShown
from api.web.shell.page_route import PageRoute, go, notice_of
from api.web.shell.render import language_of, page
from gateway.bootstrap import Gateway
from gateway.domain.accounts.staff_rights import RIGHTS, may
from gateway.domain.errors import LodgekeyError, NotFound
from gateway.domain.verification.liveness import LEVELS, Level
from gateway.journey.alerts import find_alerts
from gateway.store import Account
from gateway.texts.alerts import alert_text
from gateway.texts.families import code_text
from gateway.texts.marks import N_

router = APIRouter(prefix="/landlord", route_class=PageRoute, include_in_schema=False)

CHECK_OUT_HOUR: Final = 11
LIVE_LINKS: Final = ("open", "opened")
UNUSED: Final = ("delivering", "on_lock", "unknown")  # one-time codes that can be ended
Dates = Annotated[str, Form(max_length=40)]
Once = Annotated[str, Form(max_length=64)]


@router.get("")
def show_homes(request: Request, gateway: Gate, landlord_id: LandlordId, account: Anybody) -> Response:
    """Cases that wait, stays, units."""
    units, stays = api.list_units(gateway, landlord_id), api.list_stays(gateway, landlord_id, account)
    values = {
        "role": "landlord",
        "units": units,
        "stays": stays,
        "alerts": alerts_of(gateway, landlord_id, language_of(request)),
        "cases": cases_api.list_cases(gateway, account) if may(account.staff, "decide") else [],
        "attention": filings_api.list_attention(gateway, account) if may(account.staff, "decide") else [],
        "rights": RIGHTS.get(account.staff or "", frozenset()),
        "notice": notice_of(request),
    }
    return page(request, "landlord/home.html", values)


def alerts_of(gateway: Gateway, landlord_id: str, language: str) -> list[tuple[str, str]]:
    """The unit and the text of each alert, most urgent first."""
    with gateway.database.reading() as session:
        found = find_alerts(session, [landlord_id], gateway.now())[landlord_id]
    return [(alert.unit, alert_text(language, alert.code, alert.number)) for alert in found]


@router.get("/units/{unit_id}")
def show_unit(request: Request, gateway: Gate, landlord_id: LandlordId, unit_id: str) -> Response:
    """How the unit's tenants show to be there, and what each way does not stop."""
    return unit_page(request, unit_named(gateway, landlord_id, unit_id), notice_of(request))


def unit_page(request: Request, unit: UnitShown, notice: str | None) -> Response:
    """The page of one unit."""
    language = language_of(request)
    levels = {level: code_text(language, "level_limits", level) for level in LEVELS}
    return page(request, "landlord/unit.html", {"role": "landlord", "unit": unit, "levels": levels, "notice": notice})


@router.post("/units/{unit_id}/level")
def choose_level(gateway: Gate, landlord_id: LandlordId, unit_id: str, level: Annotated[Level, Form()]) -> Response:
    """Keep the landlord's choice."""
    api.change_unit(gateway, landlord_id, unit_id, UnitForm(liveness_level=level))
    return go(f"/landlord/units/{unit_id}?done=unit.saved")


@router.get("/units/{unit_id}/offer")
def ask_dates(request: Request, gateway: Gate, landlord_id: LandlordId, unit_id: str) -> Response:
    """The dates of a stay, filled in for one night from now."""
    unit = unit_named(gateway, landlord_id, unit_id)
    here = datetime.fromtimestamp(gateway.now(), ZoneInfo(unit.timezone)).replace(second=0)
    leave = (here + timedelta(days=1)).replace(hour=CHECK_OUT_HOUR, minute=0)
    return show_dates(request, unit, f"{here:%Y-%m-%dT%H:%M}", f"{leave:%Y-%m-%dT%H:%M}")


@router.post("/units/{unit_id}/offer")
def offer_key(
    request: Request,
    gateway: Gate,
    landlord_id: LandlordId,
    unit_id: str,
    start: Annotated[str, Form(alias="from", max_length=40)],
    until: Dates,
    idempotency_key: Once,
) -> Response:
    """Make the link; the form again, with what was wrong, where the dates are refused."""
    form = OfferForm.model_validate({"from": start, "until": until})
    try:
        made = api.create_offer(gateway, landlord_id, unit_id, form, idempotency_key)
    except NotFound:
        raise
    except LodgekeyError as error:
        unit = unit_named(gateway, landlord_id, unit_id)
        return show_dates(request, unit, start, until, error)
    return go(f"/landlord/stays/{made.stay_id}")


def show_dates(
    request: Request, unit: UnitShown, start: str, until: str, error: LodgekeyError | None = None
) -> Response:
    """The form for the dates."""
    values = {
        "role": "landlord",
        "unit": unit,
        "start": start,
        "end": until,
        "idempotency_key": os.urandom(12).hex(),
        "problem": error_text(language_of(request), error) if error else None,
    }
    return page(request, "landlord/offer.html", values, error.status if error else 200)


def unit_named(gateway: Gateway, landlord_id: str, unit_id: str) -> UnitShown:
    """One of the landlord's units; NotFound for anybody else's."""
    for unit in api.list_units(gateway, landlord_id):
        if unit.id == unit_id:
            return unit
    raise NotFound(N_("There is no such unit. Choose one from your list."))


@router.get("/stays/{stay_id}")
def show_stay(request: Request, gateway: Gate, landlord_id: LandlordId, stay_id: str, account: Anybody) -> Response:
    """A stay: its links with QR codes, its keys with the lock's own word, its filings."""
    stay = api.read_stay(gateway, landlord_id, stay_id, account)
    return stay_page(request, account, stay, unit_named(gateway, landlord_id, stay.unit), notice_of(request))


def stay_page(
    request: Request,
    account: Account,
    stay: StayShown,
    unit: UnitShown,
    notice: str | None,
    error: LodgekeyError | None = None,
) -> Response:
    """The page of one stay."""
    locks = {lock.id: lock for lock in unit.locks}
    values = {
        "role": "landlord",
        "stay": stay,
        "acts": may(account.staff, "act"),
        "revoking": "revoke" in request.query_params,
        "zone": unit.timezone,
        "links": [(offer, draw_code(offer.url)) for offer in stay.offers if offer.state in LIVE_LINKS],
        "keys": [(key, locks[key.lock]) for key in stay.keys if key.lock in locks],
        "codes": [(code, locks[code.lock]) for code in stay.codes if code.lock in locks],
        "once_codes": [(code, locks[code.lock]) for code in stay.once_codes if code.lock in locks],
        "once_locks": [locks[lock] for lock in stay.once_locks if lock in locks],
        "once_unused": any(code.state in UNUSED for code in stay.once_codes),
        "waits": " ".join(
            [stay.state]
            + [offer.state for offer in stay.offers]
            + [f"{key.state} {key.hold_up}" for key in stay.keys]
            + [f"{code.state} {code.hold_up}" for code in stay.codes]
            + [f"{code.state} {code.hold_up}" for code in stay.once_codes]
            + [filing.state for filing in stay.registrations]
        ),
        "idempotency_key": os.urandom(12).hex(),
        "notice": notice,
        "problem": error_text(language_of(request), error) if error else None,
    }
    return page(request, "landlord/stay.html", values, error.status if error else 200)


def draw_code(url: str) -> str:
    """The link as a QR code (ISO/IEC 18004, level M), an SVG without inline styles."""
    return segno.make(url, error="m").svg_inline(omitsize=True, border=2)


@router.post("/stays/{stay_id}/offers")
def another_link(gateway: Gate, landlord_id: LandlordId, stay_id: str, idempotency_key: Once) -> Response:
    """One more link for the same stay."""
    api.create_another_offer(gateway, landlord_id, stay_id, idempotency_key)
    return go(f"/landlord/stays/{stay_id}")


@router.post("/offers/{offer_id}/withdraw")
def withdraw_link(gateway: Gate, landlord_id: LandlordId, offer_id: str) -> Response:
    """Make a link stop working."""
    stay_id = api.withdraw_offer(gateway, landlord_id, offer_id).stay_id
    return go(f"/landlord/stays/{stay_id}?done=staypage.withdrawn")


@router.post("/stays/{stay_id}/dates")
def change_dates(
    request: Request,
    gateway: Gate,
    landlord_id: LandlordId,
    account: Anybody,
    stay_id: str,
    start: Annotated[str, Form(alias="from", max_length=40)],
    until: Dates,
) -> Response:
    """Other dates; the page again, with what was wrong, where they are refused."""
    try:
        api.change_stay(gateway, landlord_id, stay_id, DatesForm.model_validate({"from": start, "until": until}))
    except NotFound:
        raise
    except LodgekeyError as error:
        stay = api.read_stay(gateway, landlord_id, stay_id, account)
        return stay_page(request, account, stay, unit_named(gateway, landlord_id, stay.unit), None, error)
    return go(f"/landlord/stays/{stay_id}?done=staypage.saved")


@router.post("/stays/{stay_id}/end")
def end_stay(gateway: Gate, landlord_id: LandlordId, stay_id: str) -> Response:
    """End the stay now."""
    api.end_stay(gateway, landlord_id, stay_id)
    return go(f"/landlord/stays/{stay_id}?done=staypage.ended")


@router.post("/stays/{stay_id}/locks/{lock_id}/ask")
def ask_lock(gateway: Gate, landlord_id: LandlordId, stay_id: str, lock_id: str) -> Response:
    """Have a lock of the stay's unit tell its state again."""
    api.ask_lock(gateway, landlord_id, lock_id)
    return go(f"/landlord/stays/{stay_id}?done=staypage.asked_again")


@router.post("/keys/{key_id}/revoke")
def revoke_key(gateway: Gate, landlord_id: LandlordId, account: Anybody, key_id: str) -> Response:
    """Revoke a key; the page says "being revoked" until the lock itself says it is gone, where a lock holds it."""
    key = api.revoke(gateway, landlord_id, key_id)
    stays = api.list_stays(gateway, landlord_id, account)
    stay_id = next(stay.id for stay in stays if any(key.id == key_id for key in stay.keys))
    return go(f"/landlord/stays/{stay_id}?done=staypage.{'taken_back' if key.state == 'taken_back' else 'revoking'}")
