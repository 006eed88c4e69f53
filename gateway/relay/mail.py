"""One e-mail by the operator's own server, through apprise."""

import logging
from collections.abc import Callable
from functools import partial
from typing import Final
from urllib.parse import quote

from gateway.settings import Settings

logging.getLogger("apprise").setLevel(logging.CRITICAL)  # its text contains addresses
TITLE: Final = "Lodgekey"


def send_mail(server: str, to: str, text: str) -> bool:
    """Send a text; whether the server accepted it. `server`: apprise's address of it, with {to} for the recipient."""
    import apprise  # noqa: PLC0415 - a third of a second at every start, and most gateways send no e-mail

    service = apprise.Apprise()
    added = service.add(server.replace("{to}", quote(to, safe="@")))
    return bool(added and service.notify(title=TITLE, body=text, body_format=apprise.NotifyFormat.TEXT))


def operator_mail(settings: Settings) -> Callable[[str], bool] | None:
    """Sends a text to the operator; None where the settings name no mail server or no address."""
    server = settings.alert_mail.get_secret_value()
    return partial(send_mail, server, settings.operator_mail) if server and settings.operator_mail else None
