"""What must be true once a fault is over: each check returns what contradicts it, and nothing where it holds."""

import asyncio
import sys
from collections import Counter
from collections.abc import Awaitable, Callable
from typing import Final

import httpx

from tests.journey.chaos.load import Load
from tests.journey.street import good

Check = Callable[[Load], Awaitable[list[str]]]
HEAD: Final = "chaos-head.json"
UNSETTLED: Final = (
    """SELECT count(*) FROM deliveries WHERE state = 'owed' AND work IN ('submit', 'put_key', 'drop_key')"""
)


async def nothing_acknowledged_is_lost(load: Load) -> list[str]:
    """Every stay and registration that was answered is there, and each "unlocked" moved a bolt."""
    stays = {row[0] for row in load.street.rows("SELECT id FROM stays")}
    filed = {row[0] for row in load.street.rows("SELECT stay_id FROM registrations WHERE kind = 'check_in'")}
    lost = [f"stay {stay}" for stay in load.stays if stay not in stays]
    lost += [f"registration of {stay}" for stay in load.registered if stay not in filed]
    return lost + [
        f"{room.lock}: {load.unlocked[room.lock]} answers, {load.street.openings(room)} movements"
        for room, _, _ in load.homes
        if load.street.openings(room) < load.unlocked[room.lock]
    ]


async def nothing_is_actuated_twice(load: Load) -> list[str]:
    """A bolt moves at most once for a command, and there is at most one command for a tap."""
    wrong = []
    for room, _, key in load.homes:
        ((commands,),) = load.street.rows("SELECT count(*) FROM commands WHERE type = 'unlock' AND key_id = ?", key)
        numbers = load.street.openings(room), commands, load.sent[room.lock]
        if not numbers[0] <= numbers[1] <= numbers[2]:
            wrong.append(f"{room.lock}: {numbers[0]} movements, {numbers[1]} commands, {numbers[2]} taps")
    return wrong


async def each_registration_is_filed_once(load: Load) -> list[str]:
    """The registry has one record of each person and kind that it accepted, and the receipt is the one kept here."""
    headers = load.street._registry_key()
    async with httpx.AsyncClient(headers=headers, timeout=60) as client:
        books = Counter(row["lot"] for row in good(await client.get(f"{load.street.registry['url']}/control/records")))
    accepted = [row[0] for row in load.street.rows("SELECT id FROM registrations WHERE state = 'accepted'")]
    return [f"{row}: {books[row]} records" for row in accepted if books[row] != 1]


async def the_feed_has_no_gap_and_no_duplicate(load: Load) -> list[str]:
    """The numbers of the feed are 1, 2, 3 … in the rows, and so as an officer follows it from the beginning."""
    rows = load.street.rows("SELECT feed_seq FROM events WHERE feed_seq IS NOT NULL ORDER BY 1")
    wanted, followed = list(range(1, len(rows) + 1)), await load.follow_feed(len(rows))
    wrong = [f"{len(rows)} rows up to {rows[-1][0]}"] if [row[0] for row in rows] != wanted else []
    return wrong + ([f"followed: {followed}"] if followed != wanted else [])


async def the_log_verifies(load: Load) -> list[str]:
    """The disclosure log extends the head that was kept at the beginning."""
    folder = load.street.folder
    command = ("-m", "api.cli.main", "audit", "verify", "--head", str(folder / HEAD), "--folder", str(folder))
    process = await asyncio.create_subprocess_exec(
        sys.executable, *command, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT
    )
    output, _ = await process.communicate()
    return [] if process.returncode == 0 else [output.decode()[-300:]]


async def the_rows_equal_the_locks(load: Load) -> list[str]:
    """The keys that the rows say are on a lock are those that it holds."""
    wrong = []
    for room, _, _ in load.homes:
        held = set((await load.street.control("GET", f"/devices/{room.lock}"))["keys"])
        rows = load.street.rows("SELECT id FROM keys WHERE device_id = ? AND observed = 'present'", room.lock)
        if held != {row[0] for row in rows}:
            wrong.append(f"{room.lock}: {len(held)} held, {len(rows)} known")
    return wrong


INVARIANTS: Final[dict[str, Check]] = {
    "nothing acknowledged lost": nothing_acknowledged_is_lost,
    "nothing actuated twice": nothing_is_actuated_twice,
    "filed once": each_registration_is_filed_once,
    "feed whole": the_feed_has_no_gap_and_no_duplicate,
    "log verifies": the_log_verifies,
    "rows equal locks": the_rows_equal_the_locks,
}
