"""Alerts on a landlord's page, and their order."""

import re

import pytest

from api.web.landlord.alerts import Alert, alerts_for
from gateway.domain.stays.stay import wall_clock
from gateway.journey.devices.reports import ALARMS
from gateway.texts.alerts import ALERT, ALERT_NAME
from gateway.texts.translator import translator
from tests.browser.samples.facts import NOW, ZONE, code, key, lock, stay, unit


@pytest.mark.parametrize(("percent", "severity"), [(31, None), (30, "plain"), (20, "care"), (10, "bad"), (0, "bad")])
def test_a_battery_is_reported_at_thirty_twenty_and_ten_percent(percent: int, severity: str | None) -> None:
    found = alerts_for([unit("301", lock("301", battery=percent))], [], NOW)
    assert found == ([Alert("battery", "301", severity, percent)] if severity else [])


def test_a_lock_is_silent_after_a_quarter_of_an_hour_offline() -> None:
    for seconds, reported in ((900, []), (901, [Alert("silent", "301", "care", 15)])):
        away = lock("301", online=False, last_seen_at=NOW - seconds)
        assert alerts_for([unit("301", away)], [], NOW) == reported


def test_a_lock_that_never_spoke_or_is_online_is_not_called_silent() -> None:
    never, quiet = lock("301", online=None, last_seen_at=None), lock("302", last_seen_at=NOW - 5000)
    assert alerts_for([unit("301", never, quiet)], [], NOW) == []


@pytest.mark.parametrize(("hours", "severity"), [(25, None), (24, "care"), (2, "bad"), (-1, "bad")])
def test_a_key_not_on_its_lock_is_reported_before_the_arrival(hours: int, severity: str | None) -> None:
    late = key("delivering", lock("301")).model_copy(update={"from_": wall_clock(NOW + hours * 3600, ZONE)})
    found = alerts_for([], [stay("s", "offered", keys=[late])], NOW)
    stage = 24 if hours > 2 else 2
    assert found == ([Alert("key_late", "301", severity, stage)] if severity else [])
    there = late.model_copy(update={"state": "on_lock"})
    assert alerts_for([], [stay("s", "offered", keys=[there])], NOW) == []


@pytest.mark.parametrize(("seconds", "reported"), [(299, []), (300, [Alert("ajar", "301", "care", 5)])])
def test_a_door_is_called_open_after_five_minutes(seconds: int, reported: list[Alert]) -> None:
    assert alerts_for([unit("301", lock("301", door="open", door_since=NOW - seconds))], [], NOW) == reported
    shut = lock("301", door="closed", door_since=NOW - seconds)
    assert alerts_for([unit("301", shut)], [], NOW) == []


@pytest.mark.parametrize(("days", "reported"), [(6, [Alert("clock_off", "301", "care", 312)]), (7, [])])
def test_a_clock_that_was_off_is_reported_for_a_week(days: int, reported: list[Alert]) -> None:
    off = lock("301", clock_drift=-312, clock_drift_at=NOW - days * 86_400)
    assert alerts_for([unit("301", off)], [], NOW) == reported


@pytest.mark.parametrize("alarm", ALARMS.values())
def test_every_alarm_of_a_lock_has_its_own_text_and_is_shown_once(alarm: str) -> None:
    (alert,) = alerts_for(
        [unit("301", lock("301", alarm=alarm, bolt="jammed" if alarm == "jammed" else "locked"))], [], NOW
    )
    assert (alert.unit, alert.severity) == ("301", "bad")
    assert alert.code in ALERT


def test_a_lock_out_of_service_is_reported_no_more() -> None:
    gone = lock("301", battery=3, alarm="jammed", bolt="jammed", revoked=True)
    assert alerts_for([unit("301", gone)], [], NOW) == []


def test_a_number_is_never_torn_from_its_unit() -> None:
    torn = re.compile(r"[\d}] (%|min\b|h\b|s\b)")
    assert [text for text in (*ALERT.values(), *ALERT_NAME.values()) if torn.search(text)] == []
    assert "8\u00a0%" in translator("en").translate(ALERT["battery"], n=8)


def test_a_revocation_that_cannot_arrive_is_reported_with_the_longest_exposure() -> None:
    held = {"hold_up": "lock_offline", "cannot_be_revoked_before": wall_clock(NOW + 3600, ZONE)}
    old = key("revoking", lock("301")).model_copy(update=held | {"exposure_minutes": 60})
    dead = code("revoking", lock("301")).model_copy(update=held | {"exposure_minutes": 2880})
    on_its_way = key("revoking", lock("301")).model_copy(update={"exposure_minutes": 4000})
    found = alerts_for([], [stay("s", "ended", keys=[old, on_its_way], codes=[dead])], NOW)
    assert found == [Alert("exposed", "301", "bad", 2880)]


def test_the_pressing_comes_first() -> None:
    weak, jammed = lock("301", battery=25), lock("302", bolt="jammed", alarm="jammed")
    found = alerts_for([unit("301", weak), unit("302", jammed)], [], NOW)
    assert [alert.code for alert in found] == ["jam", "battery"]
