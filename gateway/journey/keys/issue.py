"""Keys: issue them to a holder, put them on locks, and revoke them."""

import os
from collections.abc import Collection
from dataclasses import replace

from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePublicKey
from sqlalchemy.orm import Session

from certs.credential import KeyCredential, issue_credential
from certs.keys import compressed_point, public_from_point
from devices.driver import Ability
from gateway.domain.errors import Conflict
from gateway.domain.keys.key import NOT_NEEDED
from gateway.journey.keys.keyring import Keyring
from gateway.journey.keys.lock_abilities import can
from gateway.outbox import lanes
from gateway.outbox.deliveries import enqueue, is_pending
from gateway.outbox.events import record
from gateway.store import Device, Key, Offer, Person, Stay
from gateway.texts.marks import N_

UNKNOWN = "unknown"  # in the body of a revocation list's delivery: ids of keys that no row has


def issue_keys(
    session: Session, offer: Offer, person: Person, holder: EllipticCurvePublicKey, keyring: Keyring, now: int
) -> list[Key]:
    """Step 4: issue a key for each lock of the unit and queue it for that lock. Raises Conflict if there is no lock."""
    locks = [device for device in offer.stay.unit.devices if device.kind == "lock" and device.revoked_at is None]
    if not locks:
        raise Conflict(N_("The accommodation has no lock yet. Ask the landlord to add one."))
    return [_issue(session, offer.stay, offer.id, person.id, lock, holder, keyring, now) for lock in locks]


def _issue(
    session: Session,
    stay: Stay,
    offer_id: str | None,
    person_id: str,
    lock: Device,
    holder: EllipticCurvePublicKey,
    keyring: Keyring,
    now: int,
) -> Key:
    name, ends = os.urandom(16), session.get_one(Person, person_id).leaves_at or stay.until_at
    claims = KeyCredential(id=name, lock=lock.id, holder=holder, not_before=stay.from_at, expires=ends)
    signed = can(lock, Ability.SIGNED_KEYS)
    until = phone_until(stay.from_at, ends, keyring, now) if signed else ends
    key = Key(
        id=name.hex(),
        form="credential" if signed else "gateway",
        stay=stay,
        person_id=person_id,
        offer_id=offer_id,
        device=lock,
        holder_key=compressed_point(holder),
        not_before=stay.from_at,
        expires_at=ends,
        credential=issue_credential(claims, keyring.credential_key) if signed else b"",
        holder_credential=issue_credential(replace(claims, expires=until), keyring.credential_key) if signed else b"",
        holder_until=until,
        observed="unasked" if signed else NOT_NEEDED,
        created_at=now,
    )
    session.add(key)
    record(session, "KeyIssued", now, stay=stay, device_id=lock.id, data={"key": key.id})
    if signed:
        want_on_lock(session, key, now)
    return key


def phone_until(begins: int, ends: int, keyring: Keyring, now: int) -> int:
    """When a credential given to a phone at `now` expires: the published offline bound, at most the stay's end."""
    return min(ends, max(now, begins) + keyring.offline_seconds)


def renewal_due(key: Key, keyring: Keyring, now: int) -> bool:
    """Whether half of the phone credential's lifetime is over; False for a revoked key."""
    renewable = key.desired == "present" and key.holder_until < key.expires_at
    return renewable and key.holder_until - now <= keyring.offline_seconds // 2


def renew_for_phone(key: Key, keyring: Keyring, now: int) -> None:
    """Issue a new phone credential, if one is due."""
    if not renewal_due(key, keyring, now):
        return
    until = phone_until(key.not_before, key.expires_at, keyring, now)
    holder = public_from_point(key.holder_key)
    claims = KeyCredential(bytes.fromhex(key.id), key.device_id, holder, key.not_before, until)
    key.holder_credential, key.holder_until = issue_credential(claims, keyring.credential_key), until


def enqueue_revocation_list(session: Session, lock: Device, now: int, unknown: Collection[str] = ()) -> None:
    """Queue the lock's revocation list, unless it is pending; the list is built when it is sent.

    `unknown`: ids of keys that are on the lock and in no row; the list also names these.
    """
    if unknown or not is_pending(session, "revoke", lock.id):
        party, lane = f"lock:{lock.id}", lanes.keys(lock.id)
        body = {UNKNOWN: sorted(unknown)} if unknown else None
        enqueue(session, party=party, lane=lane, work="revoke", about=lock.id, now=now, body=body)


def want_on_lock(session: Session, key: Key, now: int) -> None:
    """Queue the key for its lock, unless it is pending; expires with the key."""
    _enqueue_for_lock(session, key, "put_key", now, key.expires_at)


def want_off_lock(session: Session, key: Key, now: int) -> None:
    """Queue the removal of the key from its lock, unless it is pending; retried until the lock reports it."""
    _enqueue_for_lock(session, key, "drop_key", now, None)


def _enqueue_for_lock(session: Session, key: Key, work: str, now: int, expires_at: int | None) -> None:
    if not is_pending(session, work, key.id):
        party, lane = f"lock:{key.device.id}", lanes.keys(key.device.id)
        enqueue(session, party=party, lane=lane, work=work, about=key.id, now=now, expires_at=expires_at)


def revoke_key(session: Session, key: Key, now: int) -> Key:
    """Revoke a key: it starts no new unlock from now on, and the lock is asked until it reports the key gone."""
    if key.desired == "absent":
        return key
    key.desired, key.revoking_at = "absent", now
    record(session, "KeyRevoking", now, stay=key.stay, device_id=key.device.id, data={"key": key.id})
    if key.observed == NOT_NEEDED:  # only the gateway opens with it, and no longer does
        key.revoked_at = now
        record(session, "KeyRevoked", now, stay=key.stay, device_id=key.device.id, data={"key": key.id})
        return key
    key.device.list_epoch += 1
    enqueue_revocation_list(session, key.device, now)
    want_off_lock(session, key, now)
    return key


def replace_keys(
    session: Session, stay: Stay, keyring: Keyring, now: int, people: Collection[str] | None = None
) -> None:
    """Issue keys for the current window to the same holders, or those of `people` only, then revoke the old ones."""
    for old in [key for key in stay.keys if key.desired == "present"]:
        if people is not None and old.person_id not in people:
            continue
        holder = public_from_point(old.holder_key)
        _issue(session, stay, old.offer_id, old.person_id, old.device, holder, keyring, now)
        revoke_key(session, old, now)
