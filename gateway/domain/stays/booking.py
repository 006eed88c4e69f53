"""Who booked a stay and on what terms."""

from dataclasses import dataclass, replace

from gateway.domain.filings.record import Payment, StayFacts


@dataclass(frozen=True, slots=True)
class Booking:
    """The person who booked, and the terms; `agreed_at`: when it was agreed, in UTC seconds.

    The other fields are as in StayFacts and PersonFacts; "" means not given.
    """

    surname: str
    agreed_at: int
    given_names: str = ""
    second_surname: str = ""
    phone: str = ""
    email: str = ""
    people: int = 1
    rooms: int = 1
    internet: bool | None = None
    payment: Payment = "other"
    payment_date: str = ""
    payment_means: str = ""
    payment_holder: str = ""
    card_expiry: str = ""


def with_terms(facts: StayFacts, booking: Booking) -> StayFacts:
    """The stay with the terms of its booking."""
    return replace(
        facts,
        agreed_at=booking.agreed_at,
        rooms=booking.rooms,
        people=booking.people,
        internet=booking.internet,
        payment=booking.payment,
        payment_date=booking.payment_date,
        payment_means=booking.payment_means,
        payment_holder=booking.payment_holder,
        card_expiry=booking.card_expiry,
    )
