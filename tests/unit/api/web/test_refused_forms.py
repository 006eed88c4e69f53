"""Whatever form of a page is refused, the answer is the form's page with an error summary and what was typed.

Found by the application's router: a new form is tried too.
"""

import json
import re
from collections.abc import Iterator, Mapping
from html import escape
from typing import Any, Final

import httpx
import pytest
from fastapi import FastAPI
from fastapi.routing import iter_route_contexts

from api.web.shell.page_route import PageRoute
from certs.keys import jwk_of, new_private_key
from gateway.domain.errors import Busy, Conflict, InputRefused, LodgekeyError, TooManyAttempts
from gateway.registering.attempts import AttemptLimiter
from gateway.store.database import Database
from tests.parts.house import PASSWORD, House
from tests.unit.api.http.tenant.test_stay import stay_of
from tests.unit.api.test_closed_routes import filled
from tests.unit.api.test_two_landlords import FORM, NO_THING, things_of
from tests.unit.api.web.landlord.test_people_of_stay import a_family

SECRET: Final = ("password", "old", "new", "again")  # never sent back
SENTENCE: Final = "Not at this moment."
NO_SIMULATOR: Final = "The simulator is not running"  # refuses the forms of its own before anything is written
WITHOUT_SIMULATOR: Final = "/tester/firmware/"  # forms of testers that only write
# Forms that are not refused by the state of a thing, with the reason.
NEVER: Final = {
    "/logout": "signs out in any case",
    "/companion/close": "forgets a cookie",
    "/companion/challenge": "is asked by a script, which shows the sentence itself",
    "/onboarding": "is refused by its fields first, which test_onboarding_errors tries",
    "/companion": "is the same form for another adult",
    "/login/code": "finishes a sign-in that waits for it, and is tested with it",
    "/account/second-factor": "finishes an enrolment that waits for it, and is tested with it",
    "/login/forgotten": "is not offered without a mail server, and is tested with one",
    "/login/new-password": "needs the link of an e-mail, and is tested with it",
    "/login/officer": "goes to the provider, and is tested with it",
}
MORE: Final = {
    "login": "landlord-a",
    "password": PASSWORD,
    "old": PASSWORD,
    "new": "a new pass phrase",
    "again": "a new pass phrase",
    "name": "Ada",
    "staff": "desk",
    "address": "1 Long Street",
    "area": "370100",
    "first": "2026-11-20",
    "last": "2026-11-21",
    "behaviour": "refuse",
    "registration": "r1",
    "field.surname": "Rossi",
    "holder_key": json.dumps(jwk_of(new_private_key().public_key())),
}
OF_ROLE: Final = {"landlord": "landlord-a", "officer": "officer-a", "tester": "tester", "account": "landlord-a"}


def forms_of(app: FastAPI) -> Iterator[str]:
    """The path of every form of a page."""
    for context in iter_route_contexts(app.routes):
        if isinstance(context.route, PageRoute) and "POST" in (context.route.methods or ()):
            yield str(context.path)


def refuse_next(monkeypatch: pytest.MonkeyPatch, error: LodgekeyError) -> None:
    """Refuse what the application writes next, and nothing after that."""
    whole, left = Database.writing, [error]

    def writing(self: Database, **asked: Any) -> Any:
        if left:
            raise left.pop()
        return whole(self, **asked)

    monkeypatch.setattr(Database, "writing", writing)


def has_summary(answer: httpx.Response, sentence: str) -> bool:
    """Whether the page's error summary is shown and says this."""
    _, begun, block = answer.text.partition('id="errors"')
    summary = block.partition("</ul>")[0]
    return bool(begun) and " hidden" not in summary and sentence in summary


def form_at(page: str, path: str) -> str:
    """The part of a page that is the form sent to this path; empty if there is none."""
    forms = re.findall(r"<form\b[^>]*>.*?</form>", page, re.DOTALL)
    return next((form for form in forms if f'action="{path}"' in form.partition(">")[0]), "")


def lost_in(form: str, sent: Mapping[str, str]) -> list[str]:
    """The inputs of a form that do not hold what was typed at them, or chosen."""
    lost = []
    for tag in re.findall(r"<(?:input|select)\b[^>]*>", form):
        name, kind = (re.search(rf'\b{part}="([^"]*)"', tag) for part in ("name", "type"))
        if name is None or name[1] not in sent or name[1] in SECRET or (kind and kind[1] == "hidden"):
            continue
        text = escape(sent[name[1]])
        if tag.startswith("<select"):
            _, _, rest = form.partition(tag)
            is_kept = f'value="{text}" selected' in rest.partition("</select>")[0]
        elif kind and kind[1] in ("radio", "checkbox"):
            is_kept = (f'value="{text}"' in tag) == ("checked" in tag.split('"')[-1])
        else:
            is_kept = f'value="{text}"' in tag
        lost += [] if is_kept else [name[1]]
    return lost


def link_of_language(page: str) -> str:
    """The address of this page in another language."""
    return str(re.findall(r'<a href="([^"]*lang=[^"]*)" hreflang', page)[0])


@pytest.mark.parametrize("error", [Conflict, InputRefused, Busy, TooManyAttempts])
async def test_every_refused_form_is_shown_with_its_summary(
    house: House, monkeypatch: pytest.MonkeyPatch, error: type[LodgekeyError]
) -> None:
    monkeypatch.setattr(AttemptLimiter, "hit", lambda *_: None)
    names = await things_of(house) | NO_THING
    with_key, waiting = [client for client in house.clients if "Authorization" in client.headers]
    tenants = {"key": with_key, "onboarding": waiting}
    bare, lost, links = {}, {}, {}
    for path in forms_of(house.app):
        role = path.split("/")[1]
        home = "landlord" if role == "{home}" else role
        client = tenants.get(role) or house.client(OF_ROLE.get(home, ""))
        simulated = role == "tester" and not path.startswith(WITHOUT_SIMULATOR)
        act = {} if simulated else {"act": "stop"}
        with monkeypatch.context() as patch:
            refuse_next(patch, error(SENTENCE))
            answer = await client.post(filled(path, **names, home=home), data=FORM | MORE | act)
        if path in NEVER:
            continue
        if not has_summary(answer, NO_SIMULATOR if simulated else SENTENCE):
            bare[path] = (answer.status_code, answer.headers.get("location"))
        where = filled(path, **names, home=home)
        if gone := lost_in(form_at(answer.text, where), FORM | MORE | act):
            lost[path] = gone
        links[path] = client, link_of_language(answer.text)
    assert (bare, lost) == ({}, {})
    opened = {path: (link, (await client.get(link)).status_code) for path, (client, link) in links.items()}
    # 303: nobody here has a first password; 409: no simulator runs
    assert {path: found for path, found in opened.items() if found[1] not in (200, 303, 409)} == {}


async def test_the_last_tenant_cannot_leave_early_and_the_stay_says_so(house: House) -> None:
    await a_family(house)
    stay = await stay_of(house)
    house.now[0] += 3600
    landlord = house.client("landlord-a")  # a session from before has ended without use
    adults = [one["offer_id"] for one in stay["people"] if one["offer_id"]]
    answers = [await landlord.post(f"/landlord/offers/{offer}/departure") for offer in reversed(adults)]
    assert [answer.status_code for answer in answers] == [303] * (len(adults) - 1) + [409]
    assert has_summary(answers[-1], "Nobody else is staying here. End the stay instead.")
    assert "End the stay" in answers[-1].text, "the way on"
    again = await landlord.post(f"/landlord/offers/{adults[-1]}/departure")
    assert has_summary(again, "Nobody who is staying here registered with this link.")


async def test_a_thing_that_is_gone_is_said_on_the_page_of_the_list(house: House) -> None:
    answer = await house.client("landlord-a").post("/account/passkeys/gone/remove")
    assert answer.status_code == 404
    assert has_summary(answer, "passkey")


async def test_a_tenant_is_not_sent_to_the_sign_in_page(house: House) -> None:
    tenant = house.client()
    for answer in (await tenant.get("/o/nothing"), await tenant.post("/key/withdraw")):
        assert answer.status_code >= 400
        assert 'href="/"' not in answer.text.partition("<main")[2]


def test_what_is_lost_is_seen() -> None:
    form = '<form action="/a"><input name="n"{}><select name="s"><option value="1"{}></select>'
    form += '<input type="radio" name="r" value="1"{}></form>'
    page = '<form action="/b"><input name="n"></form>' + form
    sent = {"n": "<x>", "s": "1", "r": "1"}
    assert lost_in(form_at(page.format("", "", ""), "/a"), sent) == ["n", "s", "r"]
    assert lost_in(form_at(page.format(' value="&lt;x&gt;"', " selected", " checked"), "/a"), sent) == []
