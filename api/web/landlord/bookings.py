"""A landlord's pages: who booked a stay and on what terms, where that is reported to a registry."""

from collections.abc import Mapping, Sequence
from typing import Any, Final, get_args

from fastapi import APIRouter, Request, Response
from pydantic import ValidationError

from api.framework.dependencies import Gate, LandlordId
from api.services.landlord.bookings import BookingForm, read_booking
from api.services.landlord.stays import correct_booking
from api.web.shell.forms import FormRefused, Wrong, fault_values
from api.web.shell.page_route import PageRoute, go
from api.web.shell.render import language_of, page
from gateway.domain.errors import LodgekeyError, NotFound
from gateway.domain.filings.record import Payment
from gateway.texts.marks import N_

router = APIRouter(prefix="/landlord", route_class=PageRoute, include_in_schema=False)

BEFORE: Final = "booking."
OF_BOOKING: Final = {"booking": f"{BEFORE}surname"}
PAYMENTS: Final = get_args(Payment)
# What a payment of a kind has beside it (SES.HOSPEDAJES, tipoPago): an IBAN, the number of a card or of a phone.
OF_PAYMENT: Final[Mapping[str, Sequence[Payment]]] = {
    "payment_date": ("cash", "card", "transfer", "platform", "mobile", "gift_card", "other"),
    "payment_means": ("card", "transfer", "platform", "mobile", "gift_card", "other"),
    "payment_holder": ("card", "transfer", "platform", "mobile", "other"),
    "card_expiry": ("card",),
}
INTERNET: Final = {"yes": True, "no": False}
CHECK: Final = N_("Check what you entered: at most 200 characters.")
WRONG: Final = {
    "people": N_("Enter a number from 1 to 99."),
    "rooms": N_("Enter a number from 1 to 99."),
    "payment": N_("Choose from the list."),
}


def booking_typed(fields: Mapping[str, Any]) -> dict[str, str]:
    """The booking's fields of a form, by name, as typed."""
    return {name.removeprefix(BEFORE): str(text) for name, text in fields.items() if name.startswith(BEFORE)}


def booking_form(typed: Mapping[str, str]) -> BookingForm | None:
    """The booking that was typed; None where the form has none. Raises FormRefused."""
    if not typed:
        return None
    texts: dict[str, Any] = {name: text.strip() for name, text in typed.items() if text.strip()}
    texts["internet"] = INTERNET.get(typed.get("internet", ""))
    try:
        return BookingForm.model_validate({"surname": "", **texts})
    except ValidationError as error:
        names = dict.fromkeys(str(one["loc"][0]) for one in error.errors())
        raise FormRefused([Wrong(BEFORE + name, WRONG.get(name, CHECK), {}) for name in names]) from error


def booking_values(typed: Mapping[str, str]) -> dict[str, Any]:
    """What the fields of a booking need: what was typed, the kinds of payment, and of which kind a field is."""
    return {
        "booking": dict.fromkeys(BookingForm.model_fields, "") | dict(typed),
        "payments": PAYMENTS,
        "of_payment": OF_PAYMENT,
    }


@router.get("/stays/{stay_id}/booking")
def show_booking(request: Request, gateway: Gate, landlord_id: LandlordId, stay_id: str) -> Response:
    """Show the booking of a stay."""
    known = read_booking(gateway, landlord_id, stay_id)
    if known is None:
        raise NotFound(N_("There is no such stay. Choose one from your list."))
    texts = {name: "" if value is None else str(value) for name, value in known.model_dump().items()}
    texts["internet"] = {True: "yes", False: "no", None: ""}[known.internet]
    return _page(request, stay_id, texts)


@router.post("/stays/{stay_id}/booking")
async def save_booking(request: Request, gateway: Gate, landlord_id: LandlordId, stay_id: str) -> Response:
    """Correct the booking and report it again; show the form with the error if it is refused."""
    typed = booking_typed(dict(await request.form()))
    try:
        form = booking_form(typed)
        if form is not None:
            correct_booking(gateway, landlord_id, stay_id, form)
    except NotFound:
        raise
    except LodgekeyError as error:
        return _page(request, stay_id, typed, error)
    return go(f"/landlord/stays/{stay_id}")


def _page(request: Request, stay_id: str, typed: Mapping[str, str], error: LodgekeyError | None = None) -> Response:
    values = {
        "role": "landlord",
        "stay_id": stay_id,
        **fault_values(language_of(request), error, OF_BOOKING),
        **booking_values(typed),
    }
    return page(request, "landlord/booking.html", values, error.status if error else 200)
