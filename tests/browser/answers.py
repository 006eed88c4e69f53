"""Every answer that a form sent by a script can get, and a trial of one form with all of them."""

import json
from dataclasses import dataclass
from typing import Final

from playwright.async_api import Locator, Page, Route, expect

SLOW: Final = 30_000
SENTENCE: Final = "A sentence of the gateway."
OTHER: Final = "Another sentence."
HTML, PROBLEM = "text/html; charset=utf-8", "application/problem+json"
REFUSAL: Final = json.dumps({"detail": SENTENCE, "code": "refused"})
FIELDS: Final = json.dumps({"detail": "x", "fields": [{"field": "no", "code": "x", "sentence": SENTENCE}]})
PAGE: Final = f'<h1>Title</h1><p role="alert" hidden>Hidden</p><p class="alert bad" role="alert">{SENTENCE}</p>'
SUMMARY: Final = f'<div id="errors" role="alert"><h2>T</h2><ul><li>{SENTENCE}</li><li>{OTHER}</li></ul></div>'
UNREACHED: Final = {"en": "No answer came. Check your internet connection", "es": "No ha llegado ninguna respuesta."}
UNCLEAR: Final = {"en": "No usable answer came.", "es": "La respuesta recibida no sirve."}
# Hidden fields hold what scripts write.
STATE: Final = """(form) => [...form.elements].filter((field) => field.type !== "hidden")
  .map((field) => [field.name, field.value, field.checked])"""


@dataclass  # playwright keeps a note in the object whose method is a handler
class Answer:
    """A status with a body, or no answer at all if the status is 0; what the form must then say."""

    status: int
    kind: str
    body: str
    said: tuple[str, ...]

    async def give(self, route: Route) -> None:
        """Answer a request."""
        if self.status:
            await route.fulfill(status=self.status, content_type=self.kind, body=self.body)
        else:
            await route.abort()


def answers(language: str) -> list[Answer]:
    """The answers that say something by themselves, in English only, and those that the page explains."""
    refusals = [Answer(status, PROBLEM, REFUSAL, (SENTENCE,)) for status in (404, 409, 410, 413, 429, 500, 503)]
    said = [
        *refusals,
        Answer(422, PROBLEM, FIELDS, (SENTENCE,)),
        Answer(422, HTML, SUMMARY, (SENTENCE, OTHER)),
        Answer(429, HTML, PAGE, (SENTENCE,)),
        Answer(503, HTML, PAGE, (SENTENCE,)),
    ]
    return [*(said if language == "en" else ()), *explained(language)]


def explained(language: str) -> list[Answer]:
    """The answers that say nothing, or none: what the page then says in its language."""
    unclear, unreached = (UNCLEAR[language],), (UNREACHED[language],)
    return [
        Answer(502, HTML, "", unclear),
        Answer(504, HTML, "<h1>Gateway timeout</h1>", unclear),
        Answer(500, PROBLEM, "{", unclear),
        Answer(500, PROBLEM, '{"detail": null}', unclear),
        Answer(200, HTML, "<h1>Accept the terms of this network</h1>", unclear),
        Answer(0, HTML, "", unreached),
    ]


async def try_answers(form: Locator, summary: Locator, addresses: str, press: str, given: list[Answer]) -> None:
    """Press the form's button once per answer: it is said, gets the focus, and nothing typed is lost."""
    page: Page = form.page
    before = await form.evaluate(STATE)
    for one in given:
        await page.route(addresses, one.give)
        await page.locator(press).click()
        await expect(summary.locator("li"), str(one)).to_contain_text(list(one.said), timeout=SLOW)
        await expect(summary, str(one)).to_be_focused()
        await page.unroute(addresses, one.give)
        assert await form.evaluate(STATE) == before, one
        await page.evaluate("document.querySelectorAll('.errors ul').forEach((list) => list.replaceChildren())")
