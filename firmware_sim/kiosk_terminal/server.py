"""The kiosks' pages, each on its own loopback port for the terminal's full-screen browser."""

import asyncio
import json
import socket
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Final
from weakref import WeakKeyDictionary

import uvicorn
from fastapi import APIRouter, Depends, HTTPException, Request
from pydantic import Base64Bytes, BaseModel, ConfigDict

from certs.files import PUBLIC, write_atomic
from firmware_sim.hosted import HostedServer, listen
from firmware_sim.kiosk_terminal.page import PAGE, keep_tidy, make_kiosk_page
from firmware_sim.kiosk_terminal.reader import SimCounter
from firmware_sim.kiosk_terminal.session import Front
from firmware_sim.station.kiosk import SimKiosk
from firmware_sim.station.station import Station

TERMINAL_FILE: Final = "terminal.json"  # {"url"}, in the kiosk's folder
FRONTS: Final[WeakKeyDictionary[Station, Front]] = WeakKeyDictionary()  # kiosks served in this process

router = APIRouter()


class OnCounter(BaseModel):
    """Items a tenant puts on a kiosk's counter: the text of a code, pictures in base64.

    The face turns its head as requested, unless it is a photograph held up (`still`).
    """

    model_config = ConfigDict(extra="forbid")

    code: str | None = None
    document: Base64Bytes | None = None
    face: Base64Bytes | None = None
    still: bool = False


@dataclass(frozen=True, slots=True)
class Terminal:
    """One kiosk's page on its port; its URL is written to terminal.json in the kiosk's folder."""

    front: Front
    folder: Path
    listener: socket.socket

    async def serve(self) -> None:
        """Serve until cancelled."""
        settings = uvicorn.Config(make_kiosk_page(self.front, self.folder), log_level="warning", lifespan="off")
        server = HostedServer(settings)
        tidying = asyncio.create_task(keep_tidy(self.front))
        try:
            await server.serve(sockets=[self.listener])
        except asyncio.CancelledError:
            server.should_exit = True
            raise
        finally:
            tidying.cancel()
            (self.folder / TERMINAL_FILE).unlink(missing_ok=True)


def open_terminals(stations: Iterable[Station]) -> list[Terminal]:
    """Open the pages of all kiosks that have one; they accept connections at once and answer once served."""
    return [
        open_terminal(Front(station, station.mind, SimCounter()), station)
        for station in stations
        if isinstance(station.mind, SimKiosk) and (station.folder.path / PAGE).is_dir()
    ]


def open_terminal(front: Front, station: Station) -> Terminal:
    """Take a port for one kiosk's page and write its URL."""
    FRONTS[station], listener = front, listen(0)
    url = f"http://127.0.0.1:{listener.getsockname()[1]}"
    write_atomic(station.folder.path / TERMINAL_FILE, json.dumps({"url": url}).encode(), PUBLIC)
    return Terminal(front, station.folder.path, listener)


async def _front(request: Request, device: str) -> Front:
    station = request.app.state.building.stations.get(device)
    if station not in FRONTS:
        raise HTTPException(404, "no kiosk with a page has this name")
    return FRONTS[station]


@router.post("/kiosks/{device}/counter", status_code=204)
async def lay_on_counter(front: Annotated[Front, Depends(_front)], laid: OnCounter) -> None:
    """Put a tenant's items on the counter."""
    front.counter.put(code=laid.code, document=laid.document, face=laid.face, still=laid.still)
