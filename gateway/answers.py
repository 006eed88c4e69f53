"""Who waits for what a lock answers: the request that sent a command, told the moment the lock's own word is verified."""

import asyncio

from devices.reports import Answered


class Answers:
    """Futures by command id. All calls are made on the event loop."""

    def __init__(self) -> None:
        self._waiting: dict[str, asyncio.Future[Answered]] = {}

    def expect(self, command_id: str) -> asyncio.Future[Answered]:
        """A future for one command's answer."""
        return self._waiting.setdefault(command_id, asyncio.get_running_loop().create_future())

    async def wait(self, command_id: str, seconds: float) -> Answered | None:
        """The lock's answer, or None where it did not answer in time."""
        try:
            return await asyncio.wait_for(self.expect(command_id), seconds)
        except TimeoutError:
            return None
        finally:
            self._waiting.pop(command_id, None)

    def tell(self, answer: Answered) -> None:
        """Hand an answer to whoever waits for it."""
        waiting = self._waiting.get(answer.command_id.hex())
        if waiting is not None and not waiting.done():
            waiting.set_result(answer)
