"""The pages of a whole gateway: access for each role, refusals for strangers, and error pages."""

import re
from datetime import UTC, datetime

import httpx
import pytest
from sqlalchemy import func, select
from sqlalchemy.exc import OperationalError
from sqlalchemy.exc import TimeoutError as NoConnection

from api.framework.dependencies import OFFER_COOKIE
from api.web.officer.console import encode_row
from api.web.routes import PARTS
from api.web.shell.countries import country_choices, nationality_choices
from api.web.shell.page_route import PageRoute
from gateway.domain.filings.codes.countries import COUNTRIES
from gateway.domain.filings.codes.icao_states import UNDEFINED_NATIONALITY
from gateway.feed.stream import Reader, always
from gateway.journey.stays import landlord as landlord_steps
from gateway.outbox.events import stamp_feed
from gateway.store import Consent, Disclosure, Verification
from gateway.texts.languages import LANGUAGES, Language
from tests.parts.house import House, photograph, utc
from tests.parts.world import DAY

UNKNOWN = "00000000-0000-0000-0000-000000000000"
CHOSEN = {"check": "face", "consent_face": "yes", "consent_registration": "yes", "text_version": "2026-11"}


def page_routes(method: str) -> list[str]:
    """Paths of all pages with this method."""
    routes = [route for part in PARTS for route in part.router.routes if isinstance(route, PageRoute)]
    return [route.path for route in routes if method in (route.methods or ())]


def filled(path: str) -> str:
    """The path with ids of nonexistent objects."""
    return re.sub(r"\{home\}", "officer", re.sub(r"\{(?!home)\w+\}", UNKNOWN, path))


def shown(answer: httpx.Response) -> str:
    """The text of a page."""
    assert answer.headers["content-type"].startswith("text/html"), answer.headers
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.text))


async def tenant_with_link(house: House, who: str = "a") -> httpx.AsyncClient:
    """A tenant's browser after opening the link."""
    offer = await house.offer(who)
    tenant = house.client()
    answer = await tenant.get(offer["url"].partition("8080")[2])
    assert (answer.status_code, answer.headers["location"]) == (303, "/onboarding")
    return tenant


async def send_form(tenant: httpx.AsyncClient, **form: str) -> httpx.Response:
    """Submit the registration form with document and face."""
    files = {"document": ("d.jpg", photograph()), "face": ("f.jpg", photograph())}
    return await tenant.post("/onboarding", data=CHOSEN | form, files=files)


async def waiting_case(house: House) -> tuple[httpx.AsyncClient, str]:
    """A tenant whose case waits, and the case's id."""
    tenant = await tenant_with_link(house)
    await tenant.post(
        "/onboarding",
        data={"check": "person", "consent_registration": "yes", "text_version": "2026-11", "name": "Ada Example"}
        | {"id_number": "11010519491231002X"},
    )
    cases = (await house.client("officer-a").get("/api/v1/cases")).json()
    return tenant, cases[-1]["id"]


async def test_the_link_becomes_a_cookie_that_scripts_and_forms_of_others_cannot_use(house: House) -> None:
    offer = await house.offer()
    answer = await house.client().get(offer["url"].partition("8080")[2])
    cookie = answer.headers["set-cookie"]
    token = offer["url"].rpartition("/")[2]
    assert cookie.startswith(f"{OFFER_COOKIE}={token};")
    assert {"HttpOnly", "SameSite=lax"} <= set(cookie.split("; "))
    assert token not in answer.headers["location"] + answer.text
    door = await house.client(offer=token).get("/onboarding")
    assert token not in door.text
    assert "checked" not in door.text


async def test_an_altered_link_is_said_to_be_none_of_ours(house: House) -> None:
    answer = await house.client().get("/o/Zk3vJ0x8m2Q9s7RrT4yWbA?lang=zh")
    assert answer.status_code == 404
    assert "链接无效" in shown(answer)


async def test_every_page_of_an_account_asks_strangers_to_sign_in(house: House) -> None:
    stranger = house.client()
    asked = [path for path in page_routes("GET") if path.startswith(("/landlord", "/officer", "/tester", "/{home}"))]
    assert len(asked) >= 8
    for path in asked:
        answer = await stranger.get(filled(path))
        assert (answer.status_code, answer.headers["location"].partition("?")[0]) == (303, "/login"), path
    for path in ("/onboarding", "/key"):
        assert (await stranger.get(path)).status_code == 404


@pytest.mark.parametrize(
    ("login", "path"), [("officer-a", "/landlord"), ("landlord-a", "/tester"), ("tester", "/officer")]
)
async def test_nobody_sees_the_pages_of_another_role(house: House, login: str, path: str) -> None:
    answer = await house.client(login).get(path)
    assert answer.status_code == 403
    assert "does not have permission" in shown(answer)


async def test_a_form_of_another_site_does_nothing(house: House) -> None:
    paths = page_routes("POST")
    assert len(paths) >= 10
    for path in paths:
        for login in ("landlord-a", "officer-a", "tester"):
            client = house.client(login, offer="x")
            answer = await client.post(filled(path), data={}, headers={"Origin": "https://elsewhere.example"})
            assert answer.status_code in (403, 404), path


async def test_pages_are_sent_with_what_keeps_them_safe(house: House) -> None:
    headers = (await house.client().get("/login")).headers
    policy = headers["content-security-policy"]
    assert "script-src 'self'" in policy
    assert "unsafe" not in policy
    assert headers["cache-control"] == "no-store"
    assert headers["referrer-policy"] == "same-origin"
    assert headers["x-content-type-options"] == "nosniff"


async def test_the_language_is_remembered(house: House) -> None:
    client = house.client()
    assert 'lang="zh-CN"' in (await client.get("/login?lang=zh")).text
    assert 'lang="zh-CN"' in (await client.get("/login")).text


async def test_a_wrong_password_is_said_without_telling_which_was_wrong(house: House) -> None:
    answer = await house.client().post("/login", data={"login": "landlord-a", "password": "guess"})
    assert answer.status_code == 401
    assert "The username or password is incorrect" in shown(answer)
    assert "guess" not in answer.text


async def test_a_form_with_parts_missing_says_which_and_keeps_nothing(house: House) -> None:
    tenant = await tenant_with_link(house)
    answer = await tenant.post("/onboarding?lang=zh", data={"text_version": "2026-11", "check": "face", "name": "Ada"})
    assert answer.status_code == 422
    for sentence in ("证件类型：请填写此项。", "须勾选同意", "请拍摄人脸照片", "未经您同意"):
        assert sentence in shown(answer)
    assert 'value="Ada"' in answer.text
    with house.gateway.database.reading() as session:
        assert session.scalar(select(func.count()).select_from(Consent)) == 0
        assert session.scalar(select(func.count()).select_from(Verification)) == 0


async def test_a_number_that_says_nothing_more_needs_birth_date_nationality_and_sex(house: House) -> None:
    tenant = await tenant_with_link(house)
    form = {"check": "person", "consent_registration": "yes", "text_version": "2026-11", "surname": "Example"}
    form |= {"document_kind": "passport", "id_number": "XR1001R58", "issuing_state": "NLD"}
    answer = await tenant.post("/onboarding", data=form)
    assert answer.status_code == 422
    assert re.findall(r'<a href="#in-(\w+)">', answer.text) == ["birth_date", "nationality", "sex"]
    assert re.search(r'id="wrong-given_names" hidden></small>', answer.text)
    answer = await tenant.post(
        "/onboarding", data=form | {"birth_date": "1990-05-17", "nationality": "ITA", "sex": "F"}
    )
    assert (answer.status_code, answer.headers["location"]) == (303, "/onboarding")
    assert "Manual check in progress" in shown(await tenant.get("/onboarding"))


def test_countries_are_named_in_the_readers_language() -> None:
    chinese, english = dict(country_choices("zh-CN")), dict(country_choices("en"))
    assert (chinese["ITA"], english["ITA"]) == ("意大利", "Italy")
    assert chinese.keys() == english.keys()
    assert len(english) == 250


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_country_kosovo_and_stateless_persons_can_be_chosen(language: Language) -> None:
    today = datetime.now(UTC).date()
    countries, nationalities = dict(country_choices(language)), dict(nationality_choices(language))
    assert countries.keys() == COUNTRIES.valid_on(today)
    assert nationalities.keys() - countries.keys() == UNDEFINED_NATIONALITY.keys()
    assert all(nationalities.values())


async def test_a_wrong_number_is_explained_beside_what_was_typed(house: House) -> None:
    tenant = await tenant_with_link(house)
    form = {"check": "person", "consent_registration": "yes", "text_version": "2026-11", "name": "王小明"}
    form |= {"document_kind": "cn_resident_id", "birth_date": "1990-01-01", "nationality": "CHN", "sex": "M"}
    answer = await tenant.post(
        "/onboarding", data=form | {"id_number": "330106199001012411"}, headers={"Accept-Language": "zh"}
    )
    assert answer.status_code == 422
    assert "校验" in shown(answer)


async def test_a_tenant_who_asks_for_a_person_waits_for_one_and_sees_no_form(house: House) -> None:
    tenant, case = await waiting_case(house)
    assert "Manual check in progress" in shown(await tenant.get("/onboarding"))
    officer = house.client("officer-a")
    assert "Ada Example" in shown(await officer.get(f"/officer/cases/{case}"))
    answer = await officer.post(f"/officer/cases/{case}", data={"decision": "ask_again", "reason": ""})
    assert answer.status_code == 422
    answer = await officer.post(f"/officer/cases/{case}", data={"decision": "ask_again", "reason": "no glare please"})
    assert answer.headers["location"] == "/officer?done=case.done.ask_again"
    assert "no glare please" in shown(await tenant.get("/onboarding"))
    assert 'id="register"' in (await tenant.get("/onboarding?again=1")).text


async def test_an_officer_elsewhere_sees_neither_case_nor_record(house: House) -> None:
    await house.key()
    record = (await house.client("landlord-a").get("/api/v1/stays")).json()[0]["registrations"][0]["id"]
    elsewhere = house.client("officer-b")
    assert (await elsewhere.post(f"/officer/records/{record}", data={"purpose": "check"})).status_code == 404
    assert "Room a" not in shown(await elsewhere.get("/officer"))


async def test_a_record_is_masked_until_opened_and_its_opening_is_logged_first(house: House) -> None:
    key = await house.key()
    house.put_on_lock(key)
    record = (await house.client("landlord-a").get("/api/v1/stays")).json()[0]["registrations"][0]["id"]
    officer = house.client("officer-a")
    answer = await officer.post(f"/officer/records/{record}", data={"purpose": "curiosity"})
    assert answer.status_code == 422
    answer = await officer.post(f"/officer/records/{record}", data={"purpose": "complaint", "note": "14/2026"})
    assert "XR1001R58" in shown(answer) or "•" not in shown(answer)
    with house.gateway.database.reading() as session:
        entry = session.scalars(select(Disclosure).where(Disclosure.subject == f"registration:{record}")).one()
    assert entry.purpose == "complaint: 14/2026"


async def test_a_filing_is_previewed_masked_and_corrected_by_officer_and_landlord(house: House) -> None:
    await house.key()
    record = (await house.client("landlord-a").get("/api/v1/stays")).json()[0]["registrations"][0]["id"]
    officer = house.client("officer-a")
    page = shown(await officer.get(f"/officer/filings/{record}"))
    assert "Correct a field" in page
    assert "XR1001R58" not in page
    form = {"field": "nationality", "value": "ITA", "reason": "passport shown again"}
    answer = await officer.post(f"/officer/filings/{record}/correction", data=form)
    assert answer.headers["location"] == f"/officer/filings/{record}?done=filing.done.corrected"
    answer = await officer.post(f"/officer/filings/{record}/correction", data=form | {"field": "shoe_size"})
    assert answer.status_code == 422
    assert (await house.client("officer-b").get(f"/officer/filings/{record}")).status_code == 404
    landlord = house.client("landlord-a")
    page = shown(await landlord.get(f"/landlord/filings/{record}?field=sex"))
    assert "Correct and report to the registry" in page
    assert "XR1001R58" not in page
    answer = await landlord.post(f"/landlord/filings/{record}/correction", data=form | {"value": "DEU"})
    assert answer.headers["location"] == f"/landlord/filings/{record}?done=filing.done.corrected"
    assert (await landlord.post(f"/officer/filings/{record}/correction", data=form)).status_code == 404


async def test_a_withdrawn_link_opens_no_door(house: House) -> None:
    offer = await house.offer()
    landlord = house.client("landlord-a")
    answer = await landlord.post(f"/landlord/offers/{offer['offer_id']}/withdraw")
    assert "The link has been withdrawn." in shown(await landlord.get(answer.headers["location"]))
    answer = await house.client().get(offer["url"].partition("8080")[2])
    assert answer.status_code == 410
    assert "withdrawn this link" in shown(answer)


async def test_dates_that_are_taken_are_refused_beside_the_dates(house: House) -> None:
    await house.offer()
    now = house.now[0]
    form = {"from": utc(now), "until": utc(now + DAY), "idempotency_key": "x"}
    answer = await house.client("landlord-a").post(f"/landlord/units/{house.units['a']}/offer", data=form)
    assert answer.status_code == 409
    assert "already booked" in shown(answer)
    assert form["until"] in answer.text.replace("&#43;", "+")


async def test_a_form_sent_twice_makes_one_offer(house: House) -> None:
    landlord, now = house.client("landlord-a"), house.now[0]
    form = {"from": utc(now), "until": utc(now + DAY), "idempotency_key": "x"}
    path = f"/landlord/units/{house.units['a']}/offer"
    reported = [await landlord.post(path, data=form) for _ in range(2)]
    assert [answer.status_code for answer in reported] == [303, 303]
    assert reported[0].headers["location"] == reported[1].headers["location"]
    page = await landlord.get(reported[0].headers["location"])
    assert page.text.count("<svg") >= 2  # the logo and the QR code
    assert "/o/" in page.text


async def test_the_list_and_the_stream_show_a_record_masked(house: House) -> None:
    await house.key()
    with house.gateway.database.writing() as session:
        stamp_feed(session)
    page = shown(await house.client("officer-a").get("/officer"))
    assert "Room a" in page
    assert "•" in page
    assert "Example" not in page
    items = house.gateway.feed.page(Reader("officer:test", "registration_feed", ("370100",), None, None, always), 0)
    event = encode_row(items[0], "zh-CN").decode()
    assert event.startswith(f"id: {items[0].seq}\nevent: rows\ndata: <tr")
    assert event.endswith("\n\n")
    assert all(line.startswith(("id: ", "event: ", "data: ")) for line in event.rstrip().splitlines())


async def test_filings_are_reported_to_officers_of_the_area_only(house: House) -> None:
    await house.key()
    reported = [(await house.client(f"officer-{who}").get("/officer/news")).text for who in ("a", "b")]
    assert ["data-state-of" in text for text in reported] == [True, False]


@pytest.mark.parametrize(
    ("error", "status", "says"),
    [
        (ZeroDivisionError("Anna Voorbeeld"), 500, {"en": "An internal error occurred", "zh-CN": "系统发生错误"}),
        (
            OperationalError("SELECT", {"name": "Anna"}, Exception()),
            503,
            {"en": "database is busy", "zh-CN": "数据库繁忙"},
        ),
        (NoConnection(), 503, {"en": "database is busy", "zh-CN": "数据库繁忙"}),
    ],
)
@pytest.mark.parametrize("language", ["en", "zh-CN"])
async def test_a_fault_of_ours_is_a_page_that_says_so_and_tries_again(
    house: House, monkeypatch: pytest.MonkeyPatch, error: Exception, status: int, says: dict[str, str], language: str
) -> None:
    def broken(*_: object) -> object:
        raise error

    monkeypatch.setattr(landlord_steps, "stay_of", broken)
    answer = await house.client("landlord-a").get("/landlord/stays/x", headers={"Accept-Language": language})
    assert answer.status_code == status
    assert says[language] in shown(answer)
    assert 'href="/landlord/stays/x"' in answer.text
    assert "Anna" not in answer.text
