"""Routes of pages: errors become pages, in the reader's language, with a way to go on."""

import re
from collections.abc import Callable, Coroutine, Mapping
from typing import Any, Final
from urllib.parse import urlencode

from fastapi import Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import RedirectResponse
from starlette.exceptions import HTTPException

from api.framework.checked_route import CheckedRoute
from api.framework.refusal_log import log_refusal
from api.services.error_text import error_text
from api.services.faults import BROKEN, DATABASE_REFUSED, database_refused, log_fault
from api.web.shell.done import DONE
from api.web.shell.render import language_of, page
from gateway.domain.errors import (
    InputRefused,
    LodgekeyError,
    PasswordChangeNeeded,
    SecondFactorMissing,
    SignInAgain,
    SignInNeeded,
)
from gateway.texts.marks import N_
from gateway.texts.translator import translator

SEE_OTHER = 303
OF_TENANTS: Final = re.compile(r"/(?:o|take|onboarding|companion|key)(?:/|$)")  # tenants have no start page
# Pages that come before the one that was asked for, by the error that needs them.
FIRST: Final[Mapping[type[LodgekeyError], str]] = {
    SignInNeeded: "/login",
    SignInAgain: "/login",
    PasswordChangeNeeded: "/account/first-password",
    SecondFactorMissing: "/account/second-factor",
}
ACCOUNT_PAGES: Final = ("/account/second-factor", "/account")  # forms of these are begun again after a sign-in
LOCAL_PATH: Final = re.compile(r"/(?:[A-Za-z0-9_~-][!-\[\]-~]{0,500})?")  # no second slash, no backslash


class PageRoute(CheckedRoute):
    """A CheckedRoute that answers refusals, malformed forms and internal errors with the error page."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """Return the handler that FastAPI calls."""
        handle = super().get_route_handler()

        async def handle_page(request: Request) -> Response:
            try:
                return await handle(request)
            except LodgekeyError as error:
                log_refusal(request, error)
                first = next((page for kind, page in FIRST.items() if isinstance(error, kind)), None)
                return go(leading_back(first, request)) if first else error_page(request, error)
            except RequestValidationError:
                return error_page(
                    request, InputRefused(N_("Some information is missing or incorrect. Go back and check it."))
                )
            except HTTPException:
                raise
            except DATABASE_REFUSED as error:
                return error_page(request, database_refused(error))
            except Exception as error:  # noqa: BLE001 - the reader gets a page that says it was an internal error
                log_fault(request.method, error)
                return error_page(request, LodgekeyError(BROKEN))

        return handle_page


def go(path: str) -> RedirectResponse:
    """Redirect to another page of this site, by GET."""
    return RedirectResponse(path, SEE_OTHER, headers={"Cache-Control": "no-store", "Referrer-Policy": "same-origin"})


def leading_back(page: str, request: Request) -> str:
    """Return the address of a page that has to come first and then leads to the page that was asked for."""
    asked = request.url.path + (f"?{request.url.query}" if request.url.query else "")
    if request.method != "GET":
        asked = next((each for each in ACCOUNT_PAGES if asked.startswith(each)), "/")
    return f"{page}?{urlencode({'next': asked})}" if asked != "/" else page


def page_after(asked: str, otherwise: str) -> str:
    """Return `asked` if it is the path of a page of this site, else `otherwise`: nobody is sent to another site."""
    return asked if LOCAL_PATH.fullmatch(asked) and not asked.startswith("/login") else otherwise


def error_page(request: Request, error: LodgekeyError) -> Response:
    """Return the page that says what happened and what to do."""
    sentence = error_text(language_of(request), error)
    return problem_page(request, error.status, error.code, sentence)


def problem_page(request: Request, status: int, code: str, sentence: str) -> Response:
    """Return the error page with a sentence in the reader's language."""
    again = request.url.path if request.method == "GET" and status in (429, 500, 503) else None
    of_tenant = OF_TENANTS.match(request.url.path) is not None
    values = {"sentence": sentence, "code": code, "again": again, "of_tenant": of_tenant}
    return page(request, "shared/error.html", values | {"back": request.method != "GET"}, status)


def wants_page(request: Request) -> bool:
    """Whether a browser shows the answer to a person; callers of the API get JSON whatever they accept."""
    return not request.url.path.startswith("/api/") and "text/html" in request.headers.get("accept", "")


def framework_page(request: Request, status: int, code: str, message: str) -> Response | None:
    """Return the error page with a marked text, translated; None for who wants JSON."""
    if not wants_page(request):
        return None
    return problem_page(request, status, code, translator(language_of(request)).translate(message))


def notice_of(request: Request, done: Mapping[str, str] = DONE) -> str | None:
    """Return the confirmation that ?done names; None for an unknown name."""
    name = request.query_params.get("done", "")
    return translator(language_of(request)).translate(done[name]) if name in done else None
