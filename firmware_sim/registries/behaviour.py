"""Fault behaviour of a simulated registry, switchable while it runs."""

import asyncio
import threading
from enum import StrEnum

from starlette.types import ASGIApp, Message, Receive, Scope, Send


class Behaviour(StrEnum):
    """One kind of answer; all but NORMAL were observed at real registries."""

    NORMAL = "normal"
    REFUSE = "refuse"  # refuses every record with the registry's own code
    PARTIAL = "partial"  # refuses the last person of a record
    LATE = "late"  # accepts now, decides after delay_s
    SILENT = "silent"  # commits, then drops the connection before the answer
    HANG = "hang"  # commits, then sends nothing for delay_s
    TWICE = "twice"  # sends the same answer twice
    TWO_RECEIPTS = "two_receipts"  # sends two contradicting answers
    DOWN = "down"  # 503 before the request is read
    BROKEN = "broken"  # commits, then an error page
    HUGE = "huge"  # commits, then sends an endless answer
    MALFORMED = "malformed"  # commits, then sends an unparsable answer
    REDIRECT = "redirect"  # redirects to a private address


class BehaviourSwitch:
    """Behaviour in force: after `skip` normal requests, for `times` requests (None: until it is changed)."""

    behaviour: Behaviour
    times: int | None
    delay_s: float
    skip: int

    def __init__(self, behaviour: Behaviour = Behaviour.NORMAL) -> None:
        self._lock = threading.Lock()
        self.set(behaviour)

    def set(self, behaviour: Behaviour, *, times: int | None = None, delay_s: float = 0.0, skip: int = 0) -> None:
        """Set the behaviour."""
        with self._lock:
            self.behaviour, self.times, self.delay_s, self.skip = behaviour, times, delay_s, skip

    def take(self) -> tuple[Behaviour, float]:
        """Return the behaviour for one request, which is counted, and its delay in seconds."""
        with self._lock:
            if self.skip:
                self.skip -= 1
                return Behaviour.NORMAL, 0.0
            behaviour, delay = self.behaviour, self.delay_s
            if self.times is not None:
                self.times -= 1
                if self.times <= 0:
                    self.behaviour, self.times = Behaviour.NORMAL, None
            return behaviour, delay


_HTML = [(b"content-type", b"text/html")]


class BehaviourGate:
    """ASGI middleware: stores the request's behaviour in its scope, and replaces the answer where it requires."""

    def __init__(self, app: ASGIApp, switch: BehaviourSwitch) -> None:
        self.app, self.switch = app, switch

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["path"].startswith("/control"):
            await self.app(scope, receive, send)
            return
        behaviour, delay = self.switch.take()
        scope["behaviour"], scope["behaviour_delay"] = behaviour, delay
        before = {
            Behaviour.DOWN: (503, []),
            Behaviour.REDIRECT: (307, [(b"location", b"http://169.254.169.254/latest/")]),
        }
        if behaviour in before:
            status, headers = before[behaviour]
            await _answer(send, status, b"", headers)
        elif behaviour in _SPOILERS:
            await self.app(scope, receive, _swallow)
            await _SPOILERS[behaviour](send, delay)
        else:
            await self.app(scope, receive, send)


async def _swallow(_: Message) -> None:
    """Discard the application's answer."""


async def _answer(send: Send, status: int, body: bytes, headers: list[tuple[bytes, bytes]]) -> None:
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})


async def _drop(send: Send, _: float) -> None:
    # Content-Length without a body: the server closes the connection before the answer is complete.
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"64")]})


async def _hang(_: Send, delay: float) -> None:
    await asyncio.sleep(delay or 3600)


async def _break(send: Send, _: float) -> None:
    await _answer(send, 500, b"<html>Internal error</html>", _HTML)


async def _flood(send: Send, _: float) -> None:
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-type", b"application/json")]})
    for _ in range(4096):
        await send({"type": "http.response.body", "body": b" " * 65536, "more_body": True})


async def _garble(send: Send, _: float) -> None:
    await _answer(send, 200, b'{"answers": [{"receipt": NaN, <\xff\xfe', _HTML)


_SPOILERS = {
    Behaviour.SILENT: _drop,
    Behaviour.HANG: _hang,
    Behaviour.BROKEN: _break,
    Behaviour.HUGE: _flood,
    Behaviour.MALFORMED: _garble,
}
