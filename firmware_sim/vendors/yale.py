"""A simulated Yale or August lock: an exchange under the offline key, then frames of 18 bytes under a fresh one."""

from __future__ import annotations

import os
from typing import Any

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

from firmware_sim.ble.air import Air
from firmware_sim.vendors.peripheral import VendorPeripheral

UUID = "bd4ac61{}-0b45-11e3-8ffd-0800200c9a66"
INLET, OUTLET, KEY_INLET, KEY_OUTLET = (UUID.format(number) for number in range(1, 5))
EXCHANGE, INITIALIZE, GOODBYE = 0x01, 0x03, 0x05
LOOK, UNLOCK, LOCK = 0x02, 0x0A, 0x0B
STATES, STALLED = {"locked": 5, "unlocked": 3}, 0x1E


class SimYaleLock(VendorPeripheral):
    """It knows one offline key in one slot."""

    service, inlets, outlets = "0000fe24-0000-1000-8000-00805f9b34fb", (INLET, KEY_INLET), (OUTLET, KEY_OUTLET)

    def __init__(self, air: Air, address: str, key: bytes, slot: int) -> None:
        super().__init__(air, address)
        self._key, self._slot, self._session = key, slot, b""
        self._reading: Any = None
        self._writing: Any = None

    async def hear(self, inlet: str, data: bytes) -> None:
        """A frame of the key exchange, or a command of the session it led to."""
        if inlet == KEY_INLET and data[17] in (self._slot, 0):
            await self._exchange(data)
        elif inlet == INLET and self._reading:
            await self._obey(self._reading.update(data[:16]))

    async def _exchange(self, data: bytes) -> None:
        under = self._key if not self._session else self._session
        asked = _ecb(self._key).decryptor().update(data[:16])
        if asked[0] == EXCHANGE:
            ours, under = os.urandom(8), self._key
            self._session = asked[4:12] + ours
            answer = b"\x02\0\0\0" + ours
        else:
            asked = _ecb(under).decryptor().update(data[:16])
            answer = {INITIALIZE: b"\x04\0\0\0" + asked[4:12], GOODBYE: b"\x8b" + bytes(11)}.get(asked[0], bytes(12))
        total = sum(int.from_bytes(answer[at : at + 4], "little") for at in (0, 4, 8))
        frame = answer + (-total % 2**32).to_bytes(4, "little")
        await self.say(KEY_OUTLET, _ecb(under).encryptor().update(frame) + bytes(2))
        if asked[0] == INITIALIZE:
            chained = Cipher(algorithms.AES(self._session), modes.CBC(bytes(16)))
            self._reading, self._writing = chained.decryptor(), chained.encryptor()
        if asked[0] == GOODBYE:
            self._session, self._reading = b"", None

    async def _obey(self, command: bytes) -> None:
        word, detail = command[1], command[4]
        if word == LOOK:
            await self._say(0xBB, word, detail, (8, STATES[self.bolt]))
        elif word in (UNLOCK, LOCK):
            await self._say(0xAA, word, detail, (8, 0))
            self.move("unlocked" if word == UNLOCK else "locked")
            await self._say(0xBB, word, detail, (15, STALLED if self.jammed else 0))

    async def _say(self, kind: int, word: int, detail: int, more: tuple[int, int]) -> None:
        """One frame: the sum of its 18 bytes is a multiple of 256."""
        frame = bytearray(18)
        frame[0], frame[1], frame[4] = kind, word, detail
        frame[more[0]] = more[1]
        frame[3] = -sum(frame) % 256
        await self.say(OUTLET, self._writing.update(bytes(frame[:16])) + bytes(frame[16:]))


def _ecb(key: bytes) -> Any:
    return Cipher(algorithms.AES(key), modes.ECB())  # noqa: S305 - the maker's choice, for one block under a fresh key
