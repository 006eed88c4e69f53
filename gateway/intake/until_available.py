"""Repeats what a device's message asks for while the database takes nothing: the message is not acknowledged yet."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from typing import Final, TypeVar

from gateway.store.database import is_unavailable

log = logging.getLogger(__name__)

FIRST_PAUSE: Final = 1.0
LONGEST_PAUSE: Final = 8.0

T = TypeVar("T")
Sleep = Callable[[float], Awaitable[None]]


async def until_available(attempt: Callable[[], Awaitable[T]], sleep: Sleep = asyncio.sleep) -> T:
    """The result of the first attempt that the database does not prevent, with growing pauses between them.

    Raises what is the attempt's own fault.
    """
    pause = FIRST_PAUSE
    while True:
        try:
            return await attempt()
        except Exception as error:
            if not is_unavailable(error):
                raise
            log.error("messages of devices wait for the database: %s", type(error).__name__)
        await sleep(pause)
        pause = min(2 * pause, LONGEST_PAUSE)
