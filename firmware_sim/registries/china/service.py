"""A simulated regional registration service: JSON, one filing a reference, receipts of a receiving unit."""

import hashlib
import time
from dataclasses import replace
from typing import Any

from fastapi import Depends, FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse

from firmware_sim.registries.behaviour import Behaviour, BehaviourSwitch
from firmware_sim.registries.china.form import Filing, fault
from firmware_sim.registries.control import bearer_check, registry_app
from firmware_sim.registries.store import RecordStore, Row

_UNIT = "330106001"  # the receiving unit
_REFUSED = ("E1900", "暂不受理")


def china_app(store: RecordStore, token: str, switch: BehaviourSwitch) -> FastAPI:
    """PUT and GET /v1/filings/{reference}, DELETE /v1/receipts/{number}."""
    app = registry_app("Simulated regional service", store, token, switch)
    app.add_exception_handler(RequestValidationError, _layout_refused)
    allowed = [Depends(bearer_check(token))]

    @app.put("/v1/filings/{reference}", dependencies=allowed)
    def file_record(reference: str, filing: Filing, request: Request) -> JSONResponse:
        if reference != filing.reference:
            return _error("E1004", "业务流水号不一致")
        return _filed(store, filing, request.scope["behaviour"], request.scope["behaviour_delay"])

    @app.get("/v1/filings/{reference}", dependencies=allowed)
    def look_up(reference: str, request: Request) -> JSONResponse:
        rows = store.lot(reference)
        return _reply(rows, request.scope["behaviour"]) if rows else _error("E1404", "查无此业务", 404)

    @app.delete("/v1/receipts/{number}", dependencies=allowed)
    def withdraw(number: str) -> JSONResponse:
        row = store.by_receipt(number)
        if row is None or not store.annul(number):
            return _error("E1405", "查无此回执", 404)
        return JSONResponse({"receipts": [_receipt([row])]})

    return app


def _filed(store: RecordStore, filing: Filing, behaviour: Behaviour, delay: float) -> JSONResponse:
    body = filing.model_dump_json(exclude={"days_late"})
    digest = hashlib.sha256(body.encode()).hexdigest()
    known = store.lot(filing.reference)
    if known:
        return _reply(known, behaviour) if known[0].digest == digest else _error("E1005", "业务流水号重复")
    wrong = fault(filing)
    people = [person.id for person in [*filing.residents, *filing.foreigners]]
    if wrong or behaviour is Behaviour.REFUSE or (behaviour is Behaviour.PARTIAL and len(people) == 1):
        return _error(*(wrong or _REFUSED))
    now = time.time()
    decided_at = now + (delay or 3600.0 if behaviour is Behaviour.LATE else 0.0)
    rows = [Row(filing.reference, person, "accepted", digest, now, decided_at, body) for person in people]
    if behaviour is Behaviour.PARTIAL:
        rows[-1] = replace(rows[-1], state="refused", code=_REFUSED[0], sentence=_REFUSED[1])
    return _reply(store.add(rows), behaviour)


def _reply(rows: list[Row], behaviour: Behaviour) -> JSONResponse:
    left = max(row.decided_at for row in rows) - time.time()
    if left > 0:
        return JSONResponse({"retry_after": max(1, round(left))}, 202)
    receipts = [_receipt(rows)]
    if behaviour is Behaviour.TWICE:
        receipts *= 2
    if behaviour is Behaviour.TWO_RECEIPTS:
        receipts.append({**receipts[0], "number": "0" + receipts[0]["number"]})
    return JSONResponse({"receipts": receipts})


def _receipt(rows: list[Row]) -> dict[str, Any]:
    people = [{"id": row.person, "code": row.code or "0", "message": row.sentence} for row in rows]
    return {"number": rows[0].receipt, "unit": _UNIT, "people": people}


def _error(code: str, message: str, status: int = 422) -> JSONResponse:
    return JSONResponse({"code": code, "message": message}, status)


async def _layout_refused(_: Request, error: Exception) -> JSONResponse:
    where = error.errors()[0]["loc"] if isinstance(error, RequestValidationError) else ()
    return _error("E1001", f"数据格式错误: {'.'.join(str(step) for step in where)}")
