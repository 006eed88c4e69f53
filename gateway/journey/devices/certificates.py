"""Device certificates: requested, stored and installed; current only once the device itself has reported them."""

from collections.abc import Mapping, Sequence
from typing import Final, cast

from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePublicKey
from sqlalchemy import delete, outerjoin, select, update
from sqlalchemy.orm import Session

from certs.authority.ca import Authority, Issued
from certs.authority.profiles import Kind, name_in_request, public_of_request
from certs.enrolment.renewal import read_request, trust_digest
from certs.errors import BadRequest
from certs.keys import compressed_point, public_from_point
from devices.reports import Answered
from gateway.domain.outcomes import LOCK_REFUSED
from gateway.outbox import lanes
from gateway.outbox.deliveries import Decision, Done, RetryAt, enqueue, is_pending
from gateway.outbox.events import record
from gateway.store import Certificate, Claim, Device, Key, ReceivedMessage

CERTIFICATE_WORK: Final = frozenset({"put_trust", "put_certificate"})
RETRY_SOON_SECONDS, RETRY_LATER_SECONDS = 5, 3600  # seconds until the next attempt after a device refused


def keep_certificate(session: Session, device: Device, issued: Issued, authority: Authority) -> Certificate:
    """Store an issued certificate, so that it can be revoked by its serial whatever becomes of it."""
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
    """Record that the device presents this certificate."""
    certificate.taken_at = now
    device.certificate_serial, device.certificate_expires_at = certificate.serial, certificate.expires_at


def set_device_key(session: Session, device: Device, public: EllipticCurvePublicKey, now: int) -> None:
    """Set the public key that verifies the device. A new key resets the device's sequence numbers and log.

    Reports under the old key no longer count, and nothing it signed is accepted any more, so that no old message passes
    for a new one. Certificates of the old key are revoked.
    """
    point = compressed_point(public)
    if device.public_key == point:
        return
    device.public_key = point
    device.reported_seq = device.state_seq = -1
    device.reported_list_epoch = device.reported_code_epoch = device.reported_once_from = 0
    device.once_from = device.once_next
    device.bolt = device.door = device.clock = "unknown"
    device.nonce = device.alarm = None
    device.chain_seq, device.chain_digest, device.chain_waits_since = 0, None, None
    device.log_alarm = device.log_alarm_at = None
    session.execute(delete(ReceivedMessage).where(ReceivedMessage.device_id == device.id))
    session.execute(update(Key).where(Key.device_id == device.id).values(reported_seq=-1))
    for certificate in living_certificates(session, device.id, now):
        if certificate.public_key != point:
            certificate.revoked_at = now


def living_certificates(session: Session, device_id: str, now: int) -> Sequence[Certificate]:
    """The device's certificates that are neither expired nor revoked."""
    query = select(Certificate).where(Certificate.device_id == device_id, Certificate.expires_at > now)
    return session.scalars(query.where(Certificate.revoked_at.is_(None))).all()


def p256_of(issued: Issued) -> EllipticCurvePublicKey:
    """The certificate's P-256 public key."""
    key = issued.certificate.public_key()
    if not isinstance(key, EllipticCurvePublicKey):
        raise TypeError("device certificates hold P-256 keys")
    return key


def answer_request(session: Session, device: Device, csr: bytes, now: int) -> None:
    """Handle a device's signed certificate request: one pending delivery, however often it requests.

    The CSR must be for the device's own name and prove possession of its current key; another key means another device,
    which needs a claim. A wrong request raises an alarm and creates no delivery.
    """
    reason = _why_not(device, csr)
    if reason is not None:
        record(session, "DeviceAlarmed", now, device_id=device.id, data={"type": "certificate_wanted", "code": reason})
    else:
        enqueue_certificate_work(session, device.id, "put_certificate", now)


def _why_not(device: Device, csr: bytes) -> str | None:
    try:
        request = read_request(csr)
        public, name = public_of_request(request), name_in_request(request)
    except BadRequest:
        return "bad_request"
    if name != device.id:
        return "wrong_device"
    return None if compressed_point(public) == device.public_key else "wrong_key"


def enqueue_certificates(session: Session, authority: Authority, now: int) -> int:
    """Create deliveries for every device that lacks current roots or a current certificate; returns how many do."""
    lacking = behind(session, authority)
    for device_id, lacks in lacking.items():
        for work in lacks:
            enqueue_certificate_work(session, device_id, work, now)
    return len(lacking)


def behind(session: Session, authority: Authority) -> dict[str, list[str]]:
    """Devices in service that have not reported the current roots, or do not present a current certificate.

    Returns device id → the work to do, in order.
    """
    trust, number = trust_digest(authority.ca_pem).hex(), authority.generations.devices.number
    presented = outerjoin(Device, Certificate, Certificate.serial == Device.certificate_serial)
    query = select(Device.id, Device.trust, Certificate.generation).select_from(presented)
    ours = query.where(Device.revoked_at.is_(None), Device.driver == "native").order_by(Device.id)
    found: dict[str, list[str]] = {}
    for device_id, reported, generation in session.execute(ours):
        lacks = [*(["put_trust"] if reported != trust else []), *(["put_certificate"] if generation != number else [])]
        if lacks:
            found[device_id] = lacks
    return found


def record_certificates(session: Session, device: Device, body: Mapping[str, object], now: int) -> None:
    """Record what a device reports of its certificates: the roots it trusts, and the certificate it presents."""
    trust, serial = body.get("trust"), body.get("certificate")
    if isinstance(trust, bytes):
        device.trust = trust.hex()
    if isinstance(serial, bytes):
        certificate = session.get(Certificate, str(int.from_bytes(serial, "big")))
        if certificate is not None and certificate.device_id == device.id:
            present_certificate(device, certificate, now)


def certificate_decision(answer: Answered, now: int) -> Decision:
    """Retry until the device has its certificates: without them it loses access. Its answer is shown to a person."""
    if answer.outcome == "done":
        return Done("done")
    code = answer.code or answer.outcome
    wait = RETRY_SOON_SECONDS if code == "clock_lost" else RETRY_LATER_SECONDS
    return RetryAt(now + wait, LOCK_REFUSED, {"code": code})


def certificate_for(session: Session, device: Device, authority: Authority, now: int) -> Certificate:
    """The certificate to install: the newest for this key, if less than half its life is over, else a new one."""
    made = select(Certificate).where(
        Certificate.device_id == device.id,
        Certificate.public_key == device.public_key,
        Certificate.generation == authority.generations.devices.number,
        Certificate.revoked_at.is_(None),
        Certificate.chain != b"",
    )
    newest = session.scalars(made.order_by(Certificate.issued_at.desc(), Certificate.expires_at.desc())).first()
    if newest is not None and now < newest.issued_at + (newest.expires_at - newest.issued_at) // 2:
        return newest
    public = public_from_point(device.public_key)
    issued = authority.issue_device(public, device.site, device.id, cast("Kind", device.kind))
    return keep_certificate(session, device, issued, authority)


def has_old_certificates(session: Session, before: int) -> bool:
    """Whether any certificate expired before this time."""
    return session.scalar(select(Certificate.serial).where(Certificate.expires_at < before).limit(1)) is not None


def forget_certificates(session: Session, before: int) -> None:
    """Delete certificates and claims that expired before this time."""
    session.execute(delete(Certificate).where(Certificate.expires_at < before))
    session.execute(delete(Claim).where(Claim.expires_at < before))


def enqueue_certificate_work(session: Session, device_id: str, work: str, now: int) -> None:
    """Create a delivery of roots or of a certificate, unless one is pending."""
    if not is_pending(session, work, device_id):
        enqueue(
            session, party=f"lock:{device_id}", lane=lanes.certificates(device_id), work=work, about=device_id, now=now
        )
