"""The pages without a network: what a browser may keep of them, and the worker that keeps it."""

from fastapi import APIRouter, Request, Response
from fastapi.responses import FileResponse

from api.web.shell.page_route import PageRoute
from api.web.shell.render import STATIC, page

router = APIRouter(route_class=PageRoute, include_in_schema=False)


@router.get("/key/offline")
def show_key_offline(request: Request) -> Response:
    """The key page for when there is no network; it says nothing of anybody. What is the tenant's is on the phone."""
    return page(request, "tenant/offline.html", {"here": "/key"})


@router.get("/offline")
def show_offline(request: Request) -> Response:
    """A landlord's pages for when there is no network: that they are away, and what goes on without them."""
    return page(request, "landlord/offline.html", {"here": "/landlord"})


@router.get("/sw.js")
def service_worker() -> Response:
    """The service worker, at the top so that it may look after all of them."""
    return FileResponse(
        STATIC / "shared/service_worker.js", media_type="text/javascript", headers={"Cache-Control": "no-cache"}
    )
