"""Simulated eVisitor: sign-in with cookies, then check-in, check-out and cancellation of a guest as JSON actions."""

import hashlib
import hmac
import json
import secrets
import time
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse
from starlette.responses import Response

from firmware_sim.registries import clock
from firmware_sim.registries.behaviour import Behaviour, BehaviourSwitch
from firmware_sim.registries.control import registry_app
from firmware_sim.registries.croatia import rules, tourists
from firmware_sim.registries.croatia.lists import LISTS
from firmware_sim.registries.simulator import Simulator
from firmware_sim.registries.store import RecordStore, Row

_PATH = "/testApi"
USER = "demo"
_COOKIE = ".ASPXAUTH"
_REFUSED = "TTPaymentCategory mora biti dozvoljen za proslijeđeni objekt."
_SAME_GUEST = ("Facility", "DateOfBirth", "DocumentType", "DocumentNumber", "CountryOfResidence")
_UNCHANGEABLE = ("StayFrom", "TimeStayFrom")


def croatia_app(store: RecordStore, token: str, switch: BehaviourSwitch) -> FastAPI:
    """Sign-in and actions; user "demo", facility 0000001; the password is the token."""
    app = registry_app("Simulated eVisitor", store, token, switch)
    sessions: set[str] = set()
    guests = Guests(store)

    @app.post(f"{_PATH}/Resources/AspNetFormsAuth/Authentication/Login")
    async def sign_in(request: Request) -> Response:
        given = await _form(request)
        password = str(given.get("password", "")) if given else ""
        if not given or given.get("userName") != USER or not hmac.compare_digest(password.encode(), token.encode()):
            return JSONResponse(False)
        answer = JSONResponse(True)
        sessions.add(session := secrets.token_hex(32))
        answer.set_cookie(_COOKIE, session, httponly=True)
        answer.set_cookie("language", "hr")
        return answer

    @app.post(_PATH + "/Rest/Htz/{action}/")
    async def act(action: str, request: Request) -> Response:
        if request.cookies.get(_COOKIE) not in sessions:
            return _error(None, "User is not authenticated.")
        form = await _form(request)
        if form is None or not all(isinstance(value, str) for value in form.values()):
            return _error(None, "Neispravan zahtjev.")
        return guests.answer(action, form, request.scope["behaviour"])

    @app.get(_PATH + "/Rest/Htz/{name}/")
    async def browse(name: str, request: Request) -> Response:
        if request.cookies.get(_COOKIE) not in sessions:
            return _error(None, "User is not authenticated.")
        if name in tourists.TOURISTS:
            try:
                return JSONResponse({"Records": tourists.select(name, guests.newest, request.query_params)})
            except tourists.Unanswerable as error:
                return _error(None, str(error))
        rows = LISTS.get(name)
        return _error(None, "Nepoznat resurs.") if rows is None else JSONResponse({"Records": rows})

    return app


class Guests:
    """The check-ins, each by its ID with the newest version last."""

    def __init__(self, store: RecordStore) -> None:
        self._store = store

    def answer(self, action: str, form: dict[str, str], behaviour: Behaviour) -> Response:
        """Carry out an action: an empty answer, or the message."""
        known = {
            "CheckInTourist": self._check_in,
            "CheckOutTourist": self._check_out,
            "CancelTouristCheckIn": self._cancel,
        }
        if action not in known:
            return _error(None, "Nepoznata akcija.")
        if fault := rules.guid_fault(form):
            return _error(f"[[[{fault}]]]")
        refused = behaviour in (Behaviour.REFUSE, Behaviour.PARTIAL)
        now = datetime.fromtimestamp(clock.now(), rules.ZAGREB).replace(tzinfo=None)
        fault = _REFUSED if refused else known[action](form, now)
        return _error(fault) if fault else Response(status_code=200)

    def _check_in(self, form: dict[str, str], now: datetime) -> str | None:
        if fault := rules.check_in_fault(form, now):
            return fault
        before = self._newest(form["ID"])
        if before is None:
            if any(self._is_here(row, form) for row in self._store.of_person(form["DocumentNumber"])):
                return "Turist je već prijavljen u navedenom objektu."
        elif before.state == "annulled":
            return "Prijava sa zadanim ID-jem je već poništena."
        elif _left(before):
            return "Nije dopuštena izmjena odjavljenog turista."
        elif any(json.loads(before.body)[name] != form[name] for name in _UNCHANGEABLE):
            return "StayFrom i TimeStayFrom podatke obveznik ne može naknadno mijenjati."
        self._add(form)
        return None

    def _check_out(self, form: dict[str, str], now: datetime) -> str | None:
        before = self._newest(form["ID"])
        if before is None or before.state == "annulled":
            return "Ne postoji aktivna prijava sa zadanim ID-jem."
        if _left(before):
            return "Odjavljuje se ista prijava više puta."
        there: dict[str, str] = json.loads(before.body)
        if fault := rules.check_out_fault(form, rules.arrival(there), now):
            return fault
        self._add({**there, **form})
        return None

    def _cancel(self, form: dict[str, str], _: datetime) -> str | None:
        if not form.get("Reason") or set(form) - {"ID", "TTPayerID", "Reason"}:
            return "Podatak Reason je obavezan."
        before = self._newest(form["ID"])
        if before is None:
            return "Ne postoji prijava sa zadanim ID-jem."
        if before.state == "annulled":
            return "Prijava sa zadanim ID-jem je već poništena."
        self._store.annul(before.receipt)
        return None

    def newest(self, number: str | None) -> Iterable[Row]:
        """The newest version of the check-in with this ID, or of every one."""
        rows = self._store.every() if number is None else self._store.lot(number)
        return {row.lot: row for row in rows}.values()

    def _newest(self, number: str) -> Row | None:
        return next(iter(self._store.lot(number.lower())[-1:]), None)

    def _is_here(self, row: Row, form: dict[str, str]) -> bool:
        there = json.loads(row.body)
        newest = self._newest(row.lot)
        active = newest is not None and newest.state == "accepted" and not _left(newest)
        return active and all(there[name] == form[name] for name in _SAME_GUEST)

    def _add(self, form: dict[str, str]) -> None:
        """Add a version; the first has the ID as its receipt."""
        now, body = time.time(), json.dumps(form, ensure_ascii=False, sort_keys=True)
        digest = hashlib.sha256(body.encode()).hexdigest()
        before = self._newest(form["ID"])
        if before is not None and before.body == body:
            return  # an edit that changes nothing
        number = form["ID"].lower()
        receipt = "" if before is not None else number
        self._store.add([Row(number, form["DocumentNumber"], "accepted", digest, now, now, body, receipt=receipt)])


def _left(row: Row) -> bool:
    return "CheckOutDate" in json.loads(row.body)


def _error(user: str | None, system: str | None = None) -> JSONResponse:
    return JSONResponse({"UserMessage": user, "SystemMessage": system}, 400)


async def _form(request: Request) -> dict[str, Any] | None:
    """The parameters, where they are a JSON object."""
    try:
        given = json.loads(await request.body())
    except ValueError:
        return None
    return given if isinstance(given, dict) else None


SIMULATOR = Simulator(
    "hr",
    croatia_app,
    _PATH,
    settings={"user": USER},
    facts={
        "unit.jurisdiction": "hr",
        "unit.timezone": "Europe/Zagreb",
        "unit.registered_as": rules.FACILITY,
        "person.birth_country": "AUT",
        "person.birth_place": "Wien",
        "person.residence.country": "AUT",
        "person.residence.municipality": "Wien",
    },
)
