"""What takes time in a gateway, as spans (OpenTelemetry) for whoever traces it; where nobody does, they cost nothing.

What may be said of a span is the list here and nothing else: routes as templates, words of this program, numbers. No
path, query, address, id, parameter of a statement or text of an exception: each of them can be personal.
"""

from collections.abc import Callable, Iterator, MutableMapping
from contextlib import AbstractContextManager, contextmanager
from typing import Final, Literal

Kind = Literal["server", "client", "internal"]
Attributes = MutableMapping[str, str | int]
Opener = Callable[[str, Kind, Attributes], AbstractContextManager[None]]

METHODS: Final = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
OTHER: Final = "other"
# Attributes of a span. The names with a dot and no "lodgekey" are those of OpenTelemetry's semantic conventions 1.37.
ALLOWED: Final = frozenset(
    {
        "http.request.method",
        "http.route",  # the template, such as /o/{token}
        "http.response.status_code",
        "db.system.name",
        "db.operation.name",
        "lodgekey.work",  # the kind of a delivery
        "lodgekey.command",  # the kind of a command to a lock or kiosk
        "lodgekey.driver",
        "error.type",  # the class of an exception
    }
)


@contextmanager
def _nobody(_name: str, _kind: Kind, _attributes: Attributes) -> Iterator[None]:
    yield


_opener: Opener = _nobody


@contextmanager
def traced_by(opener: Opener) -> Iterator[None]:
    """While this is open, the process's spans are those of `opener`."""
    global _opener  # noqa: PLW0603 - like logging: one for the process
    before, _opener = _opener, opener
    try:
        yield
    finally:
        _opener = before


@contextmanager
def span(name: str, kind: Kind = "internal", **given: str | int) -> Iterator[Attributes]:
    """One span. A double underscore in a name stands for the dot; what is put into the yielded mapping counts too."""
    attributes: Attributes = {key.replace("__", "."): value for key, value in given.items()}
    with _opener(name, kind, attributes):
        try:
            yield attributes
        except BaseException as error:
            attributes["error.type"] = type(error).__name__
            raise


def known_method(method: str) -> str:
    """An HTTP method; "other" for what a stranger made up."""
    return method if method in METHODS else OTHER
