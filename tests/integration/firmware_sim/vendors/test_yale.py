"""The simulated Yale lock with the maker's library: session frames are decrypted with the session key."""

import itertools
import secrets
import time
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import pytest
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

from devices.intents import Unlock
from devices.reports import Answered
from tests.contract.radio_benches import KEY, on_air

EXCHANGE, INITIALIZE = 0x01, 0x03
LIBRARY_HALF, LOCK_HALF = bytes(8), bytes(8)  # of the session key


def ecb(key: bytes) -> Cipher[Any]:
    return Cipher(algorithms.AES(key), modes.ECB())


def initialize_frame(challenge: bytes) -> bytes:
    """The library's first frame under the session key; its four little-endian words sum to 0 modulo 2^32."""
    words = bytes([INITIALIZE, 0, 0, 0]) + challenge
    total = sum(int.from_bytes(words[at : at + 4], "little") for at in (0, 4, 8))
    frame = words + (-total % 2**32).to_bytes(4, "little")
    return ecb(LIBRARY_HALF + LOCK_HALF).encryptor().update(frame)


def ambiguous_challenges() -> Iterator[bytes]:
    """Challenges whose frame, decrypted with the offline key, begins like a key exchange: one in 256."""
    challenges = (number.to_bytes(8, "little") for number in itertools.count())
    return (one for one in challenges if ecb(KEY).decryptor().update(initialize_frame(one))[0] == EXCHANGE)


async def test_a_session_frame_that_reads_as_an_exchange_under_the_offline_key_is_none(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    challenge = next(ambiguous_challenges())
    monkeypatch.setattr("yalexs_ble.lock.os", SimpleNamespace(urandom=lambda _: LIBRARY_HALF + challenge))
    monkeypatch.setattr("firmware_sim.vendors.yale.os", SimpleNamespace(urandom=lambda _: LOCK_HALF))
    async with on_air("yale") as there:
        reports = await there.bench.ask(Unlock(secrets.token_bytes(16), bytes(16), int(time.time()) + 10))
    assert [report.outcome for report in reports if isinstance(report, Answered)] == ["done"]
    assert there.lock.movements == ["unlocked"]
