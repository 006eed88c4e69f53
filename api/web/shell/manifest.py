"""The W3C Web Application Manifest, which lets the pages be installed as an app, in the reader's language."""

import json
from collections.abc import Mapping
from typing import Annotated, Any, Final, Literal, NamedTuple

from fastapi import APIRouter, Query, Response

from api.web.shell.page_route import PageRoute
from api.web.shell.render import fingerprint
from gateway.texts.languages import Language, direction_of
from gateway.texts.marks import N_
from gateway.texts.staff import LANDLORD_APP
from gateway.texts.translator import translator

router = APIRouter(route_class=PageRoute, include_in_schema=False)

App = Literal["landlord", "key"]


class AppTexts(NamedTuple):
    """Texts of an installed app: its full name, the name under its icon, and its description."""

    name: str
    short_name: str
    description: str


TEXTS: Final[Mapping[App, AppTexts]] = {
    "landlord": AppTexts(*LANDLORD_APP),
    "key": AppTexts(N_("Lodgekey: my key"), N_("My key"), N_("Opens the door of your accommodation.")),
}
ICONS: Final = (
    ("shared/icon-192.png", "192x192", "image/png", "any"),
    ("shared/icon-512.png", "512x512", "image/png", "any"),
    ("shared/icon-maskable.png", "512x512", "image/png", "maskable"),
    ("shared/icon.svg", "any", "image/svg+xml", "any"),
)


def manifest(app: App, language: Language) -> dict[str, Any]:
    """Return the manifest of the app that starts at /landlord or /key. It holds no personal data."""
    texts, reader = TEXTS[app], translator(language)
    icons = [
        {"src": fingerprint(name), "sizes": sizes, "type": kind, "purpose": purpose}
        for name, sizes, kind, purpose in ICONS
    ]
    return {
        "id": f"/{app}",
        "start_url": f"/{app}",
        "scope": "/",
        "display": "standalone",
        "lang": language,
        "dir": direction_of(language),
        "name": reader.translate(texts.name),
        "short_name": reader.translate(texts.short_name),
        "description": reader.translate(texts.description),
        "background_color": "#f4f6f4",
        "theme_color": "#0c5c53",
        "icons": icons,
    }


@router.get("/manifest/{app}")
def show_manifest(app: App, lang: Annotated[Language, Query()] = "en") -> Response:
    """Return the manifest. Browsers request it without cookies, so its address names the language."""
    body = json.dumps(manifest(app, lang), ensure_ascii=False)
    return Response(body, media_type="application/manifest+json", headers={"Cache-Control": "no-cache"})
