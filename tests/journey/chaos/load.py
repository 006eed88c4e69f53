"""People who use the street while faults happen, and what they were promised: every answer they got is noted."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field, replace
from typing import Final

import httpx

from tests.journey.street import Room, Street, Tenant
from tests.parts.postgres import Server

FAILED: Final = (httpx.HTTPError, AssertionError, OSError)  # a request that was not answered, or was refused
PAUSE: Final = 0.2
ROOMS_IN_USE: Final = 2


@dataclass
class Load:
    """Tenants who tap, and one newcomer after the other who registers in the next room."""

    street: Street
    homes: list[tuple[Room, Tenant, str]] = field(default_factory=list)
    sent: Counter[str] = field(default_factory=Counter)  # taps by lock
    unlocked: Counter[str] = field(default_factory=Counter)  # taps answered with "unlocked", by lock
    registered: list[str] = field(default_factory=list)  # stays whose registration was answered with success
    stays: list[str] = field(default_factory=list)  # stays whose offer was answered with success
    ended: list[str] = field(default_factory=list)  # stays whose end was answered with success
    feeds: list[int] = field(default_factory=list)  # the newest number of the feed before each restore
    commands_before: Counter[str] = field(default_factory=Counter)  # rows of commands at the last restore, by key
    acts: Counter[str] = field(default_factory=Counter)  # ever done: taps, unlocked, registered
    server: Server | None = None  # of a street on PostgreSQL

    async def move_in(self) -> None:
        """Give the tenants who tap their keys, before any fault."""
        for _ in range(ROOMS_IN_USE):
            room = await self.street.free_room()
            tenant, key = await self.street.move_in(room)
            self.homes.append((room, tenant, key))
            self.stays.append(tenant.offer["stay_id"])
            self.registered.append(tenant.offer["stay_id"])
            await self.street.filing(tenant, "accepted")

    async def tap(self, home: tuple[Room, Tenant, str]) -> bool:
        """One tap; whether the lock opened."""
        room, tenant, key = home
        self.sent[room.lock] += 1
        self.acts["taps"] += 1
        answer = await self.street.unlock(tenant, key)
        opened = bool(answer["outcome"] == "unlocked")
        self.unlocked[room.lock] += opened
        self.acts["unlocked"] += opened
        return opened

    async def keep_tapping(self, home: tuple[Room, Tenant, str]) -> None:
        """Tap until cancelled, whatever the answers."""
        while True:
            with suppress(*FAILED):
                await self.tap(home)
            await asyncio.sleep(PAUSE)

    async def keep_arriving(self) -> None:
        """Offer a room, register its tenant, end the stay, until cancelled; what fails is left where it is."""
        units = [unit["id"] for unit in await self.street.ask("landlord", "GET", "/units")]
        taken = {room.unit for room, _, _ in self.homes}
        free = [unit for unit in units if unit not in taken]
        while True:
            with suppress(*FAILED):
                await self.arrive(free[0])
            free = free[1:] + free[:1]
            await asyncio.sleep(PAUSE)

    async def arrive(self, unit: str) -> None:
        """One newcomer in a unit, whose stay is ended at once."""
        for stay in await self.street.ask("landlord", "GET", "/stays"):
            if stay["unit"] == unit and stay["state"] in ("offered", "active"):
                await self.end(stay["id"])
        restores = len(self.feeds)
        tenant = await self.street.offer(Room("", "", unit, 0))
        if restores == len(self.feeds):  # else the answer was given by a database that is lost
            self.stays.append(tenant.offer["stay_id"])
        await self.street.register(tenant)
        if restores == len(self.feeds):
            self.registered.append(tenant.offer["stay_id"])
            self.acts["registered"] += 1

    async def end(self, stay: str) -> None:
        """End a stay, unless it has been."""
        answer = await self.street.people["landlord"].post(f"/stays/{stay}/end")
        assert answer.is_success or stay in self.ended, answer.text
        self.ended.append(stay)

    def newcomers(self) -> list[str]:
        """Registered stays of others than those who tap, whose doors have to open after each fault."""
        tapping = {tenant.offer["stay_id"] for _, tenant, _ in self.homes}
        return [stay for stay in self.registered if stay not in tapping]

    def acknowledged(self) -> tuple[list[str], list[str]]:
        """What a backup that is begun now has to hold: stays and registrations."""
        return list(self.stays), list(self.registered)

    def went_back_to(self, known: tuple[list[str], list[str]], newest: int) -> None:
        """The database was restored: what was answered since that moment may be gone, and counting begins anew.

        `newest`: the newest number of the feed that was lost.
        """
        self.stays, self.registered = list(known[0]), list(known[1])
        self.feeds.append(newest)
        self.sent.clear()
        self.unlocked.clear()
        self.homes = [
            (replace(room, moved_before=room.moved_before + self.street.openings(room)), tenant, key)
            for room, tenant, key in self.homes
        ]
        self.commands_before = Counter(self.commands())

    def commands(self) -> dict[str, int]:
        """Rows of commands that open a door, by key."""
        counted = "SELECT key_id, count(*) FROM commands WHERE type = 'unlock' GROUP BY key_id"
        return {str(key): int(count) for key, count in self.street.rows(counted)}

    async def follow_feed(self, last: int) -> list[int]:
        """The numbers of the feed's entries as an officer gets them, until this one or for half a minute."""
        numbers: list[int] = []
        with suppress(TimeoutError):
            async with asyncio.timeout(30), self.street.people["officer"].stream("GET", "/feed?after=0") as stream:
                async for text in stream.aiter_lines():
                    numbers += [int(text[4:])] if text.startswith("id: ") else []
                    if text.startswith("data: ") and numbers and numbers[-1] >= last:
                        break
        return numbers

    @asynccontextmanager
    async def going_on(self) -> AsyncIterator[None]:
        """Everybody acts while this is open."""
        tasks = [asyncio.create_task(self.keep_tapping(home)) for home in self.homes]
        tasks.append(asyncio.create_task(self.keep_arriving()))
        try:
            yield
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
