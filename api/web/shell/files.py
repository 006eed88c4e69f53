"""Static files: style sheets, modules and icons, cached for a year if their address has a fingerprint."""

from typing import Final

from starlette.responses import Response
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

from api.web.shell.render import STATIC

YEAR: Final = 31_536_000  # seconds


class FingerprintedFiles(StaticFiles):
    """Caches an address with ?v=<hash> for a year; modules are imported without it and are revalidated on each use."""

    def __init__(self) -> None:
        super().__init__(directory=STATIC)

    async def get_response(self, path: str, scope: Scope) -> Response:
        response = await super().get_response(path, scope)
        lasting = scope["query_string"].startswith(b"v=")
        response.headers["Cache-Control"] = f"public, max-age={YEAR}, immutable" if lasting else "no-cache"
        response.headers["X-Content-Type-Options"] = "nosniff"
        return response
