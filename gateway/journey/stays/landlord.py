"""A landlord's actions: offer a key, change or end a stay, revoke a key."""

from collections.abc import Sequence

from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey
from sqlalchemy import select
from sqlalchemy.orm import Session

from gateway.domain.errors import Conflict, NotFound, StaysOverlap
from gateway.domain.stays import offer as offers
from gateway.domain.stays import stay as stays
from gateway.domain.stays.stay import Window
from gateway.journey.filings.arrival_rules import refuse_dates
from gateway.journey.filings.records import report_change, report_check_out
from gateway.journey.keys.issue import replace_keys, revoke_key
from gateway.journey.keys.keyring import Keyring
from gateway.journey.keys.passcodes import end_passcodes, move_passcodes, replace_passcodes
from gateway.journey.stays.bookings import annul_booking, report_booking
from gateway.journey.stays.own_dates import keep_births
from gateway.outbox import lanes
from gateway.outbox.deliveries import enqueue, is_pending, retry_now
from gateway.outbox.events import record
from gateway.store import Device, Key, Offer, Person, Stay, Unit
from gateway.texts.marks import N_


def unit_of(session: Session, unit_id: str, landlord_id: str) -> Unit:
    """The landlord's own unit, locked for update. Raises NotFound."""
    query = select(Unit).where(Unit.id == unit_id, Unit.landlord_id == landlord_id).with_for_update(of=Unit)
    unit = session.scalars(query).one_or_none()
    if unit is None:
        raise NotFound(N_("There is no such unit. Choose one from your list."))
    return unit


def stay_of(session: Session, stay_id: str, landlord_id: str) -> Stay:
    """The landlord's own stay. Raises NotFound."""
    query = select(Stay).join(Unit).where(Stay.id == stay_id, Unit.landlord_id == landlord_id)
    stay = session.scalars(query).one_or_none()
    if stay is None:
        raise NotFound(N_("There is no such stay. Choose one from your list."))
    return stay


def offer_key(session: Session, unit: Unit, window: Window, now: int) -> Offer:
    """Step 1: create a stay of the unit and the offer of its key.

    Raises StaysOverlap if the unit is taken, Conflict for a past end, FieldsRefused for dates its registries refuse.
    """
    if window.end <= now:
        raise Conflict(N_("The end of this stay is in the past. Choose dates in the future."))
    refuse_overlap(session, unit, window)
    stay = Stay(unit=unit, from_at=window.start, until_at=window.end, state="offered", created_at=now)
    session.add(stay)
    refuse_dates(stay, now)
    return add_offer(session, stay, now)


def add_offer(session: Session, stay: Stay, now: int, person_id: str | None = None) -> Offer:
    """Create another offer for the same stay, valid until it ends; each tenant needs one.

    With `person_id`, a registered tenant's: it gives another phone of that person a key, without a registration.
    """
    if stay.state not in stays.OCCUPYING:
        raise Conflict(N_("This stay has ended, so no key can be offered."))
    offer = Offer(stay=stay, state="open", created_at=now, expires_at=stay.until_at, person_id=person_id)
    session.add(offer)
    session.flush()
    record(session, "KeyOffered", now, stay=stay, data={"offer": offer.id})
    return offer


def refuse_overlap(session: Session, unit: Unit, window: Window, besides: str | None = None) -> None:
    """Raises StaysOverlap if another stay of the unit shares a second with the window."""
    query = select(Stay).where(
        Stay.unit_id == unit.id,
        Stay.state.in_(stays.OCCUPYING),
        Stay.from_at < window.end,
        Stay.until_at > window.start,
    )
    taken = session.scalars(query.where(Stay.id != besides) if besides else query).first()
    if taken is not None:
        start, end = (stays.wall_clock(at, unit.timezone)[:16] for at in (taken.from_at, taken.until_at))
        raise StaysOverlap(
            N_("The unit is already booked from {start} to {end}. Choose other dates."),
            {"start": start, "end": end},
            stay_id=taken.id,
        )


def offer_another_phone(session: Session, offer: Offer, now: int) -> Offer:
    """A link by which another phone of the tenant of `offer` gets a key; the phones are ended one by one.

    Raises Conflict if nobody registered by that link, or the person left.
    """
    person = session.get(Person, offer.person_id) if offer.person_id else None
    if person is None or person.erased_at is not None or person.left_at is not None:
        raise Conflict(N_("Nobody is registered with this link, so another phone cannot be added to it."))
    return add_offer(session, offer.stay, now, person.id)


def withdraw_offer(session: Session, offer: Offer, now: int) -> None:
    """Withdraw the link; a key already issued stays valid."""
    if "withdrawn" not in offers.OFFER_STATES[offer.state]:
        raise Conflict(N_("This link has already been used or withdrawn."))
    offer.state = "withdrawn"
    record(session, "OfferWithdrawn", now, stay=offer.stay, data={"offer": offer.id})


def change_stay(session: Session, stay: Stay, window: Window, keyring: Keyring, now: int) -> Stay:
    """Step 9: change the dates. Keys are replaced for the new window and the registry gets the change.

    Raises StaysOverlap, Conflict or FieldsRefused, as for an offer.
    """
    if stay.state not in stays.OCCUPYING:
        raise Conflict(N_("This stay has ended and cannot be changed."))
    if window.end <= now:
        raise Conflict(N_("The new end is in the past. To end the stay now, choose “End the stay”."))
    refuse_overlap(session, stay.unit, window, besides=stay.id)
    began, stay.from_at, stay.until_at = stay.from_at, window.start, window.end
    keep_births(stay, began, keyring)
    refuse_dates(stay, now)
    for offer in stay.offers:
        offer.expires_at = window.end
    for person in stay.people:
        if person.leaves_at is not None and not window.start < person.leaves_at < window.end:
            person.leaves_at = None
    replace_keys(session, stay, keyring, now)
    move_passcodes(session, stay, keyring.passcode_key, now)
    report_change(session, stay, keyring, now)
    report_booking(session, stay, keyring, now)
    return stay


def end_stay(session: Session, stay: Stay, keyring: Keyring, now: int) -> Stay:
    """Step 9: end the stay, early or not. Keys are revoked until read back; the check-out is reported."""
    stay.state = stays.follow(stay.state, "ended" if stay.people else "cancelled")
    stay.ended_at = stay.retention_at = now
    for offer in stay.offers:
        if "withdrawn" in offers.OFFER_STATES[offer.state]:
            withdraw_offer(session, offer, now)
    for key in stay.keys:
        revoke_key(session, key, now)
    end_passcodes(session, stay, now)
    report_check_out(session, stay, keyring, now)
    if now < stay.from_at and stay.arrived_at is None:
        annul_booking(session, stay, keyring, now)
    return stay


def due_stays(session: Session, now: int) -> Sequence[Stay]:
    """Stays whose time is over and that were not ended."""
    return session.scalars(select(Stay).where(Stay.state.in_(stays.OCCUPYING), Stay.until_at <= now)).all()


def key_of(session: Session, key_id: str, landlord_id: str) -> Key:
    """A key to one of the landlord's own units. Raises NotFound."""
    query = select(Key).join(Stay, Key.stay_id == Stay.id).join(Unit)
    key = session.scalars(query.where(Key.id == key_id, Unit.landlord_id == landlord_id)).one_or_none()
    if key is None:
        raise NotFound(N_("There is no such key. Choose one from your list."))
    return key


def lock_of(session: Session, device_id: str, landlord_id: str) -> Device:
    """A lock of one of the landlord's own units. Raises NotFound."""
    query = select(Device).join(Unit, Device.unit_id == Unit.id)
    mine = (Device.id == device_id, Device.kind == "lock", Unit.landlord_id == landlord_id)
    lock = session.scalars(query.where(*mine)).one_or_none()
    if lock is None:
        raise NotFound(N_("There is no such lock. Choose one from your list."))
    return lock


def read_back(session: Session, lock: Device, now: int) -> None:
    """Queue a read of the lock's whole state, due now, retried until it answers. Raises Conflict if out of service."""
    if lock.revoked_at is not None:
        raise Conflict(N_("This lock is out of service, so it cannot be queried."))
    if not is_pending(session, "read_back", lock.id):
        enqueue(session, party=f"lock:{lock.id}", lane=lanes.keys(lock.id), work="read_back", about=lock.id, now=now)
    retry_now(session, [lanes.keys(lock.id)], now)


def revoke_for_landlord(session: Session, key: Key, passcode_key: EllipticCurvePrivateKey, now: int) -> Key:
    """Revoke a key and the codes its holder knows; the remaining tenants get new codes."""
    if key.desired == "present":
        revoke_key(session, key, now)
        if _others_live_there(key):
            replace_passcodes(session, key.stay, passcode_key, now)
        else:
            end_passcodes(session, key.stay, now)
    return key


def _others_live_there(key: Key) -> bool:
    """Whether another phone in the stay has a key, or a person never had one and uses the code alone."""
    others = {person.id for person in key.stay.people if person.id != key.person_id and person.erased_at is None}
    lost = {other.person_id for other in key.stay.keys if other.desired == "absent"}
    return bool(others - lost) or any(
        other.desired == "present" and other.holder_key != key.holder_key for other in key.stay.keys
    )
