"""Steps 5 to 7: a holder's requests and a lock's reports; only the lock's report changes what is shown."""

import pytest
from sqlalchemy import select

from certs.keys import new_private_key
from devices.reports import Answered, Happened, Reachable, Report
from gateway.domain.errors import KeyNotUsable, LodgekeyError, ProofRefused
from gateway.domain.keys.key import Proof, state_of
from gateway.journey.keys import unlock
from gateway.journey.keys.issue import revoke_key
from gateway.store import Command, Delivery, Device, Key
from tests.parts.world import DAY, LOCK, World, device

COMMAND = "c" * 32


def ask(world: World, key: Key, proof: Proof, command_id: str = COMMAND) -> None:
    """The holder requests an unlock."""
    with world.database.writing() as session:
        unlock.request_unlock(session, key.id, command_id, proof, world.now)


def refused(world: World, key: Key, proof: Proof, error: type[LodgekeyError]) -> LodgekeyError:
    """The code with which an unlock request is refused; no row may change."""
    before = world.rows()
    with pytest.raises(error) as refusal:
        ask(world, key, proof, "d" * 32)
    assert world.rows() == before
    return refusal.value


def ready(world: World) -> Key:
    """A key confirmed by the lock."""
    key = world.tenant()
    world.put(key)
    return world.key(key.id)


def revoke(world: World, key: Key) -> None:
    """The landlord revokes the key."""
    with world.database.writing() as session:
        revoke_key(session, session.get_one(Key, key.id), world.now)


def shown(world: World, key: Key) -> str:
    """The key's displayed state."""
    row = world.key(key.id)
    return state_of(row.desired, row.observed, row.expires_at, world.now)


def test_a_tap_is_queued_to_the_lock_for_ten_seconds(world: World) -> None:
    key = ready(world)
    ask(world, key, world.proof(key.id, "nonce-001"))
    with world.database.reading() as session:
        pending = session.scalars(select(Delivery).where(Delivery.work == "unlock")).one()
    assert (pending.expires_at, pending.command_id, pending.about) == (world.now + 10, COMMAND, key.id)
    assert world.events()[-1] == "UnlockRequested"


def test_a_request_signed_by_another_phone_or_for_another_key_is_refused(world: World) -> None:
    key = ready(world)
    refused(world, key, world.proof(key.id, "nonce-001", by=new_private_key()), ProofRefused)
    refused(world, key, world.proof("0" * 32, "nonce-001"), ProofRefused)
    good = world.proof(key.id, "nonce-001")
    refused(world, key, Proof(good.at, "nonce-002", good.signature), ProofRefused)
    refused(world, key, Proof(good.at + 1, good.nonce, good.signature), ProofRefused)
    for signature in (b"", bytes(64), good.signature + b"x", good.signature[:-1]):
        refused(world, key, Proof(good.at, good.nonce, signature), ProofRefused)


def test_a_request_runs_once_however_often_it_is_sent(world: World) -> None:
    key = ready(world)
    proof = world.proof(key.id, "nonce-001")
    ask(world, key, proof)
    refused(world, key, proof, ProofRefused)


@pytest.mark.parametrize(("off", "good"), [(-61, False), (-60, True), (60, True), (61, False), (10**400, False)])
def test_a_phone_whose_clock_is_off_by_more_than_a_minute_is_refused_with_the_reason(
    world: World, off: int, good: bool
) -> None:
    key = ready(world)
    proof = world.proof(key.id, "nonce-001", at=world.now + off)
    if good:
        ask(world, key, proof)
    else:
        assert "clock" in refused(world, key, proof, ProofRefused).detail


def test_a_key_that_does_not_exist_is_refused_as_that_of_somebody_else(world: World) -> None:
    ready(world)
    with pytest.raises(ProofRefused), world.database.writing() as session:
        unlock.request_unlock(session, "0" * 32, COMMAND, world.proof("0" * 32, "nonce-001"), world.now)


def test_a_key_opens_nothing_before_it_is_on_the_lock(world: World) -> None:
    key = world.tenant()
    assert refused(world, key, world.proof(key.id, "n1"), KeyNotUsable).extra["reason"] == "not_on_lock"


def test_a_key_opens_nothing_outside_its_window(world: World) -> None:
    key = world.tenant(world.window(begins=DAY, days=1))
    world.put(key)
    assert refused(world, key, world.proof(key.id, "n1"), KeyNotUsable).extra["reason"] == "not_yet"
    world.now = key.not_before
    ask(world, key, world.proof(key.id, "n2"))
    world.now = key.expires_at
    assert refused(world, key, world.proof(key.id, "n3"), KeyNotUsable).extra["reason"] == "expired"


def test_once_revoke_has_answered_no_unlock_begins(world: World) -> None:
    key = ready(world)
    revoke(world, key)
    assert refused(world, key, world.proof(key.id, "n1"), KeyNotUsable).extra["reason"] == "revoked"


def test_a_lock_out_of_service_opens_nothing(world: World) -> None:
    key = ready(world)
    with world.database.writing() as session:
        session.get_one(Device, LOCK).revoked_at = world.now
    assert refused(world, key, world.proof(key.id, "n1"), KeyNotUsable).extra["reason"] == "lock_revoked"


def test_only_the_locks_own_answer_puts_a_key_on_it(world: World) -> None:
    key = world.tenant()
    world.sent("put_key", COMMAND)
    assert shown(world, key) == "issued"
    world.say(world.answered(COMMAND))
    assert shown(world, key) == "on_lock"
    assert world.pending() == ["submit"]
    assert world.events()[-1] == "KeyOnLock"


def test_only_the_locks_own_answer_takes_a_key_away(world: World) -> None:
    key = ready(world)
    revoke(world, key)
    world.sent("drop_key", COMMAND)
    assert shown(world, key) == "revoking"
    world.say(world.answered(COMMAND))
    assert shown(world, key) == "revoked"
    assert "drop_key" not in world.pending()
    assert world.events()[-1] == "KeyRevoked"


def test_an_answer_counts_once_and_for_its_own_lock_only(world: World) -> None:
    world.tenant()
    world.sent("put_key", COMMAND)
    before = world.rows()
    with world.database.writing() as session:
        session.add(stranger())
    world.say(Answered("lock-9", bytes.fromhex(COMMAND), 1, world.now, "done", None, {}))
    world.say(Answered("nobody", bytes.fromhex(COMMAND), 1, world.now, "done", None, {}))
    assert world.rows()["keys"] == before["keys"]
    answer = world.answered(COMMAND)
    world.say(answer, answer)
    world.say(answer)
    assert world.events().count("KeyOnLock") == 1


def stranger() -> Device:
    """A lock that belongs to no unit."""
    return device("lock-9", None)


@pytest.mark.parametrize("code", ["clock_lost", "expired", "not_yet", "interrupted", "retained"])
@pytest.mark.parametrize("work", ["put_key", "drop_key"])
def test_a_key_refused_for_a_passing_reason_stays_pending(world: World, work: str, code: str) -> None:
    key = world.tenant()
    if work == "drop_key":
        world.put(key)
        revoke(world, key)
    world.sent(work, COMMAND)
    world.say(world.answered(COMMAND, "refused", code))
    assert work in world.pending()


@pytest.mark.parametrize("code", ["bad_credential", "no_space", "unknown_type", "wrong_lock"])
def test_a_key_refused_for_good_is_left_for_a_person_to_see(world: World, code: str) -> None:
    key = world.tenant()
    world.sent("put_key", COMMAND)
    world.say(world.answered(COMMAND, "refused", code))
    with world.database.reading() as session:
        row = session.scalars(select(Delivery).where(Delivery.work == "put_key")).one()
    assert (row.state, row.outcome, row.outcome_args) == ("refused", "lock_refused", {"code": code})
    assert shown(world, key) == "issued"


def test_a_key_that_its_lock_revoked_after_the_restored_backup_is_revoked_and_holds_up_no_list(world: World) -> None:
    key = world.tenant()
    world.sent("put_key", COMMAND)
    world.say(world.answered(COMMAND, "refused", "key_revoked"))
    assert shown(world, key) == "revoked"
    assert "put_key" not in world.pending()
    assert "revoke" in world.pending()
    assert [name for name in world.events() if name.startswith("KeyRevok")] == ["KeyRevoking", "KeyRevoked"]


def test_a_key_put_after_the_lock_said_its_state_and_in_no_row_is_revoked(world: World) -> None:
    """The command of a gateway that was lost may still reach the lock; its next state is an hour away."""
    stranger = bytes(range(16))
    world.say(world.state(), world.happened("key_put", key=stranger), world.happened("key_put", key=stranger))
    with world.database.reading() as session:
        bodies = session.scalars(select(Delivery.body).where(Delivery.work == "revoke", Delivery.state == "owed")).all()
    assert [body for body in bodies if body] == [{"unknown": [stranger.hex()]}]
    assert world.events().count("UnknownKeysFound") == 1


@pytest.mark.parametrize(("event", "key"), [("key_dropped", bytes(16)), ("key_put", b""), ("key_put", 7)])
def test_an_unknown_key_that_is_gone_or_has_no_id_asks_for_nothing(event: str, key: object, world: World) -> None:
    before = world.pending()
    world.say(world.happened(event, key=key))
    assert (world.pending(), world.events().count("UnknownKeysFound")) == (before, 0)


def test_a_refused_unlock_is_recorded_with_the_locks_reason(world: World) -> None:
    key = ready(world)
    ask(world, key, world.proof(key.id, "n1"))
    world.say(world.answered(COMMAND, "refused", "battery_empty"))
    with world.database.reading() as session:
        row = session.get_one(Command, COMMAND)
    assert (row.outcome, row.code, world.events()[-1]) == ("refused", "battery_empty", "UnlockRefused")


def test_the_first_opening_with_a_key_of_the_stay_is_the_arrival_and_the_second_is_not(world: World) -> None:
    key = ready(world)
    name = bytes.fromhex(key.id)
    world.say(world.happened("unlocked", means="gateway", key=name))
    world.say(world.happened("unlocked", means="ble", key=name))
    assert world.events()[-3:] == ["DoorUnlocked", "Arrived", "DoorUnlocked"]
    assert (world.stay().state, world.stay().arrived_at) == ("active", world.now)


def test_a_door_opened_from_inside_is_no_arrival(world: World) -> None:
    ready(world)
    world.say(world.happened("unlocked", means="knob"))
    assert world.events()[-1] == "DoorUnlocked"
    assert (world.stay().state, world.device().bolt) == ("offered", "unlocked")


def test_a_lock_cannot_report_the_key_of_another_lock(world: World) -> None:
    key = world.tenant()
    with world.database.writing() as session:
        session.add(stranger())
    world.say(Happened("lock-9", 1, world.now, "key_put", {"key": bytes.fromhex(key.id)}))
    world.say(Happened("lock-9", 2, world.now, "unlocked", {"key": bytes.fromhex(key.id), "means": "gateway"}))
    assert (shown(world, key), world.stay().arrived_at) == ("issued", None)


def test_a_repeated_report_changes_nothing(world: World) -> None:
    key = ready(world)
    reports: list[Report] = [
        world.happened("unlocked", means="gateway", key=bytes.fromhex(key.id)),
        world.happened("locked", means="auto"),
        world.happened("jammed"),
        world.happened("battery", percent=5),
        world.state(key.id),
    ]
    world.say(*reports)
    before = world.rows()
    for report in reversed(reports):
        world.say(report, report)
    assert world.rows() == before


def test_the_bolt_follows_the_locks_own_order_not_the_networks(world: World) -> None:
    unlocked, locked = world.happened("unlocked", means="knob"), world.happened("locked", means="knob")
    world.say(locked)
    world.say(unlocked)
    assert world.device().bolt == "locked"
    assert world.events() == ["DoorUnlocked"], "that the door was opened is recorded, late or not"


def test_an_older_account_never_overwrites_a_newer_one(world: World) -> None:
    old, new = world.state(nonce=b"1" * 16, bolt="unlocked"), world.state(nonce=b"2" * 16, bolt="locked")
    world.say(new)
    world.say(old)
    assert (world.device().bolt, world.device().nonce) == ("locked", b"2" * 16)


@pytest.mark.parametrize(
    ("type_", "alarm"),
    [("jammed", "jammed"), ("clock_lost", "clock_lost"), ("tampered", "tampered"), ("refused", "command_refused")],
)
def test_what_goes_wrong_at_a_lock_is_an_alarm_and_an_event(world: World, type_: str, alarm: str) -> None:
    world.say(world.happened(type_, code="expired"))
    assert (world.device().alarm, world.events()) == (alarm, ["DeviceAlarmed"])
    assert world.device().bolt == ("jammed" if type_ == "jammed" else "unknown")


def test_the_alarm_of_a_lost_clock_ends_when_the_lock_says_that_it_knows_the_time(world: World) -> None:
    world.say(world.happened("clock_lost"), world.state(clock="lost"))
    assert (world.device().alarm, world.device().clock) == ("clock_lost", "lost")
    world.say(Answered(LOCK, b"t" * 16, world.number(), world.now, "done", None, {"clock": "set", "drift": 0}))
    assert (world.device().alarm, world.device().clock) == (None, "set")


@pytest.mark.parametrize(("drift", "kept"), [(59, None), (-59, None), (60, 60), (-4000, -4000)])
def test_a_clock_that_was_off_by_a_minute_is_kept_and_reported(world: World, drift: int, kept: int | None) -> None:
    world.say(Answered(LOCK, b"t" * 16, world.number(), world.now, "done", None, {"clock": "set", "drift": drift}))
    lock = world.device()
    assert (lock.clock_drift, lock.clock_drift_at) == (kept, None if kept is None else world.now)
    assert world.events() == ([] if kept is None else ["DeviceAlarmed"])
    world.say(Answered(LOCK, b"u" * 16, world.number(), world.now, "done", None, {"clock": "set", "drift": 0}))
    assert world.device().clock_drift == kept, "a clock that was set right was still wrong before"


def test_the_time_is_queued_for_each_new_nonce_and_again_where_it_did_not_arrive(world: World) -> None:
    world.say(world.state(nonce=b"1" * 16, clock="lost"))
    assert world.pending() == ["set_time"]
    world.say(world.state(nonce=b"1" * 16, clock="lost"))
    assert world.pending() == ["set_time"], "it is on its way"
    world.say(world.state(nonce=b"2" * 16, clock="lost"))
    assert world.pending() == ["set_time", "set_time"]
    with world.database.writing() as session:
        for row in session.scalars(select(Delivery)):
            row.state = "done"
    world.say(world.state(nonce=b"2" * 16, clock="set"))
    assert world.pending() == []
    world.say(world.state(nonce=b"2" * 16, clock="lost"))
    assert world.pending() == ["set_time"], "the lock says that the time did not arrive"


def test_a_lock_that_is_seen_gets_what_waits_for_it_at_once(world: World) -> None:
    world.tenant()
    with world.database.writing() as session:
        for row in session.scalars(select(Delivery)):
            row.due_at = world.now + 300
    world.say(Reachable(LOCK, True))
    with world.database.reading() as session:
        due = {row.work: row.due_at - world.now for row in session.scalars(select(Delivery))}
    assert due == {"put_key": 0, "submit": 300}


def test_a_lock_that_cannot_be_reached_keeps_what_it_last_said(world: World) -> None:
    world.say(world.state(bolt="locked"), Reachable(LOCK, False))
    assert (world.device().online, world.device().bolt) == (False, "locked")


def test_a_key_missing_from_the_locks_account_is_queued_again_once(world: World) -> None:
    key = ready(world)
    with world.database.writing() as session:
        for row in session.scalars(select(Delivery)):
            row.state = "done"
    world.say(world.state(), world.state())
    assert shown(world, key) == "delivering"
    assert world.pending() == ["set_time", "put_key"]


def test_a_dropped_key_that_shows_up_again_is_asked_to_be_dropped_again(world: World) -> None:
    key = ready(world)
    revoke(world, key)
    world.say(world.happened("key_dropped", key=bytes.fromhex(key.id)))
    with world.database.writing() as session:
        for row in session.scalars(select(Delivery)):
            row.state = "done"
    assert shown(world, key) == "revoked"
    world.say(world.state(key.id))
    assert shown(world, key) == "revoking"
    assert world.pending() == ["set_time", "revoke", "drop_key"]


def test_old_numbers_and_commands_are_forgotten_and_young_ones_kept(world: World) -> None:
    key = ready(world)
    ask(world, key, world.proof(key.id, "nonce-001"))
    world.now += 40 * DAY
    world.say(world.happened("battery", percent=50))
    world.purge()
    assert len(world.rows()["received_messages"]) == 1
    with world.database.reading() as session:
        assert session.get(Command, COMMAND) is None


def test_reading_a_key_needs_the_holders_signature_on_just_that(world: World) -> None:
    key = ready(world)
    with world.database.reading() as session, pytest.raises(ProofRefused):
        unlock.read_key(session, key.id, world.proof(key.id, "n1"), world.now)
