"""What devices say is committed before it is acked; what cannot be read or recorded is set aside, the others go on."""

import logging

import pytest
from sqlalchemy import select
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from devices.link import Received
from devices.reports import Happened, Report
from gateway import intake as module
from gateway.answers import Answers
from gateway.intake import Intake
from gateway.journey.lock import record_report
from gateway.store import SetAside
from tests.parts.driver import MemoryDriver
from tests.parts.world import LOCK, World


class Desk:
    """Messages by payload, what was acked, and what reached the kiosk desk; acks are looked at against the rows."""

    def __init__(self, world: World) -> None:
        self.world, self.driver, self.answers = world, MemoryDriver(), Answers()
        self.acked: list[bytes] = []
        self.committed_at_ack: list[int] = []
        self.registrations: list[Happened] = []
        self.intake = Intake(
            world.database,
            {"native": self.driver},
            self.answers,
            lambda r, _: self.registrations.append(r),
            world.clock,
        )

    def message(self, payload: bytes, *means: Report, device: str = LOCK) -> Received:
        if means:
            self.driver.meaning[payload] = list(means)

        def ack() -> None:
            self.acked.append(payload)
            self.committed_at_ack.append(len(self.world.rows()["heard_messages"]))

        return Received("house-1", device, "event", payload, False, ack)

    def set_aside(self) -> list[str]:
        with self.world.database.reading() as session:
            return list(session.scalars(select(SetAside.code)))


@pytest.fixture
def desk(world: World) -> Desk:
    return Desk(world)


@pytest.fixture(autouse=True)
def no_pause(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "TROUBLE_PAUSE", 0.0)


async def test_a_batch_is_acked_only_after_it_was_committed(desk: Desk) -> None:
    batch = [desk.message(bytes([n]), desk.world.happened("battery", percent=n)) for n in range(3)]
    await desk.intake.take(batch)
    assert (desk.acked, desk.committed_at_ack) == ([b"\0", b"\1", b"\2"], [3, 3, 3])


async def test_what_nobody_can_read_is_set_aside_with_its_digest_and_the_others_go_on(
    desk: Desk, caplog: pytest.LogCaptureFixture
) -> None:
    good = desk.message(b"good", desk.world.happened("battery", percent=7))
    with caplog.at_level(logging.DEBUG):
        await desk.intake.take([desk.message(b"Anna Voorbeeld"), good, desk.message(b"x", device="nobody")])
    assert sorted(desk.set_aside()) == ["bad_signature", "unknown_device"]
    assert (desk.world.device().battery, sorted(desk.acked)) == (7, [b"Anna Voorbeeld", b"good", b"x"])
    assert "Voorbeeld" not in caplog.text
    assert "Voorbeeld" not in repr(desk.world.rows())


async def test_who_waits_for_an_answer_is_told(desk: Desk) -> None:
    waiting = desk.answers.expect("c" * 32)
    await desk.intake.take([desk.message(b"a", desk.world.answered("c" * 32))])
    assert waiting.result().outcome == "done"


async def test_a_report_that_cannot_be_recorded_is_set_aside_and_the_others_go_on(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    def record(session: Session, report: Report, now: int) -> None:
        if isinstance(report, Happened) and report.type == "poison":
            raise KeyError("poison")
        record_report(session, report, now)

    monkeypatch.setattr(module, "record_report", record)
    first, poison = desk.world.happened("battery", percent=9), desk.world.happened("poison")
    registration = desk.world.happened("registration", sealed=b"s", registration=b"r" * 16)
    batch = [desk.message(b"1", first), desk.message(b"2", poison), desk.message(b"3", registration)]
    await desk.intake.take(batch)
    assert (desk.set_aside(), desk.world.device().battery) == (["cannot_be_recorded"], 9)
    assert desk.acked == [b"1", b"2"]
    assert desk.registrations == [registration], "a registration is not lost with its batch"


async def test_what_the_disk_refuses_is_not_acked_and_comes_again(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise OperationalError("", {}, Exception("disk full"))

    message = desk.message(b"1", desk.world.happened("battery", percent=9))
    with monkeypatch.context() as patched:
        patched.setattr(module, "record_report", full)
        patched.setattr(module, "set_aside", full)
        await desk.intake.take([message])
    assert desk.acked == []
    await desk.intake.take([message])
    assert (desk.acked, desk.world.device().battery) == ([b"1"], 9)


async def test_a_registration_is_left_to_the_kiosk_desk_which_acks_it(desk: Desk) -> None:
    registration = desk.world.happened("registration", sealed=b"s", registration=b"r" * 16)
    await desk.intake.take([desk.message(b"1", registration)])
    assert (desk.acked, desk.registrations, desk.world.rows()["heard_messages"]) == ([], [registration], [])
