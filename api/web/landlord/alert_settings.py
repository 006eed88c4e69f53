"""An owner's page for the alert subscription: which alerts are sent, and where."""

from typing import Annotated

from fastapi import APIRouter, Form, Request, Response
from pydantic import ValidationError

from api.framework.dependencies import Gate, Owner
from api.services.error_text import error_text
from api.services.landlord import alerts as service
from api.services.landlord.alerts import AlertsForm, AlertsShown
from api.web.shell.page_route import PageRoute, go, notice_of
from api.web.shell.render import language_of, page
from gateway.domain.alerts import KINDS
from gateway.domain.errors import InputRefused
from gateway.texts.marks import N_

router = APIRouter(prefix="/landlord/alerts", route_class=PageRoute, include_in_schema=False)


def alerts_page(request: Request, shown: AlertsShown, error: InputRefused | None = None) -> Response:
    """Return the form with the saved values, with a new secret or an error if there is one."""
    values = {
        "role": "landlord",
        "subscription": shown,
        "codes": list(KINDS),
        "notice": notice_of(request),
        "problem": error_text(language_of(request), error) if error else None,
    }
    return page(request, "landlord/alert_settings.html", values, error.status if error else 200)


@router.get("")
def show_alerts(request: Request, gateway: Gate, owner: Owner) -> Response:
    """Show the form."""
    return alerts_page(request, service.read_alerts(gateway, owner))


@router.post("")
def change_alerts(
    request: Request,
    gateway: Gate,
    owner: Owner,
    email: Annotated[str, Form(max_length=200)] = "",
    webhook_url: Annotated[str, Form(max_length=200)] = "",
    codes: Annotated[list[str], Form()] = [],  # noqa: B006 - FastAPI copies it
) -> Response:
    """Save the form; the secret of a new webhook is shown on this page only."""
    try:
        form = {"email": email.strip(), "webhook_url": webhook_url.strip(), "codes": codes}
        made = AlertsForm.model_validate(form | {"language": language_of(request)})
        shown = service.change_alerts(gateway, owner, made)
    except (ValidationError, InputRefused):
        error = InputRefused(N_("Check the email address. A webhook must be an https address."), field="email")
        return alerts_page(request, service.read_alerts(gateway, owner), error)
    return alerts_page(request, shown) if shown.webhook_secret else go("/landlord/alerts?done=noticepage.saved")
