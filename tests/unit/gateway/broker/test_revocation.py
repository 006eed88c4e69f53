"""What it costs to look for revoked certificates, and that none is missed."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from cryptography.x509 import load_pem_x509_crl
from sqlalchemy import event, text, update

from certs.authority.ca import Authority
from gateway.broker import revocation as module
from gateway.broker.disconnect import NotEnded
from gateway.broker.revocation import MAX_ENDED, RETRY, Revocation, RevokedDevice
from gateway.fleet.enrolment import RECENT, fresh_revocations, note_enforced, revoked_devices
from gateway.store import Certificate
from tests.parts.world import DAY, LOCK, NOW, World

MANY = 10_000
SITE = "harbour-street-7"


@dataclass
class Broker:
    """A broker's list, and the sessions that were ended at it."""

    lists: list[bytes] = field(default_factory=list)
    ended: list[str] = field(default_factory=list)
    away: bool = False

    async def replace_crl(self, pem: bytes) -> None:
        """Keep the list."""
        self.lists.append(pem)

    async def end(self, _host: str, _port: int, _authority: Authority, _site: str, device: str) -> None:
        """As end_session."""
        if self.away:
            raise NotEnded(device)
        self.ended.append(device)


@dataclass
class Looks:
    """Revocation over a world's database: what it read, by a clock that the test sets."""

    world: World
    broker: Broker
    authority: Authority
    now: float = 0.0
    whole: int = 0
    statements: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        place = ("broker", 8883)
        self.revocation = Revocation(
            self.all, lambda: self.authority, self.broker, place, self.note, fresh=self.fresh, elapsed=lambda: self.now
        )

    def all(self) -> list[RevokedDevice]:
        """The whole list."""
        self.whole += 1
        with self.world.database.reading() as session:
            return revoked_devices(session, self.world.now)

    def fresh(self) -> set[int]:
        """What may be new."""
        with self.world.database.reading() as session, self.counted(session.get_bind()):
            return fresh_revocations(session, self.world.now)

    def note(self, serial: int) -> None:
        """Store that one is enforced."""
        with self.world.database.writing() as session:
            note_enforced(session, serial, self.world.now)

    @contextmanager
    def counted(self, engine: object) -> Iterator[None]:
        """Keep the statements meanwhile."""

        def keep(_connection: object, _cursor: object, statement: str, *_: object) -> None:
            if statement.startswith("SELECT"):
                self.statements.append(statement)

        event.listen(engine, "before_cursor_execute", keep)
        try:
            yield
        finally:
            event.remove(engine, "before_cursor_execute", keep)

    def add(self, *serials: int, revoked_at: int = NOW - DAY, enforced: bool = True) -> None:
        """Certificates of the lock, revoked."""
        rows = [
            Certificate(
                serial=str(serial), device_id=LOCK, public_key=b"", generation=1, chain=b"", issued_at=NOW - 2 * DAY,
                expires_at=NOW + 300 * DAY, revoked_at=revoked_at, enforced_at=NOW - DAY if enforced else None,
            )
            for serial in serials
        ]  # fmt: skip
        with self.world.database.writing() as session:
            session.add_all(rows)

    async def second(self) -> None:
        """One look, a second later."""
        self.now += 1
        await self.revocation.enforce(whole=False)


@pytest.fixture
def looks(world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Looks:
    broker = Broker()
    monkeypatch.setattr(module, "end_session", broker.end)
    return Looks(world, broker, Authority.open(tmp_path / "certs", world.clock))


async def test_a_quiet_second_reads_no_row_however_many_are_revoked(looks: Looks) -> None:
    looks.add(*range(1, MANY + 1))
    await looks.second()
    looks.statements.clear()
    for _ in range(3):
        await looks.second()
    assert (looks.whole, len(looks.broker.lists)) == (1, 1)
    assert len(looks.statements) == 3, "one query a second"
    assert looks.fresh() == set(), "which finds nothing"
    with looks.world.database.reading() as session:
        values = (0, NOW, 0, NOW, NOW - RECENT)
        plan = session.connection().exec_driver_sql(f"EXPLAIN QUERY PLAN {looks.statements[0]}", values).all()
    used = " ".join(str(row) for row in plan)
    assert "ix_certificates_unenforced" in used
    assert "ix_certificates_revoked_at" in used


async def test_what_is_revoked_in_a_quiet_time_is_enforced_in_the_next_second(looks: Looks) -> None:
    looks.add(*range(1, 200))
    await looks.second()
    looks.add(777, revoked_at=NOW - 10 * RECENT, enforced=False)
    await looks.second()
    assert (looks.whole, len(looks.broker.lists)) == (2, 2)
    with looks.world.database.reading() as session:
        assert session.get_one(Certificate, "777").enforced_at == NOW
    assert len(looks.broker.ended) == MAX_ENDED + MAX_ENDED, "the new one was among the first of the second look"


async def test_what_another_process_enforced_at_its_broker_is_refused_at_this_one(looks: Looks) -> None:
    await looks.second()
    looks.add(777, revoked_at=NOW)
    await looks.second()
    assert (looks.whole, looks.broker.ended) == (2, [LOCK])


async def test_what_no_clock_calls_recent_is_found_by_housekeeping(looks: Looks) -> None:
    await looks.second()
    looks.add(777, revoked_at=NOW - 2 * RECENT)
    await looks.second()
    assert looks.broker.ended == []
    await looks.revocation.enforce()
    assert looks.broker.ended == [LOCK]


async def test_a_session_that_could_not_be_ended_waits_without_reading_the_list_again(looks: Looks) -> None:
    looks.broker.away = True
    looks.add(777, enforced=False)
    await looks.second()
    for _ in range(3):
        await looks.second()
    assert looks.whole == 1
    looks.broker.away, looks.now = False, RETRY + 1
    await looks.second()
    assert looks.broker.ended == [LOCK]


async def test_a_note_that_fails_is_made_later(looks: Looks, monkeypatch: pytest.MonkeyPatch) -> None:
    looks.add(777, enforced=False)

    def busy(_serial: int) -> None:
        raise ZeroDivisionError

    with monkeypatch.context() as patched:
        patched.setattr(looks.revocation, "_note", busy)
        with pytest.raises(ZeroDivisionError):
            await looks.second()
    await looks.second()
    with looks.world.database.reading() as session:
        assert session.get_one(Certificate, "777").enforced_at == NOW


async def test_expired_certificates_leave_the_list_when_it_is_written_again(looks: Looks) -> None:
    looks.add(1, 2)
    await looks.second()
    with looks.world.database.writing() as session:
        session.execute(update(Certificate).where(Certificate.serial == "1").values(expires_at=NOW - 1))
        assert session.scalar(text("SELECT count(*) FROM certificates")) == 2
    looks.add(3, enforced=False)
    await looks.second()
    assert {each.serial_number for each in load_pem_x509_crl(looks.broker.lists[-1])} == {2, 3}
