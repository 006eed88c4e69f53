"""A sixth registry needs its folder and one line in the catalog; no other code changes."""

import asyncio
import json
import socket
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
import uvicorn
from sqlalchemy import select

from firmware_sim.registries.behaviour import Behaviour
from firmware_sim.registries.catalog import SIMULATORS
from firmware_sim.registries.process import set_up
from firmware_sim.registries.store import RecordStore
from gateway.registries import REGISTRIES
from gateway.relay.loop import Relay
from gateway.relay.registries import LEASED, RegistrySenders
from gateway.store import Registration, Unit
from gateway.supervision import Rounds
from tests.architecture.source import ROOT, imported_by, python_files
from tests.integration.gateway.registries.sixth.profile import PROFILE
from tests.integration.gateway.registries.sixth.service import SIMULATOR
from tests.parts import world as parts
from tests.parts.house import House, good, move_in

FACTS = {"residence.country": "USA", "phone": "+12125550100"}


@pytest.fixture(autouse=True)
def added(monkeypatch: pytest.MonkeyPatch) -> None:
    """Add the one line to gateway and simulator."""
    monkeypatch.setitem(REGISTRIES, PROFILE.name, PROFILE)
    monkeypatch.setitem(SIMULATORS, SIMULATOR.name, SIMULATOR)


@asynccontextmanager
async def guest_book(folder: Path) -> AsyncIterator[dict[str, Any]]:
    """The simulator, listening; yields what its process would print."""
    listener = socket.create_server(("127.0.0.1", 0))
    app, ready = set_up("xx", folder, f"http://127.0.0.1:{listener.getsockname()[1]}", Behaviour.NORMAL)
    server = uvicorn.Server(uvicorn.Config(app, log_level="warning", lifespan="off"))
    running = asyncio.create_task(server.serve(sockets=[listener]))
    try:
        yield ready
    finally:
        server.should_exit = True
        await running


def report_to(house: House, facts: dict[str, str]) -> None:
    """The first landlord's unit reports to the sixth registry."""
    with house.gateway.database.writing() as session:
        unit = session.get_one(Unit, house.units["a"])
        parts.report_to(unit, "xx", facts={"registered_as": facts["unit.registered_as"]})


def filed(house: House) -> Registration | None:
    """State of the tenant's record."""
    with house.gateway.database.reading() as session:
        return session.scalars(select(Registration)).first()


async def relay_until_answered(house: House) -> Registration:
    """Deliver to registries until the record has an answer."""
    gateway = house.gateway
    senders = RegistrySenders(gateway.database, gateway.vault, gateway.registries, lambda: house.now[0]).table()
    relay, answered = Relay(gateway.database, senders, lambda: house.now[0], leased=LEASED), asyncio.Event()
    loop = asyncio.get_running_loop()

    def signal() -> None:
        loop.call_soon_threadsafe(answered.set)

    gateway.database.after_commit(signal)
    running = asyncio.create_task(relay.run(Rounds()))
    try:
        async with asyncio.timeout(10):
            while (row := filed(house)) is None or row.state == "queued":
                await answered.wait()
                answered.clear()
            return row
    finally:
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)


async def test_a_sixth_registry_takes_a_check_in_by_its_folder_and_one_line(first_house: Path, tmp_path: Path) -> None:
    async with guest_book(tmp_path / "registry") as ready:
        house = move_in(first_house, tmp_path / "house", registries={"xx": ready["settings"]})
        report_to(house, ready["facts"])
        tenant, _ = await house.tenant()
        shown = good(await tenant.get("/api/v1/onboarding"))
        assert shown["asks_besides"] == ["residence.country", "phone", "email"]
        assert shown["asks_one_of"] == ["phone", "email"]
        verified = good(await house.register(tenant, facts=json.dumps(FACTS)))
        officer = house.client("officer-a")
        if verified["stage"] == "review":
            case = good(await officer.get("/api/v1/cases"))[-1]["id"]
            good(await officer.post(f"/api/v1/cases/{case}/decision", json={"decision": "pass"}))
        row = await relay_until_answered(house)
        (entry,) = RecordStore(tmp_path / "registry" / "registry.db").every()
        assert (row.registry_name, row.kind, row.state, row.receipt) == ("xx", "check_in", "accepted", entry.receipt)
        assert row.tables == {"iso3166-1": "2026-11", "guest-book-names": "1"}
        assert json.loads(entry.body)["guests"][0]["reached_at"] == FACTS["phone"]
        await house.gateway.registries["xx"].close()


async def test_an_answer_the_sixth_registry_did_not_ask_for_is_refused(first_house: Path, tmp_path: Path) -> None:
    house = move_in(first_house, tmp_path / "house")
    report_to(house, {"unit.registered_as": "H-1"})
    tenant, _ = await house.tenant()
    answer = await house.register(tenant, facts=json.dumps({"visa.kind": "L"}))
    assert answer.json()["code"] == "input_refused"


def test_profiles_load_without_the_libraries_of_the_adapters() -> None:
    program = (
        "import sys, gateway.registries; print(*sorted({'zeep', 'lxml', 'aiohttp', 'stdnum'} & sys.modules.keys()))"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == ""


@pytest.mark.parametrize(
    "folder", sorted({profile.client.split(".")[2] for profile in REGISTRIES.values() if not profile.kept})
)
def test_a_registry_has_the_parts_that_the_guide_lists_and_nobody_else_imports_them(folder: str) -> None:
    guide = (ROOT / "docs" / "guides" / "add-a-registry.md").read_text(encoding="utf-8")
    for part in (
        "gateway/registries/<folder>/profile.py",
        "gateway/registries/<folder>/client.py",
        "firmware_sim/registries/<folder>/service.py",
        "tests/contract/registries/<folder>.py",
    ):
        assert f"`{part}`" in guide
        assert (ROOT / part.replace("<folder>", folder)).is_file()
    importers = {
        str(path)
        for path in python_files("api", "certs", "devices", "gateway")
        if any(name.startswith(f"gateway.registries.{folder}") for name in imported_by(path))
        and not str(path).startswith("gateway/registries/")
    }
    assert importers == set()
