"""The phone's side of an offline unlock, over any link; counterpart of firmware_sim.lock.offline."""

from collections.abc import Awaitable, Callable

from cryptography.hazmat.primitives.asymmetric import ec

from devices.wire.errors import BadMessage
from devices.wire.offline import READY, RESULT, OfflineAnswer, OfflineCommand, failure_code, open_answer, seal_command
from firmware_sim.device.edhoc import Initiator

Exchange = Callable[[bytes], Awaitable[bytes]]


class LockRefused(Exception):
    """The lock ended the session; `code` is the reason."""

    def __init__(self, code: str) -> None:
        """`code`: unsealed, as the lock sent it."""
        super().__init__(code)
        self.code = code


async def ask_lock(
    exchange: Exchange,
    key: ec.EllipticCurvePrivateKey,
    lock: ec.EllipticCurvePublicKey,
    credential: bytes,
    command: OfflineCommand,
) -> tuple[OfflineAnswer, OfflineAnswer]:
    """Run an offline command in three round trips; return the lock's state and the command's result.

    `exchange` sends one message and returns the reply. Raises LockRefused, HandshakeFailed or BadMessage. Do not
    repeat a command whose reply was lost: request the state first.
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
        raise BadMessage("the lock did not reply")
    return message
