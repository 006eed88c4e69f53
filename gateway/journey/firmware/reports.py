"""What devices report about their firmware: answers to its commands, events of an update, and the state message."""

from collections.abc import Mapping
from typing import Any, Final

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from devices.reports import Answered
from devices.wire.messages import State
from gateway.domain.events import EventType
from gateway.domain.firmware import UNDER_WAY, UPDATE_STATES
from gateway.domain.outcomes import LOCK_REFUSED
from gateway.outbox.deliveries import Decision, Done, Refused, enqueue
from gateway.outbox.events import record
from gateway.store import Command, Delivery, Device, FirmwareImage, FirmwareUpdate, RollOut

FIRMWARE_WORK: Final = frozenset({"put_manifest", "put_chunk", "install"})
BEGIN_ANEW: Final = ("wrong_image", "interrupted")
ASK_LATER: Final = {"busy": 30, "battery_low": 600} | dict.fromkeys(
    ("clock_lost", "expired", "not_yet", *BEGIN_ANEW), 5
)
# event of the device -> state of its update
FOLLOWS: Final[Mapping[str, str]] = {
    "installing": "installing",
    "trial": "trial",
    "confirmed": "confirmed",
    "rolled_back": "failed",
    "refused": "failed",
}


def move(session: Session, update: FirmwareUpdate, state: str, now: int, reason: str | None = None) -> None:
    """Change the state of an update if the table allows it; a settled one is left as it is."""
    if state not in UPDATE_STATES[update.state]:
        return
    update.state, update.since, update.reason = state, now, reason
    if state in ("confirmed", "failed"):
        data = {"sequence": update.roll_out.image.sequence, "code": reason or ""}
        type_: EventType = "FirmwareConfirmed" if state == "confirmed" else "FirmwareFailed"
        record(session, type_, now, device_id=update.device_id, data=data)


def record_firmware_answer(session: Session, command_id: str, answer: Answered, now: int) -> Decision:
    """Settle the delivery of one of FIRMWARE_WORK by a device's answer; the next command is a delivery of its own.

    The relay writes the end of an attempt on its own time, often after the answer to it: only a delivery that is done
    cannot be put off by that.
    """
    delivery = session.scalars(select(Delivery).where(Delivery.command_id == command_id)).first()
    update = session.get(FirmwareUpdate, delivery.about) if delivery is not None else None
    if delivery is None or update is None or update.state not in UNDER_WAY:
        return Done("no_longer_wanted")
    if answer.outcome == "done":
        _go_on(session, delivery, update, answer.body, now)
        return Done("done")
    code = answer.code or answer.outcome
    if code not in ASK_LATER:
        move(session, update, "failed", now, code)
        return Refused(LOCK_REFUSED, {"code": code})
    if code in BEGIN_ANEW:
        update.held = None
    else:
        update.reason, update.since = code, now
    _ask_next(session, delivery, now, now + ASK_LATER[code])
    return Done("done")


def _go_on(session: Session, delivery: Delivery, update: FirmwareUpdate, body: Mapping[str, object], now: int) -> None:
    held = body.get("held")
    if type(held) is not int:  # the answer to `install`, which holds nothing
        move(session, update, "installing", now)
        return
    update.reason = None
    update.held, update.since = min(held, update.roll_out.image.size), now
    _ask_next(session, delivery, now, now)


def _ask_next(session: Session, answered: Delivery, now: int, due_at: int) -> None:
    """Queue the next command in place of the answered one: an image takes thousands, and one row is kept."""
    party, lane, work, about = answered.party, answered.lane, answered.work, answered.about
    session.execute(delete(Command).where(Command.id == answered.command_id))
    session.delete(answered)
    enqueue(session, party=party, lane=lane, work=work, about=about, now=now, due_at=due_at)


def record_firmware_event(session: Session, device: Device, body: Mapping[str, object], now: int) -> None:
    """An update has come to another state on the device itself."""
    update = _open_update(session, device, FirmwareImage.sequence == body.get("sequence"))
    state, code = FOLLOWS.get(str(body.get("state"))), body.get("code")
    if update is not None and state is not None:
        move(session, update, state, now, str(code) if code else None)


def record_firmware_state(session: Session, device: Device, state: State, now: int) -> None:
    """Version, model, counter and end of support, as the device says them."""
    device.firmware = state.firmware or None
    device.model = state.model.hex() if state.model else None
    device.firmware_counter, device.support_ends_at = state.counter, state.support
    device.publisher = state.publisher.hex() if state.publisher else None
    if state.counter is None:
        return
    update = _open_update(session, device, FirmwareImage.sequence <= state.counter)
    if update is not None:
        move(session, update, "confirmed", now)


def _open_update(session: Session, device: Device, which: Any) -> FirmwareUpdate | None:
    query = select(FirmwareUpdate).join(RollOut, RollOut.id == FirmwareUpdate.roll_out_id).join(FirmwareImage)
    mine = query.where(FirmwareUpdate.device_id == device.id, FirmwareUpdate.state.not_in(("confirmed", "failed")))
    return session.scalars(mine.where(which).order_by(RollOut.begun_at.desc())).first()
