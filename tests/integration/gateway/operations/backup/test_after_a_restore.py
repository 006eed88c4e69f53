"""What others learn after a restore: consumers of the feed, locks, and whoever holds a head of the disclosure log."""

import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select, update
from typer.testing import CliRunner

from api.cli.main import app
from api.framework.event_stream import HEARTBEAT
from api.services.disclosure_log import read_head
from api.web.officer.console import stream_rows
from devices.intents import Revoke
from devices.reports import Reachable, StateReported
from devices.wire.messages import State
from devices.wire.passcode import ONCE_AHEAD, ONCE_SPAN
from gateway.bootstrap import Gateway
from gateway.disclosure import disclose
from gateway.feed.stream import Reader, always
from gateway.journey.devices.reports import HIGHEST_EPOCH
from gateway.outbox.deliveries import enqueue
from gateway.outbox.events import stamp_feed
from gateway.relay.alerts import event_id
from gateway.relay.lock_commands import LockCommands, Ready
from gateway.settings import Settings
from gateway.store import Delivery, Device, Event, OnceCode, Passcode
from gateway.store.model import new_id
from tests.integration.gateway.operations.backup.conftest import Safe
from tests.parts.house import House
from tests.parts.identity import MemoryIdentity
from tests.parts.world import DAY, FIELDS, LOCK, NOW, World

LATER = NOW + 3600
READER = Reader("officer:1", "watching", ("370100",), None, None, always)
NARROW = Reader("consumer:1", "counting", ("44",), frozenset({"kind"}), None, always)


@pytest.fixture
def used(tmp_path: Path) -> Iterator[tuple[Gateway, World]]:
    """A gateway with a tenant whose check-in is in the feed."""
    gateway = Gateway(Settings(folder=tmp_path / "gateway"), lambda: NOW, identity=MemoryIdentity())
    world = World(tmp_path / "gateway", gateway.database, gateway.keyring)
    world.landlord_id, world.unit_id = world.add_unit("101", LOCK)
    world.tenant()
    with gateway.database.writing() as session:
        stamp_feed(session)
    yield gateway, world
    gateway.database.close()
    gateway.vault.close()


def reopened(folder: Path) -> tuple[Gateway, World]:
    """The restored gateway."""
    gateway = Gateway(Settings(folder=folder), lambda: LATER, identity=MemoryIdentity())
    world = World(folder, gateway.database, gateway.keyring, now=LATER, seq=100)
    return gateway, world


@pytest.fixture
def again(used: tuple[Gateway, World], safe: Safe, tmp_path: Path) -> Iterator[tuple[Gateway, World]]:
    """The gateway restored from a backup of before a second tenant, whose check-in consumers have seen."""
    gateway, world = used
    safe.keep(world.folder)
    world.tenant(world.window(begins=5 * DAY))
    with gateway.database.writing() as session:
        assert stamp_feed(session) > 0
    safe.restore(tmp_path / "new", now=LATER)
    gateway, world = reopened(tmp_path / "new")
    with world.database.reading() as session:
        device = session.get_one(Device, LOCK)
        world.unit_id = device.unit_id or ""
    yield gateway, world
    gateway.database.close()
    gateway.vault.close()


def test_numbers_of_the_feed_are_not_given_again_with_another_meaning(
    used: tuple[Gateway, World], again: tuple[Gateway, World]
) -> None:
    before, world = {item.seq for item in used[0].feed.page(READER, 0)}, again[1]
    world.tenant(world.window(begins=9 * DAY), FIELDS | {"surname": "Andere"})
    with world.database.writing() as session:
        stamp_feed(session)
    items = again[0].feed.page(READER, 0)
    kept = [item for item in items if item.seq in before]
    fresh = [item for item in items if item.seq > LATER]
    assert {item.data["id"] for item in kept} < {item.data["id"] for item in used[0].feed.page(READER, 0)}
    assert fresh
    assert len(kept) + len(fresh) + 1 == len(items)
    beyond = max(before)  # a consumer that has seen what the backup does not know
    assert [item.seq for item in again[0].feed.page(READER, beyond)] == [LATER, *(item.seq for item in fresh)]


@pytest.mark.parametrize("reader", [READER, NARROW])
def test_every_consumer_is_informed_once_whatever_its_area(reader: Reader, again: tuple[Gateway, World]) -> None:
    marks = [item for item in again[0].feed.page(reader, 0) if item.data["kind"] == "restored"]
    (mark,) = marks
    assert mark.seq == LATER
    event = json.loads(mark.event)
    assert event["type"] == "org.lodgekey.feed.restored.v1"
    assert set(event["data"]) == {"id", "kind", "at"}
    assert b"event: restored\n" in mark.encoded
    assert again[0].feed.page(reader, mark.seq) == []


def test_a_second_restore_of_the_same_backup_gives_other_numbers(
    used: tuple[Gateway, World], safe: Safe, tmp_path: Path
) -> None:
    safe.keep(used[1].folder)
    found = []
    for number, at in enumerate((LATER, LATER + 60)):
        safe.restore(tmp_path / str(number), now=at)
        gateway, _ = reopened(tmp_path / str(number))
        found.append(gateway.feed.last_seq())
        gateway.database.close()
        gateway.vault.close()
    assert found == [LATER, LATER + 60]


def test_webhook_ids_are_not_given_again(used: tuple[Gateway, World], safe: Safe, tmp_path: Path) -> None:
    """A receiver drops what it has seen: an alert with the id of another would never arrive."""

    def alert(world: World, now: int) -> tuple[int, str]:
        with world.database.writing() as session:
            enqueue(session, party="owner:1", lane="alerts:1", work="alert_webhook", about="1", now=now)
            session.flush()
            delivery = session.scalars(select(Delivery).order_by(Delivery.id.desc()).limit(1)).one()
            return delivery.id, event_id(delivery)

    safe.keep(used[1].folder)
    before = alert(used[1], LATER - 60)
    safe.restore(tmp_path / "new", now=LATER)
    gateway, world = reopened(tmp_path / "new")
    after = alert(world, LATER)
    assert before[0] >= after[0], "the number itself is given again"
    assert before[1] != after[1]
    entries = {str(item.seq) for item in used[0].feed.page(READER, 0)}
    assert str(gateway.feed.last_seq()) not in entries, "a feed's webhook has the entry's number as its id"
    gateway.database.close()
    gateway.vault.close()


async def test_officers_pages_do_not_show_the_mark_as_a_record(house: House) -> None:
    with house.gateway.database.writing() as session:
        session.add(Event(type="GatewayRestored", at=NOW, data={}, for_feed=True, feed_seq=NOW))
    page = await house.client("officer-a").get("/officer")
    assert page.status_code == 200, page.text
    rows = stream_rows(house.gateway.feed, READER, 0, "en")
    assert [await anext(rows) for _ in range(2)] == [b"retry: 2000\n\n", HEARTBEAT]


def intents(world: World) -> list[Any]:
    """What the pending revocation lists ask of the lock."""
    with world.database.writing() as session:
        query = select(Delivery).where(Delivery.work == "revoke", Delivery.state == "owed").order_by(Delivery.id)
        rows = session.scalars(query).all()
        commands = LockCommands(session, rows, world.now)
        return [ready.intent for row in rows if isinstance(ready := commands.ready(row), Ready)]


def test_a_key_on_a_lock_that_no_restored_row_has_is_revoked(again: tuple[Gateway, World]) -> None:
    world = again[1]
    stranger = bytes(range(16))
    known = world.issued()[0]
    for _ in range(2):  # asked once, however often the lock reports it
        world.say(world.state(known.id, stranger.hex()))
    (asked,) = [intent for intent in intents(world) if stranger in intent.keys]
    assert isinstance(asked, Revoke)
    assert bytes.fromhex(known.id) not in asked.keys
    assert world.events().count("UnknownKeysFound") == 1


def test_a_lock_that_said_its_state_before_anybody_listened_is_asked_for_its_keys(
    used: tuple[Gateway, World], safe: Safe, tmp_path: Path
) -> None:
    """It is connected when the restored gateway begins to listen, and says its state by itself in an hour."""
    gateway, world = used
    known, stranger = world.issued()[0], bytes(range(16))
    world.say(world.state(known.id))
    safe.keep(world.folder)
    safe.restore(tmp_path / "new", now=LATER)
    gateway, world = reopened(tmp_path / "new")
    world.say(Reachable(LOCK, online=True))
    assert world.pending().count("read_back") == 1
    world.sent("read_back", "ab" * 16)
    world.say(world.answered("ab" * 16, keys=[bytes.fromhex(known.id), stranger], epoch=1))
    assert any(stranger in intent.keys for intent in intents(world))
    assert world.events().count("UnknownKeysFound") == 1
    gateway.database.close()
    gateway.vault.close()


def test_keys_that_are_known_are_left_alone(again: tuple[Gateway, World]) -> None:
    """The control: also keys whose time is over, which the lock may hold for a while."""
    world = again[1]
    key = world.issued()[0]
    world.now = key.expires_at + 60
    world.say(world.state(key.id))
    assert "UnknownKeysFound" not in world.events()


@pytest.mark.parametrize(("reported", "expected"), [(1, 1), (7, 8), (HIGHEST_EPOCH, HIGHEST_EPOCH + 1), (2**52, 1)])
def test_a_lock_with_a_later_list_gets_one_that_is_later_still(
    reported: int, expected: int, again: tuple[Gateway, World]
) -> None:
    world = again[1]
    seq = world.number()
    state = State(seq, world.now, "locked", "closed", 80, (), "set", b"n" * 16, reported, "sim")
    world.say(StateReported(LOCK, state))
    assert world.device().list_epoch == expected
    assert [intent.epoch for intent in intents(world)] == ([expected] if expected > 1 else [])


def test_codes_follow_a_lock_whose_epoch_is_later(again: tuple[Gateway, World]) -> None:
    """Codes of the restored epoch do not open any more; the stay is shown those of the lock's."""
    world = again[1]
    with world.database.writing() as session:
        stay = world.issued()[0].stay_id
        row = {"stay_id": stay, "device_id": LOCK, "epoch": 1, "first_hour": 1, "hours": 1, "slot": 0}
        session.add(Passcode(**row, created_at=NOW))
        session.execute(update(Device).where(Device.id == LOCK).values(list_epoch=3))
    world.say(world.state())
    with world.database.writing() as session:
        (row_,) = session.scalars(select(Delivery).where(Delivery.work == "revoke", Delivery.state == "owed")).all()
        commands = LockCommands(session, [row_], world.now)
        ready = commands.ready(row_)
        commands.write()
        assert isinstance(ready, Ready)
    world.say(world.answered(ready.intent.command_id.hex(), epoch=3, codes=5, once=9, keys=[]))
    device = world.device()
    assert (device.code_epoch, device.once_from, device.once_next >= 9) == (5, 9, True)
    with world.database.reading() as session:
        assert set(session.scalars(select(Passcode.epoch))) == {5}


def test_one_time_codes_issued_since_are_not_issued_again(
    used: tuple[Gateway, World], safe: Safe, tmp_path: Path
) -> None:
    safe.keep(used[1].folder)
    before = used[1].device().once_next
    safe.restore(tmp_path / "new", now=LATER)
    gateway, world = reopened(tmp_path / "new")
    assert world.device().once_next == before + ONCE_AHEAD - ONCE_SPAN
    with world.database.reading() as session:
        assert session.scalars(select(OnceCode)).all() == []
    gateway.database.close()
    gateway.vault.close()


def audited(folder: Path, *heads: Path) -> tuple[int, list[str]]:
    """Exit code and codes of faults of `lodgekey audit verify`."""
    options = [option for head in heads for option in ("--head", str(head))]
    done = CliRunner().invoke(app, ["audit", "verify", *options, "--folder", str(folder), "--json"])
    return done.exit_code, [fault["code"] for fault in json.loads(done.stdout)["faults"]]


def test_the_log_says_that_it_was_restored_instead_of_looking_altered(
    used: tuple[Gateway, World], safe: Safe, tmp_path: Path
) -> None:
    gateway, world = used

    def entries(number: int, database: Any) -> None:
        for _ in range(number):
            disclose(database, consumer="a", purpose="b", subject=new_id(), fields="d", now=NOW)

    def keep_head(name: str, of: Gateway) -> Path:
        path = tmp_path / name
        path.write_text(read_head(of.disclosures).model_dump_json())
        return path

    entries(3, gateway.database)
    early = keep_head("early", gateway)
    safe.keep(world.folder)
    entries(2, gateway.database)
    lost = keep_head("lost", gateway)
    safe.restore(tmp_path / "new", now=LATER)
    assert audited(tmp_path / "new", early) == (0, [])
    assert audited(tmp_path / "new", lost) == (1, ["restored"])
    again, _ = reopened(tmp_path / "new")
    entries(9, again.database)  # longer than the head again, with other entries
    assert audited(tmp_path / "new", early, lost) == (1, ["restored"])
    later = keep_head("later", again)
    assert audited(tmp_path / "new", later) == (0, [])
    tampered = tmp_path / "tampered"
    again.database.close()
    again.vault.close()
    shutil.copytree(tmp_path / "new", tampered)
    other, _ = reopened(tampered)
    with other.database.writing() as session:
        session.connection().exec_driver_sql("UPDATE disclosures SET purpose = 'x' WHERE seq = 1")
    other.database.close()
    other.vault.close()
    assert audited(tampered, early)[1] == ["altered"]
    assert audited(tampered, later)[1] == ["altered"]
