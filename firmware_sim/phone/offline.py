"""The tenant's phone at a lock without a network: the other half of firmware_sim.lock.offline, over any link."""

from collections.abc import Awaitable, Callable

from cryptography.hazmat.primitives.asymmetric import ec

from devices.wire.errors import BadMessage
from devices.wire.offline import READY, RESULT, OfflineAnswer, OfflineCommand, failure_code, open_answer, seal_command
from firmware_sim.device.edhoc import Initiator

Exchange = Callable[[bytes], Awaitable[bytes]]


class LockRefused(Exception):
    """The lock ended the session; `code` says why."""

    def __init__(self, code: str) -> None:
        """`code`: as the lock gave it, unsealed."""
        super().__init__(code)
        self.code = code


async def ask_lock(
    exchange: Exchange,
    key: ec.EllipticCurvePrivateKey,
    lock: ec.EllipticCurvePublicKey,
    credential: bytes,
    command: OfflineCommand,
) -> tuple[OfflineAnswer, OfflineAnswer]:
    """Three round trips: what the lock is (ready) and what came of the command.

    `exchange` sends one message and returns the reply. Raises LockRefused, HandshakeFailed or BadMessage. Never call
    it again for a command whose reply was lost: ask for the state first.
    """
    handshake = Initiator(key, lock)
    second = _require_answer(await exchange(handshake.first()))
    third = handshake.third(second, credential)
    keys = handshake.keys()
    ready = open_answer(_require_answer(await exchange(third)), keys.answer, READY)
    result = open_answer(_require_answer(await exchange(seal_command(command, keys.command))), keys.answer, RESULT)
    return ready, result


def _require_answer(message: bytes) -> bytes:
    code = failure_code(message)
    if code is not None:
        raise LockRefused(code)
    if not message:
        raise BadMessage("the lock said nothing")
    return message
