"""A whole building of real processes: a planted name, number and picture reach their readers, and no file."""

import asyncio
import json
import re
import shutil
from base64 import b64encode
from collections.abc import AsyncIterator, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from importlib import import_module
from io import BytesIO
from pathlib import Path
from typing import Any

import httpx
import pytest
import pytest_asyncio
from sqlalchemy import select

from api.cli.demo.demo import Running, kiosk_url, running
from api.cli.demo.journey_run import JourneyRun, Pictures, until
from api.cli.demo.seed import KIOSK
from firmware_sim.phone.tenant import TENANT, photograph_document, photograph_face
from firmware_sim.specimens.documents import Person as Somebody
from gateway.domain.verification.consent import LATEST
from gateway.journey.retention.job import purge
from gateway.settings import Settings
from gateway.store import Delivery, Person
from gateway.store.database import Database
from gateway.store.sealing import Erased, Vault
from tests.journey.street import good
from tests.parts.world import DAY
from tests.specimens.bad_pictures import CANARY, position
from tests.specimens.canary import find_canaries

pytestmark = [pytest.mark.slow, pytest.mark.asyncio(loop_scope="session")]
PSUTIL: Any = import_module("psutil")
WALKER = replace(TENANT, surname="ZYXCANARYQ", number="CNRY93827")
AT_KIOSK = replace(TENANT, surname="QVWCANARYZ", number="CNRY48213")
ANY_PICTURE = b"JFIF\x00"
"""At the head of every JPEG that a camera, Pillow or OpenCV writes."""


def taken(who: Somebody) -> tuple[bytes, bytes]:
    """Document and face, each with an EXIF comment and position."""
    files = []
    for image in (photograph_document(who), photograph_face()):
        buffer = BytesIO()
        image.save(buffer, "JPEG", quality=90, exif=position(), comment=CANARY)
        files.append(buffer.getvalue())
    return files[0], files[1]


def marks(pictures: Sequence[bytes]) -> list[bytes]:
    """Bytes from the middle of each picture's own data."""
    return [data[len(data) // 2 :][:48] for data in pictures]


WALKED, SCANNED = taken(WALKER), taken(AT_KIOSK)
SECRETS = [CANARY, ANY_PICTURE, *marks((*WALKED, *SCANNED))] + [
    text.encode(code)
    for who in (WALKER, AT_KIOSK)
    for text in (who.surname, who.number, who.surname.title(), f"{who.given_names} {who.surname}")
    for code in ("utf-8", "utf-16-le")
]


def limits_of_children() -> dict[str, str]:
    """The kernel's resource limits of each child process, by command line."""
    children = PSUTIL.Process().children(recursive=True)
    return {" ".join(child.cmdline()): Path(f"/proc/{child.pid}/limits").read_text() for child in children}


@dataclass
class House:
    """The running parts, all folders they may write to, and the people with access."""

    parts: Running
    places: list[Path]
    landlord: httpx.AsyncClient
    officer: httpx.AsyncClient

    def leaked_files(self) -> list[Path]:
        """The gateway's files that hold a secret; the registry's own books are excluded, as they must hold the
        record.
        """
        ours = [path for place in self.places for path in place.iterdir() if path.name != "registry"]
        return find_canaries(ours, SECRETS)

    async def offer(self, unit: str) -> str:
        """Token of an offer link."""
        units = good(await self.landlord.get("/units"))
        place = next(found["id"] for found in units if found["code"] == unit)
        now = datetime.now(UTC)
        dates = {"from": now.isoformat(), "until": (now + timedelta(days=2)).isoformat()}
        return str(good(await self.landlord.post(f"/units/{place}/offers", json=dates))["url"].rpartition("/")[2])


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def house(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[House]:
    """Registry, gateway with workers and broker, and building, with their own folder for temporary files."""
    folder, temporary = tmp_path_factory.mktemp("canary"), tmp_path_factory.mktemp("temporary")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TMPDIR", str(temporary))
        async with running(folder, 0, lambda _: None, environment={"LODGEKEY_IDENTITY_TIMEOUT": "100"}) as parts:
            people = [httpx.AsyncClient(base_url=f"{parts.url}/api/v1", timeout=120) for _ in range(2)]
            for client, login in zip(people, ("landlord", "officer"), strict=True):
                good(await client.post("/sessions", json={"login": login, "password": parts.logins.password}))
            yield House(parts, [folder, temporary], *people)
            for client in people:
                await client.aclose()


async def test_what_a_journey_shows_reaches_its_readers_and_no_file_before_or_after(
    house: House, tmp_path: Path
) -> None:
    folder = house.parts.folder
    pictures = Pictures(tmp_path / "document.jpg", tmp_path / "face.jpg")
    pictures.document.write_bytes(WALKED[0])
    pictures.face.write_bytes(WALKED[1])
    facts = house.parts.tenant_facts
    walked = await JourneyRun(house.parts.url, house.parts.logins, pictures, lambda _: None, facts).run("HS7-101")
    assert walked["verdict"]["by"] == "person"
    books = find_canaries([folder / "registry"], [WALKER.surname.encode()])
    assert books, "it was read off the picture and reached the registry, whose book it is in"
    assert (folder / "lodgekey.sqlite-wal").stat().st_size > 0, "what is written now is looked at too"
    assert house.leaked_files() == []


async def test_what_a_kiosk_scans_reaches_the_person_who_decides_and_no_file(house: House) -> None:
    token = await house.offer("HS7-102")
    async with httpx.AsyncClient(base_url=kiosk_url(house.parts.folder), timeout=60) as page:
        good(await page.post("/visit", json={"language": "en"}))
        control = json.loads(house.parts.control_file.read_text())
        shown = {"document": b64encode(SCANNED[0]).decode(), "face": b64encode(SCANNED[1]).decode()}
        bearer = {"Authorization": f"Bearer {control['token']}"}
        counter = f"{control['url']}/kiosks/{KIOSK}/counter"
        good(await page.post(counter, json=shown | {"code": token, "still": True}, headers=bearer))
        for path in ("code/scan", "document", "face"):
            assert (await page.post(f"/visit/{path}")).is_success
        agreed = {"registration": True, "face": True, "text_version": LATEST}
        good(await page.post("/visit/registration", json=agreed))

    async def waiting() -> dict[str, Any]:
        return {"cases": good(await house.officer.get("/cases"))}

    cases = (await until(waiting, lambda answer: bool(answer["cases"]), "the case waits"))["cases"]
    case = good(await house.officer.get(f"/cases/{cases[-1]['id']}"))
    assert AT_KIOSK.surname in case["fields"]["surname"]
    assert case["fields"]["id_number"] == AT_KIOSK.number
    seen = [(await house.officer.get(f"/cases/{case['id']}/pictures/{part}")).content for part in ("document", "face")]
    assert [mark in picture for mark, picture in zip(marks(SCANNED), seen, strict=True)] == [True, True]
    assert not any(CANARY in picture for picture in seen), "nobody is shown where it was taken"
    assert house.leaked_files() == []
    decision = {"decision": "refuse", "reason": "not the same person"}
    good(await house.officer.post(f"/cases/{case['id']}/decision", json=decision))
    assert house.leaked_files() == []


async def test_no_process_that_sees_a_picture_leaves_its_memory_behind_when_it_crashes(house: House) -> None:
    limits_by = await asyncio.to_thread(limits_of_children)
    for part in ("api.cli.main serve", "gateway.identity.workers.worker", "firmware_sim building"):
        limits = [text for line, text in limits_by.items() if part in line]
        assert limits
        assert all(re.search(r"^Max core file size +0 +0 ", text, re.MULTILINE) for text in limits), part


async def test_once_erased_neither_the_files_nor_an_older_copy_can_be_read(house: House, tmp_path: Path) -> None:
    folder = house.parts.folder
    database = Database(Settings(folder=folder).database)
    later = int(datetime.now(UTC).timestamp()) + 4000 * DAY
    with closing(Vault(folder / "vault")) as vault:
        with database.reading() as session:
            person = next(row for row in session.scalars(select(Person)) if row.sealed)
        assert WALKER.surname.encode() in vault.open(person.id, "fields", person.sealed or b"")
        for path in folder.glob("lodgekey.sqlite*"):
            shutil.copy(path, tmp_path)
        with database.writing() as session:
            assert purge(session, later) > 0
        with database.writing() as session:
            purge(session, later)
            pending = session.scalars(select(Delivery.about).where(Delivery.work == "destroy_key")).all()
        assert person.id in pending
        for who in pending:
            await asyncio.to_thread(vault.erase, who)
        database.close()
        restored = Database(Settings(folder=tmp_path).database)
        with restored.reading() as session, pytest.raises(Erased):
            vault.open(person.id, "fields", session.get_one(Person, person.id).sealed or b"")
        restored.close()
    assert house.leaked_files() == []
    assert find_canaries([tmp_path], SECRETS) == []
