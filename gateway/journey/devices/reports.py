"""Records device reports. A lock's own reports are the only thing that changes the state shown of it."""

from collections.abc import Mapping, Sequence
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from devices.driver import Ability
from devices.reports import Answered, Happened, Reachable, Report, StateReported
from gateway.domain.outcomes import LOCK_REFUSED
from gateway.domain.stays.stay import follow
from gateway.journey.devices.certificates import (
    CERTIFICATE_WORK,
    answer_request,
    certificate_decision,
    record_certificates,
)
from gateway.journey.devices.clock import enqueue_set_time, record_clock, record_drift
from gateway.journey.devices.report_batch import OpenCommand, ReportBatch
from gateway.journey.firmware.reports import (
    FIRMWARE_WORK,
    record_firmware_answer,
    record_firmware_event,
    record_firmware_state,
)
from gateway.journey.keys.issue import UNKNOWN, enqueue_revocation_list, revoke_key, want_off_lock, want_on_lock
from gateway.journey.keys.lock_abilities import can
from gateway.journey.keys.one_time_codes import invalidate_once, record_once_used
from gateway.journey.keys.passcodes import adopt_epochs, stay_of_code
from gateway.journey.keys.pin_slots import SLOT_WORK, record_slot_state, stay_of_slot
from gateway.outbox import lanes
from gateway.outbox.deliveries import Decision, Done, Refused, RetryAt
from gateway.outbox.events import record
from gateway.store import Delivery, Device, Key, Person, Stay

ALARMS = {"jammed": "jammed", "clock_lost": "clock_lost", "tampered": "tampered", "refused": "command_refused"}
GONE: Final = "key_revoked"  # the lock had it on a list of this gateway, and never takes it again
# Refusals that are final (devices.wire.catalog.REFUSALS); the delivery is shown to a person.
LASTING: Final = ("unknown_type", "bad_credential", "wrong_lock", "no_space", "malformed", "refused", GONE)
RETRY_SECONDS = 5
HIGHEST_EPOCH = 2**31 - 2  # the widest the column holds; a device's word is not trusted beyond


def record_report(session: Session, report: Report, now: int, keys: Mapping[str, bytes] | None) -> None:
    """Steps 5 and 7: record one report, once, however often it is delivered."""
    record_reports(session, [report], now, keys)


def record_reports(session: Session, reports: Sequence[Report], now: int, keys: Mapping[str, bytes] | None) -> set[str]:
    """Record a batch of reports in order.

    `keys`: the public key with which each device's reports were verified. Reports of a device enrolled with another key
    since then are skipped, because its sequence numbers restarted; the ids of those devices are returned.
    """
    batch, enrolled_anew = ReportBatch(session, reports, now), set()
    for report in reports:
        device = batch.device(report.device)
        if device is not None and keys is not None and keys.get(device.id) != device.public_key:
            enrolled_anew.add(device.id)
        elif device is not None:
            _record(batch, device, report)
    batch.write()
    batch.chains.judge()
    return enrolled_anew


def _record(batch: ReportBatch, device: Device, report: Report) -> None:
    match report:
        case Reachable():
            _record_reachable(batch, device, report.online)
        case StateReported():
            _record_state(batch, device, report)
        case Answered() if batch.first_time(device, report):
            _record_answer(batch, device, report)
        case Happened() if batch.first_time(device, report):
            _record_happening(batch.session, device, report, batch.now)


def _record_reachable(batch: ReportBatch, device: Device, online: bool) -> None:
    device.online = online
    if online:
        batch.retry_now(lanes.of_device(device.id))


def _record_state(batch: ReportBatch, device: Device, reported: StateReported) -> None:
    session, state, now = batch.session, reported.state, batch.now
    device.last_seen_at = now
    if state.seq <= device.state_seq:
        return
    device.state_seq = state.seq
    if can(device, Ability.SET_TIME):
        enqueue_set_time(session, device, state.nonce, state.clock, now)
    if state.seq > device.reported_seq:
        device.reported_seq, device.bolt = state.seq, state.bolt
    device.online = True
    if can(device, Ability.SIGNED_KEYS) or state.door != "unknown":  # other makers' locks report the door separately
        _record_door(device, state.door, now)
    if can(device, Ability.SIGNED_KEYS) or state.battery is not None:
        device.battery = state.battery
    record_clock(device, state.clock)
    if can(device, Ability.FIRMWARE):
        record_firmware_state(session, device, state, now)
    if device.kind == "lock" and can(device, Ability.SIGNED_KEYS):
        _compare_list(session, device, state.epoch, now)
        _compare_keys(session, device, {name.hex() for name in state.keys}, state.seq, now)
    batch.retry_now(lanes.of_device(device.id))


def _record_door(device: Device, door: str, now: int) -> None:
    """Record the door's state; `door_since` is when the gateway first received it, unchanged by repeats."""
    if door != device.door:
        device.door, device.door_since = door, now


def _compare_list(session: Session, device: Device, epoch: int, now: int) -> None:
    """Send the revocation list to a lock with an older one (new, or reset); a reset lock has no passcodes either."""
    if device.list_epoch < epoch <= HIGHEST_EPOCH:  # the gateway was restored from a backup of before that list
        device.list_epoch = epoch + 1  # not equal: the lock is to have this gateway's list as well
    if epoch < device.list_epoch:
        device.reported_list_epoch = epoch
        if epoch == 0 and device.reported_code_epoch > 0:  # it was reset, and no longer knows which codes were used
            device.reported_code_epoch = device.reported_once_from = 0
            invalidate_once(session, device)
        enqueue_revocation_list(session, device, now)


def _compare_keys(session: Session, device: Device, present: set[str], seq: int, now: int) -> None:
    """Compare the keys a lock reports with those expected on it; the lock's report decides."""
    keys = session.scalars(select(Key).where(Key.device_id == device.id, Key.expires_at > now)).all()
    for key in keys:
        if key.id in present or key.observed == "present":
            _record_key_state(session, key, seq, key.id in present, now)
    _revoke_unknown(session, device, present - {key.id for key in keys}, now)


def _revoke_unknown(session: Session, device: Device, names: set[str], now: int) -> None:
    """Revoke keys on a lock that no row knows: issued after the backup that was restored, or never by this gateway."""
    known = set(session.scalars(select(Key.id).where(Key.id.in_(names)))) if names else set()
    pending = select(Delivery.body).where(
        Delivery.work == "revoke", Delivery.about == device.id, Delivery.state == "owed", Delivery.body.is_not(None)
    )
    if not names - known:
        return
    queued = {name for body in session.scalars(pending) for name in (body or {}).get(UNKNOWN, ())}
    if unknown := names - known - queued:
        enqueue_revocation_list(session, device, now, unknown)
        record(session, "UnknownKeysFound", now, device_id=device.id, data={"keys": sorted(unknown)})


def _record_answer(batch: ReportBatch, device: Device, answer: Answered) -> None:
    if answer.body.get("clock") == "set" and answer.seq > device.state_seq:
        record_clock(device, "set")
        batch.retry_now([lanes.keys(device.id), lanes.certificates(device.id)])
    if answer.outcome == "done" and "drift" in answer.body:
        record_drift(batch.session, device, whole_of(answer.body["drift"]), batch.now)
    command = batch.command(device, answer)
    if command is None:
        return
    if device.online is None:
        device.online = True  # it heard a command
    if command.type in FIRMWARE_WORK:
        batch.settle(command.id, record_firmware_answer(batch.session, command.id, answer, batch.now))
    else:
        batch.settle(command.id, _decision(command, answer, batch.now))
    if answer.outcome == "done":
        _record_done(batch, device, command, answer)
    elif command.type == "put_key" and answer.code == GONE and command.key_id:
        _record_gone(batch, command.key_id, answer)
    elif command.type == "unlock":
        data = {"command": command.id, "code": answer.code}
        record(batch.session, "UnlockRefused", batch.now, device_id=device.id, data=data)


def _record_done(batch: ReportBatch, device: Device, command: OpenCommand, answer: Answered) -> None:
    """Record a successful answer and what it says about keys. New deliveries come after earlier results are written."""
    record_certificates(batch.session, device, answer.body, batch.now)
    match command.type:
        case "put_key" | "drop_key" if command.key_id:
            key = batch.session.get_one(Key, command.key_id)
            _record_key_state(batch.session, key, answer.seq, command.type == "put_key", batch.now)
        case "revoke":
            _record_list_state(batch, device, answer)
        case "put_slot" | "drop_slot":
            record_slot_state(batch.session, command.id, batch.now)
        case "unlock" if command.key_id:
            key = batch.session.get_one(Key, command.key_id)
            if key.form == "gateway":  # its lock reports no key with the unlock
                _arrive(batch.session, key.stay, device, batch.now)
        case "read_back" if device.kind == "lock" and "keys" in answer.body:
            batch.write()
            _record_epochs(batch, device, answer)
            _compare_keys(batch.session, device, _named(answer), answer.seq, batch.now)


def _record_gone(batch: ReportBatch, key_id: str, answer: Answered) -> None:
    """A key that was revoked after the backup that was restored: revoked here too, as its lock refuses it for good."""
    batch.write()
    key = revoke_key(batch.session, batch.session.get_one(Key, key_id), batch.now)
    _record_key_state(batch.session, key, answer.seq, present=False, now=batch.now)


def _record_list_state(batch: ReportBatch, device: Device, answer: Answered) -> None:
    """The lock has installed a revocation list: record its epochs, and which keys are gone."""
    present = _named(answer)
    for key in batch.revoking(device):
        if key.id not in present:
            _record_key_state(batch.session, key, answer.seq, present=False, now=batch.now)
            batch.settle_drop(key)
    _record_epochs(batch, device, answer)


def _record_epochs(batch: ReportBatch, device: Device, answer: Answered) -> None:
    """Record the lock's epochs; send the list again if it is behind by now."""
    device.reported_list_epoch = max(device.reported_list_epoch, whole_of(answer.body.get("epoch")))
    device.reported_code_epoch = max(device.reported_code_epoch, whole_of(answer.body.get("codes")))
    device.reported_once_from = max(device.reported_once_from, whole_of(answer.body.get("once")))
    if max(device.reported_code_epoch, device.reported_once_from) <= HIGHEST_EPOCH:
        adopt_epochs(batch.session, device, device.reported_code_epoch, device.reported_once_from)
    behind = device.reported_code_epoch < device.code_epoch or device.reported_list_epoch < device.list_epoch
    if behind or ("once" in answer.body and device.reported_once_from < device.once_from):
        batch.write()
        enqueue_revocation_list(batch.session, device, batch.now)


def _named(answer: Answered) -> set[str]:
    """The ids of the keys a lock reports it holds."""
    held = answer.body.get("keys")
    return {bytes_of(name).hex() for name in held} if isinstance(held, list) else set()


def _decision(command: OpenCommand, answer: Answered, now: int) -> Decision:
    """The decision on the delivery. A temporary refusal (clock not set, for example) is retried with a new command."""
    code = answer.code or answer.outcome
    if command.type in CERTIFICATE_WORK:
        return certificate_decision(answer, now)
    if answer.outcome == "done":
        return Done("done")
    if command.type in ("put_key", "drop_key", "revoke", "read_back", *SLOT_WORK) and code not in LASTING:
        return RetryAt(now + RETRY_SECONDS, LOCK_REFUSED, {"code": code})
    return Refused(LOCK_REFUSED, {"code": code})


def _record_happening(session: Session, device: Device, happened: Happened, now: int) -> None:
    body = happened.body
    match happened.type:
        case "unlocked":
            _door_unlocked(session, device, happened, now)
        case "locked":
            _record_bolt(device, happened.seq, bolt="locked", alarm=None)
        case "key_put" | "key_dropped":
            _record_key_moved(session, device, happened, now)
        case "battery" if happened.seq > device.state_seq:
            device.battery = int(str(body.get("percent", device.battery or 0)))
        case "door" if happened.seq > device.state_seq:
            _record_door(device, "open" if body.get("open") else "closed", now)
        case "firmware":
            record_firmware_event(session, device, body, now)
        case "certificate_wanted":
            answer_request(session, device, bytes_of(body.get("csr")), now)
        case kind if kind in ALARMS:
            _record_bolt(device, happened.seq, bolt="jammed" if kind == "jammed" else device.bolt, alarm=ALARMS[kind])
            data = {"type": kind, "code": str(body.get("code", ""))}
            record(session, "DeviceAlarmed", now, device_id=device.id, data=data)


def _record_key_moved(session: Session, device: Device, happened: Happened, now: int) -> None:
    """A key was put on a lock or dropped from it. One that no row has was issued after the backup that was restored.

    Its command may reach the lock after the state that it said when it connected, and states are an hour apart.
    """
    name, put = bytes_of(happened.body.get("key")).hex(), happened.type == "key_put"
    key = session.get(Key, name)
    if key is not None and key.device_id == device.id:
        _record_key_state(session, key, happened.seq, put, now)
    elif key is None and name and put:
        _revoke_unknown(session, device, {name}, now)


def whole_of(value: object) -> int:
    """The value if it is an int, else 0: a device's body is not trusted."""
    return value if type(value) is int else 0


def bytes_of(value: object) -> bytes:
    """The value if it is bytes, else b"": a device's body is not trusted."""
    return value if isinstance(value, bytes) else b""


def _door_unlocked(session: Session, device: Device, happened: Happened, now: int) -> None:
    """Step 7: the door was unlocked. The first unlock with a key or code of the stay is the arrival."""
    _record_bolt(device, happened.seq, bolt="unlocked", alarm=None)
    means = str(happened.body.get("means", "unknown"))
    key = session.get(Key, bytes_of(happened.body.get("key")).hex())
    stay = key.stay if key is not None and key.device_id == device.id else None
    if stay is None and isinstance(slot := happened.body.get("slot"), int):
        stay = stay_of_slot(session, device.id, slot)
    if stay is None and means == "passcode":
        stay = _stay_at_the_keypad(session, device, happened, now)
    record(session, "DoorUnlocked", now, stay=stay, device_id=device.id, data={"means": means})
    if key is not None and stay is key.stay:
        _record_who_came(session, key, now)
    if stay is not None and "once" not in happened.body:  # a one-time code is as likely a visitor's as the tenant's
        _arrive(session, stay, device, now)


def _record_who_came(session: Session, key: Key, now: int) -> None:
    """The key's holder is here, with the children who were to come with them, whatever was planned."""
    holder = session.get_one(Person, key.person_id)
    holder.came_at = holder.came_at or now
    planned = holder.arrived_at or 0
    for person in key.stay.people if planned > now else ():
        if holder.id in (person.id, person.head_id) and person.arrived_at == planned:
            person.arrived_at = now


def _stay_at_the_keypad(session: Session, device: Device, happened: Happened, now: int) -> Stay | None:
    """The stay whose code was typed; a one-time code is marked as used."""
    if "once" in happened.body:
        return record_once_used(session, device, happened.body["once"], happened.at, now)
    return stay_of_code(session, device.id, happened.body.get("window"), happened.at)


def _arrive(session: Session, stay: Stay, device: Device, now: int) -> None:
    """Record the arrival: the first unlock of a stay."""
    if stay.arrived_at is None and stay.state == "offered":
        stay.arrived_at, stay.state = now, follow(stay.state, "active")
        record(session, "Arrived", now, stay=stay, device_id=device.id)


def _record_bolt(device: Device, seq: int, *, bolt: str, alarm: str | None) -> None:
    """Record the bolt's state, ordered by the device's sequence number: older messages never overwrite newer ones."""
    if seq > device.reported_seq:
        device.reported_seq, device.bolt, device.alarm = seq, bolt, alarm


def _record_key_state(session: Session, key: Key, seq: int, present: bool, now: int) -> None:
    """Record a lock's report on one key, unless it is older than the last; queue a command if it is not as desired."""
    if seq <= key.reported_seq:
        return
    key.reported_seq = seq
    if present and key.observed != "present":
        key.observed, key.on_lock_at = "present", now
        record(session, "KeyOnLock", now, stay=key.stay, device_id=key.device_id, data={"key": key.id})
    if present and key.desired == "absent":
        key.revoked_at = None
        want_off_lock(session, key, now)
    if not present:
        key.observed = "absent"
    if not present and key.desired == "present" and now < key.expires_at:
        want_on_lock(session, key, now)
    if not present and key.desired == "absent" and key.revoked_at is None:
        key.revoked_at = now
        record(session, "KeyRevoked", now, stay=key.stay, device_id=key.device_id, data={"key": key.id})
