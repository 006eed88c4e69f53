"""Where Prometheus reads the figures: a port of its own, on loopback unless the operator says otherwise."""

from collections.abc import Iterator
from contextlib import contextmanager

from prometheus_client import CollectorRegistry, start_http_server

from gateway.settings import Settings


@contextmanager
def metrics_served(registry: CollectorRegistry, settings: Settings) -> Iterator[int | None]:
    """Serve the figures while open; yields the port, or None where `metrics_port` is not set.

    Raises OSError if the address cannot be listened on.
    """
    if settings.metrics_port is None:
        yield None
        return
    server, thread = start_http_server(settings.metrics_port, settings.metrics_host, registry)
    try:
        yield int(server.server_address[1])
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
