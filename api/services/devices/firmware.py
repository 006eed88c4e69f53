"""Firmware of the fleet: versions and ends of support, and the roll-outs with the devices that wait or failed."""

from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec
from sqlalchemy import select, tuple_
from sqlalchemy.orm import Session

from certs.keys import key_id
from gateway.domain.errors import NotFound
from gateway.domain.firmware import STEPS, UNDER_WAY
from gateway.journey.firmware.roll_outs import change, get_roll_out, updates_of
from gateway.journey.firmware.support import stated_support, support_of, version_of
from gateway.store import Device, FirmwareImage, RollOut
from gateway.texts.marks import N_

LISTED = 20  # roll-outs and images, newest first
IMAGE_COLUMNS = ("id", "vendor", "model", "version", "sequence", "size", "digest", "published_at")
ACTS = {"stop": "stopped", "resume": "running", "abort": "aborted"}


def overview(
    session: Session, publisher: ec.EllipticCurvePublicKey | None, now: int, before: str | None = None
) -> dict[str, Any]:
    """{"versions", "images", "roll_outs"} as JSON values; times are UTC seconds. `publisher`: this gateway's.

    `before`: id of an image; those published before it are listed. Raises NotFound for an unknown one.
    """
    roll_outs = session.scalars(select(RollOut).order_by(RollOut.begun_at.desc(), RollOut.id).limit(LISTED)).all()
    return {
        "versions": _versions(session, "" if publisher is None else key_id(publisher).hex(), now),
        "images": _images(session, before),
        "roll_outs": [_roll_out(session, row) for row in roll_outs],
    }


def act_on_roll_out(session: Session, name: str, act: str, now: int) -> dict[str, Any]:
    """Stop, resume or abort (ACTS). Raises NotFound, Conflict."""
    row = get_roll_out(session, name)
    change(session, row, ACTS[act], now, "by_person" if act == "stop" else None)
    return _roll_out(session, row)


def _versions(session: Session, publisher: str, now: int) -> list[dict[str, Any]]:
    """The versions in use: who has them, until when they are supported, and how many take none of this publisher."""
    ours = select(Device).where(Device.driver == "native", Device.revoked_at.is_(None), Device.firmware.is_not(None))
    groups: dict[str, dict[str, Any]] = {}
    stated = stated_support(session)
    for device in session.scalars(ours.order_by(Device.firmware, Device.id)).all():
        ends = support_of(device, stated)
        first: dict[str, Any] = {"firmware": device.firmware, "version": version_of(device), "devices": [], "told": 0}
        group = groups.setdefault(device.firmware or "", first | {"support_ends_at": ends, "fixed": 0})
        group["fixed"] += device.publisher != publisher
        group["past_support"] = ends is not None and ends <= now
        group["told"] += ends is not None and device.support_ends_at == ends
        group["devices"].append(device.id)
    return list(groups.values())


def _images(session: Session, before: str | None) -> list[dict[str, Any]]:
    query = select(*(getattr(FirmwareImage, name) for name in IMAGE_COLUMNS))
    if before is not None:
        last = session.get(FirmwareImage, before)
        if last is None:
            raise NotFound(N_("There is no such image."))
        query = query.where(tuple_(FirmwareImage.published_at, FirmwareImage.id) < (last.published_at, last.id))
    newest_first = query.order_by(FirmwareImage.published_at.desc(), FirmwareImage.id.desc())
    return [dict(row._mapping) for row in session.execute(newest_first.limit(LISTED))]


def _roll_out(session: Session, row: RollOut) -> dict[str, Any]:
    updates = updates_of(session, row)
    counts = {state: sum(update.state == state for update in updates) for state in ("waiting", "confirmed", "failed")}
    counts["under_way"] = sum(update.state in UNDER_WAY for update in updates)
    named = [
        {"device": update.device_id, "state": update.state, "reason": update.reason}
        for update in updates
        if update.state in ("waiting", "failed")
    ]
    columns = ("id", "state", "reason", "soak_seconds", "failure_limit", "begun_at", "ended_at")
    about = {"model": row.image.model, "version": row.image.version, "percent": STEPS[row.step]}
    return {name: getattr(row, name) for name in columns} | about | {"counts": counts, "devices": named}
