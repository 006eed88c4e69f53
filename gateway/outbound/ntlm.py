"""NTLM over HTTP, version 2 only (MS-NLMP, MS-NTHT), for authorities whose web services ask for a Windows account.

NTLM authenticates a connection, so each request opens one of its own: the first message without the record, the
server's challenge, then the record with the answer to it. Without signing, sealing and channel bindings.
"""

import base64
import binascii
import hashlib
import hmac
import os
import struct
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

import aiohttp
from yarl import URL

from gateway.domain.filings.record import RegistryUnreachable
from gateway.outbound.http import MAX_ANSWER, Client, LostAnswer, Reply, session_opener, taken_in

_SIGNATURE: Final = b"NTLMSSP\0"
# MS-NLMP 2.2.2.5: Unicode, request target, NTLM, always sign, extended session security, target info, 128, 56.
_FLAGS: Final = 0x00000001 | 0x00000004 | 0x00000200 | 0x00008000 | 0x00080000 | 0x00800000 | 0x20000000 | 0x80000000
_TIMESTAMP: Final = 7  # MsvAvTimestamp
_FILETIME_OF_1970: Final = 11_644_473_600
_HEADER: Final = "Authorization"
_ROUNDS: Final = (
    (0, tuple(range(16)), (3, 7, 11, 19)),
    (0x5A827999, (0, 4, 8, 12, 1, 5, 9, 13, 2, 6, 10, 14, 3, 7, 11, 15), (3, 5, 9, 13)),
    (0x6ED9EBA1, (0, 8, 4, 12, 2, 10, 6, 14, 1, 9, 5, 13, 3, 11, 7, 15), (3, 9, 11, 15)),
)


def md4(message: bytes) -> bytes:
    """MD4 (RFC 1320), which OpenSSL no longer offers. NTLM derives the key from it; it protects nothing else here."""
    padded = message + b"\x80" + bytes((55 - len(message)) % 64) + struct.pack("<Q", 8 * len(message))
    state = [0x67452301, 0xEFCDAB89, 0x98BADCFE, 0x10325476]
    for start in range(0, len(padded), 64):
        block = struct.unpack_from("<16I", padded, start)
        a, b, c, d = state
        for number, (constant, order, shifts) in enumerate(_ROUNDS):
            for step, word in enumerate(order):
                mixed = (a + _mixed(number, b, c, d) + block[word] + constant) & 0xFFFFFFFF
                turn = shifts[step % 4]
                a, b, c, d = d, (mixed << turn | mixed >> (32 - turn)) & 0xFFFFFFFF, b, c
        state = [(old + new) & 0xFFFFFFFF for old, new in zip(state, (a, b, c, d), strict=True)]
    return struct.pack("<4I", *state)


def _mixed(number: int, b: int, c: int, d: int) -> int:
    if number == 0:
        return (b & c) | (~b & d)
    return (b & c) | (b & d) | (c & d) if number == 1 else b ^ c ^ d


@dataclass(frozen=True, slots=True)
class WindowsAccount:
    """A user of a Windows domain."""

    domain: str
    user: str
    password: str

    def key(self) -> bytes:
        """NTOWFv2 (MS-NLMP 3.3.2)."""
        hashed = md4(self.password.encode("utf-16-le"))
        return _hmac_md5(hashed, (self.user.upper() + self.domain).encode("utf-16-le"))


def first_message() -> bytes:
    """NEGOTIATE_MESSAGE (2.2.1.1), without a domain and a workstation."""
    return _SIGNATURE + struct.pack("<II", 1, _FLAGS) + bytes(16)


def answer(challenge: bytes, account: WindowsAccount, nonce: bytes, now: int) -> bytes:
    """AUTHENTICATE_MESSAGE (2.2.1.3) to a CHALLENGE_MESSAGE; nonce: 8 random bytes; now: UTC seconds.

    Raises ValueError for a challenge that cannot be read.
    """
    if challenge[:12] != _SIGNATURE + struct.pack("<I", 2) or len(challenge) < 48:
        raise ValueError("no NTLM challenge")
    length, _, offset = struct.unpack_from("<HHI", challenge, 40)
    info = challenge[offset : offset + length]
    if len(info) != length:
        raise ValueError("the NTLM challenge is cut off")
    proof = nt_response(account.key(), challenge[24:32], nonce, _time_of(info, now), info)
    return _authenticate(account, proof)


def nt_response(key: bytes, server_challenge: bytes, nonce: bytes, filetime: bytes, info: bytes) -> bytes:
    """The NTLMv2 response (3.3.2): NTProofStr and what it proves."""
    temp = b"\x01\x01" + bytes(6) + filetime + nonce + bytes(4) + info + bytes(4)
    return _hmac_md5(key, server_challenge + temp) + temp


def _time_of(info: bytes, now: int) -> bytes:
    """The server's own time where it states one (3.1.5.1.2), else ours, as FILETIME."""
    at = 0
    while at + 4 <= len(info):
        kind, length = struct.unpack_from("<HH", info, at)
        if kind == _TIMESTAMP and length == 8:
            return info[at + 4 : at + 12]
        at += 4 + length
    return struct.pack("<Q", (now + _FILETIME_OF_1970) * 10_000_000)


def _authenticate(account: WindowsAccount, response: bytes) -> bytes:
    texts = [account.domain.encode("utf-16-le"), account.user.encode("utf-16-le"), b""]
    fields, payload, offset = b"", b"", 64
    for field in (bytes(24), response, *texts, b""):
        fields += struct.pack("<HHI", len(field), len(field), offset + len(payload))
        payload += field
    return _SIGNATURE + struct.pack("<I", 3) + fields + struct.pack("<I", _FLAGS) + payload


def _hmac_md5(key: bytes, message: bytes) -> bytes:
    return hmac.new(key, message, hashlib.md5).digest()


class NtlmClient(Client):
    """As Client, with the two exchanges of NTLM for each request."""

    def __init__(
        self,
        open_session: Callable[[], aiohttp.ClientSession],
        timeout_s: float,
        account: WindowsAccount,
        now: Callable[[], int],
    ) -> None:
        super().__init__(open_session, timeout_s, None)
        self._account, self._now = account, now

    async def send(
        self,
        method: str,
        url: str,
        *,
        json: Any = None,
        content: bytes | None = None,
        headers: Mapping[str, str] | None = None,
        limit: int = MAX_ANSWER,
    ) -> Reply:
        """As Client.send. Raises RegistryUnreachable where the first exchange fails: the record was not sent yet."""
        where = URL(url, encoded=True)
        async with self._open_session() as session:
            signed = await self._signed(session, method, where, limit)
            return await self._over(
                session,
                method,
                where,
                json=json,
                data=content,
                headers={**(headers or {}), _HEADER: signed},
                limit=limit,
            )

    async def _signed(self, session: aiohttp.ClientSession, method: str, where: URL, limit: int) -> str:
        offer = {_HEADER: _written(first_message())}
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
                    message = answer(base64.b64decode(challenge), self._account, os.urandom(8), self._now())
                except (ValueError, struct.error, binascii.Error):
                    break
                return _written(message)
        raise RegistryUnreachable("credentials_refused")


def _written(message: bytes) -> str:
    return "NTLM " + base64.b64encode(message).decode()


def open_ntlm_client(*, ca_file: str, timeout_s: float, account: WindowsAccount, now: Callable[[], int]) -> NtlmClient:
    """A client that signs in with a Windows account; ca_file: PEM, instead of the public authorities."""
    return NtlmClient(session_opener(ca_file=ca_file, timeout_s=timeout_s), timeout_s, account, now)
