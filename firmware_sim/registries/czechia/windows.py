"""The server's side of NTLM version 2 over HTTP (MS-NLMP, MS-NTHT): a challenge for each connection, answered once."""

import base64
import binascii
import hashlib
import hmac
import os
import struct

from fastapi import HTTPException, Request

_SIGNATURE = b"NTLMSSP\0"
_FLAGS = (
    0xA2898205  # as IIS: Unicode, NTLM, always sign, domain target, extended session security, target info, 128, 56
)
_M32 = 0xFFFFFFFF


def _rotated(value: int, by: int) -> int:
    return ((value << by) | (value >> (32 - by))) & _M32


def _md4(message: bytes) -> bytes:
    """MD4 as RFC 1320 states it, for the hash of the password."""
    data = bytearray(message) + b"\x80"
    data += bytes(-(len(data) + 8) % 64) + (8 * len(message)).to_bytes(8, "little")
    total = [0x67452301, 0xEFCDAB89, 0x98BADCFE, 0x10325476]
    schedule = (range(16), [k * 4 % 16 + k // 4 for k in range(16)], [int(f"{k:04b}"[::-1], 2) for k in range(16)])
    shifts = ((3, 7, 11, 19), (3, 5, 9, 13), (3, 9, 11, 15))
    for start in range(0, len(data), 64):
        words = struct.unpack("<16I", data[start : start + 64])
        v = list(total)
        for step in range(48):
            turn, at = divmod(step, 16)
            b, c, d = v[1], v[2], v[3]
            f = ((b & c) | (~b & _M32 & d), (b & c) | (b & d) | (c & d), b ^ c ^ d)[turn]
            added = (v[0] + f + words[schedule[turn][at]] + (0, 0x5A827999, 0x6ED9EBA1)[turn]) & _M32
            v = [d, _rotated(added, shifts[turn][at % 4]), b, c]
        total = [(old + new) & _M32 for old, new in zip(total, v, strict=True)]
    return struct.pack("<4I", *total)


class WindowsDoor:
    """Lets one account of one domain in; used as a dependency of a route."""

    def __init__(self, domain: str, user: str, password: str) -> None:
        self._domain, self._user = domain, user
        hashed = _md4(password.encode("utf-16-le"))
        self._key = hmac.new(hashed, f"{user.upper()}{domain}".encode("utf-16-le"), hashlib.md5).digest()
        self._challenges: dict[tuple[str, int], bytes] = {}

    async def let_in(self, request: Request) -> None:
        """401 with a challenge for the first message of a connection; 401 without one for whom it does not know."""
        scheme, _, encoded = request.headers.get("authorization", "").partition(" ")
        connection = (request.client.host, request.client.port) if request.client else ("", 0)
        try:
            message = base64.b64decode(encoded, validate=True)
        except binascii.Error:
            message = b""
        if scheme != "NTLM" or message[:8] != _SIGNATURE or len(message) < 16:
            raise HTTPException(401, headers={"WWW-Authenticate": "NTLM"})
        if message[8:12] == b"\x01\0\0\0":
            self._challenges[connection] = os.urandom(8)
            challenge = base64.b64encode(self._challenge(self._challenges[connection])).decode()
            raise HTTPException(401, headers={"WWW-Authenticate": f"NTLM {challenge}"})
        expected = self._challenges.pop(connection, None)
        if expected is None or not self._is_proved(message, expected):
            raise HTTPException(401, headers={"WWW-Authenticate": "NTLM"})

    def _challenge(self, challenge: bytes) -> bytes:
        name = self._domain.encode("utf-16-le")
        info = struct.pack("<HH", 2, len(name)) + name + bytes(4)
        head = _SIGNATURE + struct.pack("<IHHII", 2, len(name), len(name), 56, _FLAGS) + challenge + bytes(8)
        return head + struct.pack("<HHI", len(info), len(info), 56 + len(name)) + bytes(8) + name + info

    def _is_proved(self, message: bytes, challenge: bytes) -> bool:
        fields = [_field(message, at) for at in (20, 28, 36)]
        response, domain, user = fields[0], fields[1].decode("utf-16-le"), fields[2].decode("utf-16-le")
        proof = hmac.new(self._key, challenge + response[16:], hashlib.md5).digest()
        same = hmac.compare_digest(proof, response[:16])
        return message[8:12] == b"\x03\0\0\0" and (domain, user) == (self._domain, self._user) and same


def _field(message: bytes, at: int) -> bytes:
    length, _, offset = struct.unpack_from("<HHI", message.ljust(64, b"\0"), at)
    return message[offset : offset + length]
