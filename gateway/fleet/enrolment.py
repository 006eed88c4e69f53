"""Take devices into service and out of it: the claim, the certificate and the device's row."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from sqlalchemy import inspect, select, union, update
from sqlalchemy.orm import Session

from certs.authority.ca import CLAIM_DAYS, Authority, Issued
from certs.authority.profiles import Kind, public_of_request
from certs.enrolment.claim import Enrolment, read_enrolment
from certs.enrolment.claim_file import ClaimFile
from certs.enrolment.device_folder import write_device_folder
from certs.enrolment.renewal import trust_digest
from certs.errors import BadRequest, BadSignature
from certs.keys import compressed_point
from gateway.broker.revocation import RevokedDevice
from gateway.domain.errors import Conflict, EnrolmentRefused, InputRefused, NotFound
from gateway.journey.devices.certificates import (
    enqueue_certificate_work,
    keep_certificate,
    living_certificates,
    p256_of,
    present_certificate,
    set_device_key,
)
from gateway.journey.keys.issue import revoke_key
from gateway.journey.keys.pin_slots import empty_slots
from gateway.store import Certificate, Claim, Device, Key, Unit
from gateway.store.database import Database
from gateway.texts.marks import N_

RECENT: Final = 300  # seconds; the clocks of processes that share a database differ by less
CLAIM_REFUSED = N_("The enrolment token is not valid, so the device cannot be added. Ask for a new one.")


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
    """Create a device with its folder of key and certificate, or renew one in service. Raises Conflict."""
    known = session.get(Device, device)
    if known is not None and (known.revoked_at is not None or (known.kind, known.driver) != (kind, "native")):
        raise Conflict(N_("This device id has already been used. Choose another one."))
    issued = write_device_folder(folder, authority, site, device, kind, host=host, port=port)
    row = known or Device(id=device, site=site, kind=kind, unit=unit, label=label or device)
    _certify(session, authority, row, issued)
    row.trust = trust_digest(authority.ca_pem).hex()  # the device folder just written holds it
    return row


def make_claim(
    session: Session,
    authority: Authority,
    *,
    site: str,
    device: str,
    kind: Kind,
    unit: Unit | None,
    url: str,
    host: str,
    port: int,
    days: int = CLAIM_DAYS,
) -> ClaimFile:
    """Issue the claim file for one device's installer; an unused earlier claim is withdrawn. Raises Conflict."""
    known = session.get(Device, device)
    if known is not None and (
        known.revoked_at is not None or (known.kind, known.site, known.driver) != (kind, site, "native")
    ):
        raise Conflict(N_("This device id has already been used. Choose another one."))
    try:
        made = ClaimFile.issue(authority, site, device, kind, url=url, host=host, port=port, days=days)
    except BadRequest as error:
        raise InputRefused(
            N_("No enrolment token can be issued for this device: {detail}."), {"detail": error}
        ) from None
    open_claims = update(Claim).where(Claim.device_id == device, Claim.used_at.is_(None), Claim.withdrawn_at.is_(None))
    session.execute(open_claims.values(withdrawn_at=authority.now()))
    row = Claim(
        serial=str(made.claim.serial_number),
        device_id=device,
        site=site,
        kind=kind,
        unit_id=unit.id if unit else None,
        label=device,
        created_at=authority.now(),
        expires_at=made.expires,
    )
    session.add(row)
    return made


def take_in(session: Session, authority: Authority, raw: bytes, now: int) -> Issued:
    """Issue the certificate for a device that enrols itself with a claim. Raises EnrolmentRefused.

    The refusal has one text for every reason. A device in service gets a new certificate; a new key resets its state.
    """
    try:
        enrolment = read_enrolment(raw, authority)
    except (BadRequest, BadSignature):
        raise EnrolmentRefused(CLAIM_REFUSED) from None
    claim = _use_claim(session, enrolment, now)
    row = session.get(Device, enrolment.device) or Device(
        id=claim.device_id, site=claim.site, kind=claim.kind, unit_id=claim.unit_id, label=claim.label
    )
    public = compressed_point(public_of_request(enrolment.request))
    taken = select(Certificate.serial).where(Certificate.public_key == public, Certificate.device_id != row.id)
    strange = (row.site, row.kind) != (enrolment.site, enrolment.kind) or row.driver not in (None, "native")
    if row.revoked_at is not None or strange or session.scalar(taken.limit(1)) is not None:
        raise EnrolmentRefused(CLAIM_REFUSED)
    issued = authority.issue_device(enrolment.request, enrolment.site, enrolment.device, enrolment.kind)
    row.trust = None  # unknown until the device reports it
    _certify(session, authority, row, issued)
    enqueue_certificate_work(session, row.id, "put_trust", now)
    return issued


def _use_claim(session: Session, enrolment: Enrolment, now: int) -> Claim:
    """Use up the claim. One UPDATE, so that of two concurrent enrolments one is refused. Raises EnrolmentRefused."""
    open_claim = update(Claim).where(
        Claim.serial == str(enrolment.claim), Claim.used_at.is_(None), Claim.withdrawn_at.is_(None)
    )
    used = session.scalar(open_claim.values(used_at=now).returning(Claim.serial))
    if used is None:
        raise EnrolmentRefused(CLAIM_REFUSED)
    return session.get_one(Claim, used)


def _certify(session: Session, authority: Authority, row: Device, issued: Issued) -> None:
    """Store the certificate as the one the device presents, and its key as the device's key."""
    now = authority.now()
    if inspect(row).transient:
        row.public_key = compressed_point(p256_of(issued))
        row.certificate_serial, row.certificate_expires_at = str(issued.serial), issued.expires
        session.add(row)
        session.flush()
    set_device_key(session, row, p256_of(issued), now)
    present_certificate(row, keep_certificate(session, row, issued, authority), now)


def revoke_device(session: Session, device_id: str, now: int) -> Device:
    """Take a device out of service: revoke its certificates and its keys. Raises NotFound.

    PINs in another maker's lock are still removed, because they would open it for ever.
    """
    device = session.get(Device, device_id)
    if device is None:
        raise NotFound(N_("There is no such device."))
    if device.revoked_at is None:
        device.revoked_at = now
        for certificate in living_certificates(session, device.id, now):
            certificate.revoked_at = now
        for key in session.scalars(select(Key).where(Key.device_id == device.id, Key.desired == "present")).all():
            revoke_key(session, key, now)
        empty_slots(session, device, now)
    return device


def revoked_devices(session: Session, now: int) -> list[RevokedDevice]:
    """Revoked certificates that have not expired: the broker would still accept them."""
    columns = Device.site, Device.id, Certificate.serial, Certificate.enforced_at
    query = select(*columns).join(Device, Device.id == Certificate.device_id)
    living = query.where(Certificate.revoked_at.is_not(None), Certificate.expires_at > now)
    return [
        RevokedDevice(site, device, int(serial), enforced_at is not None)
        for site, device, serial, enforced_at in session.execute(living).all()
    ]


def fresh_revocations(session: Session, now: int) -> set[int]:
    """Serial numbers of revoked certificates that are not enforced yet, or were revoked lately, by whichever process.

    Answered from two indices, however many have been revoked. What no clock calls recent is in the whole list.
    """
    living = select(Certificate.serial).where(Certificate.expires_at + 0 > now)  # not by the index of this column
    unenforced = living.where(Certificate.revoked_at.is_not(None), Certificate.enforced_at.is_(None))
    recent = living.where(Certificate.revoked_at > now - RECENT)
    return {int(serial) for serial in session.scalars(union(unenforced, recent))}


def note_enforced(session: Session, serial: int, now: int) -> None:
    """Store that the broker refuses this revoked certificate and that its session was ended; the first time counts."""
    certificate = session.get(Certificate, str(serial))
    if certificate is not None and certificate.enforced_at is None:
        certificate.enforced_at = now


@dataclass(frozen=True, slots=True)
class Standing:
    """How far a device's revocation is: when it was asked for and, if the broker refuses the device, since when.

    Times are UTC seconds. `by_broker`: the device has a certificate that is not over, so the broker has to refuse it.
    """

    asked_at: int | None
    enforced_at: int | None
    by_broker: bool


def standing(session: Session, device: Device, now: int) -> Standing:
    """How far the device's revocation is."""
    living = select(Certificate.enforced_at).where(
        Certificate.device_id == device.id, Certificate.revoked_at.is_not(None), Certificate.expires_at > now
    )
    found = session.scalars(living).all()
    times = [at for at in found if at is not None]
    return Standing(device.revoked_at, max(times) if times and len(times) == len(found) else None, bool(found))


@dataclass(frozen=True, slots=True)
class StoredRevocations:
    """What a broker's revocation list is made from, each in a transaction of its own."""

    database: Database
    now: Callable[[], int]

    def all(self) -> list[RevokedDevice]:
        """As revoked_devices."""
        with self.database.reading() as session:
            return revoked_devices(session, self.now())

    def fresh(self) -> set[int]:
        """As fresh_revocations."""
        with self.database.reading() as session:
            return fresh_revocations(session, self.now())

    def note(self, serial: int) -> None:
        """As note_enforced; a full disk does not keep it back."""
        with self.database.writing(essential=True) as session:
            note_enforced(session, serial, self.now())
