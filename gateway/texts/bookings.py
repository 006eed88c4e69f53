"""Names of a booking's fields and of the kinds of payment."""

from collections.abc import Mapping
from typing import Final

from gateway.texts.marks import N_, NP_

TERM: Final[Mapping[str, str]] = {
    "people": N_("Number of people"),
    "rooms": N_("Number of rooms"),
    "internet": N_("Internet access"),
    "payment": N_("Payment"),
    "payment_date": N_("Date of payment"),
    "payment_means": N_("Number of the card or account"),
    "payment_holder": N_("Holder of the card or account"),
    "card_expiry": N_("Expiry of the card"),
}
BOOKED: Final[Mapping[str, str]] = {
    "surname": N_("Surname of who booked"),
    "given_names": N_("Given names of who booked"),
    "second_surname": N_("Second surname"),
    "phone": N_("Phone number"),
    "email": N_("Email address"),
    **TERM,
    "yes": NP_("provided", "Yes"),
    "no": NP_("provided", "No"),
}
PAYMENT: Final[Mapping[str, str]] = {
    "cash": NP_("payment", "Cash"),
    "card": NP_("payment", "Card"),
    "transfer": NP_("payment", "Bank transfer"),
    "platform": NP_("payment", "Through a booking platform"),
    "on_arrival": NP_("payment", "On arrival"),
    "mobile": NP_("payment", "Mobile payment"),
    "gift_card": NP_("payment", "Gift card"),
    "other": NP_("payment", "Other"),
}
