"""Registration exports: requested by one officer, approved by another, logged record by record, downloaded once."""

import csv
from io import StringIO
from typing import Any

import httpx
import pytest
from sqlalchemy import event, select, text
from sqlalchemy.exc import OperationalError

from gateway.domain.disclosure import export as rules
from gateway.store import Account, Disclosure, Event
from tests.parts.house import House, good, refused, utc
from tests.parts.world import DAY

PURPOSE = "Checking the lists of the quarter with the fire brigade"


def second_officer(house: House, login: str = "second", area: str = "370100") -> httpx.AsyncClient:
    """A second officer of the area."""
    with house.gateway.database.writing() as session:
        session.add(Account(role="officer", login=login, password_hash="", name=login, area=area))
    return house.client(login)


def export_request(house: House, **other: Any) -> dict[str, Any]:
    """A request for one day of the area."""
    now = house.now[0]
    return {"area": "370100", "from": utc(now - DAY), "until": utc(now + 3600), "purpose": PURPOSE} | other


async def requested(house: House) -> tuple[httpx.AsyncClient, httpx.AsyncClient, str]:
    """Two officers, and an export of one registration, requested by the first."""
    await house.key()
    first, second = house.client("officer-a"), second_officer(house)
    export = good(await first.post("/api/v1/exports", json=export_request(house)))
    assert (export["rows"], export["standing"], export["mine"]) == (1, "awaits_approval", True)
    return first, second, f"/api/v1/exports/{export['id']}"


def openings(house: House) -> list[Disclosure]:
    """Disclosure log entries about exports."""
    with house.gateway.database.reading() as session:
        query = select(Disclosure).where(Disclosure.purpose.startswith("export: "))
        return list(session.scalars(query))


async def test_an_approved_export_is_a_table_taken_once_by_whoever_asked_and_is_in_the_log(house: House) -> None:
    first, second, path = await requested(house)
    assert good(await second.post(f"{path}/decision", json={"approve": True}))["standing"] == "approved"
    assert openings(house) == []
    answer = await first.post(f"{path}/file")
    lines = list(csv.DictReader(StringIO(answer.content.decode("utf-8-sig"))))
    assert (answer.headers["content-type"], answer.headers["cache-control"]) == ("text/csv; charset=utf-8", "no-store")
    assert [line["id_number"] for line in lines] == ["XR1001R58"]
    assert next(iter(lines[0])) == "record"
    logged = openings(house)
    assert [row.subject for row in logged] == [f"registration:{lines[0]['record']}"]
    assert logged[0].purpose == f"export: {PURPOSE}"
    refused(await first.post(f"{path}/file"), 409, "conflict")
    assert good(await first.get("/api/v1/exports"))[0]["standing"] == "taken"
    with house.gateway.database.reading() as session:
        reported = [row.type for row in session.scalars(select(Event)) if row.type.startswith("Export")]
    assert reported == ["ExportRequested", "ExportDecided", "ExportTaken"]


async def test_nobody_approves_their_own_export_or_takes_anothers(house: House) -> None:
    first, second, path = await requested(house)
    refused(await first.post(f"{path}/decision", json={"approve": True}), 403, "not_allowed")
    refused(await first.post(f"{path}/file"), 409, "conflict")  # not yet approved
    good(await second.post(f"{path}/decision", json={"approve": True}))
    refused(await second.post(f"{path}/file"), 403, "not_allowed")
    refused(await second.post(f"{path}/decision", json={"approve": False}), 409, "conflict")
    assert openings(house) == []


async def test_a_refused_or_expired_export_leaves_nothing(house: House) -> None:
    first, second, path = await requested(house)
    good(await second.post(f"{path}/decision", json={"approve": False}))
    refused(await first.post(f"{path}/file"), 409, "conflict")
    late = good(await first.post("/api/v1/exports", json=export_request(house)))["id"]
    house.now[0] += rules.OPEN_SECONDS
    with house.gateway.database.writing() as session:  # the time step also exceeds the lifetime of the sessions
        session.execute(text("UPDATE sign_ins SET expires_at = expires_at + 999999, used_at = used_at + 86400"))
    refused(await second.post(f"/api/v1/exports/{late}/decision", json={"approve": True}), 409, "conflict")
    assert openings(house) == []


async def test_an_export_that_cannot_be_logged_is_not_handed_out_and_can_be_taken_later(house: House) -> None:
    first, second, path = await requested(house)
    good(await second.post(f"{path}/decision", json={"approve": True}))
    engine = house.gateway.database._engine

    def refuse_log(_c: Any, _cursor: Any, statement: str, *_: Any) -> None:
        if statement.startswith("INSERT INTO disclosures"):
            raise OperationalError(statement, {}, OSError("no space left on device"))

    event.listen(engine, "before_cursor_execute", refuse_log)
    refused(await first.post(f"{path}/file"), 503, "disclosure_blocked")
    event.remove(engine, "before_cursor_execute", refuse_log)
    assert (await first.post(f"{path}/file")).status_code == 200


@pytest.mark.parametrize(
    ("other", "status"),
    [
        ({"area": "440100"}, 403),
        ({"area": "3701"}, 403),
        ({"area": "%"}, 422),
        ({"purpose": "because"}, 422),
        ({"from": "2026-01-01T00:00", "until": "2026-02-02T00:00"}, 422),
        ({"from": "2026-11-21T00:00", "until": "2026-11-20T00:00"}, 422),
        ({"until": "2027-06-01T00:00"}, 422),
        ({"person": "XR1001R58"}, 422),
        ({"name": "Ada"}, 422),
        ({"from": "2026-01-01T00:00", "until": "2026-01-02T00:00"}, 409),
    ],
    ids=lambda value: str(value)[:40],
)
async def test_a_request_that_is_too_wide_unexplained_or_by_person_is_refused(
    house: House, other: dict[str, Any], status: int
) -> None:
    await house.key()
    answer = await house.client("officer-a").post("/api/v1/exports", json=export_request(house, **other))
    assert answer.status_code == status, answer.text


async def test_more_records_than_an_export_holds_are_refused_when_asked_and_when_taken(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second, path = await requested(house)
    good(await second.post(f"{path}/decision", json={"approve": True}))
    monkeypatch.setattr(rules, "MAX_ROWS", 0)
    refused(await first.post("/api/v1/exports", json=export_request(house)), 409, "conflict")
    refused(await first.post(f"{path}/file"), 409, "conflict")
    assert openings(house) == []


async def test_exports_of_another_area_look_like_what_does_not_exist(house: House) -> None:
    _, _, path = await requested(house)
    elsewhere = house.client("officer-b")
    assert good(await elsewhere.get("/api/v1/exports")) == []
    for name in (path, f"/api/v1/exports/{'x' * 36}"):
        refused(await elsewhere.post(f"{name}/decision", json={"approve": True}), 404, "not_found")
        refused(await elsewhere.post(f"{name}/file"), 404, "not_found")


@pytest.mark.parametrize("login", ["landlord-a", "tester"])
async def test_only_officers_export(house: House, login: str) -> None:
    client = house.client(login)
    refused(await client.get("/api/v1/exports"), 403, "not_allowed")
    refused(await client.post("/api/v1/exports", json=export_request(house)), 403, "not_allowed")


async def test_the_page_asks_decides_and_hands_out(house: House) -> None:
    await house.key()
    first, second = house.client("officer-a"), second_officer(house)
    day = utc(house.now[0])[:10]
    form = {"area": "370100", "first": day, "last": day, "purpose": PURPOSE}
    assert (await first.post("/officer/exports", data=form)).status_code == 303
    assert (await first.post("/officer/exports", data=form | {"area": "440100"})).status_code == 403
    mine, others = (await first.get("/officer/exports")).text, (await second.get("/officer/exports")).text
    assert ('value="approve"' in mine, 'value="approve"' in others) == (False, True)
    path = "/officer/exports/" + others.partition('action="/officer/exports/')[2].partition("/")[0]
    assert (await first.post(f"{path}/decision", data={"decision": "approve"})).status_code == 403
    assert (await second.post(f"{path}/decision", data={"decision": "approve"})).status_code == 303
    assert "XR1001R58" in (await first.post(f"{path}/file")).text
    assert (await first.post(f"{path}/file")).status_code == 409


async def test_outside_34_a_table_begins_with_a_byte_order_mark(house: House) -> None:
    """glpi#24086: a spreadsheet reads UTF-8 only with one."""
    first, second, path = await requested(house)
    good(await second.post(f"{path}/decision", json={"approve": True}))
    assert (await first.post(f"{path}/file")).content.startswith(b"\xef\xbb\xbfrecord,")
