"""Serves every sample page with real templates and headers: `python -m tests.browser.samples.preview 8123`."""

import sys
from collections.abc import Mapping
from typing import Any

import uvicorn
from fastapi import FastAPI, Request
from fastapi.responses import HTMLResponse, Response

from api.app import Guard
from api.framework.pace import Paces, trusted
from api.web.shell.files import FingerprintedFiles
from api.web.shell.render import language_of, page
from gateway.texts.languages import Language
from tests.browser.samples.corrections import case_in
from tests.browser.samples.facts import NOW
from tests.browser.samples.forms import form_in
from tests.browser.samples.pages import SAMPLES

PICTURE = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 320 200"><rect width="320" height="200" fill="#9bb"/>'
    '<circle cx="160" cy="80" r="40" fill="#577"/><path d="M90 200a70 70 0 0 1 140 0z" fill="#577"/></svg>'
)

preview = FastAPI()
preview.add_middleware(Guard, paces=Paces(trusted("127.0.0.1")))
preview.mount("/static", FingerprintedFiles())


@preview.get("/sample/{name}")
def show_sample(request: Request, name: str) -> Response:
    """One page."""
    template, values = SAMPLES[name]
    return page(request, template, values | in_language(values, language_of(request)) | {"now": NOW})


def in_language(values: Mapping[str, Any], language: Language) -> dict[str, object]:
    """What is shown in the reader's language: the registration form, or what is missing in a case."""
    if "part_missing" in values:
        return form_in(language, wrong=bool(values["faults"]))
    return case_in(language, values["case"]) if "asked" in values else {}


@preview.get("/api/v1/cases/{case}/pictures/{part}")
def show_picture(case: str, part: str) -> Response:
    """A drawn head, for every picture."""
    return Response(PICTURE, media_type="image/svg+xml")


@preview.get("/")
def list_samples() -> HTMLResponse:
    """Links to all sample pages."""
    return HTMLResponse("".join(f'<p><a href="/sample/{name}">{name}</a>' for name in SAMPLES))


if __name__ == "__main__":
    uvicorn.run(preview, host="127.0.0.1", port=int(sys.argv[1]), log_level="warning")
