"""Counts requests by the template of their route, never by their path: paths hold capabilities and ids."""

import time
from typing import Any, Final

from prometheus_client import CollectorRegistry, Counter, Histogram
from starlette.types import ASGIApp, Message, Receive, Scope, Send

METHODS: Final = {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"}
OTHER: Final = "other"
UNLOCK: Final = "/api/v1/keys/{key_id}/unlock"
SECONDS: Final = (0.05, 0.1, 0.2, 0.3, 0.5, 0.75, 1, 2, 5, 10)  # an unlock command is dead after ten


class RequestMetrics:
    """The figures of requests. `registry` is that of one gateway."""

    def __init__(self, registry: CollectorRegistry) -> None:
        labels = ("method", "route", "status")
        self.requests = Counter("lodgekey_http_requests", "Requests answered.", labels, registry=registry)
        self.unlock = Histogram(
            "lodgekey_unlock_seconds",
            "From the request to unlock until its answer.",
            buckets=SECONDS,
            registry=registry,
        )

    def note(self, scope: Scope, status: int, seconds: float) -> None:
        """Count one answer."""
        method, route = str(scope["method"]), template_of(scope)
        self.requests.labels(method if method in METHODS else OTHER, route, str(status)).inc()
        if route == UNLOCK:
            self.unlock.observe(seconds)


def template_of(scope: Scope) -> str:
    """Return the template of the route that answered, such as /o/{token}; "other" where none did."""
    found: Any = scope.get("fastapi", {}).get("effective_route_context") or scope.get("route")
    path = getattr(found, "path", None)
    return str(path) if path else OTHER


class Measured:
    """ASGI: counts what an application answers."""

    def __init__(self, app: ASGIApp, metrics: RequestMetrics) -> None:
        self._app, self._metrics = app, metrics

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        began = time.perf_counter()

        async def send_counted(message: Message) -> None:
            if message["type"] == "http.response.start":
                self._metrics.note(scope, message["status"], time.perf_counter() - began)
            await send(message)

        await self._app(scope, receive, send_counted)
