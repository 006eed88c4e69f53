"""Roll-outs: begun by a person, advanced step by step, stopped by themselves or a person, resumed or aborted."""

from collections import Counter
from collections.abc import Sequence
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from gateway.domain.errors import Conflict, NotFound
from gateway.domain.firmware import (
    AWAY_SECONDS,
    LOWEST_BATTERY,
    ROLL_OUT_STATES,
    SILENT_SECONDS,
    STEPS,
    UNDER_WAY,
    Tally,
    judge,
    ranked,
    share_size,
)
from gateway.domain.stays.stay import OCCUPYING
from gateway.journey.firmware.reports import move
from gateway.outbox import lanes
from gateway.outbox.deliveries import enqueue
from gateway.outbox.events import record
from gateway.store import Delivery, Device, FirmwareImage, FirmwareUpdate, RollOut, Stay
from gateway.texts.marks import N_

WORK: Final = "firmware"
AT_ONCE: Final = 20  # updates under way in one roll-out
NEAR_ARRIVAL: Final = 3600  # seconds around a guest's planned arrival in which a door is left alone
HELD_UP: Final = ("busy", "battery_low")  # answers of a device that can last
URGENT_WORK: Final = ("unlock", "put_key", "drop_key", "revoke")


def begin(session: Session, image: FirmwareImage, soak_seconds: int, failure_limit: int, now: int) -> RollOut:
    """Begin a roll-out of an image. Raises Conflict while another one of its model is not over."""
    open_ones = select(RollOut).join(FirmwareImage).where(RollOut.state.in_(("running", "stopped")))
    if session.scalars(open_ones.where(FirmwareImage.class_id == image.class_id)).first() is not None:
        raise Conflict(N_("A roll-out for this model is not over yet. Abort it first."))
    row = RollOut(image=image, step_at=now, soak_seconds=soak_seconds, failure_limit=failure_limit, begun_at=now)
    session.add(row)
    session.flush()
    record(session, "RollOutBegun", now, data={"roll_out": row.id, "sequence": image.sequence})
    return row


def get_roll_out(session: Session, name: str) -> RollOut:
    """The roll-out with this id. Raises NotFound."""
    found = session.get(RollOut, name)
    if found is None:
        raise NotFound(N_("There is no such roll-out."))
    return found


def change(session: Session, roll_out: RollOut, state: str, now: int, reason: str | None = None) -> None:
    """Stop, resume, abort or finish. Raises Conflict for a state that cannot follow."""
    if state not in ROLL_OUT_STATES[roll_out.state]:
        raise Conflict(N_("This is not possible in the roll-out's present state."))
    roll_out.state, roll_out.reason = state, reason
    roll_out.ended_at = now if state in ("aborted", "finished") else None
    if state == "running":  # a person has looked: what failed so far no longer counts towards the limit
        roll_out.step_at = now
        roll_out.failure_limit += sum(update.state == "failed" for update in updates_of(session, roll_out))
    data = {"roll_out": roll_out.id, "state": state, "code": reason or ""}
    record(session, "RollOutChanged", now, data=data)


def updates_of(session: Session, roll_out: RollOut) -> Sequence[FirmwareUpdate]:
    """The updates of a roll-out, by device."""
    query = select(FirmwareUpdate).where(FirmwareUpdate.roll_out_id == roll_out.id)
    return session.scalars(query.order_by(FirmwareUpdate.device_id)).all()


def devices_of(session: Session, image: FirmwareImage) -> Sequence[Device]:
    """The devices in service of an image's model that take firmware of its publisher."""
    ours = select(Device).where(Device.model == image.class_id, Device.publisher == image.publisher)
    served = ours.where(Device.driver == "native", Device.revoked_at.is_(None))
    return session.scalars(served.order_by(Device.id)).all()


def end_silent(session: Session, now: int) -> None:
    """Fail every update whose device has said nothing of it for SILENT_SECONDS, whatever state its roll-out is in.

    While it is sent to, a device may be out of reach for any time: silence counts again from its return.
    """
    under_way = select(FirmwareUpdate, Device).join(Device, Device.id == FirmwareUpdate.device_id)
    for update, device in session.execute(under_way.where(FirmwareUpdate.state.in_(UNDER_WAY))):
        away = update.state == "sending" and not device.online
        if away != (update.reason == "offline"):
            update.reason, update.since = ("offline" if away else None), now
        if not away and now - update.since > SILENT_SECONDS:
            move(session, update, "failed", now, "no_answer")


def advance(session: Session, roll_out: RollOut, now: int) -> None:
    """One round of a running roll-out: choose, begin, judge."""
    devices = {device.id: device for device in devices_of(session, roll_out.image)}
    updates = _chosen(session, roll_out, devices, now)
    tally = _tally(session, roll_out, updates, devices, now)
    verdict = judge(tally, roll_out.failure_limit, soaked=_soaked(roll_out, updates, now))
    if verdict == "stop":
        change(session, roll_out, "stopped", now, "too_many_failures")
        return
    if verdict == "go_on" and roll_out.step + 1 < len(STEPS):
        roll_out.step, roll_out.step_at = roll_out.step + 1, now
        updates = _chosen(session, roll_out, devices, now)
        tally = _tally(session, roll_out, updates, devices, now)
    if roll_out.step + 1 == len(STEPS) and all(update.state in ("confirmed", "failed") for update in updates):
        change(session, roll_out, "finished", now)
        return
    room = min(tally.size - tally.settled - tally.under_way, AT_ONCE - sum(u.state in UNDER_WAY for u in updates))
    _begin_waiting(session, updates, devices, room, now)


def _chosen(session: Session, roll_out: RollOut, devices: dict[str, Device], now: int) -> Sequence[FirmwareUpdate]:
    """The updates of the present share; for each that is held up, the next device of the order that can be updated."""
    order, size = ranked(devices, roll_out.id), share_size(len(devices), roll_out.step)
    updates = {update.device_id: update for update in updates_of(session, roll_out) if update.device_id in devices}
    for name in order[:size]:
        if name not in updates:
            updates[name] = _new_update(session, roll_out, devices[name], now)
    places = size - sum(not _is_held_up(session, updates[name], devices[name], now) for name in updates)
    for name in order[size:]:
        if places <= 0:
            break
        if name not in updates and hindrance(session, devices[name], now) is None:
            updates[name] = _new_update(session, roll_out, devices[name], now)
            places -= 1
    session.flush()
    return [updates[name] for name in sorted(updates)]


def _new_update(session: Session, roll_out: RollOut, device: Device, now: int) -> FirmwareUpdate:
    """An update that waits; one of a device that is up to date counts as confirmed."""
    up_to_date = (device.firmware_counter or 0) >= roll_out.image.sequence
    state = "confirmed" if up_to_date else "waiting"
    update = FirmwareUpdate(roll_out=roll_out, device_id=device.id, state=state, since=now)
    session.add(update)
    return update


def _is_held_up(session: Session, update: FirmwareUpdate, device: Device, now: int) -> bool:
    """Whether an update cannot go on for a time nobody knows; a device that only restarts is not held up."""
    if update.state == "waiting":
        return hindrance(session, device, now) is not None
    if update.state != "sending" or update.reason != "offline":
        return update.state == "sending" and update.reason in HELD_UP
    return now - update.since > AWAY_SECONDS


def _tally(
    session: Session, roll_out: RollOut, updates: Sequence[FirmwareUpdate], devices: dict[str, Device], now: int
) -> Tally:
    counts = Counter(
        "under_way" if update.state in UNDER_WAY else update.state
        for update in updates
        if update.state not in UNDER_WAY or not _is_held_up(session, update, devices[update.device_id], now)
    )
    size = share_size(len(devices), roll_out.step)
    return Tally(size, counts["under_way"], counts["confirmed"], counts["failed"])


def _soaked(roll_out: RollOut, updates: Sequence[FirmwareUpdate], now: int) -> bool:
    last = max([roll_out.step_at, *(update.since for update in updates if update.state == "confirmed")])
    return now >= last + roll_out.soak_seconds


def _begin_waiting(
    session: Session, updates: Sequence[FirmwareUpdate], devices: dict[str, Device], room: int, now: int
) -> None:
    for update in updates:
        if update.state != "waiting":
            continue
        update.reason = hindrance(session, devices[update.device_id], now) or ("its_turn" if room <= 0 else None)
        if update.reason is None:
            room -= 1
            move(session, update, "sending", now)
            name, lane = update.device_id, lanes.firmware(update.device_id)
            enqueue(session, party=f"lock:{name}", lane=lane, work=WORK, about=update.id, now=now)


def hindrance(session: Session, device: Device, now: int) -> str | None:
    """Why a device is left alone now: out of reach, low battery, an open door, an alarm, or a guest who needs it."""
    if not device.online:
        return "offline"
    if device.battery is not None and device.battery < LOWEST_BATTERY:
        return "battery_low"
    if device.door == "open" or device.bolt != "locked":
        return "door_in_use"
    if device.alarm is not None:
        return "alarm"
    return "guest" if _guest_needs(session, device, now) else None


def _guest_needs(session: Session, device: Device, now: int) -> bool:
    """Whether a key or unlock is on its way to the lock, or a guest who has not come yet is due about now."""
    party = f"lock:{device.id}"
    pending = select(Delivery.id).where(
        Delivery.party == party, Delivery.state == "owed", Delivery.work.in_(URGENT_WORK)
    )
    if session.scalars(pending.limit(1)).first() is not None:
        return True
    coming = select(Stay.id).where(Stay.unit_id == device.unit_id, Stay.state.in_(OCCUPYING), Stay.arrived_at.is_(None))
    near = coming.where(Stay.from_at.between(now - NEAR_ARRIVAL, now + NEAR_ARRIVAL))
    return device.unit_id is not None and session.scalars(near.limit(1)).first() is not None
