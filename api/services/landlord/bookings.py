"""Who booked a landlord's stays, for registries that take bookings beside arrivals."""

from typing import Annotated, Any, Final

from pydantic import Field
from sqlalchemy.orm import Session

from api.services.schemas import Instant, Short, Strict
from gateway.bootstrap import Gateway
from gateway.domain.filings.record import Payment
from gateway.domain.stays.booking import Booking
from gateway.domain.stays.stay import instant, wall_clock
from gateway.journey.filings.person_fields import booking_of
from gateway.journey.stays.bookings import book
from gateway.journey.stays.landlord import stay_of
from gateway.store import Stay

TERMS: Final = (
    "surname", "given_names", "second_surname", "phone", "email", "people", "rooms", "internet",
    "payment", "payment_date", "payment_means", "payment_holder", "card_expiry",
)  # fmt: skip


class BookingForm(Strict):
    """Who booked a stay, and the terms of the contract.

    Without `agreed_at` it was booked now. `payment_date` is YYYY-MM-DD, `card_expiry` MM/YYYY, `payment_means` the
    number of the card or account. `internet`: whether it is provided.
    """

    surname: Short
    given_names: Short = ""
    second_surname: Short = ""
    phone: Short = ""
    email: Short = ""
    people: Annotated[int, Field(ge=1, le=99)] = 1
    rooms: Annotated[int, Field(ge=1, le=99)] = 1
    internet: bool | None = None
    payment: Payment = "other"
    payment_date: Short = ""
    payment_means: Short = ""
    payment_holder: Short = ""
    card_expiry: Short = ""
    agreed_at: Instant | None = None


class OfferForm(Strict):
    """Dates of a stay; without an offset they are in the unit's time zone.

    `booking` is required where the unit reports bookings to a registry, and refused elsewhere.
    """

    from_: Annotated[Instant, Field(alias="from")]
    until: Instant
    booking: BookingForm | None = None


def keep_booking(gateway: Gateway, session: Session, stay: Stay, form: BookingForm | None) -> None:
    """Store a stay's booking and report it. Raises InputRefused or Conflict."""
    booking = None
    if form is not None:
        known = booking_of(stay, gateway.keyring)
        agreed_at = known.agreed_at if known else gateway.now()
        if form.agreed_at:
            agreed_at = instant(form.agreed_at, stay.unit.timezone, "booking.agreed_at")
        given: dict[str, Any] = {name: getattr(form, name) for name in TERMS}
        texts = {name: value.strip() for name, value in given.items() if isinstance(value, str)}
        booking = Booking(**given | texts, agreed_at=agreed_at)
    book(session, stay, booking, gateway.rules, gateway.keyring, gateway.now())


def read_booking(gateway: Gateway, landlord_id: str, stay_id: str) -> BookingForm | None:
    """Return what is known of a stay's booking; None if nothing is. Raises NotFound."""
    with gateway.database.reading() as session:
        stay = stay_of(session, stay_id, landlord_id)
        known = booking_of(stay, gateway.keyring)
        if known is None:
            return None
        agreed_at = wall_clock(known.agreed_at, stay.unit.timezone)[:16]
        return BookingForm(**{name: getattr(known, name) for name in TERMS}, agreed_at=agreed_at)
