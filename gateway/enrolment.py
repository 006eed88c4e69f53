"""Taking devices into service and out of it: the certificate, the folder it is delivered in, the row that knows it."""

from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePublicKey
from sqlalchemy import select
from sqlalchemy.orm import Session

from certs.ca import Authority, Issued
from certs.device_folder import write_device_folder
from certs.keys import compressed_point
from certs.profiles import Kind
from gateway.domain.errors import Conflict, NotFound
from gateway.journey.keys import revoke_key
from gateway.revocation import RevokedDevice
from gateway.store import Device, Key, Unit


def enrol_device(
    session: Session,
    authority: Authority,
    folder: Path,
    *,
    site: str,
    device: str,
    kind: Kind,
    unit: Unit | None,
    host: str,
    port: int,
    label: str = "",
) -> Device:
    """A new device with its folder of key and certificate, or a fresh certificate for one already in service."""
    known = session.get(Device, device)
    if known is not None and (known.revoked_at is not None or known.kind != kind):
        raise Conflict("This device id was used before. Please choose another one.")
    issued = write_device_folder(folder, authority, site, device, kind, host=host, port=port)
    row = known or Device(id=device, site=site, kind=kind, unit=unit, label=label or device)
    row.public_key = compressed_point(_p256(issued))
    row.certificate_serial, row.certificate_expires_at = str(issued.serial), issued.expires
    session.add(row)
    return row


def revoke_device(session: Session, device_id: str, now: int) -> Device:
    """Out of service: its certificate is revoked, and every key on it is no longer usable online."""
    device = session.get(Device, device_id)
    if device is None:
        raise NotFound("There is no such device.")
    if device.revoked_at is None:
        device.revoked_at = now
        for key in session.scalars(select(Key).where(Key.device_id == device.id, Key.desired == "present")).all():
            revoke_key(session, key, now)
    return device


def revoked_devices(session: Session) -> list[RevokedDevice]:
    """Who is to be kept off the broker."""
    query = select(Device.site, Device.id, Device.certificate_serial).where(Device.revoked_at.is_not(None))
    return [RevokedDevice(site, device, int(serial)) for site, device, serial in session.execute(query).all()]


def _p256(issued: Issued) -> EllipticCurvePublicKey:
    key = issued.certificate.public_key()
    if not isinstance(key, EllipticCurvePublicKey):
        raise TypeError("device certificates hold P-256 keys")
    return key
