"""The page for the alert subscription of a landlord or an officer: which alerts are sent, and where."""

from typing import Annotated, Final

from fastapi import APIRouter, Form, Request, Response
from pydantic import ValidationError

from api.framework.dependencies import Gate, Subscriber
from api.services.account import alerts as service
from api.services.account.alerts import AlertsForm, AlertsShown
from api.web.shell.forms import Text, fault_values, refused_by
from api.web.shell.page_route import PageRoute, go, notice_of
from api.web.shell.render import language_of, page
from gateway.domain.errors import LodgekeyError
from gateway.store import Account
from gateway.texts.marks import N_

router = APIRouter(prefix="/account/alerts", route_class=PageRoute, include_in_schema=False)

WRONG: Final = {
    "email": N_("Enter an email address such as name@example.com, or leave it empty."),
    "webhook_url": N_("A webhook must be an https address without a query."),
    "codes": N_("Choose from the alerts of the list."),
}


def alerts_page(request: Request, account: Account, shown: AlertsShown, error: LodgekeyError | None = None) -> Response:
    """Return the form with the saved values, with a new secret or an error if there is one."""
    values = {
        "role": account.role,
        "subscription": shown,
        "codes": service.codes_for(account),
        "notice": notice_of(request),
        **fault_values(language_of(request), error),
    }
    return page(request, "account/alert_settings.html", values, error.status if error else 200)


@router.get("")
def show_alerts(request: Request, gateway: Gate, account: Subscriber) -> Response:
    """Show the form."""
    return alerts_page(request, account, service.read_alerts(gateway, account))


@router.post("")
def change_alerts(
    request: Request,
    gateway: Gate,
    account: Subscriber,
    email: Text = "",
    webhook_url: Text = "",
    codes: Annotated[list[str], Form()] = [],  # noqa: B006 - FastAPI copies it
) -> Response:
    """Save the form; the secret of a new webhook is shown on this page only."""
    form = {"email": email.strip(), "webhook_url": webhook_url.strip(), "codes": codes}
    typed = service.read_alerts(gateway, account).model_copy(update=form)
    try:
        made = AlertsForm.model_validate(form | {"language": language_of(request)})
        shown = service.change_alerts(gateway, account, made)
    except ValidationError as error:
        return alerts_page(request, account, typed, refused_by(error, WRONG))
    except LodgekeyError as error:
        return alerts_page(request, account, typed, error)
    return alerts_page(request, account, shown) if shown.webhook_secret else go("/account/alerts?done=noticepage.saved")
