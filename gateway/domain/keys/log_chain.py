"""Whether the entries of a lock's log follow each other: what is missing, altered or forked. Pure.

An entry names the one before it by number and digest (devices.wire.chain), so a gap between numbers says nothing, a
named entry that never arrives is missing, and what contradicts an entry heard before is forged.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final, Literal

RESET: Final = "reset"  # what the first entry after a factory reset is about: there a log may begin anew
GRACE: Final = 300  # seconds a named entry may take to arrive: messages overtake each other, and are said again

Fault = Literal["missing", "altered", "forked", "unchained"]
LogAlarm = Literal["log_missing", "log_forged"]


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry: its number and digest, those it names before it, and the command it answers, or RESET."""

    seq: int
    digest: bytes
    after: int
    prev: bytes
    about: str | None = None


@dataclass(frozen=True, slots=True)
class Followed:
    """The last entry that was judged, what did not fit (fault, number), and whether an earlier one is waited for."""

    head: Entry
    faults: tuple[tuple[Fault, int], ...] = ()
    waits: bool = False


def follow(head: Entry, later: Iterable[Entry], *, final: bool) -> Followed:
    """Judge entries beyond the head, lowest number first; `final`: what has not arrived yet is missing."""
    faults: list[tuple[Fault, int]] = []
    for entry in later:
        if entry.after > head.seq:
            if not final:
                return Followed(head, tuple(faults), waits=True)
            faults.append(("missing", entry.after))
        elif fault := contradiction(head, entry):
            faults.append((fault, entry.seq))
        head = entry
    return Followed(head, tuple(faults))


def contradiction(before: Entry, entry: Entry) -> Fault | None:
    """What is wrong with an entry that names this one, or one before it."""
    if entry.after == before.seq:
        return None if entry.prev == before.digest else "altered"
    if _begins_anew(entry) or _answer_twice(before, entry):
        return None
    return "forked"


def late_fault(entry: Entry, above: Entry) -> Fault | None:
    """What is wrong with an entry that comes after the next higher one was judged: most had been waited for."""
    return None if above.after > entry.seq else contradiction(entry, above)


def alarm_of(fault: Fault) -> LogAlarm:
    """What people are told of it."""
    return "log_missing" if fault == "missing" else "log_forged"


def _begins_anew(entry: Entry) -> bool:
    return entry.after == 0 and entry.about == RESET


def _answer_twice(one: Entry, other: Entry) -> bool:
    """Power was lost after an answer left and before it was kept: in its place the lock says `interrupted`."""
    same = one.after == other.after and one.prev == other.prev and one.about == other.about
    return same and one.about not in (None, RESET)
