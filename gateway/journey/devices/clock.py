"""Device clocks: set by the gateway alone, once per nonce. Drift found then is recorded."""

from sqlalchemy.orm import Session

from gateway.domain.alerts import is_drift
from gateway.outbox import lanes
from gateway.outbox.deliveries import enqueue, is_pending
from gateway.outbox.events import record
from gateway.store import Device


def record_clock(device: Device, clock: str) -> None:
    """Record the clock's state, "set" or "lost"; "set" ends the alarm of a lost clock."""
    device.clock = clock
    if clock == "set" and device.alarm == "clock_lost":
        device.alarm = None


def enqueue_set_time(session: Session, device: Device, nonce: bytes, clock: str, now: int) -> None:
    """Send the time for each new nonce, and again if the clock was not set with the last one."""
    if nonce == device.nonce and (clock == "set" or is_pending(session, "set_time", device.id)):
        return
    device.nonce = nonce
    lane, party = lanes.clock(device.id), f"lock:{device.id}"
    enqueue(session, party=party, lane=lane, work="set_time", about=device.id, now=now)


def record_drift(session: Session, device: Device, seconds: int, now: int) -> None:
    """Record by how many seconds the clock was off when it was set, negative if fast; less than a minute is ignored."""
    if is_drift(seconds):
        device.clock_drift, device.clock_drift_at = seconds, now
        data = {"type": "clock_off", "code": "", "seconds": seconds}
        record(session, "DeviceAlarmed", now, device_id=device.id, data=data)
