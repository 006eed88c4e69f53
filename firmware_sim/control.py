"""What a tester can ask of the simulated devices, over HTTP on loopback with a bearer token."""

import asyncio
import base64
import json
import secrets
import socket
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any

import uvicorn
from fastapi import Body, Depends, FastAPI, HTTPException, Request
from pydantic import Base64Bytes, BaseModel, ConfigDict, Field, ValidationError

from certs.files import SECRET, write_atomic
from devices.wire.errors import BadMessage
from devices.wire.registration import KioskRegistration
from firmware_sim.building import Building, describe
from firmware_sim.kiosk import QueueFull

CONTROL_FILE = "control.json"  # {"url", "token"}, 0600, beside the device folders


class Registration(BaseModel):
    """What a tenant shows and types at the kiosk; images in base64 or as files this process may read."""

    model_config = ConfigDict(extra="forbid")

    offer_token: str
    typed: dict[str, str] = Field(default_factory=dict)
    consents: dict[str, Any] = Field(default_factory=lambda: {"registration": True, "face": True, "text_version": "1"})
    language: str = "en"
    document: Base64Bytes | None = None
    document_path: Path | None = None
    face: Base64Bytes | None = None
    face_path: Path | None = None
    holder_key: Base64Bytes | None = None

    def sealed_form(self) -> KioskRegistration:
        """The registration with a fresh id; raises OSError for a file that cannot be read."""
        return KioskRegistration(
            secrets.token_bytes(16),
            self.offer_token,
            self.typed,
            self.consents,
            self.language,
            self.document or _content(self.document_path),
            self.face or _content(self.face_path),
            self.holder_key,
        )


def make_control(building: Building, token: str) -> FastAPI:
    """The application; every route needs the token."""

    async def know(request: Request) -> None:
        given = request.headers.get("Authorization", "").encode()
        if not secrets.compare_digest(given, f"Bearer {token}".encode()):
            raise HTTPException(401, "the control token is in control.json beside the devices")

    app = FastAPI(title="Lodgekey simulated devices", dependencies=[Depends(know)], docs_url=None, redoc_url=None)
    app.state.building = building
    app.get("/devices")(_devices)
    app.get("/devices/{device}")(_device)
    app.post("/devices/{device}/faults")(_faults)
    app.post("/devices/{device}/knob", status_code=204)(_knob)
    app.post("/devices/{device}/reset", status_code=204)(_reset)
    app.post("/devices/{device}/passcode")(_passcode)
    app.post("/kiosks/{device}/registrations", status_code=202)(_register)
    return app


def listen(port: int) -> socket.socket:
    """A listening socket on loopback; port 0 takes a free one."""
    return socket.create_server(("127.0.0.1", port))


async def serve_control(building: Building, folder: Path, listener: socket.socket) -> None:
    """Serve until cancelled; where and with which token is written to control.json in `folder`.

    One JSON line on stdout says so to whoever started the process.
    """
    token = secrets.token_urlsafe(32)
    url = f"http://127.0.0.1:{listener.getsockname()[1]}"
    write_atomic(folder / CONTROL_FILE, json.dumps({"url": url, "token": token}).encode(), SECRET)
    sys.stdout.write(json.dumps({"ready": True, "control": str(folder / CONTROL_FILE)}) + "\n")
    sys.stdout.flush()
    settings = uvicorn.Config(make_control(building, token), log_level="warning", lifespan="off")
    server = _Server(settings)
    try:
        await server.serve(sockets=[listener])
    except asyncio.CancelledError:
        server.should_exit = True
        raise
    finally:
        (folder / CONTROL_FILE).unlink(missing_ok=True)


class _Server(uvicorn.Server):
    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """The process that hosts the devices decides when all of it ends."""
        yield


async def _building(request: Request) -> Building:
    building = request.app.state.building
    assert isinstance(building, Building)  # noqa: S101 - narrows what Starlette keeps as Any
    return building


Devices = Annotated[Building, Depends(_building)]


async def _devices(building: Devices) -> list[dict[str, Any]]:
    return [describe(station) for station in building.stations.values()]


async def _device(building: Devices, device: str) -> dict[str, Any]:
    if device not in building.stations:
        raise HTTPException(404, "there is no such device")
    return describe(building.stations[device])


async def _faults(building: Devices, device: str, changes: dict[str, Any]) -> dict[str, Any]:
    clock_lost = bool(changes.pop("clock_lost", False))
    try:
        settings = await building.set_faults(device, changes, clock_lost)
    except KeyError as error:
        raise HTTPException(404, "there is no such device") from error
    except ValidationError as error:
        raise HTTPException(422, error.errors(include_url=False, include_context=False)) from error
    return settings.model_dump()


async def _knob(building: Devices, device: str) -> None:
    await _on_device(building.turn_knob(device))


async def _passcode(building: Devices, device: str, code: Annotated[str, Body(embed=True)]) -> dict[str, str | None]:
    try:
        return {"refused": await building.enter_code(device, code)}
    except KeyError as error:
        raise HTTPException(404, "there is no such lock") from error


async def _reset(building: Devices, device: str) -> None:
    await _on_device(building.reset(device))


async def _register(building: Devices, device: str, registration: Registration) -> dict[str, str]:
    try:
        given = registration.sealed_form()
        await _on_device(building.register(device, given))
    except (BadMessage, OSError) as error:
        raise HTTPException(422, str(error)) from error
    except QueueFull as error:
        raise HTTPException(507, "the kiosk holds as many registrations as it can") from error
    return {"registration": base64.b16encode(given.registration).decode().lower()}


async def _on_device(act: Any) -> None:
    try:
        await act
    except KeyError as error:
        raise HTTPException(404, "there is no such device") from error


def _content(path: Path | None) -> bytes | None:
    return path.read_bytes() if path else None
