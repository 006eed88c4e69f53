"""A gateway whose wall clock jumps: no stay ends, no key is destroyed, nobody is signed out, and it says so."""

import errno
from dataclasses import dataclass
from pathlib import Path

import pytest
from sqlalchemy import func, select
from typer.testing import CliRunner

from api.cli.main import app
from gateway.bootstrap import Gateway
from gateway.clock import TrustedClock
from gateway.operations.clock_state import ClockState, follow_clock, newest_time
from gateway.operations.health import examine
from gateway.settings import Settings
from gateway.store import Delivery, Event, Key, Stay
from tests.parts.identity import MemoryIdentity
from tests.parts.world import DAY, NOW, World, device, let_unit

PEOPLE = 12


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

    def restart(self, off: int) -> None:
        """Stop; start again with the wall clock off by this."""
        follow_clock(self.gateway.settings.folder, self.trusted())
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
