"""What Prometheus reads: the gateway's parts, and requests by route, with nothing in a label that names anybody."""

import json
import re
import shutil
import subprocess
from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest
from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import Metric, Sample
from prometheus_client.parser import text_string_to_metric_families
from sqlalchemy.exc import OperationalError

from api.client import Client
from api.metrics.parts import GatewayCollector
from api.metrics.server import metrics_served
from gateway.settings import Settings
from tests.architecture.source import ROOT
from tests.parts.house import House, good
from tests.unit.api.test_closed_routes import routes

DEPLOY = ROOT / "tooling" / "deploy"
RULES, DASHBOARD = DEPLOY / "prometheus-rules.yml", DEPLOY / "grafana-dashboard.json"
NAME = re.compile(r"lodgekey_[a-z_]+")
LABELS = {
    "method", "route", "status", "le", "version", "supported_until", "part", "loop", "work", "registry", "state",
    "kind", "whose",
}  # fmt: skip


def scraped(house: House) -> list[Metric]:
    """What Prometheus' own parser reads of a scrape."""
    return list(text_string_to_metric_families(generate_latest(house.app.state.figures).decode()))


def samples(house: House) -> Iterator[Sample]:
    for family in scraped(house):
        yield from family.samples


async def lived(house: House) -> str:
    """A tenant registers, gets a key, and tries to unlock; returns the key's id."""
    key = await house.key()
    body = {"at": house.now[0], "nonce": "a" * 24, "signature": "A" * 86}
    await house.client().post(f"/api/v1/keys/{key}/unlock", json=body)
    await house.client().get("/o/no-such-offer-token")
    await house.client().get("/no/such/page")
    return key


async def test_requests_are_counted_by_template_and_status(house: House) -> None:
    await lived(house)
    counted = {
        (s.labels["route"], s.labels["status"]) for s in samples(house) if s.name == "lodgekey_http_requests_total"
    }
    assert ("/api/v1/onboarding/verification", "200") in counted
    assert ("other", "404") in counted
    known = {path for _, path in routes(house.app)} | {"other", "/static"}
    assert {route for route, _ in counted} <= known


async def test_the_time_of_an_unlock_is_measured(house: House) -> None:
    before = {s.name: s.value for s in samples(house)}.get("lodgekey_unlock_seconds_count", 0)
    await lived(house)
    assert {s.name: s.value for s in samples(house)}["lodgekey_unlock_seconds_count"] == before + 1


async def test_no_label_names_a_person_a_home_a_device_or_a_key(house: House) -> None:
    key = await lived(house)
    stays = good(await house.client("landlord-a").get("/api/v1/stays"))
    private = {key, *house.units.values(), "landlord-a", *(str(stay["id"]) for stay in stays)}
    for sample in samples(house):
        assert sample.labels.keys() <= LABELS
        for value in sample.labels.values():
            assert not any(secret in value for secret in private)
            assert not re.search(r"[0-9a-f]{12}", value), "an id"


async def test_a_stranger_adds_a_bounded_number_of_series(house: House) -> None:
    stranger = house.client()
    await stranger.request("BREW", "/key/1")
    before = sum(1 for _ in samples(house))
    for number in range(40):
        await stranger.request(f"M{number}", f"/key/{number}")
        await stranger.get(f"/o/{number}")
        await stranger.get(f"/{number}")
    assert sum(1 for _ in samples(house)) - before <= 10


async def test_the_state_of_the_parts_is_there(house: House) -> None:
    await lived(house)
    found = {sample.name for sample in samples(house)}
    assert {
        "lodgekey_registrations",
        "lodgekey_deliveries_pending",
        "lodgekey_devices",
        "lodgekey_disk_free_bytes",
    } <= found
    version = next(s for s in samples(house) if s.name == "lodgekey_build_info")
    assert version.labels["version"]


def test_a_database_that_is_away_leaves_the_other_figures(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    def away() -> None:
        raise OperationalError("select", None, Exception("away"))

    monkeypatch.setattr(house.gateway.database, "reading", away)
    found = {sample.name: sample.value for sample in samples(house)}
    assert found["lodgekey_unread_parts"] == 2
    assert "lodgekey_ready" in found
    assert "lodgekey_registrations" not in found


async def test_every_name_in_rules_and_dashboard_is_in_a_scrape(house: House) -> None:
    await lived(house)
    house.gateway.supervisor.run("feed", house.gateway.feed.run, 60)
    found = {sample.name for sample in samples(house)}
    await house.gateway.supervisor.stop()
    panels = json.loads(DASHBOARD.read_text())["panels"]
    asked = " ".join(target["expr"] for panel in panels for target in panel["targets"])
    expressions = " ".join(re.findall(r"expr: (.*)", RULES.read_text()))
    named = {*NAME.findall(asked), *NAME.findall(expressions)}
    assert len(named) > 12
    assert named - found == set()
    measured = {name for name in found if not name.endswith(("_created", "_count", "_sum"))}
    assert measured - {*NAME.findall(asked), *NAME.findall(expressions)} == set(), "shown or watched"


async def test_they_are_served_on_a_port_of_their_own(house: House) -> None:
    settings = Settings(metrics_port=0)
    with metrics_served(house.app.state.figures, settings) as port:
        async with Client(f"http://127.0.0.1:{port}", timeout_s=10) as client:
            answer = await client.get("/metrics")
    assert "lodgekey_build_info" in answer.text
    public = await house.client().get("/metrics")
    assert public.status_code == 404
    assert urlsplit(settings.address).port != port


def test_they_are_not_served_unless_the_operator_says_so() -> None:
    with metrics_served(CollectorRegistry(), Settings()) as port:
        assert port is None


def test_a_collector_reads_nothing_when_it_is_registered(house: House) -> None:
    assert GatewayCollector(lambda: house.gateway).describe() == []


promtool = shutil.which("promtool", path=f"{ROOT}/.tools/bin:/usr/bin:/bin")


@pytest.mark.skipif(promtool is None, reason="promtool (Debian's prometheus) is not on this machine")
@pytest.mark.parametrize("asked", [["check", "rules", RULES.name], ["test", "rules", "prometheus-rules-test.yml"]])
def test_promtool_finds_the_rules_good(asked: list[str]) -> None:
    done = subprocess.run([str(promtool), *asked], cwd=DEPLOY, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
