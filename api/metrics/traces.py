"""Spans for the operator's OpenTelemetry collector: optional, in the extra `lodgekey[otel]`.

The SDK and its exporter are used; none of the instrumentation packages, which say of a request its path, its query and
who asks, and of a statement its text.
"""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import event
from sqlalchemy.engine import Engine
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.metrics.requests import template_of
from gateway.operations.release import VERSION
from gateway.settings import Settings
from gateway.spans import ALLOWED, OTHER, Attributes, Kind, known_method, span, traced_by

if TYPE_CHECKING:
    from opentelemetry.sdk.trace.export import SpanExporter

OPERATIONS: Final = frozenset({"SELECT", "INSERT", "UPDATE", "DELETE", "WITH", "BEGIN", "PRAGMA"})
EXPORT_SECONDS: Final = 10  # an absent collector holds up nothing but the thread that sends


class TracesMissing(Exception):
    """A collector is set, and the packages of the extra are not installed."""


class Traced:
    """ASGI: a span for each request."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        method = known_method(scope["method"])
        with span(method, "server", http__request__method=method) as attributes:

            async def send_noted(message: Message) -> None:
                if message["type"] == "http.response.start":
                    attributes["http.route"] = template_of(scope)
                    attributes["http.response.status_code"] = message["status"]
                await send(message)

            await self._app(scope, receive, send_noted)


@contextmanager
def traces_sent(settings: Settings, exporter: "SpanExporter | None" = None) -> Iterator[None]:
    """Send spans to the collector of the settings while open; nothing where none is set. `exporter`: in its place.

    Raises TracesMissing.
    """
    if not settings.traces_url and exporter is None:
        yield
        return
    try:
        from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter  # noqa: PLC0415 - extra
        from opentelemetry.sdk.resources import Resource  # noqa: PLC0415 - extra
        from opentelemetry.sdk.trace import TracerProvider  # noqa: PLC0415 - extra
        from opentelemetry.sdk.trace.export import BatchSpanProcessor  # noqa: PLC0415 - extra
    except ImportError:
        raise TracesMissing from None
    resource = Resource({"service.name": settings.gateway_name, "service.version": VERSION})
    provider = TracerProvider(resource=resource, shutdown_on_exit=False)
    sent = exporter or OTLPSpanExporter(settings.traces_url, timeout=EXPORT_SECONDS)
    provider.add_span_processor(BatchSpanProcessor(sent))
    tracer = provider.get_tracer("lodgekey")
    try:
        with ExitStack() as stack:
            stack.enter_context(traced_by(Opening(tracer)))
            stack.enter_context(statements_of(tracer))
            yield
    finally:
        provider.shutdown()


class Opening:
    """Opens spans of a tracer with the attributes that are allowed, below the span that is current."""

    def __init__(self, tracer: Any) -> None:
        self._tracer = tracer

    @contextmanager
    def __call__(self, name: str, kind: Kind, attributes: Attributes) -> Iterator[None]:
        """One span; its attributes are read when it ends."""
        from opentelemetry.trace import SpanKind, StatusCode  # noqa: PLC0415 - extra

        with self._tracer.start_as_current_span(
            name, kind=SpanKind[kind.upper()], record_exception=False, set_status_on_exception=False
        ) as current:
            try:
                yield
            finally:
                said = {key: value for key, value in attributes.items() if key in ALLOWED}
                current.set_attributes(said)
                if "http.route" in said:
                    current.update_name(f"{name} {said['http.route']}")
                if "error.type" in said or int(said.get("http.response.status_code", 0)) >= 500:
                    current.set_status(StatusCode.ERROR)


@contextmanager
def statements_of(tracer: Any) -> Iterator[None]:
    """A span for each statement to a database that is executed within another span: its first word, and no more."""
    from opentelemetry.trace import SpanKind, StatusCode, get_current_span  # noqa: PLC0415 - extra

    def begin(connection: Any, _cursor: Any, statement: str, _parameters: Any, context: Any, _many: bool) -> None:
        if context is None or not get_current_span().is_recording():
            return
        word = statement.lstrip().split(None, 1)[0].upper() if statement.strip() else OTHER
        operation = word if word in OPERATIONS else OTHER
        attributes = {"db.system.name": connection.dialect.name, "db.operation.name": operation}
        context.span = tracer.start_span(operation, kind=SpanKind.CLIENT, attributes=attributes)

    def end(_connection: Any, _cursor: Any, _statement: Any, _parameters: Any, context: Any, _many: bool) -> None:
        if (begun := getattr(context, "span", None)) is not None:
            begun.end()

    def failed(error: Any) -> None:
        if (begun := getattr(error.execution_context, "span", None)) is not None:
            begun.set_attribute("error.type", type(error.original_exception).__name__)
            begun.set_status(StatusCode.ERROR)
            begun.end()

    listeners = (("before_cursor_execute", begin), ("after_cursor_execute", end), ("handle_error", failed))
    for name, listener in listeners:
        event.listen(Engine, name, listener)
    try:
        yield
    finally:
        for name, listener in listeners:
            event.remove(Engine, name, listener)
