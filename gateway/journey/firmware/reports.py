"""What devices report about their firmware: answers to its commands, events of an update, and the state message."""

from collections.abc import Mapping
from typing import Any, Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from devices.reports import Answered
from devices.wire.messages import State
from gateway.domain.events import EventType
from gateway.domain.firmware import UNDER_WAY, UPDATE_STATES
from gateway.domain.outcomes import LOCK_REFUSED
from gateway.outbox.deliveries import Decision, Done, Refused, RetryAt
from gateway.outbox.events import record
from gateway.store import Delivery, Device, FirmwareImage, FirmwareUpdate, RollOut

FIRMWARE_WORK: Final = frozenset({"put_manifest", "put_chunk", "install"})
ASK_LATER: Final = {"busy": 30, "battery_low": 600, "clock_lost": 5, "expired": 5, "not_yet": 5}  # code -> seconds
BEGIN_ANEW: Final = ("wrong_image", "interrupted")
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
    """What the delivery does next, by a device's answer to one of FIRMWARE_WORK."""
    about = session.scalar(select(Delivery.about).where(Delivery.command_id == command_id))
    update = session.get(FirmwareUpdate, about) if about else None
    if update is None or update.state not in UNDER_WAY:
        return Done("no_longer_wanted")
    if answer.outcome == "done":
        return _go_on(session, update, answer.body, now)
    code = answer.code or answer.outcome
    if code in BEGIN_ANEW:
        update.held = None
        return RetryAt(now + ASK_LATER["clock_lost"], LOCK_REFUSED, {"code": code})
    if code in ASK_LATER:
        update.reason = code
        return RetryAt(now + ASK_LATER[code], LOCK_REFUSED, {"code": code})
    move(session, update, "failed", now, code)
    return Refused(LOCK_REFUSED, {"code": code})


def _go_on(session: Session, update: FirmwareUpdate, body: Mapping[str, object], now: int) -> Decision:
    held = body.get("held")
    if type(held) is not int:  # the answer to `install`, which holds nothing
        move(session, update, "installing", now)
        return Done("done")
    update.reason = None
    update.held, update.since = min(held, update.roll_out.image.size), now
    return RetryAt(now, "sent")


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
    if state.counter is None:
        return
    update = _open_update(session, device, FirmwareImage.sequence <= state.counter)
    if update is not None:
        move(session, update, "confirmed", now)


def _open_update(session: Session, device: Device, which: Any) -> FirmwareUpdate | None:
    query = select(FirmwareUpdate).join(RollOut, RollOut.id == FirmwareUpdate.roll_out_id).join(FirmwareImage)
    mine = query.where(FirmwareUpdate.device_id == device.id, FirmwareUpdate.state.not_in(("confirmed", "failed")))
    return session.scalars(mine.where(which).order_by(RollOut.begun_at.desc())).first()
