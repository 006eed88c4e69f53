"""One e-mail by the operator's own server, through apprise."""

import logging
from typing import Final
from urllib.parse import quote

logging.getLogger("apprise").setLevel(logging.CRITICAL)  # its text contains addresses
TITLE: Final = "Lodgekey"


def send_mail(server: str, to: str, text: str) -> bool:
    """Send a text; whether the server accepted it. `server`: apprise's address of it, with {to} for the recipient."""
    import apprise  # noqa: PLC0415 - a third of a second at every start, and most gateways send no e-mail

    service = apprise.Apprise()
    added = service.add(server.replace("{to}", quote(to, safe="@")))
    return bool(added and service.notify(title=TITLE, body=text, body_format=apprise.NotifyFormat.TEXT))
