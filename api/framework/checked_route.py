"""Routes that refuse text which cannot be stored, and JSON nested too deeply, before anything reads it."""

import re
from collections.abc import Callable, Coroutine, Iterator
from json import JSONDecodeError
from typing import Any, Final

from fastapi import Request, Response
from fastapi.params import Form
from fastapi.routing import APIRoute

from gateway.domain.errors import InputRefused
from gateway.texts.marks import N_

MAX_DEPTH: Final = 32
STRINGS: Final = re.compile(rb'"(?:[^"\\]|\\.)*+"', re.DOTALL)
NO_BRACKETS: Final = bytes(set(range(256)) - set(b"[]{}"))
UNSTORABLE: Final = re.compile("[\0\ud800-\udfff]")  # PostgreSQL stores no NUL, and UTF-8 has no surrogates
TEXT_REFUSED: Final = N_("Some information is missing or incorrect. Check it and try again.")


class CheckedRoute(APIRoute):
    """An APIRoute that answers 422 where its path, query or body has a NUL, a lone surrogate or very deep JSON."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """Return the handler that FastAPI calls."""
        handle = super().get_route_handler()
        takes_form = self.body_field is not None and isinstance(self.body_field.field_info, Form)
        takes_json = self.body_field is not None and not takes_form

        async def handle_checked(request: Request) -> Response:
            check_texts([*request.path_params.values(), *request.query_params.multi_items()])
            if takes_form:
                check_texts([*(await request.form()).multi_items()])
            elif takes_json:
                await check_json(request)
            return await handle(request)

        return handle_checked


async def check_json(request: Request) -> None:
    """Raise InputRefused for a JSON body that is too deep or holds text that cannot be stored.

    One that is no JSON is left to the route, which names the place. The request keeps what was read.
    """
    if depth_of(await request.body()) > MAX_DEPTH:
        raise InputRefused(TEXT_REFUSED)
    try:
        value = await request.json()
    except JSONDecodeError:
        return
    except ValueError:  # no text, or a number of thousands of digits
        raise InputRefused(TEXT_REFUSED) from None
    check_texts(value)


def depth_of(body: bytes) -> int:
    """Return how deeply the arrays and objects of a JSON text are nested, without parsing it."""
    depth = deepest = 0
    for sign in STRINGS.sub(b"", body).translate(None, NO_BRACKETS):
        if sign in b"[{":
            depth += 1
            deepest = max(deepest, depth)
        elif sign in b"]}":
            depth -= 1
    return deepest


def check_texts(value: object) -> None:
    """Raise InputRefused if a text within the value cannot be stored."""
    if any(UNSTORABLE.search(text) for text in texts_in(value)):
        raise InputRefused(TEXT_REFUSED)


def texts_in(value: object) -> Iterator[str]:
    """Yield every text within lists, tuples and dicts, keys included."""
    match value:
        case str():
            yield value
        case dict():
            for name, part in value.items():
                yield str(name)
                yield from texts_in(part)
        case list() | tuple():
            for part in value:
                yield from texts_in(part)
