"""A landlord's offers: links that let a tenant register for a stay."""

from sqlalchemy.orm import Session

from api.services.idempotency import once
from api.services.landlord.bookings import OfferForm, keep_booking
from api.services.presenters import offer_shown
from api.services.schemas import Instant, OfferShown, Strict
from gateway.bootstrap import Gateway
from gateway.domain.errors import NotFound
from gateway.domain.stays.offer import token_of
from gateway.domain.stays.stay import Window, instant
from gateway.journey.stays import landlord as steps
from gateway.journey.stays.own_dates import correct_arrival, leave_early
from gateway.store import Offer
from gateway.texts.marks import N_


class ArrivalForm(Strict):
    """When one tenant of a stay arrived; without an offset it is in the unit's time zone."""

    arrived: Instant


class DepartureForm(Strict):
    """When one tenant of a stay left; without a time, now."""

    left: Instant | None = None


def present_offer(gateway: Gateway, offer: Offer) -> OfferShown:
    """Present an offer with the address that a tenant opens."""
    return offer_shown(offer, f"{gateway.settings.address}/o/{token_of(offer.id, gateway.keyring.offer_secret)}")


def create_offer(
    gateway: Gateway, landlord_id: str, unit_id: str, form: OfferForm, idempotency_key: str | None = None
) -> OfferShown:
    """Create a stay and its offer; with a known `idempotency_key`, return the offer made then.

    Raises NotFound, IdempotencyMismatch, and InputRefused or Conflict for the dates or the booking.
    """
    now = gateway.now()
    with gateway.database.writing() as session:
        unit = steps.unit_of(session, unit_id, landlord_id)

        def make() -> str:
            window = Window(instant(form.from_, unit.timezone, "from"), instant(form.until, unit.timezone, "until"))
            offer = steps.offer_key(session, unit, window, now)
            keep_booking(gateway, session, offer.stay, form.booking)
            return offer.id

        booked = f"/{form.booking.model_dump_json()}" if form.booking else ""
        request = f"offer/{unit_id}/{form.from_}/{form.until}{booked}"
        offer_id, _ = once(session, f"landlord:{landlord_id}", idempotency_key, request, now, make)
        return present_offer(gateway, session.get_one(Offer, offer_id))


def create_another_offer(
    gateway: Gateway, landlord_id: str, stay_id: str, idempotency_key: str | None = None
) -> OfferShown:
    """Create one more offer of a stay, for another tenant; with a known `idempotency_key`, return the one made then.

    Raises NotFound, IdempotencyMismatch or Conflict.
    """
    now = gateway.now()
    with gateway.database.writing() as session:
        stay = steps.stay_of(session, stay_id, landlord_id)
        owner, request = f"landlord:{landlord_id}", f"another/{stay_id}"
        offer_id, _ = once(
            session, owner, idempotency_key, request, now, lambda: steps.add_offer(session, stay, now).id
        )
        return present_offer(gateway, session.get_one(Offer, offer_id))


def create_phone_offer(
    gateway: Gateway, landlord_id: str, offer_id: str, idempotency_key: str | None = None
) -> OfferShown:
    """Create a link that gives another phone of the person registered by this offer a key.

    With a known `idempotency_key`, return the one made then. Raises NotFound, IdempotencyMismatch or Conflict.
    """
    now = gateway.now()
    with gateway.database.writing() as session:
        known = _offer_of(session, offer_id, landlord_id)
        owner, request = f"landlord:{landlord_id}", f"phone/{offer_id}"
        made, _ = once(
            session, owner, idempotency_key, request, now, lambda: steps.offer_another_phone(session, known, now).id
        )
        return present_offer(gateway, session.get_one(Offer, made))


def _offer_of(session: Session, offer_id: str, landlord_id: str) -> Offer:
    offer = session.get(Offer, offer_id)
    if offer is None or offer.stay.unit.landlord_id != landlord_id:
        raise NotFound(N_("There is no such link. Choose one from your list."))
    return offer


def stay_id_of(gateway: Gateway, landlord_id: str, offer_id: str) -> str:
    """Return the stay of an offer. Raises NotFound."""
    with gateway.database.reading() as session:
        return _offer_of(session, offer_id, landlord_id).stay_id


def record_arrival(gateway: Gateway, landlord_id: str, offer_id: str, form: ArrivalForm) -> OfferShown:
    """Record when the person who registered with this offer arrived. Raises NotFound, InputRefused or Conflict."""
    with gateway.database.writing() as session:
        offer = _offer_of(session, offer_id, landlord_id)
        at = instant(form.arrived, offer.stay.unit.timezone, "arrived")
        correct_arrival(session, offer, at, gateway.keyring, gateway.now())
        return present_offer(gateway, offer)


def record_departure(gateway: Gateway, landlord_id: str, offer_id: str, form: DepartureForm) -> OfferShown:
    """Record that the person who registered with this offer left before the others.

    Raises NotFound, InputRefused for the time, or Conflict if nobody registered, or nobody else is staying.
    """
    with gateway.database.writing() as session:
        offer = _offer_of(session, offer_id, landlord_id)
        left = instant(form.left, offer.stay.unit.timezone, "left") if form.left else None
        leave_early(session, offer, gateway.keyring, gateway.now(), left)
        return present_offer(gateway, offer)


def withdraw_offer(gateway: Gateway, landlord_id: str, offer_id: str) -> OfferShown:
    """Make a link stop working. Raises NotFound, or Conflict where it is too late."""
    with gateway.database.writing() as session:
        offer = _offer_of(session, offer_id, landlord_id)
        steps.withdraw_offer(session, offer, gateway.now())
        return present_offer(gateway, offer)
