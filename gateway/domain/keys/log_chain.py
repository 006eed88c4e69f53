"""Checks that the entries of a lock's log form one chain; finds missing, altered and forked entries. Pure.

An entry names its predecessor by number and digest (devices.wire.chain). So a gap between numbers means nothing, a
named entry that never arrives is missing, and an entry that contradicts one received before is forged.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final, Literal

RESET: Final = "reset"  # what the first entry after a factory reset is about; there a log may restart
GRACE_SECONDS: Final = 300  # seconds a named entry may take to arrive: messages overtake each other and are resent

Fault = Literal["missing", "altered", "forked", "unchained"]
LogAlarm = Literal["log_missing", "log_forged"]


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry: its number and digest, its predecessor's number and digest, and the command it answers, or RESET."""

    seq: int
    digest: bytes
    after: int
    prev: bytes
    about: str | None = None


@dataclass(frozen=True, slots=True)
class Followed:
    """The last entry checked, the faults found (fault, number), and whether an earlier entry has yet to arrive."""

    head: Entry
    faults: tuple[tuple[Fault, int], ...] = ()
    waits: bool = False


def follow(head: Entry, later: Iterable[Entry], *, final: bool) -> Followed:
    """Check entries after the head, lowest number first. `final`: entries that have not arrived count as missing."""
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
    """The fault of an entry whose predecessor is `before` or older; None if there is none."""
    if entry.after == before.seq:
        return None if entry.prev == before.digest else "altered"
    if _begins_anew(entry) or _answer_twice(before, entry):
        return None
    return "forked"


def late_fault(entry: Entry, above: Entry) -> Fault | None:
    """The fault of an entry that arrived after the next higher one was checked; usually it was awaited, and fits."""
    return None if above.after > entry.seq else contradiction(entry, above)


def alarm_of(fault: Fault) -> LogAlarm:
    """The alarm raised for a fault."""
    return "log_missing" if fault == "missing" else "log_forged"


def _begins_anew(entry: Entry) -> bool:
    return entry.after == 0 and entry.about == RESET


def _answer_twice(one: Entry, other: Entry) -> bool:
    """Whether both answer one command: after a power cut between sending and storing, a lock answers `interrupted`."""
    same = one.after == other.after and one.prev == other.prev and one.about == other.about
    return same and one.about not in (None, RESET)
