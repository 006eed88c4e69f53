"""The alert subscription of a landlord, or of an officer: which alerts are sent, and where."""

import base64
import os
from typing import Annotated

from pydantic import BaseModel, Field

from api.services.account.schemas import EmailAddress
from api.services.schemas import Short, Strict
from gateway.bootstrap import Gateway
from gateway.domain.alerts import KINDS, OFFICER_CODES, AlertCode
from gateway.domain.errors import InputRefused
from gateway.outbound.http import BadAddress, checked_webhook
from gateway.store import Account, AlertSubscription
from gateway.texts.languages import Language
from gateway.texts.marks import N_


class AlertsForm(Strict):
    """Where alerts are sent (leave an address empty for none), which codes, and the language of e-mails."""

    email: EmailAddress = ""
    webhook_url: Short = ""
    codes: Annotated[list[AlertCode], Field(max_length=len(KINDS))]
    language: Language = "en"


class AlertsShown(BaseModel):
    """The alert subscription; `webhook_secret` is shown only once, after the webhook's address changed."""

    email: str
    webhook_url: str
    codes: list[str]
    language: str
    webhook_secret: str = ""


def codes_for(account: Account) -> list[AlertCode]:
    """Return the alerts to which the account can subscribe."""
    return list(OFFICER_CODES if account.role == "officer" else KINDS)


def _subscription_id(account: Account) -> str:
    return account.id if account.role == "officer" else account.landlord_id or "nobody"


def read_alerts(gateway: Gateway, account: Account) -> AlertsShown:
    """Return the subscription of the officer, or of the owner's landlord; every code, no address if none was saved."""
    with gateway.database.reading() as session:
        row = session.get(AlertSubscription, _subscription_id(account))
    if row is None:
        return AlertsShown(email="", webhook_url="", codes=codes_for(account), language="en")
    return AlertsShown(
        email=row.email or "", webhook_url=row.webhook_url or "", codes=list(row.codes), language=row.language
    )


def change_alerts(gateway: Gateway, account: Account, form: AlertsForm) -> AlertsShown:
    """Save the subscription; a new webhook address gets a secret, which only this answer shows.

    Raises InputRefused for a webhook that is not a plain https address, or an alert that is not for the account.
    """
    if not set(form.codes) <= set(codes_for(account)):
        raise InputRefused(N_("Your account cannot subscribe to one of these alerts."), field="codes")
    try:
        url = checked_webhook(form.webhook_url, gateway.settings.webhook_networks) if form.webhook_url else ""
    except BadAddress:
        raise InputRefused(N_("A webhook must be an https address without a query."), field="webhook_url") from None
    subscription_id, secret = _subscription_id(account), ""
    whose = {"account_id" if account.role == "officer" else "landlord_id": subscription_id}
    with gateway.database.writing() as session:
        row = session.get(AlertSubscription, subscription_id) or AlertSubscription(id=subscription_id, **whose)
        if url and url != row.webhook_url:
            secret = "whsec_" + base64.b64encode(os.urandom(32)).decode()
            row.sealed_secret = gateway.vault.seal(subscription_id, "notices", secret.encode())
        row.email, row.webhook_url = form.email or None, url or None
        row.codes, row.language = sorted(set(form.codes)), form.language
        session.add(row)
    return read_alerts(gateway, account).model_copy(update={"webhook_secret": secret})
