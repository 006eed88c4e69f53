"""The owner's page of notices: where they go, and which."""

from typing import Annotated

from fastapi import APIRouter, Form, Request, Response
from pydantic import ValidationError

from api.error_text import error_text
from api.framework.dependencies import Gate, Owner
from api.http.landlord import alerts as api
from api.web.shell.page_route import PageRoute, go, notice_of
from api.web.shell.render import language_of, page
from gateway.domain.alerts import KINDS
from gateway.domain.errors import InputRefused
from gateway.texts.marks import N_

router = APIRouter(prefix="/landlord/alerts", route_class=PageRoute, include_in_schema=False)


def alerts_page(request: Request, shown: api.AlertsShown, error: InputRefused | None = None) -> Response:
    """The form as it stands, with a new secret or with what was wrong."""
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
    """The form."""
    return alerts_page(request, api.read_alerts(gateway, owner))


@router.post("")
def change_alerts(
    request: Request,
    gateway: Gate,
    owner: Owner,
    email: Annotated[str, Form(max_length=200)] = "",
    webhook_url: Annotated[str, Form(max_length=200)] = "",
    codes: Annotated[list[str], Form()] = [],  # noqa: B006 - FastAPI copies it
) -> Response:
    """Save; a new webhook's secret is on the answer and nowhere else."""
    try:
        form = {"email": email.strip(), "webhook_url": webhook_url.strip(), "codes": codes}
        made = api.AlertsForm.model_validate(form | {"language": language_of(request)})
        shown = api.change_alerts(gateway, owner, made)
    except (ValidationError, InputRefused):
        error = InputRefused(N_("Check the email address. A webhook must be an https address."), field="email")
        return alerts_page(request, api.read_alerts(gateway, owner), error)
    return alerts_page(request, shown) if shown.webhook_secret else go("/landlord/alerts?done=noticepage.saved")
