"""One-time codes: a number a lock is given once and for ever, dead with use, epoch or stay, and marked by the lock."""

from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from sqlalchemy import select

from certs.agreement import passcode_secret
from certs.keys import new_private_key, public_from_point
from devices.wire.passcode import HOUR, ONCE_SPAN, find_once
from gateway.domain.errors import Conflict, NotFound, TooManyCodes
from gateway.domain.offer import token_of
from gateway.domain.stay import Window
from gateway.journey import landlord
from gateway.journey.fleet import take_key
from gateway.journey.ledger import OnceStanding, once_standings
from gateway.journey.once import MOST, OnceShown, end_once, held_stay, issue_once, show_once
from gateway.store import Device, Event, Key, OnceCode, Stay
from tests.parts.world import DAY, FIELDS, LOCK, NOW, World


def ask(world: World, stay_id: str = "", lock: str = LOCK) -> OnceShown:
    with world.database.writing() as session:
        stay = held_stay(session, stay_id or world.stay().id, world.landlord_id)
        return show_once(session, issue_once(session, stay, lock, "account", world.now), world.keyring)


def rows(world: World) -> list[OnceCode]:
    with world.database.reading() as session:
        return list(session.scalars(select(OnceCode).order_by(OnceCode.number)))


def standings(world: World, stay_id: str = "") -> list[OnceStanding]:
    with world.database.reading() as session:
        return once_standings(session, session.get_one(Stay, stay_id or world.stay().id), world.now)


def states(world: World) -> list[str]:
    """The states of the newest stay's codes, the oldest first."""
    return [once.standing.state for once in standings(world)][::-1]


def use(world: World, number: object, *, at: int = 0) -> None:
    report = world.happened("unlocked", means="passcode", once=number)
    world.say(replace(report, at=at or world.now))


def hear(world: World) -> None:
    """The lock says that it stands where we do."""
    with world.database.writing() as session:
        lock = session.get_one(Device, LOCK)
        lock.told_codes, lock.told_once, lock.online = lock.code_epoch, lock.once_from, True


def end_stay(world: World, stay_id: str) -> None:
    with world.database.writing() as session:
        landlord.end_stay(session, session.get_one(Stay, stay_id), world.keyring, world.now)


def found_by_lock(world: World, code: OnceShown, *, epoch: int = 0, base: int = -1) -> int | None:
    """The number the lock finds behind the digits, from the shared secret and where it stands."""
    lock = world.device()
    secret = passcode_secret(world.keyring.passcode_key, public_from_point(lock.public_key), LOCK)
    from_ = lock.once_from if base < 0 else base
    return find_once(secret, epoch or lock.code_epoch, code.digits.replace(" ", ""), from_)


def test_a_code_is_found_by_the_lock_and_marked_used_by_its_word(world: World) -> None:
    world.tenant()
    code = ask(world)
    assert found_by_lock(world, code) == 0
    assert states(world) == ["on_lock"]
    world.now += 600
    use(world, 0)
    assert (states(world), rows(world)[0].used_at) == (["used"], world.now)


def test_a_replayed_event_marks_no_other_code_and_no_other_time(world: World) -> None:
    world.tenant()
    ask(world), ask(world)
    report = world.happened("unlocked", means="passcode", once=0)
    world.say(report)
    used_at, world.now = world.now, world.now + 60
    world.say(report)
    use(world, 0)  # the same in an event with another number: a lock would not, a forger cannot
    assert [row.used_at for row in rows(world)] == [used_at, None]


@pytest.mark.parametrize(("told", "kept"), [(-5, False), (+3, True), (10_000, False)])
def test_the_time_of_use_is_the_locks_where_its_clock_can_be_right(world: World, told: int, kept: bool) -> None:
    world.tenant()
    ask(world)
    issued, world.now = world.now, world.now + 600
    use(world, 0, at=issued + told)
    assert rows(world)[0].used_at == (issued + told if kept else world.now)


def test_who_asked_is_on_record_and_no_digits_are(world: World) -> None:
    world.tenant()
    digits = ask(world).digits
    with world.database.reading() as session:
        event = session.scalars(select(Event).where(Event.type == "OneTimeCodeIssued")).one()
    assert event.data == {"code": rows(world)[0].id, "account": "account"}
    world.close()
    kept = b"".join(path.read_bytes() for path in world.folder.rglob("*") if path.is_file())
    assert digits.encode() not in kept
    assert digits.replace(" ", "").encode() not in kept


def test_a_visitors_code_is_not_the_tenants_arrival(world: World) -> None:
    world.tenant()
    ask(world)
    use(world, 0)
    assert world.stay().arrived_at is None
    with world.database.reading() as session:
        opened = session.scalars(select(Event).where(Event.type == "DoorUnlocked")).one()
    assert opened.stay_id == world.stay().id


@pytest.mark.parametrize("number", [99, -1, 2**40, "0", None, b"0", True])
def test_a_number_that_nobody_was_given_belongs_to_no_stay(world: World, number: object) -> None:
    world.tenant()
    ask(world)
    use(world, number)
    assert states(world) == ["on_lock"]
    assert world.events()[-1] == "DoorUnlocked"


def test_a_guessed_number_is_not_given_to_anybody_after_it(world: World) -> None:
    world.tenant()
    use(world, 3)
    ask(world)
    assert [row.number for row in rows(world)] == [4]


@pytest.mark.parametrize("window", [Window(NOW + 60, NOW + DAY), Window(NOW - DAY, NOW + 60)])
def test_there_are_codes_only_while_the_stay_runs(world: World, window: Window) -> None:
    world.now = NOW if window.start > NOW else NOW - 3600
    world.offer(window)
    world.now = NOW if window.start > NOW else NOW + 60
    with pytest.raises(Conflict):
        ask(world)


def test_an_ended_stay_gives_none(world: World) -> None:
    stay = world.tenant().stay
    end_stay(world, stay.id)
    with pytest.raises(Conflict):
        ask(world, stay.id)


def test_another_landlords_stay_and_another_units_lock_look_like_what_does_not_exist(world: World) -> None:
    world.tenant()
    stay_id = world.stay().id
    other, _ = world.add_unit("102", "lock-2")
    with world.database.writing() as session:
        with pytest.raises(NotFound):
            held_stay(session, stay_id, other)
        for lock in ("lock-2", "lock-9"):
            with pytest.raises(NotFound):
                issue_once(session, held_stay(session, stay_id, world.landlord_id), lock, None, world.now)


@pytest.mark.parametrize("change", [{"driver": "zigbee2mqtt"}, {"revoked_at": NOW}])
def test_a_lock_that_checks_no_codes_or_is_out_of_service_gives_none(world: World, change: dict[str, object]) -> None:
    world.tenant()
    with world.database.writing() as session:
        for name, value in change.items():
            setattr(session.get_one(Device, LOCK), name, value)
    with pytest.raises(Conflict):
        ask(world)


def test_as_many_may_be_unused_as_the_lock_keeps_apart(world: World) -> None:
    world.tenant()
    first = ask(world)
    codes = [ask(world) for _ in range(MOST - 1)]
    with pytest.raises(TooManyCodes):
        ask(world)
    use(world, MOST - 1)
    assert found_by_lock(world, first, base=MOST - ONCE_SPAN) == 0
    assert len({code.digits for code in codes}) == MOST - 1 < ONCE_SPAN
    with pytest.raises(TooManyCodes):
        ask(world)
    use(world, 0)
    assert found_by_lock(world, ask(world)) == MOST


def test_ending_the_unused_ones_makes_room_and_leaves_the_window_codes_as_they_are(world: World) -> None:
    stay = world.tenant().stay
    for _ in range(MOST):
        old = ask(world)
    epoch = world.device().code_epoch
    with world.database.writing() as session:
        end_once(session, session.get_one(Stay, stay.id), world.now)
    assert set(states(world)) == {"revoking"}
    assert "revoke" in world.owed()
    new = ask(world)
    assert (found_by_lock(world, old), found_by_lock(world, new)) == (None, MOST)
    assert world.device().code_epoch == epoch
    hear(world)
    assert states(world) == ["revoked"] * MOST + ["on_lock"]


def test_at_the_end_of_the_stay_unused_codes_die_though_the_window_is_over(world: World) -> None:
    stay = world.tenant(Window(NOW, (NOW + DAY) // HOUR * HOUR)).stay
    used, unused = ask(world), ask(world)
    use(world, 0)
    world.now = stay.until_at
    end_stay(world, stay.id)
    assert [found_by_lock(world, code) for code in (used, unused)] == [None, None]
    assert states(world) == ["used", "revoking"]
    assert world.device().code_epoch == 1, "the codes of the next stay are not disturbed"


def test_a_raised_epoch_kills_one_time_codes_with_the_others(world: World) -> None:
    stay = world.tenant().stay
    code = ask(world)
    with world.database.writing() as session:
        landlord.change_stay(session, session.get_one(Stay, stay.id), world.window(days=1), world.keyring, world.now)
    assert world.device().code_epoch == 2
    assert (found_by_lock(world, code), states(world)) == (None, ["revoking"])
    assert found_by_lock(world, ask(world)) == 1


def test_a_stay_that_moves_away_from_now_takes_its_codes_with_it(world: World) -> None:
    stay = world.tenant(Window(NOW - 60, NOW + 5 * DAY)).stay
    ask(world)
    with world.database.writing() as session:
        window = Window(NOW + DAY, NOW + 5 * DAY)
        landlord.change_stay(session, session.get_one(Stay, stay.id), window, world.keyring, world.now)
    assert states(world) == ["revoking"]


def test_whoever_loses_a_key_loses_the_one_time_codes_of_the_stay(world: World) -> None:
    stay = world.tenant().stay
    ask(world)
    with world.database.writing() as session:
        offer = landlord.add_offer(session, session.get_one(Stay, stay.id), world.now)
        token = token_of(offer.id, world.keyring.offer_secret)
    world.phone = new_private_key()
    world.consent(token)
    world.show(token, fields=FIELDS | {"name": "Bea Voorbeeld", "id_number": "XR1001R59"})
    with world.database.writing() as session:
        landlord.revoke_for_landlord(session, session.get_one(Key, world.issued()[0].id), world.now)
    assert states(world) == ["revoking"]


def test_two_stays_of_a_lock_never_share_a_number(world: World) -> None:
    first = world.tenant(Window(NOW, NOW + 3600)).stay
    ask(world)
    world.now += 3600
    end_stay(world, first.id)
    world.phone = new_private_key()
    second = world.tenant(Window(world.now, world.now + DAY)).stay
    code = ask(world, second.id)
    assert found_by_lock(world, code) == 1
    use(world, 1)
    assert [once.standing.state for once in standings(world, first.id)] == ["revoking"]
    assert [once.standing.state for once in standings(world, second.id)] == ["used"]


def test_a_dead_code_that_an_unreachable_lock_still_took_is_marked_with_its_stay(world: World) -> None:
    stay = world.tenant().stay
    ask(world)
    end_stay(world, stay.id)
    use(world, 0)
    assert states(world) == ["used"]


def test_of_a_lock_that_is_away_nobody_knows_whether_a_code_was_used_and_the_page_says_since_when(world: World) -> None:
    world.tenant()
    ask(world)
    world.say(world.state())
    with world.database.writing() as session:
        session.get_one(Device, LOCK).online = False
    (once,) = standings(world)
    assert (once.standing.state, once.standing.hold_up, once.standing.since) == ("unknown", "lock_offline", world.now)


def test_what_is_being_ended_has_no_end_of_its_own_and_says_so(world: World) -> None:
    stay = world.tenant().stay
    ask(world)
    end_stay(world, stay.id)
    (once,) = standings(world)
    assert (once.standing.state, once.standing.endless, once.standing.exposed_until) == ("revoking", True, None)


def test_a_lock_that_was_reset_forgot_what_was_used_so_no_old_number_opens_it(world: World) -> None:
    world.tenant()
    used, unused = ask(world), ask(world)
    use(world, 0)
    told = world.state()
    world.say(replace(told, state=replace(told.state, epoch=0)))
    assert [found_by_lock(world, code) for code in (used, unused)] == [None, None]
    assert "revoke" in world.owed()
    assert found_by_lock(world, ask(world)) == 2


def test_a_lock_with_another_key_knows_no_old_code(world: World) -> None:
    world.tenant()
    code = ask(world)
    with world.database.writing() as session:
        take_key(session, session.get_one(Device, LOCK), new_private_key().public_key(), world.now)
    assert found_by_lock(world, code) is None
    assert states(world) == ["revoking"]


@dataclass
class PlainLock:
    """The lock's own rule, in as few words as there are (firmware_sim.keypad)."""

    epoch: int = 1
    base: int = 0
    used: set[tuple[int, int]] = field(default_factory=set)

    def enter(self, secret: bytes, digits: str) -> int | None:
        """The number that opened."""
        number = find_once(secret, self.epoch, digits, self.base)
        if number is None or (self.epoch, number) in self.used:
            return None
        self.used.add((self.epoch, number))
        self.base = max(self.base, number + 1 - ONCE_SPAN)
        return number


class OnceMachine(RuleBasedStateMachine):
    """A landlord, people who type, and a lock that hears late: every living code opens once, nothing else opens."""

    folder: Path
    turns = iter(range(10**6))

    @initialize()
    def move_in(self) -> None:
        """A stay that runs."""
        self.world = World.build(self.folder / str(next(self.turns)))
        self.world.tenant(Window(NOW - 60, NOW + 10 * DAY))
        self.lock, self.codes, self.numbers = PlainLock(), dict[int, str](), list[int]()
        public = public_from_point(self.world.device().public_key)
        self.secret = passcode_secret(self.world.keyring.passcode_key, public, LOCK)

    def teardown(self) -> None:
        """Give files back."""
        if hasattr(self, "world"):
            self.world.close()

    @rule(many=st.integers(1, 12))
    def ask(self, many: int) -> None:
        """The landlord asks for codes, as many as there may be."""
        for _ in range(many):
            try:
                made = ask(self.world)
            except TooManyCodes:
                assert len(self.codes) > 0
                return
            number = self.world.device().once_next - 1
            assert all(number > earlier for earlier in self.numbers)
            self.numbers.append(number)
            self.codes[number] = made.digits.replace(" ", "")

    @precondition(lambda self: self.codes and self.in_step())
    @rule(which=st.integers(0, 1000), reported=st.booleans())
    def type_in(self, which: int, reported: bool) -> None:
        """Somebody types a living code at a lock that stands where we do: it opens, and never again."""
        number = sorted(self.codes)[which % len(self.codes)]
        digits = self.codes.pop(number)
        assert self.lock.enter(self.secret, digits) == number
        assert self.lock.enter(self.secret, digits) is None
        use(self.world, number)
        if reported:
            use(self.world, number)

    @rule(epoch=st.booleans())
    def end_unused(self, epoch: bool) -> None:
        """Unused codes are ended, by their numbers or with an epoch."""
        stay_id = self.world.stay().id
        with self.world.database.writing() as session:
            stay = session.get_one(Stay, stay_id)
            if epoch:
                days = 1 + (stay.until_at - NOW) // DAY % 9
                window = Window(NOW - 60, NOW + days * DAY)
                landlord.change_stay(session, stay, window, self.world.keyring, self.world.now)
            else:
                end_once(session, stay, self.world.now)
        self.drop_dead()

    @rule()
    def lock_hears(self) -> None:
        """The list arrives."""
        device = self.world.device()
        self.lock.epoch = max(self.lock.epoch, device.code_epoch)
        self.lock.base = max(self.lock.base, device.once_from)
        hear(self.world)

    def in_step(self) -> bool:
        """Whether the lock has heard where we stand."""
        device = self.world.device()
        return self.lock.epoch == device.code_epoch and self.lock.base >= device.once_from

    def drop_dead(self) -> None:
        """Forget what the ledger does not call living."""
        living = {
            once.code.number for once in standings(self.world) if once.standing.state in ("on_lock", "delivering")
        }
        self.codes = {number: digits for number, digits in self.codes.items() if number in living}

    @invariant()
    def unused_codes_fit_into_what_the_lock_looks_at(self) -> None:
        """The span of living codes stays below the lock's memory."""
        if getattr(self, "codes", None):
            assert self.world.device().once_next - min(self.codes) <= MOST
            assert len(self.codes) <= MOST


def test_whatever_happens_a_living_code_opens_once_and_a_number_never_comes_again(tmp_path: Path) -> None:
    machine = type("Machine", (OnceMachine,), {"folder": tmp_path})
    run_state_machine_as_test(machine, settings=settings(max_examples=8, stateful_step_count=12, deadline=None))
