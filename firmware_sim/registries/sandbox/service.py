"""The sandbox registry: plain JSON, strict validation, query by reference, annulment of every receipt."""

from typing import Annotated, Any

from fastapi import Depends, FastAPI, Header, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse

from firmware_sim.registries.behaviour import BehaviourSwitch
from firmware_sim.registries.control import bearer_check, registry_app
from firmware_sim.registries.json_books import Filing, JsonBooks, Layout
from firmware_sim.registries.sandbox.form import Record, faults
from firmware_sim.registries.simulator import Simulator
from firmware_sim.registries.store import RecordStore, Row


def sandbox_app(store: RecordStore, token: str, switch: BehaviourSwitch) -> FastAPI:
    """POST /v1/registrations, GET /v1/registrations/{reference}, DELETE /v1/receipts/{receipt}."""
    app = registry_app("Sandbox registry", store, token, switch)
    app.add_exception_handler(RequestValidationError, _layout_refused)
    allowed, books = [Depends(bearer_check(token))], JsonBooks(store, _LAYOUT)

    @app.post("/v1/registrations", dependencies=allowed)
    def file_record(record: Record, request: Request, idempotency_key: Annotated[str, Header()]) -> JSONResponse:
        if idempotency_key != record.reference:
            return _refusal("SBX-001", "Idempotency-Key and reference differ.")
        return books.file(_filing(record), request.scope["behaviour"], request.scope["behaviour_delay"])

    @app.get("/v1/registrations/{reference}", dependencies=allowed)
    def look_up(reference: str, request: Request) -> JSONResponse:
        rows = store.lot(reference)
        if not rows:
            return JSONResponse({"code": "SBX-404", "sentence": "No record has this reference."}, 404)
        return books.reply(rows, request.scope["behaviour"], looked_up=True)

    @app.delete("/v1/receipts/{receipt}", dependencies=allowed)
    def annul(receipt: str) -> JSONResponse:
        row = books.annul(receipt)
        if row is None:
            return JSONResponse({"code": "SBX-405", "sentence": "No accepted record has this receipt."}, 404)
        return JSONResponse({"answers": [_answer([row], "annulled")]})

    return app


def _filing(record: Record) -> Filing:
    people = [person.id for person in record.people] or ["-"]
    return Filing(record.reference, record.model_dump_json(), people, next(iter(faults(record)), None))


def _answer(rows: list[Row], state: str) -> dict[str, Any]:
    people = [
        {"id": row.person, "accepted": row.state != "refused", "code": row.code, "sentence": row.sentence}
        for row in rows
    ]
    return {"reference": rows[0].lot, "state": state, "receipt": rows[0].receipt, "people": people}


def _refusal(code: str, sentence: str) -> JSONResponse:
    return JSONResponse({"code": code, "sentence": sentence}, 422)


async def _layout_refused(_: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, RequestValidationError)  # noqa: S101 - registered for this class only
    first = error.errors()[0]
    return _refusal("SBX-010", f"{'.'.join(str(step) for step in first['loc'])}: {first['type']}")


_LAYOUT = Layout(
    other_record=("SBX-002", "Another record was filed under this reference."),
    refused=("SBX-900", "The registry refuses every record at the moment."),
    person_refused=("SBX-020", "This person is not taken."),
    error=_refusal,
    pending=lambda reference, seconds: {"reference": reference, "poll_after_s": seconds},
    answer=lambda rows: _answer(rows, "partial" if any(row.state == "refused" for row in rows) else rows[0].state),
    contradiction=lambda answer: {**answer, "receipt": "another-" + answer["receipt"]},
    list_name="answers",
    status=201,
)
SIMULATOR = Simulator("sandbox", sandbox_app)
