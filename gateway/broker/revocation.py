"""Keeping revoked devices off the broker: the list it refuses newcomers by, and the sessions alive when it changed."""

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

from certs.authority.ca import Authority
from gateway.broker.disconnect import NotEnded, end_session

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class RevokedDevice:
    """One certificate that counts no more, by its serial number, and whose it is."""

    site: str
    device: str
    serial: int


class RevocationList(Protocol):
    """Where a broker reads who is refused."""

    async def replace_crl(self, pem: bytes) -> None:
        """Refuse new connections by these certificates from now on. Raises OSError."""


class Revocation:
    """Makes the broker follow the store. Without `broker` (an operator's own) its list comes from elsewhere."""

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
        """Refuse and disconnect what was revoked since the last time; `renew` makes a new list in any case.

        A session that could not be ended is tried again the next time.
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
