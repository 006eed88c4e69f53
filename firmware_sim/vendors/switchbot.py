"""Simulated SwitchBot Lock: AES-128-CTR with an initialisation vector chosen by the lock for each connection."""

from __future__ import annotations

import os

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

from firmware_sim.ble.air import Air
from firmware_sim.vendors.peripheral import VendorPeripheral

UUID = "cba20{}-224d-11e6-9fb8-0002a5d5c51b"
INLET, OUTLET = UUID.format("002"), UUID.format("003")
OK = b"\x01"
MOVE, READ_STATE, BATTERY = b"\x0f\x4e", b"\x0f\x4f", b"\x02"
STATES = {"locked": 0, "unlocked": 1}


class SimSwitchbotLock(VendorPeripheral):
    """Has one key with an id of one byte; answers noise to messages not sealed with it."""

    service, inlets, outlets = UUID.format("d00"), (INLET,), (OUTLET,)

    def __init__(self, air: Air, address: str, key_id: int, key: bytes) -> None:
        super().__init__(air, address)
        self._key_id, self._key, self._start = key_id, key, b""

    def connected(self) -> None:
        """Handle a new connection: the initialisation vector must be requested again."""
        self._start = b""

    async def hear(self, _inlet: str, data: bytes) -> None:
        """`57 000000 …` requests the initialisation vector; `57 id v0 v1 sealed` is a command."""
        if data[1:4] == bytes(3):
            self._start = os.urandom(16)
            await self.say(OUTLET, OK + bytes(3) + self._start)
        elif data[1] == self._key_id and self._start:
            await self.say(OUTLET, OK + data[1:4] + self._sealed(self._answer(self._sealed(data[4:]))))

    def _answer(self, command: bytes) -> bytes:
        if command.startswith(MOVE):
            self.move("unlocked" if command[-1] else "locked")
        if command.startswith(READ_STATE):
            return bytes([0x80 | STATES[self.bolt] << 4, 0])
        return bytes([82, 33, 0]) if command == BATTERY else b""

    def _sealed(self, data: bytes) -> bytes:
        cipher = Cipher(algorithms.AES128(self._key), modes.CTR(self._start)).encryptor()
        return cipher.update(data) + cipher.finalize()
