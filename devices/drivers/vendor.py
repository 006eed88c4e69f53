"""Common parts of drivers for other makers' locks, which have no command ids, sequences or signatures."""

from __future__ import annotations

import importlib
import json
import logging
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from typing import Any, ClassVar, Final, NoReturn, get_args

from devices.driver import Ability, LockAddress, Unable, Unreadable
from devices.drivers.open_commands import OpenCommands
from devices.intents import Intent, LockDoor, ReadBack, Unlock
from devices.link import Link, LinkDown, Received
from devices.links.addressing import Addressing
from devices.links.radio import READ_STATE, Found, LibraryLock
from devices.reports import Answered, Happened, Reachable, Report, StateReported
from devices.wire.messages import Bolt, Door, State

MAX_MESSAGE_BYTES: Final = 8192
COMMAND_WORDS: Final[dict[type[Intent], bytes]] = {Unlock: b"unlock", LockDoor: b"lock", ReadBack: READ_STATE}


class VendorDriver:
    """One open command per lock, and reports numbered by the driver."""

    name: ClassVar[str]
    abilities: ClassVar[frozenset[Ability]]

    def __init__(self, link: Link, now: Callable[[], int]) -> None:
        """`now`: UTC seconds."""
        self._commands = OpenCommands(link, now)

    async def send(self, lock: LockAddress, intent: Intent) -> Answered | None:
        """See devices.driver."""
        raise NotImplementedError

    def read(self, message: Received) -> Sequence[Report]:
        """See devices.driver."""
        raise NotImplementedError

    def _happened(self, device: str, kind: str, **body: object) -> Happened:
        return Happened(device, self._commands.next_seq(), self._commands.now(), kind, body)

    def _state_report(
        self, device: str, bolt: Bolt, battery: int | None = None, door: Door = "unknown"
    ) -> StateReported:
        """Report of the bolt; `battery` in percent. What the lock does not report is unknown."""
        seq, at = self._commands.next_seq(), self._commands.now()
        return StateReported(device, State(seq, at, bolt, door, battery, (), "set", nonce=b"", epoch=0, firmware=""))


class MqttDriver(VendorDriver):
    """A lock on the operator's own broker."""

    @staticmethod
    def topics(site: str) -> Addressing:
        """How the vendor's topics name locks; every lock behind one link belongs to this site."""
        raise NotImplementedError


class RadioDriver(VendorDriver):
    """A lock reached through its maker's Bluetooth library, an optional extra: without it every command is refused.

    A driver names its library, the secrets a lock needs besides its `address`, and how a connection is opened.
    """

    abilities = frozenset({Ability.UNLOCK, Ability.LOCK, Ability.READ_BACK})
    library: ClassVar[str]
    extra: ClassVar[str]
    secrets: ClassVar[tuple[str, ...]]

    @classmethod
    def open_lock(
        cls, library: Any, found: Found, secrets: Mapping[str, str]
    ) -> AbstractAsyncContextManager[LibraryLock]:
        """Context manager: the lock, connected or ready to connect."""
        raise NotImplementedError

    @classmethod
    def open(cls, found: Found, secrets: Mapping[str, str]) -> AbstractAsyncContextManager[LibraryLock]:
        """Used by RadioLink to open locks. Raises LinkDown when the library is not installed."""
        try:
            library = importlib.import_module(cls.library)
        except ImportError:
            raise LinkDown(f"install lodgekey[{cls.extra}] for locks of this make") from None
        logging.getLogger(cls.library.partition(".")[0]).setLevel(logging.ERROR)  # some log every message they send
        return cls.open_lock(library, found, secrets)

    async def send(self, lock: LockAddress, intent: Intent) -> Answered | None:
        """One conversation with the lock. Raises Unable, LinkDown."""
        word = COMMAND_WORDS.get(type(intent))
        if word is None:
            raise Unable("unknown_type")
        return await self._commands.ask(lock, intent, [("cmd", word)], wanted="")

    def read(self, message: Received) -> Sequence[Report]:
        """At most one report. Raises Unreadable."""
        device = message.device
        if message.channel == "online" and message.payload in (b"0", b"1"):
            return [Reachable(device, message.payload == b"1")]
        said = json_object(message.payload)
        match message.channel:
            case "ack" if said.get("outcome") in ("done", "failed"):
                code = said.get("code")
                return self._commands.settle(device, said["outcome"], code if isinstance(code, str) else None)
            case "event" if said.get("type") in ("locked", "unlocked"):
                return [self._happened(device, said["type"], means="gateway")]
            case "state" if said.get("bolt") in get_args(Bolt) and said.get("door") in get_args(Door):
                return [self._state_report(device, said["bolt"], percent(said.get("battery")), said["door"])]
        raise Unreadable("bad_message")


def percent(value: object) -> int | None:
    """Battery charge in percent, or None when the value is not one."""
    return int(value) if isinstance(value, int | float) and 0 <= value <= 100 else None


def json_object(payload: bytes) -> dict[str, Any]:
    """A small JSON object. Raises Unreadable."""
    try:
        said = json.loads(payload, parse_constant=_refuse) if len(payload) <= MAX_MESSAGE_BYTES else None
    except (ValueError, RecursionError) as error:
        raise Unreadable("bad_message") from error
    if not isinstance(said, dict):
        raise Unreadable("bad_message")
    return said


def _refuse(constant: str) -> NoReturn:
    raise ValueError(constant)
