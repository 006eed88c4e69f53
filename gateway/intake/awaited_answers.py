"""Commands whose answers are awaited: an answer is handed over as soon as the lock's message is verified."""

import asyncio

from devices.reports import Answered


class AwaitedAnswers:
    """Futures by command id. All calls are made on the event loop."""

    def __init__(self) -> None:
        self._waiting: dict[str, asyncio.Future[Answered]] = {}

    def expect(self, command_id: str) -> asyncio.Future[Answered]:
        """The future of one command's answer."""
        return self._waiting.setdefault(command_id, asyncio.get_running_loop().create_future())

    def forget(self, command_id: str) -> None:
        """Stop awaiting this command's answer."""
        self._waiting.pop(command_id, None)

    def tell(self, answer: Answered) -> None:
        """Resolve the future of this answer, if one is awaited."""
        waiting = self._waiting.get(answer.command_id.hex())
        if waiting is not None and not waiting.done():
            waiting.set_result(answer)
