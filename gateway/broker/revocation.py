"""Keep revoked devices off the broker: its revocation list, and the sessions that were live when it changed."""

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

from certs.authority.ca import Authority
from gateway.broker.disconnect import NotEnded, end_session

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class RevokedDevice:
    """A revoked certificate: its serial number and its device."""

    site: str
    device: str
    serial: int


class RevocationList(Protocol):
    """A broker's revocation list."""

    async def replace_crl(self, pem: bytes) -> None:
        """Refuse new connections by the certificates on this list. Raises OSError."""


class Revocation:
    """Applies revocations of the store to the broker. Without `broker`, its list is maintained elsewhere."""

    def __init__(
        self,
        revoked: Callable[[], Sequence[RevokedDevice]],
        authority: Callable[[], Authority],
        broker: RevocationList | None,
        host: str,
        port: int,
    ) -> None:
        self._revoked, self._authority, self._broker = revoked, authority, broker
        self._host, self._port = host, port
        self._enforced: set[int] = set()

    async def enforce(self, *, renew: bool = False) -> None:
        """Refuse and disconnect devices revoked since the last call; `renew` writes a new list in any case.

        A session that could not be ended is retried at the next call.
        """
        revoked = self._revoked()
        fresh = [device for device in revoked if device.serial not in self._enforced]
        if self._broker is not None and (fresh or renew):
            try:
                await self._broker.replace_crl(self._authority().crl(device.serial for device in revoked))
            except OSError as error:
                log.error("the revocation list could not be replaced: %s", error)
                return
        for device in fresh:
            try:
                await end_session(self._host, self._port, self._authority(), device.site, device.device)
            except NotEnded as error:
                log.warning("%s", error)
            else:
                self._enforced.add(device.serial)
