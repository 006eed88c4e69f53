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
    """What a driver can make its device do or report; the contract suite selects its tests by these."""

    UNLOCK = "unlock"
    LOCK = "lock"
    SIGNED_KEYS = "signed_keys"
    REVOCATION_LIST = "revocation_list"
    PASSCODES = "passcodes"
    SET_TIME = "set_time"
    CERTIFICATES = "certificates"
    FIRMWARE = "firmware"
    READ_BACK = "read_back"
    SHOW = "show"


@dataclass(frozen=True, slots=True)
class LockAddress:
    """Address of a device: ids match ^[a-z0-9-]{1,36}$."""

    site: str
    device: str


class Unreadable(Exception):
    """A message to set aside. code: bad_topic | bad_message | bad_signature | unknown_device | retained."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class Unable(Exception):
    """The command was not sent and will not be. code: unknown_type (no such ability) | expired | malformed."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class Driver(Protocol):
    """Translates intents and reports to one vendor's protocol. Keeps no state of doors or keys."""

    @property
    def name(self) -> str:
        """Key of this driver in DRIVERS."""

    @property
    def abilities(self) -> frozenset[Ability]:
        """The intents it can carry out."""

    async def send(self, lock: LockAddress, intent: Intent) -> Answered | None:
        """Send the command once. Returns None: the answer comes later over the link. Raises Unable, LinkDown."""

    def read(self, message: Received) -> Sequence[Report]:
        """Verified contents of the message. Raises Unreadable and no other error, whatever the bytes."""
