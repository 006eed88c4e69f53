"""A kiosk with its page, without network or browser, on a test clock."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from httpx import ASGITransport, AsyncClient

from api.web.kiosk import write_kiosk_page
from certs.enrolment.device_folder import read_device_folder
from certs.sealing import answer_context, seal
from devices.wire.kiosk.offer_question import OfferSummary, encode_summary
from firmware_sim.kiosk_terminal.page import make_kiosk_page
from firmware_sim.kiosk_terminal.reader import SimCounter
from firmware_sim.kiosk_terminal.session import Front
from firmware_sim.station.assembly import Surroundings, assemble
from firmware_sim.station.kiosk import SimKiosk
from firmware_sim.station.station import Station
from tests.unit.firmware_sim.lock.lock_bench import Bench

URL = "http://127.0.0.1:4100"
TOKEN = "A" * 43
LINK = f"https://lodgekey.example/o/{TOKEN}"
PICTURE = b"\xff\xd8 canary \xff\xd9"
AGREED = {"registration": True, "face": False, "text_version": "2026-11"}


@dataclass
class Terminal:
    """One kiosk with its page, and the test's clock."""

    client: AsyncClient
    front: Front
    mind: SimKiosk
    seconds: list[float] = field(default_factory=lambda: [1000.0])

    async def post(self, path: str, **body: object) -> int:
        return (await self.client.post(path, json=body or None)).status_code

    async def status(self) -> dict[str, Any]:
        reported: dict[str, Any] = (await self.client.get("/status")).json()
        return reported

    async def begin(self) -> None:
        assert await self.post("/visit", language="en") == 204

    async def walk_to_the_end(self) -> None:
        await self.begin()
        self.front.counter.put(code=LINK, document=PICTURE, face=PICTURE)
        assert await self.post("/visit/code/scan") == 200
        assert (await self.client.post("/visit/document")).content == PICTURE
        assert await self.post("/visit/registration", **AGREED) == 202

    async def tell_of_offer(self, reported: OfferSummary) -> None:
        """The gateway's answer to an offer request, sealed to the key of the visit."""
        visit = self.front.visits.current(touch=False)
        assert visit.reply_key is not None
        context = answer_context("site-1", "kiosk-1")
        sealed = seal(encode_summary(reported), visit.reply_key.public_key(), context=context)
        self.mind.screen = {"screen": "offer", "registration": visit.question, "sealed": sealed}

    def answer(self, **body: object) -> None:
        registration = self.mind.screen["registration"]
        self.mind.screen = {"registration": registration, **body}


@asynccontextmanager
async def open_terminal(tmp_path: Path) -> AsyncIterator[Terminal]:
    """A kiosk in a folder of the test."""
    path = Bench.make(tmp_path, "kiosk", "kiosk-1").folder.path
    write_kiosk_page(path, "cn", "https://lodgekey.example")
    seconds = [1000.0]
    folder = read_device_folder(path)
    mind = assemble(folder, Surroundings(ticks=lambda: seconds[0]))
    assert isinstance(mind, SimKiosk)
    front = Front(Station(folder, mind), mind, SimCounter())
    transport = ASGITransport(make_kiosk_page(front, path))
    async with AsyncClient(transport=transport, base_url=URL) as client:
        yield Terminal(client, front, mind, seconds)
