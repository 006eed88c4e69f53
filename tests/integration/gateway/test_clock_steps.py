"""A gateway whose wall clock jumps: no stay ends, no key is destroyed, nobody is signed out, and it says so."""

import errno
import json
from dataclasses import asdict, dataclass, replace
from functools import partial
from pathlib import Path

import pytest
from sqlalchemy import func, select
from typer.testing import CliRunner

from api.cli.main import app
from api.services.access import signed_in
from devices.driver import Ability, LockAddress
from devices.intents import Intent, SetTime
from devices.link import Received
from devices.reports import StateReported
from devices.wire.messages import State
from gateway.bootstrap import Gateway
from gateway.clock import TrustedClock, hears, is_believed
from gateway.domain.accounts.tokens import token_hash
from gateway.operations.clock_state import STATE, ClockState, accept_clock, follow_clock, newest_time
from gateway.operations.health import examine
from gateway.outbox.deliveries import Done, RetryAt
from gateway.relay.locks import LockSenders
from gateway.settings import Settings
from gateway.store import Account, Delivery, Device, Event, Key, SignIn, Stay
from tests.parts.identity import MemoryIdentity
from tests.parts.world import DAY, NOW, World, device, let_unit

PEOPLE = 4


@dataclass
class Machine:
    """The true time, and how far the wall clock is off."""

    true: int = NOW
    off: int = 0

    def clock(self, seen: int = 0) -> TrustedClock:
        """The clock of a gateway started now."""
        return TrustedClock(lambda: self.true + self.off, lambda: float(self.true), seen=seen)


@dataclass
class Run:
    """A gateway with tenants, whose stays end in two days, and some that ended just now."""

    machine: Machine
    gateway: Gateway
    world: World

    def restart(self, off: int, seen: int = 0) -> None:
        """Stop; start again with the wall clock off by this. `seen`: when it was stopped, if that was earlier."""
        folder = self.gateway.settings.folder
        follow_clock(folder, self.trusted())
        if seen:
            (folder / STATE).write_text(json.dumps(asdict(ClockState(seen))))
        self.gateway.database.close()
        self.gateway.vault.close()
        self.machine.off = off
        settings = self.gateway.settings
        clock = self.machine.clock(newest_time(settings))
        self.gateway = Gateway(settings, clock, identity=MemoryIdentity())
        self.world.database = self.gateway.database

    def trusted(self) -> TrustedClock:
        """The gateway's clock."""
        assert isinstance(self.gateway.now, TrustedClock)
        return self.gateway.now

    def counts(self) -> tuple[int, int, int]:
        """Stays that ended, keys revoked, and keys of people to be destroyed."""
        with self.gateway.database.reading() as session:
            ended = select(func.count()).select_from(Stay).where(Stay.state == "ended")
            revoked = select(func.count()).select_from(Key).where(Key.desired == "absent")
            destroyed = select(func.count()).select_from(Delivery).where(Delivery.work == "destroy_key")
            first, second, third = (session.scalar(query) or 0 for query in (ended, revoked, destroyed))
        return first, second, third


@pytest.fixture
def run(tmp_path: Path) -> Run:
    machine = Machine()
    gateway = Gateway(Settings(folder=tmp_path / "gateway"), machine.clock(), identity=MemoryIdentity())
    world = World(tmp_path / "gateway", gateway.database, gateway.keyring)
    for number in range(PEOPLE):
        with world.database.writing() as session:
            unit = let_unit(session, str(number))
            session.add(device(f"lock-{number}", unit.id))
            world.unit_id = unit.id
        world.tenant(world.window(days=2))
    return Run(machine, gateway, world)


@pytest.mark.parametrize("off", [3 * DAY, 40 * DAY, 400 * DAY, -40 * DAY])
def test_a_step_while_running_ends_nothing(run: Run, off: int) -> None:
    run.machine.off = off
    assert run.gateway.housekeeping.round() == []
    run.machine.true += 45
    assert run.gateway.housekeeping.round() == []
    assert run.counts() == (0, 0, 0)
    assert run.gateway.now() == NOW + 45, "signatures go on with the time that passed"
    assert not run.gateway.clock_believed
    run.machine.off = 0
    assert run.gateway.clock_believed


@pytest.mark.parametrize("off", [40 * DAY, 400 * DAY, -40 * DAY])
def test_a_start_with_a_wrong_clock_destroys_nothing_and_doctor_says_so(run: Run, off: int) -> None:
    run.restart(off)
    assert run.gateway.housekeeping.round() == []
    assert run.counts() == (0, 0, 0)
    assert run.gateway.now() == NOW, "nothing is signed below the highest time seen, nor above what is known"
    follow_clock(run.gateway.settings.folder, run.trusted())
    found = [each for each in examine(run.gateway.settings, NOW + off) if each.check == "clock"]
    assert "bad" in {each.severity for each in found}
    assert {"clock_ahead", "clock_behind"} & {each.code for each in found}


def test_what_is_due_is_done_once_a_person_accepts_the_time(run: Run) -> None:
    run.restart(400 * DAY)
    folder = run.gateway.settings.folder
    result = CliRunner().invoke(app, ["clock", "accept", "--folder", str(folder), "--json"])
    assert result.exit_code == 0, result.output
    follow_clock(folder, run.trusted())
    assert ClockState.read(folder) == ClockState(NOW + 400 * DAY, 0)
    assert run.gateway.housekeeping.round() == []
    ended, revoked, _ = run.counts()
    assert (ended, revoked) == (PEOPLE, PEOPLE)


def test_the_time_that_really_passes_ends_stays_whatever_the_wall_clock_shows(run: Run) -> None:
    run.machine.off = -40 * DAY
    run.machine.true += 2 * DAY
    assert run.gateway.housekeeping.round() == []
    assert run.counts()[0] == PEOPLE
    with run.gateway.database.reading() as session:
        assert session.scalar(select(func.max(Event.at))) == NOW + 2 * DAY


def test_a_damaged_state_leaves_the_time_of_the_events(run: Run) -> None:
    (run.gateway.settings.folder / "clock.json").write_text("{")
    assert newest_time(run.gateway.settings) == NOW


async def test_revocations_are_enforced_where_no_note_can_be_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    gateway = Gateway(Settings(folder=tmp_path), lambda: NOW, identity=MemoryIdentity())
    enforced: list[bool] = []

    async def enforce(*, renew: bool = False) -> None:
        enforced.append(renew)

    def full(**_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(gateway.installation, "note", full)
    monkeypatch.setattr(gateway.revocation, "enforce", enforce)
    await gateway.tend_certificates(renew=True)
    assert enforced == [True]


class ReportingDriver:
    """A driver whose devices report what the test says."""

    name, abilities = "native", frozenset[Ability]()

    def __init__(self) -> None:
        self.state = State(1, NOW, "locked", "closed", 90, (), "set", b"n" * 16, 0, "1")
        self.sent: list[Intent] = []

    async def send(self, _lock: LockAddress, intent: Intent) -> None:
        self.sent.append(intent)

    def read(self, message: Received) -> list[StateReported]:
        return [StateReported(message.device, self.state)]


async def report(run: Run, lock: str, **state: object) -> None:
    """A lock reports its state, by the gateway's own intake."""
    driver = ReportingDriver()
    driver.state = replace(driver.state, **state)  # type: ignore[arg-type]  # fields of a State, as the test names them
    run.gateway.intake._drivers = {"native": driver}
    with run.gateway.database.reading() as session:
        site = session.get_one(Device, lock).site
    await run.gateway.intake.take([Received(site, lock, "state", b"", retained=False, ack=lambda: None)])


async def test_a_long_pause_ends_when_two_locks_have_the_time_of_the_machine(run: Run) -> None:
    run.machine.true += 5 * DAY
    run.restart(0, seen=NOW)
    assert run.gateway.now() == NOW
    await report(run, "lock-1", at=NOW + 5 * DAY)
    await report(run, "lock-1", at=NOW + 5 * DAY, seq=2)
    await report(run, "lock-2", at=0, clock="lost")
    assert (run.gateway.now(), run.gateway.clock_believed) == (NOW, False), "one lock alone decides nothing"
    assert run.gateway.housekeeping.round() == []
    assert run.counts() == (0, 0, 0)
    await report(run, "lock-3", at=NOW + 5 * DAY - 40)
    assert (run.gateway.now(), run.gateway.clock_believed) == (NOW + 5 * DAY, True)
    assert "clock" not in run.gateway.troubles()
    assert run.gateway.housekeeping.round() == []
    assert run.counts()[0] == PEOPLE, "what became due meanwhile is done"


async def test_a_lock_and_a_registry_have_a_clock_followed_too(run: Run) -> None:
    run.machine.true += 5 * DAY
    run.restart(0, seen=NOW)
    await report(run, "lock-1", at=NOW + 5 * DAY)
    hears(run.gateway.now, fresh=True)("police.example", NOW + 5 * DAY)
    assert (run.gateway.now(), run.gateway.clock_believed) == (NOW + 5 * DAY, True)


async def test_no_stay_ends_by_a_time_that_a_registry_and_a_lock_dispute(run: Run) -> None:
    """The machine starts forty-seven hours ahead, which could have been a pause; the stays end after two days."""
    run.machine.true += 7200
    run.restart(47 * 3600)
    assert run.gateway.clock_believed
    hears(run.gateway.now, fresh=True)("police.example", NOW + 7200)
    await report(run, "lock-1", at=NOW + 7200)
    assert run.gateway.housekeeping.round() == []
    assert run.counts() == (0, 0, 0)
    assert {"clock"} <= run.gateway.troubles()
    follow_clock(run.gateway.settings.folder, run.trusted())
    found = [each for each in examine(run.gateway.settings, NOW + 49 * 3600) if each.check == "clock"]
    assert [each.code for each in found if each.severity == "bad"] == ["clock_ahead"]
    accept_clock(run.gateway.settings.folder, NOW)
    follow_clock(run.gateway.settings.folder, run.trusted())
    assert run.gateway.housekeeping.round() == []
    assert run.counts()[0] == PEOPLE, "a person has decided"


async def test_no_lock_is_given_a_time_that_is_not_certain(run: Run) -> None:
    run.machine.true += 5 * DAY
    run.restart(0, seen=NOW)
    driver = ReportingDriver()
    senders = LockSenders(
        run.gateway.database, {"native": driver}, run.gateway.now, partial(is_believed, run.gateway.now)
    )
    await report(run, "lock-1", at=NOW + 5 * DAY)
    with run.gateway.database.reading() as session:
        delivery = session.scalars(select(Delivery).where(Delivery.work == "set_time")).one()
    held = await senders.set_time(delivery)
    assert isinstance(held.decision, RetryAt)
    assert (held.decision.code, driver.sent) == ("clock_uncertain", [])
    await report(run, "lock-2", at=NOW + 5 * DAY)
    assert (await senders.set_time(delivery)).decision == Done("sent")
    (sent,) = driver.sent
    assert isinstance(sent, SetTime)
    assert sent.now == NOW + 5 * DAY


def test_three_days_ahead_for_45_seconds_ends_nobodys_stay_and_signs_nobody_out(run: Run) -> None:
    with run.gateway.database.writing() as session:
        account = Account(role="tester", login="tester", password_hash="", name="Tester")
        session.add(account)
        session.flush()
        row = SignIn(token_hash=token_hash("token"), account_id=account.id, method="password", device="", network="")
        row.begun_at = row.used_at = NOW
        row.expires_at = NOW + 12 * 3600
        session.add(row)
    run.machine.off = 3 * DAY
    assert signed_in(run.gateway, "token", used=True) is not None
    assert run.gateway.housekeeping.round() == []
    run.machine.true, run.machine.off = NOW + 45, 0
    assert run.gateway.housekeeping.round() == []
    assert signed_in(run.gateway, "token", used=True) is not None
    assert run.counts() == (0, 0, 0)
    assert run.gateway.clock_believed
