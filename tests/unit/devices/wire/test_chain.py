"""Links between the entries of a lock's log: the codec, and the rules for following a log."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from devices.wire.chain import NOTHING, entry_digest
from devices.wire.codec import decode_ack, decode_event, encode_ack, encode_event
from devices.wire.errors import BadMessage
from devices.wire.messages import Ack, Event
from gateway.domain.keys.log_chain import RESET, Entry, Followed, follow, late_fault

START = Entry(0, NOTHING, -1, NOTHING)


def written(steps: list[int]) -> list[Entry]:
    """A log as a lock writes it: sequence numbers rise by these steps, each entry names its predecessor."""
    log, head = [], START
    for step in steps:
        seq = head.seq + step
        payload = encode_event(Event(seq, 1, "locked", {}, head.seq, head.digest))
        head = Entry(seq, entry_digest("event", payload), head.seq, head.digest)
        log.append(head)
    return log


LOGS = st.lists(st.integers(1, 70), min_size=2, max_size=12).map(written)


def followed(batches: list[list[Entry]]) -> Followed:
    """Result for a log that arrives in these batches and is then judged finally."""
    head, kept, faults = START, list[Entry](), list[tuple[str, int]]()
    for batch in batches:
        kept += batch
        found = follow(head, sorted((e for e in kept if e.seq > head.seq), key=lambda e: e.seq), final=False)
        head, faults = found.head, [*faults, *found.faults]
    found = follow(head, sorted((e for e in kept if e.seq > head.seq), key=lambda e: e.seq), final=True)
    return Followed(found.head, (*faults, *found.faults), found.waits)  # type: ignore[arg-type]


@given(LOGS, st.randoms(use_true_random=False))
def test_a_whole_log_fits_in_whatever_order_it_arrives(log: list[Entry], chance: object) -> None:
    order = list(log)
    chance.shuffle(order)  # type: ignore[attr-defined]
    assert followed([[entry] for entry in order]) == Followed(log[-1])


@given(LOGS, st.data())
def test_an_entry_that_was_removed_is_missed_by_its_number(log: list[Entry], data: st.DataObject) -> None:
    gone = data.draw(st.sampled_from(log[:-1]))
    assert followed([[entry for entry in log if entry != gone]]).faults == (("missing", gone.seq),)


@given(LOGS, st.data())
def test_an_entry_that_was_altered_is_noticed_by_the_next(log: list[Entry], data: st.DataObject) -> None:
    place = data.draw(st.integers(0, len(log) - 2))
    altered = [*log[:place], replace(log[place], digest=b"\xff" * 16), *log[place + 1 :]]
    assert followed([altered]).faults == (("altered", log[place + 1].seq),)


@given(LOGS, st.data())
def test_two_entries_that_change_places_are_noticed(log: list[Entry], data: st.DataObject) -> None:
    place = data.draw(st.integers(0, len(log) - 2))
    one, other = log[place], log[place + 1]
    swapped = [*log[:place], replace(other, seq=one.seq), replace(one, seq=other.seq), *log[place + 2 :]]
    assert followed([swapped]).faults


@given(LOGS, st.integers(1, 60), st.data())
def test_a_log_that_goes_on_from_an_earlier_entry_is_a_fork(log: list[Entry], step: int, data: st.DataObject) -> None:
    """An attacker with the lock's key rewrites entries that the gateway has already received."""
    place = data.draw(st.integers(0, len(log) - 2))
    forged = Entry(log[-1].seq + step, b"\xee" * 16, log[place].seq, log[place].digest)
    assert followed([log, [forged]]).faults == (("forked", forged.seq),)


@given(LOGS, st.data())
def test_an_entry_slipped_between_two_is_noticed_though_it_comes_late(log: list[Entry], data: st.DataObject) -> None:
    after = [(low, high) for low, high in zip([START, *log[:-1]], log, strict=True) if high.seq - low.seq > 1]
    if after:
        low, high = data.draw(st.sampled_from(after))
        slipped = Entry(low.seq + 1, b"\xee" * 16, low.seq, low.digest)
        assert late_fault(slipped, high) == "forked"


def test_one_that_was_waited_for_fits_when_it_comes_late_and_another_in_its_place_does_not() -> None:
    one, two, three = written([1, 1, 1])
    assert follow(one, [three], final=False) == Followed(one, waits=True)
    assert follow(one, [three], final=True).faults == (("missing", two.seq),)
    assert late_fault(two, three) is None
    assert late_fault(replace(two, digest=b"\xff" * 16), three) == "altered"


def test_only_a_reset_begins_a_log_anew() -> None:
    log = written([3, 4])
    anew = Entry(60, b"\xaa" * 16, 0, NOTHING, RESET)
    assert follow(START, [*log, anew], final=True) == Followed(anew)
    assert follow(START, [*log, replace(anew, about=None)], final=True).faults == (("forked", 60),)


def test_power_lost_around_an_answer_leaves_two_answers_to_one_command_and_to_no_other() -> None:
    first = written([2])[0]
    done = Entry(5, b"\xaa" * 16, first.seq, first.digest, "c1")
    interrupted = Entry(65, b"\xbb" * 16, first.seq, first.digest, "c1")
    assert follow(START, [first, done, interrupted], final=True).faults == ()
    assert late_fault(done, interrupted) is None
    other = replace(interrupted, about="c2")
    assert follow(START, [first, done, other], final=True).faults == (("forked", 65),)


@given(st.integers(1, 2**53), st.integers(0, 2**53), st.binary(min_size=16, max_size=16))
def test_a_place_survives_the_wire_or_is_refused(seq: int, after: int, prev: bytes) -> None:
    event, ack = Event(seq, 1, "locked", {}, after, prev), Ack(bytes(16), seq, 1, "done", None, {}, after, prev)
    if after < seq and (after == 0) == (prev == NOTHING):
        assert (decode_event(encode_event(event)), decode_ack(encode_ack(ack))) == (event, ack)
        return
    with pytest.raises(BadMessage):
        encode_event(event)
    with pytest.raises(BadMessage):
        encode_ack(ack)


@pytest.mark.parametrize("half", [{"after": 1}, {"prev": b"\x01" * 16}])
def test_half_a_place_is_no_message(half: dict[str, object]) -> None:
    with pytest.raises(BadMessage):
        encode_event(replace(Event(2, 1, "locked"), **half))  # type: ignore[arg-type]


def test_what_is_signed_on_one_channel_is_no_entry_of_another() -> None:
    assert entry_digest("ack", b"same") != entry_digest("event", b"same")
