"""Rendering of pages: templates, their filters, and the headers of every page."""

import hashlib
from collections.abc import Mapping
from functools import cache
from pathlib import Path, PurePosixPath

from fastapi import Request
from fastapi.responses import HTMLResponse
from jinja2 import Environment, FileSystemLoader, StrictUndefined, pass_context
from jinja2.runtime import Context
from starlette.routing import Match

from api.framework.cookies import read_cookie, set_cookie
from api.framework.negotiation import choose_language
from api.services.devices.status import DeliveryShown
from api.services.schemas import FilingShown
from api.web.shell import moments
from api.web.shell.corrections import kind_of, label_of
from gateway.clock import utc_now
from gateway.domain.filings.choices import choices
from gateway.domain.filings.field_names import numbered_name
from gateway.registries import registry_title
from gateway.texts.durations import span_text
from gateway.texts.families import code_text, purpose_text, reason_text
from gateway.texts.languages import NAMES, Language, direction_of
from gateway.texts.outcomes import answer_text, outcome_text
from gateway.texts.translator import translator

HERE = Path(__file__).parents[1]  # api/web
STATIC = HERE / "static"

COOKIE = "lodgekey_lang"
PAGE_HEADERS = {
    "Cache-Control": "no-store",
    # same-origin, not no-referrer: from a no-referrer page browsers send forms with "Origin: null", which the origin
    # check refuses.
    "Referrer-Policy": "same-origin",
    "Vary": "Cookie, Accept-Language",
    # Bluetooth is allowed by default; browsers without it log a warning if it is named.
    "Permissions-Policy": "camera=(self), geolocation=(), microphone=(), payment=()",
}


@cache
def fingerprint(name: str) -> str:
    """Return the address of a static file with a hash of its content, so that a new version has a new address."""
    digest = hashlib.sha256((STATIC / name).read_bytes()).hexdigest()[:10]
    return f"/static/{name}?v={digest}"


def language_of(request: Request) -> Language:
    """Return the language of the page that answers this request."""
    return choose_language(
        request.query_params.get("lang"), read_cookie(request, COOKIE), request.headers.get("accept-language")
    )


def render(name: str, language: Language, values: Mapping[str, object]) -> str:
    """Return a page as HTML; `values` hold `now` (UTC seconds) and `here` (its path, for the language switch)."""
    return ENVIRONMENT.get_template(name).render(
        {"language": language, "direction": direction_of(language), "languages": NAMES, **values}
    )


def address_of(request: Request) -> str:
    """Where the page can be opened again: its path, or for a form that has no page there, the nearest path above."""
    path = request.url.path
    if request.method in ("GET", "HEAD"):
        return path
    above = (str(parent) for parent in PurePosixPath(path).parents)
    return next((one for one in (path, *above) if _opens(request, one)), path)


def _opens(request: Request, path: str) -> bool:
    asked = {**request.scope, "method": "GET", "path": path}
    return any(route.matches(asked)[0] is Match.FULL for route in request.app.router.routes)


def page(request: Request, name: str, values: Mapping[str, object], status: int = 200) -> HTMLResponse:
    """Return the rendered page as a response; a language chosen by ?lang is kept in a cookie."""
    language = language_of(request)
    values = {
        "notice": None,
        "faults": (),
        "wrong": {},
        "here": address_of(request),
        "now": utc_now(),
        "role": None,
        **values,
    }
    response = HTMLResponse(render(name, language, values), status, headers=PAGE_HEADERS)
    if "lang" in request.query_params:
        set_cookie(request, response, COOKIE, language, seconds=31_536_000)
    return response


@pass_context
def _gettext(context: Context, text: str, /, **values: object) -> str:
    return translator(context["language"]).gettext(text, **values)


@pass_context
def _pgettext(context: Context, about: str, text: str, /, **values: object) -> str:
    return translator(context["language"]).pgettext(about, text, **values)


@pass_context
def _ngettext(context: Context, singular: str, plural: str, n: int, /, **values: object) -> str:
    return translator(context["language"]).ngettext(singular, plural, n, **values)


@pass_context
def _code(context: Context, code: str | None, family: str, /, **values: object) -> str:
    return code_text(context["language"], family, code, **values)


@pass_context
def _reason(context: Context, code: str) -> str:
    return reason_text(context["language"], code)


@pass_context
def _purpose(context: Context, purpose: str) -> str:
    return purpose_text(context["language"], purpose)


@pass_context
def _answer(context: Context, filing: FilingShown) -> str:
    language, args = context["language"], dict(filing.args)
    if "field" in args:
        args["field"] = numbered_name(language, str(args["field"]))
    return answer_text(language, filing.code, filing.text, args) or ""


@pass_context
def _outcome(context: Context, delivery: DeliveryShown) -> str:
    return outcome_text(context["language"], delivery.outcome or "", delivery.outcome_args)


@pass_context
def _field_label(context: Context, name: str) -> str:
    return label_of(name, context["language"])


@pass_context
def _record_field(context: Context, path: str) -> str:
    return numbered_name(context["language"], path)


@pass_context
def _moment(context: Context, at: moments.Moment, zone: str = "UTC") -> str:
    return moments.tell_moment(at, zone, context["language"], context["now"])


@pass_context
def _span(context: Context, minutes: int) -> str:
    return span_text(minutes, context["language"])


@pass_context
def _age(context: Context, at: int) -> str:
    return moments.tell_age(at, context["language"], context["now"])


def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(HERE / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.globals.update(
        {"_": _gettext, "pgettext": _pgettext, "ngettext": _ngettext, "static": fingerprint}
        | {"local_input": moments.local_input, "field_kind": kind_of, "field_words": choices}
    )
    environment.filters.update(
        {
            "code": _code,
            "moment": _moment,
            "age": _age,
            "span": _span,
            "reason": _reason,
            "purpose": _purpose,
            "answer": _answer,
            "outcome": _outcome,
            "field_label": _field_label,
            "record_field": _record_field,
            "iso": moments.iso,
            "registry": registry_title,
        }
    )
    return environment


ENVIRONMENT = _environment()
