"""The port every lock vendor's driver implements."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from devices.intents import Intent
from devices.link import Received
from devices.reports import Answered, Report


class Ability(StrEnum):
    """What a driver can make its device do or tell; the contract suite picks its tests by these."""

    UNLOCK = "unlock"
    LOCK = "lock"
    SIGNED_KEYS = "signed_keys"
    REVOCATION_LIST = "revocation_list"
    PASSCODES = "passcodes"
    SET_TIME = "set_time"
    CERTIFICATES = "certificates"
    READ_BACK = "read_back"
    SHOW = "show"


@dataclass(frozen=True, slots=True)
class LockAddress:
    """Where a device is reached: ids match ^[a-z0-9-]{1,36}$."""

    site: str
    device: str


class Unreadable(Exception):
    """A message to set aside. code: bad_topic | bad_message | bad_signature | unknown_device | retained."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class Unable(Exception):
    """It was not sent and never will be. code: unknown_type (no such ability) | expired | malformed."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class Driver(Protocol):
    """One vendor's words for our intents and reports. What doors and keys are like is not its to remember."""

    @property
    def name(self) -> str:
        """The key under which DRIVERS lists it."""

    @property
    def abilities(self) -> frozenset[Ability]:
        """What intents it can carry out."""

    async def send(self, lock: LockAddress, intent: Intent) -> Answered | None:
        """Ask once. None: the answer comes later over the link. Raises Unable, LinkDown."""

    def read(self, message: Received) -> Sequence[Report]:
        """What the message says, verified. Raises Unreadable; no other error, whatever the bytes."""
