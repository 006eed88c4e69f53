"""HTTP control of the simulated devices for testers, on loopback with a bearer token."""

import asyncio
import base64
import json
import secrets
import socket
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any

import uvicorn
from fastapi import Body, Depends, FastAPI, HTTPException, Request
from pydantic import Base64Bytes, BaseModel, ConfigDict, Field

from certs.enrolment.device_folder import find_device_folders
from certs.errors import CertError
from certs.files import SECRET, write_atomic
from devices.wire.errors import BadMessage
from devices.wire.kiosk.registration import KioskRegistration
from firmware_sim.control.replay import Devices, Recorded, do
from firmware_sim.control.replay import router as scenarios
from firmware_sim.control.scenario import Recording, Step
from firmware_sim.hosted import HostedServer
from firmware_sim.kiosk_terminal.server import router as terminals
from firmware_sim.station.building import Building, describe
from firmware_sim.station.kiosk import QueueFull

CONTROL_FILE = "control.json"  # {"url", "token"}, 0600, beside the device folders


class Registration(BaseModel):
    """What a tenant shows and types at the kiosk; images in base64 or as paths readable by this process."""

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
        """Return the registration with a fresh id, sealed. Raises OSError for an unreadable file."""
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
    """Create the application; every route needs the token."""

    async def know(request: Request) -> None:
        given = request.headers.get("Authorization", "").encode()
        if not secrets.compare_digest(given, f"Bearer {token}".encode()):
            raise HTTPException(401, "the control token is in control.json beside the devices")

    app = FastAPI(title="Lodgekey simulated devices", dependencies=[Depends(know)], docs_url=None, redoc_url=None)
    app.state.building, app.state.recording = building, Recording(time.monotonic)
    app.include_router(scenarios)
    app.include_router(terminals)
    app.get("/devices")(_devices)
    app.post("/devices", status_code=201)(_move_in)
    app.get("/devices/{device}")(_device)
    app.post("/devices/{device}/faults")(_faults)
    app.post("/devices/{device}/knob", status_code=204)(_knob)
    app.post("/devices/{device}/reset", status_code=204)(_reset)
    app.post("/devices/{device}/passcode")(_passcode)
    app.post("/kiosks/{device}/registrations", status_code=202)(_register)
    return app


async def serve_control(
    building: Building, folder: Path, listener: socket.socket, announced: Mapping[str, str] | None = None
) -> None:
    """Serve until cancelled; write URL and token to control.json in `folder`.

    Prints both, and `announced`, as one JSON line on stdout for the parent process.
    """
    token = secrets.token_urlsafe(32)
    url = f"http://127.0.0.1:{listener.getsockname()[1]}"
    write_atomic(folder / CONTROL_FILE, json.dumps({"url": url, "token": token}).encode(), SECRET)
    sys.stdout.write(json.dumps({"ready": True, "control": str(folder / CONTROL_FILE), **(announced or {})}) + "\n")
    sys.stdout.flush()
    settings = uvicorn.Config(make_control(building, token), log_level="warning", lifespan="off")
    server = HostedServer(settings)
    try:
        await server.serve(sockets=[listener])
    except asyncio.CancelledError:
        server.should_exit = True
        raise
    finally:
        (folder / CONTROL_FILE).unlink(missing_ok=True)


async def _devices(building: Devices) -> list[dict[str, Any]]:
    return [describe(station) for station in building.stations.values()]


async def _device(building: Devices, device: str) -> dict[str, Any]:
    if device not in building.stations:
        raise HTTPException(404, "there is no such device")
    return describe(building.stations[device])


async def _move_in(building: Devices, folder: Annotated[Path, Body(embed=True)]) -> dict[str, list[str]]:
    try:
        return {"moved_in": building.move_in(find_device_folders(folder))}
    except CertError as error:
        raise HTTPException(422, str(error)) from error


async def _faults(building: Devices, recording: Recorded, device: str, changes: dict[str, Any]) -> Any:
    return await do(building, recording, Step(device=device, act="faults", given=changes))


async def _knob(building: Devices, recording: Recorded, device: str) -> None:
    await do(building, recording, Step(device=device, act="knob"))


async def _reset(building: Devices, recording: Recorded, device: str) -> None:
    await do(building, recording, Step(device=device, act="reset"))


async def _passcode(
    building: Devices, recording: Recorded, device: str, code: Annotated[str, Body(embed=True)]
) -> dict[str, str | None]:
    refused: dict[str, str | None] = await do(
        building, recording, Step(device=device, act="passcode", given={"code": code})
    )
    return refused


async def _register(building: Devices, device: str, registration: Registration) -> dict[str, str]:
    try:
        given = registration.sealed_form()
        await building.register(device, given)
    except KeyError as error:
        raise HTTPException(404, "there is no such kiosk") from error
    except (BadMessage, OSError) as error:
        raise HTTPException(422, str(error)) from error
    except QueueFull as error:
        raise HTTPException(507, "the kiosk's queue is full") from error
    return {"registration": base64.b16encode(given.registration).decode().lower()}


def _content(path: Path | None) -> bytes | None:
    return path.read_bytes() if path else None
