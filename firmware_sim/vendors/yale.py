"""Simulated Yale or August lock: key exchange under the offline key, then frames of 18 bytes under a session key."""

from __future__ import annotations

import os
from typing import Any

from bumble.att import ATT_UNLIKELY_ERROR_ERROR, ATT_Error
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

from firmware_sim.ble.air import Air
from firmware_sim.vendors.peripheral import VendorPeripheral

UUID = "bd4ac61{}-0b45-11e3-8ffd-0800200c9a66"
INLET, OUTLET, KEY_INLET, KEY_OUTLET = (UUID.format(number) for number in range(1, 5))
EXCHANGE, INITIALIZE, GOODBYE = 0x01, 0x03, 0x05
READ_STATE, UNLOCK, LOCK = 0x02, 0x0A, 0x0B
STATES, STALLED = {"locked": 5, "unlocked": 3}, 0x1E


class SimYaleLock(VendorPeripheral):
    """Has one offline key in one slot."""

    service, inlets, outlets = "0000fe24-0000-1000-8000-00805f9b34fb", (INLET, KEY_INLET), (OUTLET, KEY_OUTLET)

    def __init__(self, air: Air, address: str, key: bytes, slot: int) -> None:
        super().__init__(air, address)
        self._key, self._slot, self._session = key, slot, b""
        self._reading: Any = None
        self._writing: Any = None

    def connected(self) -> None:
        """Handle a new connection: the key exchange starts again."""
        self._session, self._reading = b"", None

    async def hear(self, inlet: str, data: bytes) -> None:
        """Handle a frame of the key exchange, or a command of the resulting session."""
        if inlet == KEY_INLET:
            await self._exchange(data)
        elif inlet == INLET and self._reading:
            await self._obey(self._reading.update(data[:16]))

    async def _exchange(self, data: bytes) -> None:
        """Handle a key exchange frame. Its key follows from the state alone: trying both confuses one frame in 256.

        A frame that its key does not decrypt is answered with the error by which the maker's library recognises a wrong
        key or slot (yalexs_ble.util.is_key_error).
        """
        under = self._session or self._key
        asked = _ecb(under).decryptor().update(data[:16])
        expected = (INITIALIZE, GOODBYE) if self._session else (EXCHANGE,)
        if data[17] not in (self._slot, 0) or _sum_of_words(asked) or asked[0] not in expected:
            raise ATT_Error(ATT_UNLIKELY_ERROR_ERROR)
        fresh = os.urandom(8) if asked[0] == EXCHANGE else b""
        answers = {EXCHANGE: b"\x02\0\0\0" + fresh, INITIALIZE: b"\x04\0\0\0" + asked[4:12]}
        answer = answers.get(asked[0], b"\x8b" + bytes(11))
        if asked[0] == EXCHANGE:
            self._session = asked[4:12] + fresh
        elif asked[0] == INITIALIZE:
            chained = Cipher(algorithms.AES(self._session), modes.CBC(bytes(16)))
            self._reading, self._writing = chained.decryptor(), chained.encryptor()
        else:
            self.connected()
        frame = answer + (-_sum_of_words(answer) % 2**32).to_bytes(4, "little")
        await self.say(KEY_OUTLET, _ecb(under).encryptor().update(frame) + bytes(2))

    async def _obey(self, command: bytes) -> None:
        word, detail = command[1], command[4]
        if word == READ_STATE:
            await self._say(0xBB, word, detail, (8, STATES[self.bolt]))
        elif word in (UNLOCK, LOCK):
            await self._say(0xAA, word, detail, (8, 0))
            self.move("unlocked" if word == UNLOCK else "locked")
            await self._say(0xBB, word, detail, (15, STALLED if self.jammed else 0))

    async def _say(self, kind: int, word: int, detail: int, more: tuple[int, int]) -> None:
        """Send one frame; its 18 bytes sum to a multiple of 256."""
        frame = bytearray(18)
        frame[0], frame[1], frame[4] = kind, word, detail
        frame[more[0]] = more[1]
        frame[3] = -sum(frame) % 256
        await self.say(OUTLET, self._writing.update(bytes(frame[:16])) + bytes(frame[16:]))


def _sum_of_words(frame: bytes) -> int:
    """Return the key exchange checksum: the little-endian words of a whole frame sum to 0 modulo 2^32."""
    return sum(int.from_bytes(frame[at : at + 4], "little") for at in range(0, len(frame), 4)) % 2**32


def _ecb(key: bytes) -> Any:
    return Cipher(algorithms.AES(key), modes.ECB())  # noqa: S305 - the maker's choice, for one block under a fresh key
