"""Simulated regional registration service: JSON, one filing a reference, receipts of a receiving unit."""

from typing import Any

from fastapi import Depends, FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse

from firmware_sim.registries.behaviour import BehaviourSwitch
from firmware_sim.registries.china import form
from firmware_sim.registries.control import bearer_check, registry_app
from firmware_sim.registries.json_books import Filing, JsonBooks, Layout
from firmware_sim.registries.simulator import Simulator
from firmware_sim.registries.store import RecordStore, Row

_UNIT = "330106001"  # the receiving unit
_REFUSED = ("E1900", "暂不受理")


def china_app(store: RecordStore, token: str, switch: BehaviourSwitch) -> FastAPI:
    """PUT and GET /v1/filings/{reference}, DELETE /v1/receipts/{number}."""
    app = registry_app("Simulated regional service", store, token, switch)
    app.add_exception_handler(RequestValidationError, _layout_refused)
    allowed, books = [Depends(bearer_check(token))], JsonBooks(store, _LAYOUT)

    @app.put("/v1/filings/{reference}", dependencies=allowed)
    def file_record(reference: str, filing: form.Filing, request: Request) -> JSONResponse:
        if reference != filing.reference:
            return _error("E1004", "业务流水号不一致")
        return books.file(_entry(filing), request.scope["behaviour"], request.scope["behaviour_delay"])

    @app.get("/v1/filings/{reference}", dependencies=allowed)
    def look_up(reference: str, request: Request) -> JSONResponse:
        rows = store.lot(reference)
        if not rows:
            return _error("E1404", "查无此业务", 404)
        return books.reply(rows, request.scope["behaviour"], looked_up=True)

    @app.delete("/v1/receipts/{number}", dependencies=allowed)
    def withdraw(number: str) -> JSONResponse:
        row = books.annul(number)
        if row is None:
            return _error("E1405", "查无此回执", 404)
        return JSONResponse({"receipts": [_receipt([row])]})

    return app


def _entry(filing: form.Filing) -> Filing:
    people = [person.id for person in [*filing.residents, *filing.foreigners]]
    body = filing.model_dump_json(exclude={"days_late"})  # lateness changes between repeated sendings
    return Filing(filing.reference, body, people, form.fault(filing))


def _receipt(rows: list[Row]) -> dict[str, Any]:
    people = [{"id": row.person, "code": row.code or "0", "message": row.sentence} for row in rows]
    withdrawn = rows[0].state == "annulled"
    return {"number": rows[0].receipt, "unit": _UNIT, "people": people, "withdrawn": withdrawn}


def _error(code: str, message: str, status: int = 422) -> JSONResponse:
    return JSONResponse({"code": code, "message": message}, status)


async def _layout_refused(_: Request, error: Exception) -> JSONResponse:
    where = error.errors()[0]["loc"] if isinstance(error, RequestValidationError) else ()
    return _error("E1001", f"数据格式错误: {'.'.join(str(step) for step in where)}")


_LAYOUT = Layout(
    other_record=("E1005", "业务流水号重复"),
    refused=_REFUSED,
    person_refused=_REFUSED,
    error=_error,
    pending=lambda _, seconds: {"retry_after": seconds},
    answer=_receipt,
    contradiction=lambda receipt: {**receipt, "number": "0" + receipt["number"]},
    list_name="receipts",
    held_name="filing",
)
SIMULATOR = Simulator(
    "cn",
    china_app,
    facts={
        "unit.jurisdiction": "cn-33",
        "unit.timezone": "Asia/Shanghai",
        "unit.address.municipality_code": "330106",
        "person.visa.kind": "none",
    },
)
