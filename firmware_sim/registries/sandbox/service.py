"""The sandbox registry: plain JSON, strict about its layout, asked by reference, everything undoable."""

import hashlib
import time
from dataclasses import replace
from typing import Annotated, Any

from fastapi import Depends, FastAPI, Header, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse

from firmware_sim.registries.behaviour import Behaviour, BehaviourSwitch
from firmware_sim.registries.control import bearer_check, registry_app
from firmware_sim.registries.sandbox.form import Record, faults
from firmware_sim.registries.store import RecordStore, Row

_REFUSED_BY_BEHAVIOUR = ("SBX-900", "The registry refuses every record at the moment.")


def sandbox_app(store: RecordStore, token: str, switch: BehaviourSwitch) -> FastAPI:
    """POST /v1/registrations, GET /v1/registrations/{reference}, DELETE /v1/receipts/{receipt}."""
    app = registry_app("Sandbox registry", store, token, switch)
    app.add_exception_handler(RequestValidationError, _layout_refused)
    allowed = [Depends(bearer_check(token))]

    @app.post("/v1/registrations", dependencies=allowed)
    def file_record(record: Record, request: Request, idempotency_key: Annotated[str, Header()]) -> JSONResponse:
        if idempotency_key != record.reference:
            return _refusal("SBX-001", "Idempotency-Key and reference differ.")
        return _file(store, record, request.scope["behaviour"], request.scope["behaviour_delay"])

    @app.get("/v1/registrations/{reference}", dependencies=allowed)
    def look_up(reference: str, request: Request) -> JSONResponse:
        rows = store.lot(reference)
        if not rows:
            return JSONResponse({"code": "SBX-404", "sentence": "No record has this reference."}, 404)
        return _reply(rows, request.scope["behaviour"])

    @app.delete("/v1/receipts/{receipt}", dependencies=allowed)
    def annul(receipt: str) -> JSONResponse:
        row = store.by_receipt(receipt)
        if row is None or not store.annul(receipt):
            return JSONResponse({"code": "SBX-405", "sentence": "No accepted record has this receipt."}, 404)
        return JSONResponse({"answers": [_answer([row], "annulled")]})

    return app


def _file(store: RecordStore, record: Record, behaviour: Behaviour, delay: float) -> JSONResponse:
    body = record.model_dump_json()
    digest = hashlib.sha256(body.encode()).hexdigest()
    known = store.lot(record.reference)
    if known and known[0].digest != digest:
        return _refusal("SBX-002", "Another record was filed under this reference.")
    if known:
        return _reply(known, behaviour)
    if found := faults(record):
        return _refusal(*found[0])
    if behaviour is Behaviour.REFUSE or (behaviour is Behaviour.PARTIAL and len(record.people) == 1):
        return _refusal(*_REFUSED_BY_BEHAVIOUR)
    return _reply(store.add(_rows(record, body, digest, behaviour, delay)), behaviour)


def _rows(record: Record, body: str, digest: str, behaviour: Behaviour, delay: float) -> list[Row]:
    now = time.time()
    decided_at = now + (delay or 3600.0 if behaviour is Behaviour.LATE else 0.0)
    names = [person.id for person in record.people] or ["-"]
    rows = [Row(record.reference, name, "accepted", digest, now, decided_at, body) for name in names]
    if behaviour is Behaviour.PARTIAL:
        rows[-1] = replace(rows[-1], state="refused", code="SBX-020", sentence="This person is not taken.")
    return rows


def _reply(rows: list[Row], behaviour: Behaviour) -> JSONResponse:
    left = max(row.decided_at for row in rows) - time.time()
    if left > 0:
        return JSONResponse({"reference": rows[0].lot, "poll_after_s": max(1, round(left))}, 202)
    refused = [row for row in rows if row.state == "refused"]
    answers = [_answer(rows, "partial" if refused else rows[0].state)]
    if behaviour is Behaviour.TWICE:
        answers *= 2
    elif behaviour is Behaviour.TWO_RECEIPTS:
        answers.append({**answers[0], "receipt": "another-" + answers[0]["receipt"]})
    return JSONResponse({"answers": answers}, 201)


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
