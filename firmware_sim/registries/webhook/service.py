"""Simulated webhook receiver: checks the Standard Webhooks signature and the CloudEvent by hand."""

import base64
import hashlib
import hmac
import json
import time
from typing import Annotated, Any

from fastapi import FastAPI, Header, Request
from fastapi.responses import JSONResponse
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, ValidationError

from firmware_sim.registries import clock
from firmware_sim.registries.behaviour import Behaviour, BehaviourSwitch
from firmware_sim.registries.control import registry_app
from firmware_sim.registries.simulator import Simulator
from firmware_sim.registries.store import RecordStore, Row

_TOLERANCE_S = 300


class Event(BaseModel):
    """CloudEvent 1.0 in structured mode, with the attributes of a registration."""

    model_config = ConfigDict(extra="forbid")
    specversion: Annotated[str, Field(pattern=r"^1\.0$")]
    id: Annotated[str, Field(min_length=1, max_length=64)]
    source: Annotated[str, Field(min_length=1)]
    type: Annotated[str, Field(pattern=r"^org\.lodgekey\.registration\.(checked-in|changed|checked-out|annulled)$")]
    time: AwareDatetime
    datacontenttype: Annotated[str, Field(pattern=r"^application/json$")]
    data: dict[str, Any]


def secret_of(token: str) -> bytes:
    """Return the shared key: the service's token as bytes (the sender has it as whsec_<Base64>)."""
    return token.encode()


def webhook_app(store: RecordStore, token: str, switch: BehaviourSwitch) -> FastAPI:
    """POST /hook."""
    app = registry_app("Simulated receiver", store, token, switch)

    @app.post("/hook")
    async def receive(
        request: Request,
        webhook_id: Annotated[str, Header()] = "",
        webhook_timestamp: Annotated[str, Header()] = "",
        webhook_signature: Annotated[str, Header()] = "",
    ) -> JSONResponse:
        raw = await request.body()
        signed = f"{webhook_id}.{webhook_timestamp}.".encode() + raw
        if not _is_signed(secret_of(token), signed, webhook_signature) or not _is_recent(webhook_timestamp):
            return JSONResponse({"error": "signature"}, 401)
        try:
            event = Event.model_validate_json(raw)
        except ValidationError:
            return JSONResponse({"error": "event"}, 422)
        if event.id != webhook_id or request.scope["behaviour"] is Behaviour.REFUSE:
            return JSONResponse({"error": "refused"}, 422)
        return JSONResponse({"receipt": _entered(store, event).receipt})

    return app


def _is_signed(secret: bytes, signed: bytes, signatures: str) -> bool:
    expected = "v1," + base64.b64encode(hmac.new(secret, signed, hashlib.sha256).digest()).decode()
    return any(hmac.compare_digest(expected.encode(), shown.encode()) for shown in signatures.split(" "))


def _is_recent(timestamp: str) -> bool:
    return timestamp.isdigit() and abs(int(timestamp) - clock.now()) <= _TOLERANCE_S


def _entered(store: RecordStore, event: Event) -> Row:
    known = store.lot(event.id)
    if known:
        return known[0]
    body, now = json.dumps(event.data, ensure_ascii=False), time.time()
    digest = hashlib.sha256(body.encode()).hexdigest()
    return store.add([Row(event.id, event.type, "accepted", digest, now, now, body)])[0]


SIMULATOR = Simulator("webhook", webhook_app, "/hook", {"allowed": "127.0.0.0/8"}, signs=True)
