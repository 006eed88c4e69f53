"""Errors as application/problem+json (RFC 9457): a stable type and a text to act on, without internals."""

from collections.abc import Callable
from typing import Any, Final

from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from fastapi.routing import iter_route_contexts
from pydantic import BaseModel, ConfigDict
from pydantic.json_schema import models_json_schema
from starlette.exceptions import HTTPException
from starlette.routing import compile_path

from api.framework.refusal_log import log_refusal
from api.services.error_text import error_text, field_texts, malformed_fields
from api.services.faults import DATABASE_REFUSED, database_refused
from gateway.domain.errors import InputRefused, LodgekeyError
from gateway.texts.errors import ERROR
from gateway.texts.languages import SOURCE
from gateway.texts.marks import N_
from gateway.texts.translator import translator

TYPES = "https://lodgekey.org/problems/"
MEDIA = "application/problem+json"
METHOD_NOT_ALLOWED: Final = 405
PageOf = Callable[[Request, int, str, str], Response | None]  # request, status, code, marked text
# status of an error of the framework → the problem's code and title
FRAMEWORK_PROBLEMS: Final = {
    400: ("not_readable", "Bad request"),
    404: ("not_found", "Not found"),
    405: ("not_possible_here", "Method not allowed"),
    413: ("too_large", "Request too large"),
}


class FieldProblemShown(BaseModel):
    """A field that a problem names, with what is wrong as a code and, where there is one, as a sentence."""

    field: str
    code: str
    sentence: str | None = None


class Problem(BaseModel):
    """The body of every error (RFC 9457). `code` is stable; `detail` is in the language of the request."""

    model_config = ConfigDict(extra="allow")

    type: str
    title: str
    status: int
    detail: str
    code: str
    fields: list[FieldProblemShown] | None = None


REFUSALS: Final[dict[int | str, dict[str, Any]]] = {
    status: {
        "description": description,
        "content": {MEDIA: {"schema": {"$ref": f"#/components/schemas/{Problem.__name__}"}}},
    }
    for status, description in (("4XX", "The request is refused"), ("5XX", "The gateway cannot answer now"))
}


class DescribedApplication(FastAPI):
    """A FastAPI application whose description has the schema of problems, which its error handlers answer with."""

    def openapi(self) -> dict[str, Any]:
        """Return the OpenAPI document."""
        document = super().openapi()
        template = "#/components/schemas/{model}"
        _, definitions = models_json_schema([(Problem, "serialization")], ref_template=template)
        document["components"]["schemas"].update(definitions["$defs"])
        return document


def problem(status: int, code: str, title: str, detail: str, **extra: object) -> JSONResponse:
    """Return one problem as a response; `extra` are further members."""
    body: dict[str, Any] = {"type": TYPES + code, "title": title, "status": status, "detail": detail, "code": code}
    headers = {"Retry-After": str(extra.get("retry_after", 5))} if status in (429, 503) else None
    return JSONResponse(body | extra, status, headers=headers, media_type=MEDIA)


def of_error(error: LodgekeyError, language: str = SOURCE) -> JSONResponse:
    """Return one of Lodgekey's errors as a response, with the texts in `language`."""
    named = field_texts(language, error)
    extra = {**error.extra, "fields": named} if named else error.extra
    detail = error.detail if language == SOURCE else error_text(language, error)
    return problem(error.status, error.code, error.title, detail, **extra)


def methods_at(app: FastAPI, path: str) -> str:
    """Return the methods that the routes of a path take, as an Allow header (RFC 9110 §10.2.1).

    The framework names those of the first route only. A path without routes is a static file's.
    """
    found: set[str] = set()
    for context in iter_route_contexts(app.routes):
        methods = getattr(context.route, "methods", None)
        if methods and compile_path(str(context.path))[0].match(path):
            found |= {"HEAD", *methods} if "GET" in methods else methods
    return ", ".join(sorted(found or {"GET", "HEAD"}))


def install(app: FastAPI, language_of: Callable[[Request], str], page_of: PageOf) -> None:
    """Register handlers that answer every error of the application with a problem in the language of the request.

    `page_of` returns a page for a browser that asked for an address or a method that there is not.
    """

    @app.exception_handler(LodgekeyError)
    async def _ours(request: Request, error: LodgekeyError) -> JSONResponse:
        log_refusal(request, error)
        return of_error(error, language_of(request))

    async def _database(request: Request, error: Exception) -> JSONResponse:
        return of_error(database_refused(error), language_of(request))

    for kind in DATABASE_REFUSED:
        app.add_exception_handler(kind, _database)

    @app.exception_handler(RequestValidationError)
    async def _malformed(request: Request, error: RequestValidationError) -> JSONResponse:
        language = language_of(request)
        fields = malformed_fields(language, error.errors())
        refused = InputRefused(ERROR["input_refused"])
        return problem(refused.status, refused.code, refused.title, error_text(language, refused), fields=fields)

    @app.exception_handler(HTTPException)
    async def _framework(request: Request, error: HTTPException) -> Response:
        words = str(error.detail)
        code, title = FRAMEWORK_PROBLEMS.get(error.status_code, (words.lower().replace(" ", "_"), words))
        message = N_("Check the address.")
        answer = page_of(request, error.status_code, code, message)
        if answer is None:
            said = translator(language_of(request)).translate(message)
            answer = problem(error.status_code, code, title, said)
        if error.status_code == METHOD_NOT_ALLOWED:
            answer.headers["Allow"] = methods_at(app, request.url.path)
        return answer
