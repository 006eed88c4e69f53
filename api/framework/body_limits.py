"""Limits on request bodies: the size of each by its route, and the memory that requests under way take together."""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final, NamedTuple

from starlette.datastructures import Headers
from starlette.types import Scope

from gateway.texts.marks import N_

MAX_REQUEST_BYTES: Final = 18 * 1024 * 1024
MAX_FORM_BYTES: Final = 256 * 1024
UPLOADS: Final = (  # the routes that take pictures
    "/onboarding", "/companion", "/api/v1/onboarding/verification", "/api/v1/onboarding/child-document",
)  # fmt: skip
SMALL: Final = 16 * 1024  # a body up to this size is not counted: what a door's request needs
ALL_BYTES: Final = 8 * MAX_REQUEST_BYTES
CALLER_BYTES: Final = 2 * MAX_REQUEST_BYTES


class Refusal(NamedTuple):
    """A problem to answer with; `detail` is a marked text."""

    status: int
    code: str
    title: str
    detail: str


LENGTH_REQUIRED: Final = Refusal(
    411, "length_required", "How long is it?", N_("Please send the request with a Content-Length.")
)
PICTURES_TOO_LARGE: Final = Refusal(
    413, "too_large", "Too large", N_("This is larger than 18 MB. Please send smaller pictures.")
)
FORM_TOO_LARGE: Final = Refusal(
    413, "too_large", "Too large", N_("This is larger than 256 KB, the most that this address takes.")
)
ALL_BUSY: Final = Refusal(
    503, "busy", "Service busy", N_("Too many uploads at the moment. Try again in a few seconds.")
)
CALLER_BUSY: Final = Refusal(
    429,
    "too_many_attempts",
    "Too many attempts",
    N_("Too many uploads at the same time from your network. Try again in a few seconds."),
)


class BodyMemory:
    """The declared bytes of the bodies of requests under way, overall and by the caller's address."""

    def __init__(self, overall: int = ALL_BYTES, per_caller: int = CALLER_BYTES) -> None:
        self._overall, self._per_caller = overall, per_caller
        self._taken: Counter[str] = Counter()

    @contextmanager
    def hold(self, caller: str, length: int) -> Iterator[Refusal | None]:
        """Count a body until the block ends. Yields the refusal if there is no room for it."""
        if length <= SMALL:
            yield None
        elif self._taken.total() + length > self._overall:
            yield ALL_BUSY
        elif self._taken[caller] + length > self._per_caller:
            yield CALLER_BUSY
        else:
            self._taken[caller] += length
            try:
                yield None
            finally:
                self._taken[caller] -= length
                self._taken += Counter()  # drops callers without a body


def refusal_by_size(scope: Scope) -> Refusal | None:
    """Return the refusal of a body without a length or too long for its route; None for one that is read."""
    headers = Headers(scope=scope)
    if "transfer-encoding" in headers:
        return LENGTH_REQUIRED
    length, takes_pictures = headers.get("content-length", "0"), scope["path"] in UPLOADS
    if length.isdecimal() and int(length) <= (MAX_REQUEST_BYTES if takes_pictures else MAX_FORM_BYTES):
        return None
    return PICTURES_TOO_LARGE if takes_pictures else FORM_TOO_LARGE


def body_length(scope: Scope) -> int:
    """Return the declared length of a body that `refusal_by_size` did not refuse."""
    return int(Headers(scope=scope).get("content-length", "0"))
