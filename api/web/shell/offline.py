"""Pages that a browser keeps for use without a network, and the service worker that keeps them."""

from fastapi import APIRouter, Request, Response
from fastapi.responses import FileResponse

from api.web.shell.page_route import PageRoute
from api.web.shell.render import STATIC, page

router = APIRouter(route_class=PageRoute, include_in_schema=False)


@router.get("/key/offline")
def show_key_offline(request: Request) -> Response:
    """Return the key page for use without a network. It holds no personal data; the phone adds what it has stored."""
    return page(request, "tenant/offline.html", {"here": "/key"})


@router.get("/offline")
def show_offline(request: Request) -> Response:
    """Return the page that a landlord sees without a network: what is unavailable, and what continues to work."""
    return page(request, "landlord/offline.html", {"here": "/landlord"})


@router.get("/sw.js")
def service_worker() -> Response:
    """Return the service worker, at the root path so that its scope covers every page."""
    return FileResponse(
        STATIC / "shared/service_worker.js", media_type="text/javascript", headers={"Cache-Control": "no-cache"}
    )
