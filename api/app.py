"""The application: its routes, error handlers, limits on bodies and security headers."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from math import ceil
from typing import Final

from fastapi import APIRouter, FastAPI, Request, Response
from fastapi.telemetry import TelemetryConfig
from prometheus_client import CollectorRegistry
from starlette.formparsers import MultiPartParser
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.framework.body_limits import MAX_REQUEST_BYTES, BodyMemory, Refusal, body_length, refusal_by_size
from api.framework.checked_route import CheckedRoute
from api.framework.head import HeadSent, as_get
from api.framework.pace import COSTS, LONGEST_WAIT, Paces, trusted
from api.framework.session_cookie import SESSION_COOKIE
from api.http.account import alerts, passkeys, passwords, second_factor, sessions, sign_in
from api.http.devices import enrolment, status
from api.http.landlord import date_requests, one_time_codes, staff, stays
from api.http.officer import cases, consumers, disclosures, exports, filings, registrations, stored_faces
from api.http.problems import REFUSALS, DescribedApplication, install, problem
from api.http.tenant import corrections, family, keys, offline_credential, onboarding, record_readers, stay
from api.metrics.parts import GatewayCollector
from api.metrics.requests import Measured, RequestMetrics
from api.metrics.traces import Traced
from api.services.faults import BROKEN, TOO_FAST, log_fault
from api.services.officer.stored_faces import worst_state
from api.web.routes import add_pages
from api.web.shell.page_route import framework_page
from api.web.shell.render import language_of
from gateway.bootstrap import Gateway
from gateway.texts.translator import translator

PARTS: Final = (
    sign_in,
    stays,
    alerts,
    one_time_codes,
    passkeys,
    passwords,
    second_factor,
    sessions,
    staff,
    disclosures,
    record_readers,
    onboarding,
    corrections,
    keys,
    cases,
    stored_faces,
    exports,
    filings,
    registrations,
    consumers,
    status,
    enrolment,
    offline_credential,
    stay,
    family,
    date_requests,
)  # in the order in which the documents list them

HEADERS: Final = {
    "Cache-Control": "no-store",  # every answer may be personal, unless its route says otherwise
    "Content-Security-Policy": (
        "default-src 'self'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; media-src 'self' blob:;"
        " object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(self), bluetooth=(self), geolocation=(), microphone=()",
}
# FastAPI's own spans hold paths and queries, its records the texts of exceptions; ours are in api.metrics.traces.
NO_TELEMETRY: Final[TelemetryConfig] = {
    "tracing": False,
    "metrics": False,
    "logs": False,
    "operation_spans": False,
    "auto_configure": False,
}
# RFC 6797 §7.2: over HTTPS only.
HTTPS_HEADERS: Final = {"Strict-Transport-Security": "max-age=31536000"}
SUBDOMAIN_HEADERS: Final = {"Strict-Transport-Security": "max-age=31536000; includeSubDomains"}
# RFC 9110 §15.5.2 asks for a challenge; the scheme is that of draft-broyer-http-cookie-auth.
SIGN_IN_HEADERS: Final = {
    "WWW-Authenticate": f'Cookie realm="Lodgekey", form-action="/login", cookie-name="{SESSION_COOKIE}"'
}
UNAUTHORIZED: Final = 401
RAW_HEADERS, RAW_HTTPS_HEADERS, RAW_SUBDOMAIN_HEADERS, RAW_SIGN_IN_HEADERS = (
    [(name.lower().encode(), value.encode()) for name, value in headers.items()]
    for headers in (HEADERS, HTTPS_HEADERS, SUBDOMAIN_HEADERS, SIGN_IN_HEADERS)
)

# Pictures must never reach the disk, so every admissible request is kept in memory.
MultiPartParser.spool_max_size = MAX_REQUEST_BYTES


def create_app(gateway: Gateway, *, run: bool = True, paces: Paces | None = None) -> FastAPI:
    """Return the application of one gateway, which it starts and stops with itself unless `run` is False.

    `paces` are the rates of requests; by default only loopback addresses have none.
    """

    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
        if not run:
            yield
            return
        async with gateway:
            yield

    app = DescribedApplication(
        title="Lodgekey",
        version="1",
        summary="Keys for rented homes, and the registrations that go with them.",
        lifespan=lifespan,
        docs_url=None,
        redoc_url=None,
        openapi_url="/api/v1/openapi.json",
        responses=REFUSALS,
        telemetry=NO_TELEMETRY,
    )
    app.state.gateway = gateway
    install(app, language_of, framework_page)
    app.state.paces = paces or Paces(trusted("127.0.0.0/8, ::1"))
    app.add_middleware(Guard, paces=app.state.paces)
    app.state.figures = CollectorRegistry()
    app.state.figures.register(GatewayCollector(lambda: app.state.gateway))
    app.add_middleware(Measured, metrics=RequestMetrics(app.state.figures))
    app.add_middleware(Traced)
    api = APIRouter(prefix="/api/v1")
    for part in PARTS:
        api.include_router(part.router)
    app.include_router(api)
    app.include_router(_health_router())
    add_pages(app)
    return app


class Guard:
    """ASGI: refuses bodies that are too large or too many, unread, and adds the security headers to every answer.

    Requests of an address that exceed its rate wait, and are refused where they would wait for long. Where the public
    address is HTTPS, so is the scheme of every request, whatever a proxy passes on.
    """

    def __init__(self, app: ASGIApp, paces: Paces) -> None:
        self._app, self._paces = app, paces
        self._memory = BodyMemory()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        scope, send = as_get(scope, send)
        scope["scheme"] = true_scheme(scope)
        caller, pace = scope["client"][0] if scope.get("client") else "", self._paces.of(scope["path"])

        async def send_guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = with_headers(scope, message)
            await send(message)

        async def send_priced(message: Message) -> None:
            if message["type"] == "http.response.start":
                pace.take(caller, COSTS.get(message["status"], 1) - 1)
            await send_guarded(message)

        if (wait := pace.wait(caller)) > LONGEST_WAIT:
            answer = refused(scope, Refusal(429, "too_many_attempts", "Too many attempts", TOO_FAST))
            answer.headers["Retry-After"] = str(ceil(wait))
            await answer(scope, receive, send_guarded)
            return
        if wait := pace.take(caller):
            await self._paces.sleep(wait)
        await self._answer(scope, receive, send_priced, caller)

    async def _answer(self, scope: Scope, receive: Receive, send: Send, caller: str) -> None:
        """Answer with what the application says, a refusal of the body, or the error page after a fault."""
        started = False

        async def send_noted(message: Message) -> None:
            nonlocal started
            started = True
            await send(message)

        if (refusal := refusal_by_size(scope)) is not None:
            answer = refused(scope, refusal)
            answer.headers["Connection"] = "close"  # RFC 9112 §6.1: what follows may be part of the body
            await answer(scope, receive, send)
            return
        try:
            with self._memory.hold(caller, body_length(scope)) as refusal:
                await (refused(scope, refusal) if refusal else self._app)(scope, receive, send_noted)
        except HeadSent:
            pass
        except Exception as error:  # noqa: BLE001 - the outermost handler: logs no value of the request
            log_fault(scope["method"], error)
            if not started:
                fault = refused(scope, Refusal(500, "internal", "Something went wrong", BROKEN))
                await fault(scope, receive, send)


def refused(scope: Scope, refusal: Refusal) -> Response:
    """Return a page for a page's request, else a problem; both are in the language of the request."""
    request = Request(scope)
    page = framework_page(request, refusal.status, refusal.code, refusal.detail)
    return page or problem(*refusal._replace(detail=translator(language_of(request)).translate(refusal.detail)))


def true_scheme(scope: Scope) -> str:
    """Return the scheme by which the browser sent a request: a trusted proxy's word, or the public address's scheme."""
    gateway: Gateway | None = getattr(scope["app"].state, "gateway", None)  # none where only pages are shown
    return "https" if gateway and gateway.settings.address.startswith("https:") else str(scope["scheme"])


def https_headers(scope: Scope) -> list[tuple[bytes, bytes]]:
    """Return the headers of answers over HTTPS."""
    gateway: Gateway | None = getattr(scope["app"].state, "gateway", None)
    return RAW_SUBDOMAIN_HEADERS if gateway is None or gateway.settings.https_subdomains else RAW_HTTPS_HEADERS


def with_headers(scope: Scope, message: Message) -> list[tuple[bytes, bytes]]:
    """Return an answer's headers and those that it lacks."""
    wanted = RAW_HEADERS + (https_headers(scope) if scope["scheme"] == "https" else [])
    wanted += RAW_SIGN_IN_HEADERS if message["status"] == UNAUTHORIZED else []
    present = {name.lower() for name, _ in message["headers"]}
    return [*message["headers"], *(item for item in wanted if item[0] not in present)]


def _health_router() -> APIRouter:
    router = APIRouter(route_class=CheckedRoute, tags=["health"])

    @router.get("/healthz")
    async def healthz() -> dict[str, str]:
        """Return ok: the process runs."""
        return {"status": "ok"}

    @router.get("/readyz")
    def readyz(request: Request, response: Response) -> dict[str, bool | str]:
        """Return whether link, broker, identity checks, loops, clock and disk are good (else 503), and stored faces."""
        gateway: Gateway = request.app.state.gateway
        state = gateway.readiness()
        if not all(state.values()):
            response.status_code = 503
        return state | {"stored_faces": worst_state(gateway)}

    return router
