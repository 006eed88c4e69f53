"""Routes whose requests may be repeated: with the same Idempotency-Key, the answer that was lost comes again.

https://datatracker.ietf.org/doc/draft-ietf-httpapi-idempotency-key-header/
"""

import asyncio
import hashlib
import logging
from collections.abc import Callable, Coroutine
from typing import Any, Final

from fastapi import Request, Response
from fastapi.params import Form
from starlette.datastructures import UploadFile

from api.framework.checked_route import TEXT_REFUSED, CheckedRoute
from api.framework.cookies import read_cookie
from api.framework.dependencies import COMPANION_COOKIE, OFFER_COOKIE, gateway_of
from api.framework.session_cookie import session_token_of
from api.services.access import signed_in
from api.services.faults import DATABASE_REFUSED
from gateway.domain.errors import InputRefused
from gateway.operations.repeated_answers import KeptAnswer, RequestName

log = logging.getLogger(__name__)

HEADER: Final = "Idempotency-Key"
MAX_NAME: Final = 200  # characters
MAX_KEPT: Final = 256 * 1024  # bytes of a kept answer
JSON: Final = "application/json"
SUCCESS: Final = range(200, 300)
PARAMETER: Final = {
    "name": HEADER,
    "in": "header",
    "required": False,
    "schema": {"type": "string", "minLength": 1, "maxLength": MAX_NAME},
    "description": "A name for this one request; repeated with it within a day, it gets the same answer",
}
Handler = Callable[[Request], Coroutine[Any, Any, Response]]


class RepeatableRoute(CheckedRoute):
    """A CheckedRoute whose POST, repeated within a day with the same Idempotency-Key, gets the first one's answer.

    Only answers of success in JSON are kept, as soon as the request is carried out: a gateway that is killed between
    the two has kept none. A key that comes with other content is refused with 422. Routes that take the key themselves
    answer with the present state of what they created then.
    """

    def __init__(self, path: str, endpoint: Callable[..., Any], **options: Any) -> None:
        super().__init__(path, endpoint, **options)
        if self._is_repeatable():
            self.openapi_extra = (self.openapi_extra or {}) | {"parameters": [PARAMETER]}

    def get_route_handler(self) -> Handler:
        """Return the handler that FastAPI calls."""
        handle = super().get_route_handler()
        is_form = self.body_field is not None and isinstance(self.body_field.field_info, Form)

        async def handle_named(request: Request) -> Response:
            key = request.headers.get(HEADER)
            caller = None if key is None else await asyncio.to_thread(_caller_of, request)
            if key is None or caller is None:  # nobody whom an answer could have been meant for
                return await handle(request)
            if not 0 < len(key) <= MAX_NAME:
                raise InputRefused(TEXT_REFUSED)
            try:
                name = RequestName(caller, key, await _digest(request, is_form=is_form))
                return await _once(request, name, handle)
            finally:
                await request.close()  # the parts of a form that nothing else read

        return handle_named if self._is_repeatable() else handle

    def _is_repeatable(self) -> bool:
        takes_key = any(field.alias.lower() == HEADER.lower() for field in self.dependant.header_params)
        return "POST" in (self.methods or ()) and not takes_key


async def _once(request: Request, name: RequestName, handle: Handler) -> Response:
    """Return the kept answer, or carry the request out and keep its answer."""
    answers = gateway_of(request).repeated_answers
    async with answers.mutex(name):
        kept = await asyncio.to_thread(answers.find, name)
        if kept is not None:
            return _restored(kept)
        answer = await handle(request)
        kept = _kept(answer)
        if kept is not None:
            try:
                await asyncio.to_thread(answers.keep, name, kept)
            except DATABASE_REFUSED as error:  # the request was carried out all the same
                log.warning("an answer could not be kept: %s", type(error).__name__)
        return answer


def _kept(answer: Response) -> KeptAnswer | None:
    """Return the answer as it is kept; None for a refusal, and for files, which hold the records of many people."""
    body, kind = getattr(answer, "body", None), answer.headers.get("content-type", JSON)
    if answer.status_code not in SUCCESS or kind != JSON or not isinstance(body, bytes) or len(body) > MAX_KEPT:
        return None
    headers = tuple((key.decode("latin-1"), value.decode("latin-1")) for key, value in answer.raw_headers)
    return KeptAnswer(answer.status_code, headers, body)


def _restored(kept: KeptAnswer) -> Response:
    answer = Response(kept.body, kept.status)
    answer.raw_headers = [(name.encode("latin-1"), value.encode("latin-1")) for name, value in kept.headers]
    return answer


def _caller_of(request: Request) -> str | None:
    """Return who sends the request, by what it shows: a valid session, an offer's token, or the key in the path.

    A key's holder signs each request, and the signature is part of its content. None if it shows nothing.
    """
    account = signed_in(gateway_of(request), session_token_of(request))
    offered = request.headers.get("authorization", "").strip() or read_cookie(request, OFFER_COOKIE)
    shown = (account.id if account else "", offered, read_cookie(request, COMPANION_COOKIE))
    if any(shown) or "key_id" in request.path_params:
        return "\n".join((*shown, request.path_params.get("key_id", "")))
    return None


async def _digest(request: Request, *, is_form: bool) -> str:
    """Return a digest of the request's method, address and content. The request keeps what was read."""
    found = hashlib.sha256(f"{request.method} {request.url.path}?{request.url.query}".encode())
    if not is_form:
        found.update(await request.body())
        return found.hexdigest()
    for field, value in (await request.form()).multi_items():
        content = await value.read() if isinstance(value, UploadFile) else value.encode("utf-8", "surrogatepass")
        if isinstance(value, UploadFile):
            await value.seek(0)
        found.update(f"\n{field} {len(content)}\n".encode("utf-8", "surrogatepass"))
        found.update(content)
    return found.hexdigest()
