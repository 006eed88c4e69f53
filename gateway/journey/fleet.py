"""The papers of devices: certificates asked for, kept, put on devices and believed only by the devices' own word."""

from collections.abc import Sequence

from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePublicKey
from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from certs.ca import Authority, Issued
from certs.keys import compressed_point
from gateway.store import Certificate, Device, HeardMessage, Key


def keep_certificate(session: Session, device: Device, issued: Issued, authority: Authority) -> Certificate:
    """Note a certificate issued to a device: whatever becomes of it, it can be revoked by its serial."""
    row = Certificate(
        serial=str(issued.serial),
        device_id=device.id,
        public_key=compressed_point(p256_of(issued)),
        generation=authority.generations.devices.number,
        chain=issued.chain_pem,
        issued_at=authority.now(),
        expires_at=issued.expires,
    )
    session.add(row)
    return row


def present_certificate(device: Device, certificate: Certificate, now: int) -> None:
    """The device presents this one from now on."""
    certificate.taken_at = now
    device.certificate_serial, device.certificate_expires_at = certificate.serial, certificate.expires_at


def take_key(session: Session, device: Device, public: EllipticCurvePublicKey, now: int) -> None:
    """The key a device speaks with from now on. With another one than before it begins anew.

    Its numbers start again, so what was heard under the old key no longer counts; nothing that the old key signed is
    heard any more, so no old message passes for a new one. Certificates of the old key are revoked.
    """
    point = compressed_point(public)
    if device.public_key == point:
        return
    device.public_key = point
    device.told_seq = device.state_seq = -1
    device.told_epoch = device.told_codes = 0
    device.bolt = device.door = device.clock = "unknown"
    device.nonce = device.alarm = None
    session.execute(delete(HeardMessage).where(HeardMessage.device_id == device.id))
    session.execute(update(Key).where(Key.device_id == device.id).values(told_seq=-1))
    for certificate in living_certificates(session, device.id, now):
        if certificate.public_key != point:
            certificate.revoked_at = now


def living_certificates(session: Session, device_id: str, now: int) -> Sequence[Certificate]:
    """Every certificate of a device that a broker would still believe."""
    query = select(Certificate).where(Certificate.device_id == device_id, Certificate.expires_at > now)
    return session.scalars(query.where(Certificate.revoked_at.is_(None))).all()


def p256_of(issued: Issued) -> EllipticCurvePublicKey:
    """The key a certificate was issued to."""
    key = issued.certificate.public_key()
    if not isinstance(key, EllipticCurvePublicKey):
        raise TypeError("device certificates hold P-256 keys")
    return key
