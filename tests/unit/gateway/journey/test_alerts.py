"""Alerts of a landlord: when each is raised, how urgent it is, and how many statements it takes to find them."""

import re
from typing import Any, get_args

import pytest

from gateway.domain.alerts import KINDS, LOCK_ALARMS, LOG_ALARMS, AlertCode
from gateway.journey.alerts import Alert, Readers, find_alerts, of_lock
from gateway.journey.devices.reports import ALARMS
from gateway.journey.keys.issue import revoke_key
from gateway.journey.stays import landlord
from gateway.store import Device, Key, Stay
from gateway.texts.alerts import ALERT, ALERT_NAME, alert_message, alert_text
from tests.parts.world import AREA, LOCK, NOW, World, counted


def found_of(**state: Any) -> list[tuple[str, str, int]]:
    """Code, severity and number of each alert of a lock in this state."""
    lock = Device(id=LOCK, **({"online": True, "last_seen_at": NOW} | state))
    return [(alert.code, alert.severity, alert.number) for alert in of_lock(lock, "301", NOW)]


def alerts_of(world: World) -> list[Alert]:
    """The landlord's alerts."""
    with world.database.reading() as session:
        return find_alerts(session, Readers([world.landlord_id]), world.now)[world.landlord_id]


def change_lock(world: World, **state: Any) -> None:
    """Write the lock's last reports."""
    with world.database.writing() as session:
        for name, value in state.items():
            setattr(session.get_one(Device, LOCK), name, value)


@pytest.mark.parametrize(("percent", "severity"), [(31, None), (30, "plain"), (20, "care"), (10, "bad"), (0, "bad")])
def test_a_battery_is_reported_at_thirty_twenty_and_ten_percent(percent: int, severity: str | None) -> None:
    assert found_of(battery=percent) == ([("battery", severity, percent)] if severity else [])


def test_a_lock_is_silent_after_a_quarter_of_an_hour_offline() -> None:
    for seconds, reported in ((900, []), (901, [("silent", "care", 15)])):
        assert found_of(online=False, last_seen_at=NOW - seconds) == reported


def test_a_lock_that_never_spoke_or_is_online_is_not_called_silent() -> None:
    assert found_of(online=None, last_seen_at=None) == found_of(last_seen_at=NOW - 5000) == []


@pytest.mark.parametrize(("seconds", "reported"), [(299, []), (300, [("ajar", "care", 5)])])
def test_a_door_is_called_open_after_five_minutes(seconds: int, reported: list[Any]) -> None:
    assert found_of(door="open", door_since=NOW - seconds) == reported
    assert found_of(door="closed", door_since=NOW - seconds) == []


@pytest.mark.parametrize(("days", "reported"), [(6, [("clock_off", "care", 312)]), (7, [])])
def test_a_clock_that_was_off_is_reported_for_a_week(days: int, reported: list[Any]) -> None:
    assert found_of(clock_drift=-312, clock_drift_at=NOW - days * 86_400) == reported


@pytest.mark.parametrize("alarm", ALARMS.values())
def test_every_alarm_of_a_lock_is_one_urgent_alert(alarm: str) -> None:
    bolt = "jammed" if alarm == "jammed" else "locked"
    assert found_of(alarm=alarm, bolt=bolt) == [(LOCK_ALARMS[alarm], "bad", 0)]


def test_a_jam_and_an_alarm_after_it_are_two_alerts() -> None:
    assert [code for code, _, _ in found_of(bolt="jammed", alarm="tampered")] == ["jam", "tampered"]


@pytest.mark.parametrize("fault", LOG_ALARMS)
def test_a_fault_in_the_log_is_reported_for_a_week(fault: str) -> None:
    assert found_of(log_alarm=fault, log_alarm_at=NOW - 604_799) == [(fault, "bad", 0)]
    assert found_of(log_alarm=fault, log_alarm_at=NOW - 604_800) == []


def test_a_lock_out_of_service_is_reported_no_more(world: World) -> None:
    change_lock(world, battery=3, alarm="jammed", bolt="jammed")
    assert [alert.code for alert in alerts_of(world)] == ["jam", "battery"], "the most urgent first"
    change_lock(world, revoked_at=NOW)
    assert alerts_of(world) == []


@pytest.mark.parametrize(("hours", "severity"), [(25, None), (24, "care"), (3, "care"), (2, "bad"), (-1, "bad")])
def test_a_key_not_on_its_lock_is_reported_before_the_arrival(world: World, hours: int, severity: str | None) -> None:
    key = world.tenant(world.window(hours * 3600))
    found = [(alert.code, alert.severity, alert.number) for alert in alerts_of(world)]
    assert found == ([("key_late", severity, 24 if hours > 2 else 2)] if severity else [])
    world.put(key)
    assert alerts_of(world) == []


def test_a_key_that_opens_through_the_gateway_is_never_late(world: World) -> None:
    key = world.tenant(world.window(3600))
    with world.database.writing() as session:
        session.get_one(Key, key.id).observed = "not_needed"
    assert alerts_of(world) == []


def test_a_revocation_that_cannot_arrive_is_reported_with_the_longest_exposure(world: World) -> None:
    key = world.tenant(world.window(days=10))
    world.put(key)
    with world.database.writing() as session:
        revoke_key(session, session.get_one(Key, key.id), world.now)
    assert alerts_of(world) == [], "the lock is there and is being told"
    change_lock(world, online=False, last_seen_at=world.now)
    (alert,) = alerts_of(world)
    minutes = (min(key.expires_at, key.holder_until) - world.now + 59) // 60
    assert (alert.what, alert.code, alert.number) == (f"exposed:{key.stay_id}", "exposed", minutes)
    with world.database.writing() as session:
        landlord.end_stay(session, session.get_one(Stay, key.stay_id), world.keyring, world.now)
    (alert,) = alerts_of(world)
    assert alert.number > minutes, "the passcode cannot be withdrawn either, and lives longer"


def test_an_officer_is_alerted_to_identity_checks_and_registrations_of_the_area_only(world: World) -> None:
    token = world.offer(world.window(3600))
    world.consent(token)
    case_id = world.show(token, "review")
    change_lock(world, alarm="jammed")
    areas = {"own": AREA, "wider": AREA[:4], "other": "x" + AREA, "narrower": AREA + "1"}
    with world.database.reading() as session:
        found = find_alerts(session, Readers([world.landlord_id], areas), world.now)
    case = (f"case_waits:{case_id}", "case_waits")
    assert [(alert.what, alert.code) for alert in found["own"]] == [case]
    assert found["wider"] == found["own"]
    assert found["other"] == found["narrower"] == []
    assert case in [(alert.what, alert.code) for alert in found[world.landlord_id]]
    assert {"jam"} < {alert.code for alert in found[world.landlord_id]}


def test_the_number_of_statements_does_not_grow_with_landlords_locks_and_keys(world: World) -> None:
    owners = [world.landlord_id]
    for number in range(6):
        owner, unit = world.add_unit(f"20{number}", f"lock-20{number}")
        owners.append(owner)
        token = world.offer(world.window(3600), unit)
        world.consent(token)
        world.show(token)
    with counted(world.database) as one, world.database.reading() as session:
        find_alerts(session, Readers(owners[:1]), world.now)
    with counted(world.database) as many, world.database.reading() as session:
        found = find_alerts(session, Readers(owners, dict.fromkeys(owners, AREA)), world.now)
    assert [len(found[owner]) for owner in owners] == [0, 1, 1, 1, 1, 1, 1]
    assert len(many) == len(one) == 8


def test_every_kind_has_a_text_and_a_name_and_is_a_code_of_the_api() -> None:
    assert set(KINDS) == set(get_args(AlertCode)) == ALERT.keys() == ALERT_NAME.keys()
    assert set(LOCK_ALARMS.values()) | set(LOG_ALARMS.values()) <= set(KINDS)
    assert set(ALARMS.values()) == LOCK_ALARMS.keys()


def test_a_number_is_never_torn_from_its_unit() -> None:
    torn = re.compile(r"[\d}] (%|min\b|h\b|s\b)")
    assert [text for text in (*ALERT.values(), *ALERT_NAME.values()) if torn.search(text)] == []
    assert "8\u00a0%" in alert_text("en", "battery", 8)
    assert "48\u00a0hr" in alert_text("en", "exposed", 2880)


@pytest.mark.parametrize(("language", "beginning"), [("en", "Room a: The lock"), ("zh-CN", "Room a：门锁")])
def test_a_message_begins_with_the_unit(language: str, beginning: str) -> None:
    assert alert_message(language, "battery", "Room a", 8).startswith(beginning)
