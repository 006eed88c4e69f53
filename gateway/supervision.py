"""Supervision of the background loops: a loop that ends is started again, and one that does not get on is late."""

import asyncio
import json
import logging
import os
import time
from collections.abc import Awaitable, Callable, Coroutine
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, Literal

log = logging.getLogger(__name__)

FIRST_PAUSE: Final = 1.0
LONGEST_PAUSE: Final = 60.0
STEADY: Final = 60.0  # seconds after which a loop counts as running again, so that its next pause is the first one
NOTE_EVERY: Final = 10.0
NOTE: Final = "loops.json"

State = Literal["good", "late", "ended"]
Elapsed = Callable[[], float]  # seconds on a clock that is never set


class Rounds:
    """What one loop tells of itself: `begin` when it has something to do, `good` when that is done.

    A round that failed is not good: it is pending since its beginning, until a later one is good.
    """

    def __init__(self, elapsed: Elapsed = time.monotonic) -> None:
        self._elapsed = elapsed
        self._pending_since: float | None = None

    def begin(self) -> None:
        """Something is to be done; ignored while an earlier round is pending."""
        if self._pending_since is None:
            self._pending_since = self._elapsed()

    def good(self) -> None:
        """Everything begun so far is done."""
        self._pending_since = None

    def pending_for(self) -> float:
        """Seconds since the beginning of the oldest round that is not good; 0 if there is none."""
        return 0.0 if self._pending_since is None else self._elapsed() - self._pending_since


Loop = Callable[[Rounds], Coroutine[object, object, None]]


@dataclass(slots=True)
class _Watched:
    rounds: Rounds
    late_after: float
    running: bool = True
    restarts: int = 0
    ended_at: float | None = None


@dataclass(slots=True)
class Supervisor:
    """Runs loops until stopped. A loop ends only by being cancelled; otherwise it is started again, with back-off."""

    elapsed: Elapsed = time.monotonic
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep
    _loops: dict[str, _Watched] = field(default_factory=dict)
    _tasks: list[asyncio.Task[None]] = field(default_factory=list)

    def run(self, name: str, loop: Loop, late_after: float) -> None:
        """Start a loop. It is late when a round is pending for more than `late_after` seconds."""
        watched = self._loops[name] = _Watched(Rounds(self.elapsed), late_after)
        self._tasks.append(asyncio.create_task(self._keep_running(name, loop, watched), name=name))

    async def _keep_running(self, name: str, loop: Loop, watched: _Watched) -> None:
        pause = FIRST_PAUSE
        while True:
            since, watched.running = self.elapsed(), True
            why = "without an error"
            try:
                await loop(watched.rounds)
            except Exception as error:  # noqa: BLE001 - whatever ended it, its duty goes on
                why = _named(error)
            watched.running, watched.restarts = False, watched.restarts + 1
            watched.ended_at = self.elapsed()
            if self.elapsed() - since > STEADY:
                pause = FIRST_PAUSE
            log.error("the loop %s ended (%s); it is started again in %.0f s", name, why, pause)
            await self.sleep(pause)
            pause = min(2 * pause, LONGEST_PAUSE)

    def states(self) -> dict[str, State]:
        """The state of each loop by name."""
        return {name: _state(watched) for name, watched in self._loops.items()}

    def in_trouble(self) -> set[str]:
        """The loops that are late, ended, or have been running again for less than a minute."""
        recent = {
            name
            for name, watched in self._loops.items()
            if watched.ended_at is not None and self.elapsed() - watched.ended_at <= STEADY
        }
        return recent | {name for name, state in self.states().items() if state != "good"}

    def pending_for(self, name: str) -> float:
        """Seconds since a loop has had a round that is not good; 0 if it has none."""
        return self._loops[name].rounds.pending_for()

    def restarts(self, name: str) -> int:
        """How often a loop was started again."""
        return self._loops[name].restarts

    async def note(self, folder: Path, rounds: Rounds) -> None:
        """Write the states to a file every ten seconds, for `lodgekey doctor`, until cancelled."""
        while True:
            rounds.begin()
            with suppress(OSError):  # a full disk is reported by its own check
                await asyncio.to_thread(_write_note, folder / NOTE, self.states())
                rounds.good()
            await self.sleep(NOTE_EVERY)

    async def stop(self) -> None:
        """Cancel all loops and wait for their end."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        self._tasks.clear()


def _state(watched: _Watched) -> State:
    if not watched.running:
        return "ended"
    return "late" if watched.rounds.pending_for() > watched.late_after else "good"


def _named(error: Exception) -> str:
    """The types of an error, without its text: it could hold personal data."""
    if isinstance(error, ExceptionGroup):
        return ", ".join(_named(each) for each in error.exceptions)
    return type(error).__name__


def _write_note(path: Path, states: dict[str, State]) -> None:
    fresh = path.with_suffix(".new")
    fresh.write_text(json.dumps({"process": os.getpid(), "loops": states}))
    fresh.replace(path)
