"""Spans for an operator's collector: the journey is in them, and nobody who made it."""

import builtins
import json
from collections.abc import Sequence
from typing import Any

import pytest
from opentelemetry.sdk.trace import ReadableSpan
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from sqlalchemy import select, text
from sqlalchemy.exc import OperationalError

from api.metrics.traces import OPERATIONS, TracesMissing, traces_sent
from gateway.settings import Settings
from gateway.spans import ALLOWED, METHODS, OTHER, span
from gateway.store import Delivery, Model
from tests.parts.house import House, good
from tests.unit.api.test_canary import NAME, NUMBER, walk
from tests.unit.api.test_closed_routes import routes

SQL = {*OPERATIONS, OTHER}


def written(spans: Sequence[ReadableSpan]) -> str:
    """Everything in the spans but times and random ids."""
    return repr(
        [
            (s.name, dict(s.attributes or {}), s.events, s.links, s.status.description, s.resource.to_json())
            for s in spans
        ]
    )


def personal(house: House) -> set[str]:
    """Every text and id in every table that is long enough to be told apart, and what was typed."""
    found = {NAME, NUMBER, NAME.lower()}
    with house.gateway.database.reading() as session:
        for table in Model.metadata.sorted_tables:
            for row in session.execute(table.select()):
                found |= {value.hex() if isinstance(value, bytes) else str(value) for value in row}
    return {value for value in found if len(value) >= 6}


async def test_the_whole_journey_is_traced_and_nothing_in_it_names_anybody(house: House) -> None:
    exporter = InMemorySpanExporter()
    with traces_sent(house.gateway.settings, exporter):
        await walk(house)
        tenant, offer = await house.tenant("b")
        token = offer["url"].rpartition("/")[2]
        headers = {"User-Agent": NAME, "traceparent": f"00-{'ab' * 16}-{'cd' * 8}-01"}
        await house.client().get(f"/o/{token}?name={NAME}", headers=headers)
        await house.client().get(f"/no/such/{NAME}?{NUMBER}")
        await house.client().request(NAME, "/login")
        good(await tenant.get("/api/v1/onboarding"))
    spans = exporter.get_finished_spans()
    said = written(spans)
    known = {path for _, path in routes(house.app)} | {OTHER, "/static"}
    for each in spans:
        attributes = dict(each.attributes or {})
        assert attributes.keys() <= ALLOWED
        assert attributes.get("http.route", OTHER) in known
        assert attributes.get("http.request.method", OTHER) in METHODS | {OTHER}
        assert attributes.get("db.operation.name", OTHER) in SQL
        assert (each.events, each.links, each.status.description) == ((), (), None)
        assert set(each.resource.attributes) == {"service.name", "service.version"}
    shared = {value for value in personal(house) if value in said}
    words = {word for each in spans for word in (*(each.attributes or {}).values(), each.name) if isinstance(word, str)}
    assert shared <= {part for word in words for part in known | SQL | METHODS if part in word} | ALLOWED, shared
    for secret in (token, NAME, NUMBER, NAME.lower(), "127.0.0.1", "lodgekey.test", "ab" * 16):
        assert secret not in said
    names = {each.name for each in spans}
    assert {"POST /api/v1/onboarding/verification", "PATCH /api/v1/stays/{stay_id}", "SELECT", "INSERT"} <= names
    registering = next(each for each in spans if each.name == "POST /api/v1/onboarding/verification")
    below = [each for each in spans if each.parent and each.parent.span_id == registering.context.span_id]
    assert {"db.system.name", "db.operation.name"} == {key for each in below for key in each.attributes or {}}
    assert registering.parent is None, "what a stranger sends as a trace is not continued"


def test_a_failure_is_a_class_and_not_a_text(house: House) -> None:
    exporter = InMemorySpanExporter()

    def broken() -> None:
        with span("deliver", lodgekey__work="submit", person=NAME), house.gateway.database.reading() as session:
            session.execute(text(f"SELECT {NAME} FROM nowhere"))

    with traces_sent(house.gateway.settings, exporter), pytest.raises(OperationalError):
        broken()
    found = {each.name: dict(each.attributes or {}) for each in exporter.get_finished_spans()}
    assert found["deliver"] == {"lodgekey.work": "submit", "error.type": "OperationalError"}
    assert found["SELECT"]["error.type"] == "OperationalError"
    assert NAME not in written(exporter.get_finished_spans())


async def test_deliveries_to_locks_are_traced_by_kind(house: House) -> None:
    exporter = InMemorySpanExporter()
    await house.key()
    with house.gateway.database.reading() as session:
        delivery = session.scalars(select(Delivery).where(Delivery.work == "put_key")).one()
    with traces_sent(house.gateway.settings, exporter):
        await house.gateway.relay._attempt(delivery)
    found = {each.name: dict(each.attributes or {}) for each in exporter.get_finished_spans()}
    assert found["deliver"]["lodgekey.work"] == "put_key"
    assert found["send"].items() >= {"lodgekey.driver": "native", "lodgekey.command": "PutKey"}.items()
    assert "lock-a" not in json.dumps(found)


def test_the_frameworks_own_telemetry_is_off_whatever_the_environment_says(house: House) -> None:
    """FastAPI would send paths, queries and the texts of exceptions, with OTEL_… in the environment."""
    config = house.app._telemetry
    assert {name for name, value in config.items() if value} == set()
    assert not house.app._native_telemetry.enabled()


def test_a_collector_without_the_packages_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    true = builtins.__import__

    def without(name: str, *arguments: Any) -> Any:
        if name.startswith("opentelemetry.sdk"):
            raise ImportError(name)
        return true(name, *arguments)

    monkeypatch.setattr(builtins, "__import__", without)
    settings = Settings(traces_url="http://127.0.0.1:4318/v1/traces")
    with pytest.raises(TracesMissing), traces_sent(settings):
        pass


def test_without_a_collector_nothing_is_traced() -> None:
    with traces_sent(Settings()), span("deliver") as attributes:
        assert attributes == {}
