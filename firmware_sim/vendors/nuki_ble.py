"""Simulated Nuki Smart Lock over Bluetooth (Nuki's Bluetooth API 2): sealed messages, challenged actions."""

from __future__ import annotations

import binascii
import os
import struct

from nacl.bindings import crypto_box_beforenm
from nacl.exceptions import CryptoError
from nacl.secret import SecretBox

from firmware_sim.ble.air import Air
from firmware_sim.vendors.peripheral import VendorPeripheral

UUID = "a92ee{}-5501-11e4-916c-0800200c9a66"
PAIRING, USER = UUID.format("101"), UUID.format("202")
REQUEST, CHALLENGE, STATES, ACTION, STATUS, ERROR = 0x01, 0x04, 0x0C, 0x0D, 0x0E, 0x12
BOLTS, TARGETS = {"locked": 1, "unlocked": 3}, {1: "unlocked", 2: "locked"}
ACCEPTED, BAD_NONCE, BLOCKED = 1, 0x22, 254
YEAR = struct.pack("<HBBBBB", 2026, 11, 22, 3, 0, 0)


class SimNukiBle(VendorPeripheral):
    """Paired with one bridge; an action needs the nonce of the last challenge, which is valid once."""

    service, inlets, outlets = UUID.format("200"), (PAIRING, USER), (PAIRING, USER)

    def __init__(self, air: Air, address: str, auth_id: bytes, private_key: bytes, bridge: bytes) -> None:
        super().__init__(air, address)
        self._auth_id, self._box = auth_id, SecretBox(crypto_box_beforenm(bridge, private_key))
        self._nonce = b""

    async def hear(self, _inlet: str, data: bytes) -> None:
        """Handle nonce 24, authorization 4, length 2, sealed (authorization 4, command 2, payload, CRC 2); bytes."""
        try:
            opened = self._box.decrypt(data[30:], data[:24])
        except CryptoError:
            return
        (command,) = struct.unpack("<H", opened[4:6])
        payload = opened[6:-2]
        if command == REQUEST and payload == struct.pack("<H", CHALLENGE):
            self._nonce = os.urandom(32)
            await self._say(CHALLENGE, self._nonce)
        elif command == REQUEST:
            await self._say(STATES, self._states())
        elif command == ACTION and self._nonce and payload.endswith(self._nonce):
            self._nonce = b""
            self.move(TARGETS[payload[0]])
            await self._say(STATUS, bytes([ACCEPTED]))
        else:
            await self._say(ERROR, struct.pack("<bH", BAD_NONCE, command))

    def _states(self) -> bytes:
        state = BLOCKED if self.jammed else BOLTS[self.bolt]
        return bytes([2, state, 0]) + YEAR + struct.pack("<hBBBBBB", 0, 41 << 2, 1, 0, 1, 0, 0) + b"\x02"

    async def _say(self, command: int, payload: bytes) -> None:
        plain = self._auth_id + struct.pack("<H", command) + payload
        plain += struct.pack("<H", binascii.crc_hqx(plain, 0xFFFF))
        nonce = os.urandom(24)
        sealed = self._box.encrypt(plain, nonce).ciphertext
        await self.say(USER, nonce + self._auth_id + struct.pack("<H", len(sealed)) + sealed)
