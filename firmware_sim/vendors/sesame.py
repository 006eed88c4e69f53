"""Simulated Sesame 5 (Candy House, Sesame OS3 over Bluetooth): a token, a login, then AES-CCM with counters."""

from __future__ import annotations

import os
import struct
import time

from cryptography.hazmat.primitives.ciphers.aead import AESCCM
from cryptography.hazmat.primitives.ciphers.algorithms import AES
from cryptography.hazmat.primitives.cmac import CMAC

from firmware_sim.ble.air import Air
from firmware_sim.vendors.peripheral import VendorPeripheral

INLET, OUTLET = (f"1686000{number}-a5ae-9856-b6d3-dbb4c676993e" for number in (2, 3))
RESPONSE, PUBLISH = 7, 8
LOGIN, TOKEN, STATUS, LOCK, UNLOCK = 2, 14, 81, 82, 83
STOPPED, FLAGS = 0x10, {"locked": 0x02, "unlocked": 0x04}
DONE, NOT_ALLOWED, PLAIN, SEALED = b"\0", b"\x07", 2, 4


class SimSesameLock(VendorPeripheral):
    """Has one secret; a login without it is refused, and other messages before a login are ignored."""

    service, inlets, outlets = "0000fd81-0000-1000-8000-00805f9b34fb", (INLET,), (OUTLET,)

    def __init__(self, air: Air, address: str, secret: bytes) -> None:
        super().__init__(air, address)
        self._secret, self._token, self._parts = secret, b"", b""
        self._cipher: AESCCM | None = None
        self._counts = [0, 0]  # received, sent

    async def subscribed(self, _outlet: str) -> None:
        """Start a session by sending a token."""
        self._token, self._cipher, self._counts = os.urandom(4), None, [0, 0]
        await self._say(bytes([PUBLISH, TOKEN]) + self._token)

    async def hear(self, _inlet: str, data: bytes) -> None:
        """Handle a fragment of up to 20 bytes: flag 1 begins a message, 2 ends it in clear, 4 ends it sealed."""
        self._parts = data[1:] if data[0] & 1 else self._parts + data[1:]
        if data[0] & PLAIN:
            await self._login(self._parts)
        elif data[0] & SEALED and self._cipher:
            await self._obey(self._cipher.decrypt(self._nonce(0), self._parts, b"\0"))

    async def _login(self, message: bytes) -> None:
        mac = CMAC(AES(self._secret))
        mac.update(self._token)
        session_key = mac.finalize()
        if message != bytes([LOGIN]) + session_key[:4]:
            await self._say(bytes([RESPONSE, message[0]]) + NOT_ALLOWED)
            return
        await self._say(bytes([RESPONSE, LOGIN]) + DONE + struct.pack("<I", int(time.time())))
        self._cipher = AESCCM(session_key, tag_length=4)
        await self._tell()

    async def _obey(self, message: bytes) -> None:
        if message[0] in (LOCK, UNLOCK):
            self.move("unlocked" if message[0] == UNLOCK else "locked")
        await self._say(bytes([RESPONSE, message[0]]) + DONE)
        if message[0] in (LOCK, UNLOCK):
            await self._tell()

    async def _tell(self) -> None:
        await self._say(bytes([PUBLISH, STATUS]) + struct.pack("<HhhB", 2850, 0, 0, STOPPED | FLAGS[self.bolt]))

    def _nonce(self, way: int) -> bytes:
        self._counts[way] += 1
        return struct.pack("<Q", self._counts[way] - 1) + b"\0" + self._token

    async def _say(self, message: bytes) -> None:
        sealed = self._cipher.encrypt(self._nonce(1), message, b"\0") if self._cipher else message
        pieces = [sealed[at : at + 19] for at in range(0, len(sealed), 19)]
        for number, piece in enumerate(pieces):
            ends = (SEALED if self._cipher else PLAIN) if number == len(pieces) - 1 else 0
            await self.say(OUTLET, bytes([(number == 0) | ends]) + piece)
