"""/.well-known/security.txt (RFC 9116): whom to tell of a weakness of this installation."""

from datetime import UTC, datetime, timedelta
from typing import Final

from fastapi import APIRouter, Request, Response
from starlette.exceptions import HTTPException

from api.web.shell.page_route import PageRoute
from gateway.settings import Settings
from gateway.texts.languages import LANGUAGES

router = APIRouter(route_class=PageRoute, include_in_schema=False)

PATH: Final = "/.well-known/security.txt"
LASTS: Final = timedelta(days=180)  # §2.5.5: less than a year ahead


@router.get(PATH)
def security_txt(request: Request) -> Response:
    """Return the file, or 404 where the operator gave no contact: a file without one is none (RFC 9116 §2.5.3)."""
    gateway = request.app.state.gateway
    if not gateway.settings.security_contact:
        raise HTTPException(404)
    return Response(contact_file(gateway.settings, gateway.now()), media_type="text/plain; charset=utf-8")


def contact_file(settings: Settings, now: int) -> str:
    """Return the fields of §2.5, one a line with CRLF. Expires is counted from the day `now` (UTC seconds) is in.

    Canonical is left out where the public address is not HTTPS, which §2.5.2 requires.
    """
    today = datetime.fromtimestamp(now, UTC).replace(hour=0, minute=0, second=0)
    fields = {
        "Contact": settings.security_contact,
        "Expires": (today + LASTS).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "Preferred-Languages": ", ".join(LANGUAGES),
    }
    if settings.origin.startswith("https:"):
        fields["Canonical"] = settings.origin + PATH
    return "".join(f"{name}: {value}\r\n" for name, value in fields.items())
