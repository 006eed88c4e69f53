"""What must be true once a fault is over: each check returns what contradicts it, and nothing where it holds."""

from collections import Counter
from collections.abc import Awaitable, Callable
from typing import Final

import httpx

from api.cli.demo.seed import ROOMS
from tests.journey.chaos.load import Load
from tests.journey.chaos.program import lodgekey
from tests.journey.street import good

Check = Callable[[Load], Awaitable[list[str]]]
HEAD: Final = "chaos-head.json"
UNSETTLED: Final = (
    """SELECT count(*) FROM deliveries WHERE state = 'owed' AND work IN ('submit', 'put_key', 'drop_key', 'revoke')"""
)


async def nothing_acknowledged_is_lost(load: Load) -> list[str]:
    """Every stay and registration that was answered is there, what was ended stays so, "unlocked" moved a bolt."""
    stays = {row[0] for row in load.street.rows("SELECT id FROM stays")}
    filed = {row[0] for row in load.street.rows("SELECT stay_id FROM registrations WHERE kind = 'check_in'")}
    lost = [f"stay {stay}" for stay in load.stays if stay not in stays]
    lost += [f"registration of {stay}" for stay in load.registered if stay not in filed]
    valid = {row[0] for row in load.street.rows("SELECT stay_id FROM keys WHERE desired = 'present'")}
    lost += [f"end of {stay}" for stay in load.ended if stay in valid]
    return lost + [
        f"{room.lock}: {load.unlocked[room.lock]} answers, {load.street.openings(room)} movements"
        for room, _, _ in load.homes
        if load.street.openings(room) < load.unlocked[room.lock]
    ]


async def nothing_is_actuated_twice(load: Load) -> list[str]:
    """A bolt moves at most once for a command, and there is at most one command for a tap."""
    wrong, commands = [], Counter(load.commands())
    commands.subtract(load.commands_before)
    for room, _, key in load.homes:
        numbers = load.street.openings(room), commands[key], load.sent[room.lock]
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
    """The numbers of the feed are 1, 2, 3 … in the rows, and so as an officer follows it from the beginning.

    After a restore they go on above every number of before; its own entry is the first.
    """
    rows = load.street.rows("SELECT feed_seq, type FROM events WHERE feed_seq IS NOT NULL ORDER BY 1")
    restores = [seq for seq, kind in rows if kind == "GatewayRestored"]
    starts, wanted = iter(restores), list[int]()
    for _, kind in rows:
        wanted.append(next(starts) if kind == "GatewayRestored" else wanted[-1] + 1 if wanted else 1)
    numbers, followed = [seq for seq, _ in rows], await load.follow_feed(rows[-1][0])
    wrong = [f"{len(rows)} rows up to {rows[-1][0]}"] if numbers != wanted else []
    wrong += [f"{mark} was given before" for mark, newest in zip(restores, load.feeds, strict=True) if mark <= newest]
    return wrong + ([f"followed: {followed}"] if followed != wanted else [])


async def the_log_verifies(load: Load) -> list[str]:
    """The disclosure log extends the head that was kept at the beginning."""
    code, output = await lodgekey(load.street, "audit", "verify", "--head", str(load.street.folder / HEAD))
    return [] if code == 0 else [output[-300:]]


async def the_rows_equal_the_locks(load: Load) -> list[str]:
    """The keys that the rows say are on a lock are those that it holds; of every lock."""
    wrong = []
    for lock in (f"lock-{room}" for room in ROOMS):
        held = set((await load.street.control("GET", f"/devices/{lock}"))["keys"])
        rows = load.street.rows("SELECT id FROM keys WHERE device_id = ? AND observed = 'present'", lock)
        known = {row[0] for row in rows}
        if held != known:
            wrong.append(f"{lock}: not in the rows {sorted(held - known)}, not on the lock {sorted(known - held)}")
    return wrong


INVARIANTS: Final[dict[str, Check]] = {
    "nothing acknowledged lost": nothing_acknowledged_is_lost,
    "nothing actuated twice": nothing_is_actuated_twice,
    "filed once": each_registration_is_filed_once,
    "feed whole": the_feed_has_no_gap_and_no_duplicate,
    "log verifies": the_log_verifies,
    "rows equal locks": the_rows_equal_the_locks,
}
