"""What makes the pages an app that can be installed (W3C Web Application Manifest), in the reader's language."""

import json
from typing import Annotated, Any, Final, Literal

from fastapi import APIRouter, Query, Response

from api.web.shell.page_route import PageRoute
from api.web.shell.render import fingerprint
from api.web.text import say
from api.web.text.pair import Language

router = APIRouter(route_class=PageRoute, include_in_schema=False)

App = Literal["landlord", "key"]
ICONS: Final = (
    ("shared/icon-192.png", "192x192", "image/png", "any"),
    ("shared/icon-512.png", "512x512", "image/png", "any"),
    ("shared/icon-maskable.png", "512x512", "image/png", "maskable"),
    ("shared/icon.svg", "any", "image/svg+xml", "any"),
)


def manifest(app: App, language: Language) -> dict[str, Any]:
    """The app that begins at /landlord or /key; it names nobody."""
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
        "dir": "ltr",
        "name": say(language, f"app.{app}"),
        "short_name": say(language, f"app.{app}.short"),
        "description": say(language, f"app.{app}.what"),
        "background_color": "#f4f6f4",
        "theme_color": "#0c5c53",
        "icons": icons,
    }


@router.get("/manifest/{app}")
def show_manifest(app: App, lang: Annotated[Language, Query()] = "en") -> Response:
    """The manifest; browsers ask for it without a cookie, so its address says the language."""
    body = json.dumps(manifest(app, lang), ensure_ascii=False)
    return Response(body, media_type="application/manifest+json", headers={"Cache-Control": "no-cache"})
