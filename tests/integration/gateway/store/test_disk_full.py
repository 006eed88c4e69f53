"""A full disk: what must not wait goes on from the reserve, the rest is told that the disk is full."""

import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import OperationalError

from api.services.faults import database_refused
from gateway.bootstrap import Gateway
from gateway.clock import TrustedClock
from gateway.journey.stays import landlord
from gateway.operations.health import examine
from gateway.settings import Settings
from gateway.store import Key, Stay
from gateway.store.database import Database
from gateway.store.disk_space import RESERVE, SHORT_BYTES, DiskFull, DiskSpace, is_full
from tests.parts.house import House
from tests.parts.identity import MemoryIdentity
from tests.parts.world import DAY, NOW, World

SIZE = 1 << 20
PLENTY = 1 << 40


class Disk:
    """Free space that a test sets."""

    def __init__(self, free: int = PLENTY) -> None:
        self.free = free

    def __call__(self) -> int:
        """Bytes free."""
        return self.free


def test_the_reserve_is_given_back_once_the_disk_is_short_and_taken_again(tmp_path: Path) -> None:
    disk = Disk()
    space = DiskSpace(tmp_path, SIZE, disk)
    space.admit(essential=False)
    assert (space.held, (tmp_path / RESERVE).stat().st_blocks * 512 >= SIZE) == (True, True)
    disk.free = SHORT_BYTES - 1
    with pytest.raises(DiskFull):
        space.admit(essential=False)
    assert not (tmp_path / RESERVE).exists()
    space.admit(essential=True)
    disk.free = SHORT_BYTES - 1 + SIZE
    with pytest.raises(DiskFull):  # the space of the reserve itself is no reason to take it again
        space.admit(essential=False)
    disk.free = PLENTY
    space.admit(essential=False)
    assert space.held


def test_a_disk_that_fills_up_meanwhile_leaves_no_part_of_a_reserve(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def no_space(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "posix_fallocate", no_space)
    DiskSpace(tmp_path, SIZE, Disk()).admit(essential=True)
    assert list(tmp_path.iterdir()) == []


def test_what_sqlite_says_of_a_full_disk_gives_the_reserve_back(world: World) -> None:
    """`max_page_count` makes SQLite answer SQLITE_FULL, as a disk without space does."""
    database = Database(world.database.url)
    database.space = DiskSpace(world.folder, SIZE, Disk())

    def write() -> None:
        with database.writing() as session:
            session.execute(text("PRAGMA max_page_count = 1"))
            session.execute(text("CREATE TABLE filler (content BLOB)"))
            session.execute(text("INSERT INTO filler VALUES (zeroblob(10000000))"))

    with pytest.raises(OperationalError) as refused:
        write()
    assert is_full(refused.value)
    assert database_refused(refused.value).code == "disk_full"
    assert not (world.folder / RESERVE).exists()
    database.close()


async def test_pages_say_that_the_disk_is_full_and_a_stay_still_ends(house: House, tmp_path: Path) -> None:
    owner = house.client("landlord-a")
    offer = await house.offer()
    house.gateway.database.space = house.gateway.doors.space = DiskSpace(tmp_path, SIZE, Disk(SHORT_BYTES - 1))
    dates = {"from": "2026-12-01T12:00:00Z", "until": "2026-12-02T12:00:00Z"}
    refused = await owner.post(f"/api/v1/units/{house.units['a']}/offers", json=dates)
    assert (refused.status_code, refused.json()["code"]) == (503, "disk_full")
    assert "disk is full" in refused.json()["detail"]
    with house.gateway.database.reading() as session:
        (stay_id,) = session.scalars(select(Stay.id))
    ended = await owner.post(f"/api/v1/stays/{stay_id}/end")
    assert ended.status_code == 200, (ended.text, offer)
    ready = await owner.get("/readyz")
    assert (ready.status_code, ready.json()["disk"]) == (503, False)


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of 64 MB."""
    place = tmp_path / "disk"
    place.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=64m", "tmpfs", str(place)], check=False, capture_output=True
    )
    if mounted.returncode:
        pytest.skip("mounting a file system is not allowed here")
    yield place
    subprocess.run(["umount", str(place)], check=True)


def fill(folder: Path) -> Path:
    """Use every byte that is free."""
    path = folder / "filler"
    with path.open("wb") as file:
        os.posix_fallocate(file.fileno(), 0, shutil.disk_usage(folder).free)
    return path


def opened(folder: Path) -> Gateway:
    """A gateway in the folder."""
    machine = TrustedClock(lambda: NOW, lambda: 0.0)
    return Gateway(Settings(folder=folder), machine, identity=MemoryIdentity())


def test_a_killed_gateway_starts_on_a_full_disk_and_revokes(small_disk: Path) -> None:
    first = opened(small_disk / "gateway")
    world = World(small_disk / "gateway", first.database, first.keyring)
    world.landlord_id, world.unit_id = world.add_unit("101", "lock-1")
    key = world.tenant()
    first.vault.close()  # killed: the database is not closed, its WAL stays
    filler = fill(small_disk)
    assert shutil.disk_usage(small_disk).free == 0

    second = opened(small_disk / "gateway")
    with pytest.raises(DiskFull), second.database.writing():
        pass
    with second.database.writing(essential=True) as session:
        landlord.revoke_for_landlord(session, session.get_one(Key, key.id), second.keyring.passcode_key, NOW)
    second._note()
    with second.database.reading() as session:
        assert session.get_one(Key, key.id).desired == "absent"
    found = [each.code for each in examine(second.settings, NOW) if each.check == "folder"]
    assert "folder_full" in found

    filler.unlink()
    with second.database.writing():
        pass
    assert second.disk_has_space
    for gateway in (first, second):
        gateway.database.close()
    second.vault.close()


@pytest.mark.parametrize(("grown_in", "expected"), [(1, ["folder_filling"]), (40, ["folder"])])
def test_doctor_compares_free_space_with_growth(
    world: World, monkeypatch: pytest.MonkeyPatch, grown_in: int, expected: list[str]
) -> None:
    """With free space for the database once more, the days left are the days in which it grew."""
    world.offer()
    world.database.close()
    database = world.folder / "lodgekey.sqlite"
    with database.open("ab") as file:
        file.truncate(600 << 20)
    usage = shutil.disk_usage(world.folder)._replace(free=600 << 20)
    monkeypatch.setattr(shutil, "disk_usage", lambda _path: usage)
    now = NOW + grown_in * DAY
    assert [each.code for each in examine(Settings(folder=world.folder), now) if each.check == "folder"] == expected
