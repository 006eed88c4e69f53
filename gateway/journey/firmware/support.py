"""Ends of support: stated by model and line of versions; each device is told, and says what it was told."""

from collections.abc import Mapping

from sqlalchemy import select
from sqlalchemy.orm import Session

from gateway.domain.firmware import supported_until
from gateway.outbox import lanes
from gateway.outbox.deliveries import enqueue, is_pending
from gateway.store import Device, FirmwareSupport

WORK = "put_support"
Lines = Mapping[str, Mapping[str, int]]  # model → beginning of versions → end of support in UTC seconds


def set_support(session: Session, class_id: str, line: str, ends_at: int) -> None:
    """State the end of support of a model's line of versions."""
    row = session.get(FirmwareSupport, (class_id, line)) or FirmwareSupport(class_id=class_id, line=line)
    row.ends_at = ends_at
    session.add(row)


def version_of(device: Device) -> str:
    """The version a device reports: the last word of its firmware's name."""
    return (device.firmware or "").rpartition(" ")[2]


def stated_support(session: Session) -> Lines:
    """Every end of support that was stated, in one statement."""
    found: dict[str, dict[str, int]] = {}
    for row in session.scalars(select(FirmwareSupport)):
        found.setdefault(row.class_id, {})[row.line] = row.ends_at
    return found


def support_of(device: Device, stated: Lines) -> int | None:
    """End of support of a device in UTC seconds; None where nobody stated it."""
    return supported_until(version_of(device), stated.get(device.model or "", {}))


def tell_support(session: Session, now: int) -> None:
    """Queue a message to every device that says another end of support than was stated."""
    stated = stated_support(session)
    served = select(Device).where(Device.model.in_(stated), Device.driver == "native", Device.revoked_at.is_(None))
    for device in session.scalars(served).all():
        ends = support_of(device, stated)
        if ends is not None and ends != device.support_ends_at and not is_pending(session, WORK, device.id):
            lane = lanes.firmware(device.id)
            enqueue(session, party=f"lock:{device.id}", lane=lane, work=WORK, about=device.id, now=now)


def unsupported(session: Session, now: int) -> list[str]:
    """Devices in service whose support is over, by id."""
    stated = stated_support(session)
    known = select(Device).where(Device.model.in_(stated), Device.revoked_at.is_(None)).order_by(Device.id)
    ends = {device.id: support_of(device, stated) for device in session.scalars(known)}
    return [name for name, end in ends.items() if end is not None and end <= now]
