"""The state of a gateway's parts, read when Prometheus asks. No label names a person, home, device or key."""

import shutil
from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final

from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector
from sqlalchemy import case, func, select
from sqlalchemy.exc import SQLAlchemyError

from gateway.bootstrap import Gateway
from gateway.clock import TrustedClock
from gateway.operations.health import own_certificates
from gateway.operations.release import SUPPORTED_UNTIL, VERSION
from gateway.store import Delivery, Device, Event, Registration

PENDING: Final = "owed"


def _gauge(name: str, help_text: str, values: Mapping[Any, float], labels: tuple[str, ...] = ()) -> Metric:
    """A gauge of values by the tuple of their labels."""
    family = GaugeMetricFamily(f"lodgekey_{name}", help_text, labels=labels)
    for given, value in values.items():
        family.add_metric(given, value)
    return family


def _one(name: str, help_text: str, value: float) -> Metric:
    return _gauge(name, help_text, {(): value})


class GatewayCollector(Collector):
    """A collector of a gateway. What cannot be read, such as a database that is away, is missing and counted."""

    def __init__(self, gateway: Callable[[], Gateway | None]) -> None:
        self._gateway = gateway

    def describe(self) -> list[Metric]:
        """Return nothing: Prometheus' library then registers this collector without reading the database."""
        return []

    def collect(self) -> Iterator[Metric]:
        """Yield each figure."""
        unread, gateway = 0, self._gateway()
        if gateway is None:  # only pages are shown
            return
        for read in PARTS:
            try:
                yield from read(gateway)
            except (SQLAlchemyError, OSError):
                unread += 1
        yield _one("unread_parts", "Parts whose figures could not be read.", unread)


def release(_gateway: Gateway) -> Iterator[Metric]:
    """Version and support period."""
    labels = ("version", "supported_until")
    yield _gauge("build_info", "The release that runs.", {(VERSION, SUPPORTED_UNTIL): 1}, labels)


def readiness(gateway: Gateway) -> Iterator[Metric]:
    """What /readyz says, and the loops."""
    parts = {(name,): float(good) for name, good in gateway.readiness().items()}
    yield _gauge("ready", "Whether a part is in order, as /readyz says.", parts, ("part",))
    states = gateway.supervisor.states()
    good = {(name,): float(state == "good") for name, state in states.items()}
    yield _gauge("loop_good", "Whether a background loop runs and is not late.", good, ("loop",))
    pending = {(name,): gateway.supervisor.pending_for(name) for name in states}
    yield _gauge("loop_pending_seconds", "Since when a loop has had a round that is not good.", pending, ("loop",))
    restarts = {(name,): float(gateway.supervisor.restarts(name)) for name in states}
    yield _gauge("loop_restarts", "How often a loop was started again.", restarts, ("loop",))


def queues(gateway: Gateway) -> Iterator[Metric]:
    """What is pending, the registrations, and what the feed has not stamped yet."""
    now = gateway.now()
    with gateway.database.reading() as session:
        late = func.sum(case((Delivery.due_at < now, 1), else_=0))
        pending = session.execute(
            select(Delivery.work, func.count(), late, func.min(Delivery.created_at))
            .where(Delivery.state == PENDING)
            .group_by(Delivery.work)
        ).all()
        filed = session.execute(
            select(Registration.registry_name, Registration.state, func.count()).group_by(
                Registration.registry_name, Registration.state
            )
        ).all()
        waiting = select(func.min(Event.at)).where(Event.for_feed, Event.feed_seq.is_(None))
        oldest = session.scalar(waiting)
    yield _gauge("deliveries_pending", "Deliveries not settled.", {(row[0],): row[1] for row in pending}, ("work",))
    due = {(row[0],): float(row[2] or 0) for row in pending}
    yield _gauge("deliveries_due", "Deliveries whose time has come.", due, ("work",))
    ages = {(row[0],): float(max(0, now - row[3])) for row in pending}
    yield _gauge("delivery_oldest_seconds", "Age of the oldest delivery not settled.", ages, ("work",))
    labels = ("registry", "state")
    yield _gauge("registrations", "Registrations by registry and state.", {(r[0], r[1]): r[2] for r in filed}, labels)
    lag = max(0, now - (oldest or now))
    yield _one("feed_lag_seconds", "Age of the oldest entry that the feed has not numbered.", lag)


def devices(gateway: Gateway) -> Iterator[Metric]:
    """Locks and kiosks in service, and the end of their certificates."""
    with gateway.database.reading() as session:
        rows = session.execute(
            select(Device.kind, Device.online, func.count())
            .where(Device.revoked_at.is_(None))
            .group_by(Device.kind, Device.online)
        ).all()
        known = Device.certificate_expires_at > 0
        ends = session.scalar(select(func.min(Device.certificate_expires_at)).where(known, Device.revoked_at.is_(None)))
    words = {True: "online", False: "offline", None: "unknown"}
    counted = {(kind, words[online]): float(number) for kind, online, number in rows}
    yield _gauge("devices", "Devices in service, by what was last heard.", counted, ("kind", "state"))
    own = min((end for _, end in own_certificates(gateway.settings)), default=None)
    expiries = {(whose,): float(end - gateway.now()) for whose, end in (("own", own), ("devices", ends)) if end}
    yield _gauge("certificate_expiry_seconds", "Time until the first certificate expires.", expiries, ("whose",))


def machine(gateway: Gateway) -> Iterator[Metric]:
    """Disk and clock."""
    yield _one("disk_free_bytes", "Free space where the folder is.", shutil.disk_usage(gateway.settings.folder).free)
    yield _one("disk_reserve_held", "Whether the reserve for essential writes is there.", gateway.disk_has_space)
    off = gateway.now.off_by() if isinstance(gateway.now, TrustedClock) else 0
    yield _one("clock_offset_seconds", "By how much the system clock is implausibly ahead.", off)


PARTS: Final[tuple[Callable[[Gateway], Iterator[Metric]], ...]] = (release, readiness, queues, devices, machine)
