"""Which fields of a payment the form of a booking asks for, without scripts too."""

import re
from typing import Any

from api.web.landlord.bookings import OF_PAYMENT, PAYMENTS
from api.web.shell.render import render
from gateway.domain.stays.booking import Booking
from tests.browser.samples.facts import NOW
from tests.browser.samples.pages import SAMPLES

USUAL: dict[str, Any] = {"notice": None, "faults": (), "wrong": {}, "here": "/", "now": NOW, "role": None}


def conditional(html: str) -> set[str]:
    """The inputs of the form that are shown for some kinds of payment only."""
    parts = html.split('<div class="field"')[1:]
    return {re.findall(r'name="booking\.(\w+)"', part)[0] for part in parts if part.startswith(" data-only-if")}


def test_each_field_of_a_payment_belongs_to_some_kinds_and_no_other_field_does() -> None:
    template, values = SAMPLES["offer-booking"]
    html = render(template, "en", USUAL | values)
    assert conditional(html) == set(OF_PAYMENT)
    assert '<small id="hint-booking.card_expiry">MM/YYYY<noscript> Only for: Card</noscript></small>' in html
    assert html.count("<noscript> Only for: ") == len(OF_PAYMENT)
    assert {kind for kinds in OF_PAYMENT.values() for kind in kinds} < set(PAYMENTS)
    of_payment = {name for name in Booking.__dataclass_fields__ if name.startswith(("payment_", "card_"))}
    assert set(OF_PAYMENT) == of_payment


def test_a_refused_field_is_shown_whatever_the_kind_of_payment_is() -> None:
    template, values = SAMPLES["booking"]
    html = render(template, "en", USUAL | values | {"wrong": {"booking.card_expiry": "Not a month."}})
    assert conditional(html) == set(OF_PAYMENT) - {"card_expiry"}
    assert "Not a month." in html
