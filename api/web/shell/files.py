"""The committed style sheet, modules and icons, served with lasting caching by fingerprint."""

from starlette.responses import Response
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

from api.web.shell.render import STATIC

YEAR = 31_536_000


class FingerprintedFiles(StaticFiles):
    """A file asked for with ?v=<its hash> never changes; a module imported by its plain name is checked again."""

    def __init__(self) -> None:
        super().__init__(directory=STATIC)

    async def get_response(self, path: str, scope: Scope) -> Response:
        response = await super().get_response(path, scope)
        lasting = scope["query_string"].startswith(b"v=")
        response.headers["Cache-Control"] = f"public, max-age={YEAR}, immutable" if lasting else "no-cache"
        response.headers["X-Content-Type-Options"] = "nosniff"
        return response
