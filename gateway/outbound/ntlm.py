"""NTLM over HTTP (MS-NLMP, MS-NTHT), for authorities whose web services ask for a Windows account.

NTLM authenticates a connection, so each request opens one of its own: the first message without the record, the
server's challenge, then the record with the answer to it.
"""

import base64
import struct
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

import aiohttp
import spnego
from spnego.exceptions import SpnegoError
from yarl import URL

from gateway.domain.filings.record import RegistryUnreachable
from gateway.outbound.http import Client, LostAnswer, Reply, session_opener, taken_in

_HEADER: Final = "Authorization"


@dataclass(frozen=True, slots=True)
class WindowsAccount:
    """A user of a Windows domain."""

    domain: str
    user: str
    password: str

    def context(self, host: str) -> spnego.ContextProxy:
        """A new authentication of this account at a host, NTLM only."""
        named = f"{self.domain}\\{self.user}"
        return spnego.client(
            named, self.password, host, "HTTP", protocol="ntlm", options=spnego.NegotiateOptions.use_ntlm
        )


class NtlmClient(Client):
    """As Client, with the two exchanges of NTLM for each request."""

    def __init__(
        self,
        open_session: Callable[[], aiohttp.ClientSession],
        timeout_s: float,
        account: WindowsAccount,
    ) -> None:
        super().__init__(open_session, timeout_s, None)
        self._account = account

    async def _connected(self, method: str, where: URL, *, headers: dict[str, str], limit: int, **sent: Any) -> Reply:
        """Send over a connection of its own. Raises RegistryUnreachable if signing in fails: nothing was sent."""
        async with self._open_session() as session:
            signed = {_HEADER: await self._signed(session, method, where, limit)}
            return await self._over(session, method, where, headers=headers | signed, limit=limit, **sent)

    async def _signed(self, session: aiohttp.ClientSession, method: str, where: URL, limit: int) -> str:
        context = self._account.context(where.host or "")
        offer = {_HEADER: _written(context.step())}
        try:
            reply = await self._over(session, method, where, headers=offer, limit=limit)
            if reply.status != 401:
                taken_in(reply)
        except LostAnswer as lost:
            raise RegistryUnreachable(lost.code, **lost.details) from None
        for scheme in reply.schemes:
            name, _, challenge = scheme.partition(" ")
            if name.upper() == "NTLM" and challenge:
                try:
                    return _written(context.step(base64.b64decode(challenge)))
                except (SpnegoError, LookupError, ValueError, struct.error):  # as the library fails on what is none
                    break
        raise RegistryUnreachable("credentials_refused")


def _written(message: bytes | None) -> str:
    return "NTLM " + base64.b64encode(message or b"").decode()


def open_ntlm_client(*, ca_file: str, timeout_s: float, account: WindowsAccount) -> NtlmClient:
    """A client that signs in with a Windows account; ca_file: PEM, instead of the public authorities."""
    return NtlmClient(session_opener(ca_file=ca_file, timeout_s=timeout_s), timeout_s, account)
