"""HEAD, taken wherever GET is: the same status and headers without a body (RFC 9110 §9.3.2)."""

from typing import Final

from starlette.types import Message, Scope, Send

IS_HEAD: Final = "lodgekey.head"  # in the scope of a GET by which a HEAD is answered


class HeadSent(Exception):
    """The status and headers of an answer to HEAD are sent, and its body need not be made."""


def as_get(scope: Scope, send: Send) -> tuple[Scope, Send]:
    """The GET by which a HEAD request is answered; other requests as they are.

    Sending a part of a longer body raises HeadSent, so that a stream does not begin.
    """
    if scope["method"] != "HEAD":
        return scope, send

    async def send_head(message: Message) -> None:
        if message["type"] == "http.response.start":
            await send(message)
            await send({"type": "http.response.body", "body": b"", "more_body": False})
        elif message.get("more_body"):
            raise HeadSent

    return {**scope, "method": "GET", IS_HEAD: True}, send_head
