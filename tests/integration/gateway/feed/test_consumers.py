"""Consumers of the feed over real sockets: access, masking, and delivery without gaps or duplicates."""

import json
from collections.abc import AsyncIterator

import httpx
import pytest
from sqlalchemy import select

from gateway.domain.stays.stay import Window
from gateway.store import Disclosure
from tests.parts.desk import Desk, consumer_token, grant_request, read_events, read_feed, served
from tests.parts.world import DAY, World


@pytest.fixture
async def desk(world: World) -> AsyncIterator[Desk]:
    made = Desk.over(world)
    yield made
    await made.close()


def check_in(desk: Desk, count: int = 1) -> None:
    """Tenants check in one after the other, and the feed is numbered."""
    for _ in range(count):
        world = desk.world
        world.now += 700
        world.tenant(Window(world.now - 60, world.now + 600))
    desk.stamp()


async def test_a_consumer_sees_only_the_granted_fields_masked_as_cloud_events(desk: Desk) -> None:
    _, token = await consumer_token(desk, fields=["at", "person.name", "person.nationality"])
    check_in(desk)
    async with served(desk) as url:
        [(seq, text)] = await read_feed(url, token, 1)
    event = json.loads(text)
    assert (seq, event["specversion"], event["type"]) == (1, "1.0", "org.lodgekey.registration.checked-in.v1")
    assert set(event["data"]) == {"id", "kind", "at", "person"}
    assert event["data"]["person"] == {"name": "V••• A•••", "nationality": "NLD"}


async def test_a_consumer_that_was_away_catches_up_without_gap_or_duplicate(desk: Desk) -> None:
    _, token = await consumer_token(desk)
    headers = {"Authorization": f"Bearer {token}"}
    check_in(desk, 3)
    async with served(desk) as url, httpx.AsyncClient() as client:
        async with client.stream("GET", f"{url}/feed", headers=headers) as stream:
            first = await read_events(stream.aiter_lines(), 2)
        check_in(desk, 2)
        headers["Last-Event-ID"] = str(first[-1][0])
        async with client.stream("GET", f"{url}/feed", headers=headers) as stream:
            lines = stream.aiter_lines()
            later = await read_events(lines, 3)
            check_in(desk)
            live = await read_events(lines, 1)
    assert [seq for seq, _ in [*first, *later, *live]] == [1, 2, 3, 4, 5, 6]


async def test_an_entry_of_the_log_stands_before_what_was_read(desk: Desk) -> None:
    consumer_id, token = await consumer_token(desk)
    check_in(desk, 2)
    async with served(desk) as url:
        await read_feed(url, token, 2)
    with desk.gateway.database.reading() as session:
        rows = session.scalars(select(Disclosure).where(Disclosure.consumer == f"consumer:{consumer_id}")).all()
    assert [(row.first, row.last, row.rows, row.purpose) for row in rows] == [(1, 2, 2, "counting overnight stays")]


async def test_nothing_of_another_area_reaches_a_consumer(desk: Desk) -> None:
    desk.add_account("north", "officer", area="37")
    desk.add_account("north2", "officer", area="37")
    officer, second = await desk.signed_in("north"), await desk.signed_in("north2")
    asked = await officer.post("/consumers", json=grant_request(desk, areas=["379999"]))
    token = (await second.post(f"/consumers/{asked.json()['id']}/approval")).json()["token"]
    check_in(desk, 2)
    async with served(desk) as url:
        with pytest.raises(TimeoutError):
            await read_feed(url, token, 1, seconds=0.5)


async def test_the_rows_of_a_day_are_enforced_and_come_back_at_midnight(desk: Desk) -> None:
    _, token = await consumer_token(desk, rows_a_day=2)
    headers = {"Authorization": f"Bearer {token}"}
    check_in(desk, 3)
    async with served(desk) as url, httpx.AsyncClient() as client:
        async with client.stream("GET", f"{url}/feed", headers=headers) as stream:
            lines = stream.aiter_lines()
            first = await read_events(lines, 2)
            with pytest.raises(TimeoutError):
                await read_events(lines, 1, seconds=0.5)
        desk.world.now += DAY
        async with client.stream("GET", f"{url}/feed", headers=headers | {"Last-Event-ID": "2"}) as stream:
            later = await read_events(stream.aiter_lines(), 1)
    assert [seq for seq, _ in first + later] == [1, 2, 3]


async def test_an_ended_grant_stops_the_stream_and_the_token(desk: Desk) -> None:
    consumer_id, token = await consumer_token(desk)
    headers = {"Authorization": f"Bearer {token}"}
    officer = await desk.signed_in("officer")
    check_in(desk)
    async with served(desk) as url, httpx.AsyncClient() as client:
        async with client.stream("GET", f"{url}/feed", headers=headers) as stream:
            lines = stream.aiter_lines()
            await read_events(lines, 1)
            assert (await officer.delete(f"/consumers/{consumer_id}")).status_code == 204
            check_in(desk)
            assert await read_events(lines, 1) == []  # instead, the stream ends
        assert (await client.get(f"{url}/feed", headers=headers)).status_code == 401


async def test_a_forged_token_reads_nothing(desk: Desk) -> None:
    _, token = await consumer_token(desk)
    for forged in ("", "lkc_forged", "null", "lkc_' OR 1=1 --", token[:-1], f"{token}=", token.upper()):
        assert (await desk.client(Authorization=f"Bearer {forged}").get("/feed")).status_code == 401, forged


async def test_an_expired_grant_reads_nothing(desk: Desk) -> None:
    _, token = await consumer_token(desk)
    desk.world.now += 31 * DAY
    assert (await desk.client(Authorization=f"Bearer {token}").get("/feed")).status_code == 403


async def test_the_one_who_asked_does_not_approve(desk: Desk) -> None:
    officer = await desk.signed_in("officer")
    asked = (await officer.post("/consumers", json=grant_request(desk))).json()
    assert asked["standing"] == "awaits_approval"
    answer = await officer.post(f"/consumers/{asked['id']}/approval")
    assert (answer.status_code, answer.json()["code"]) == (403, "not_allowed")


async def test_an_officer_neither_grants_nor_sees_beyond_their_area(desk: Desk) -> None:
    officer, elsewhere = await desk.signed_in("officer"), await desk.signed_in("elsewhere")
    assert (await officer.post("/consumers", json=grant_request(desk, areas=["37"]))).status_code == 403
    asked = (await officer.post("/consumers", json=grant_request(desk))).json()
    assert (await elsewhere.post(f"/consumers/{asked['id']}/approval")).status_code == 404
    assert (await elsewhere.delete(f"/consumers/{asked['id']}")).status_code == 404
    assert (await elsewhere.get("/consumers")).json() == []


async def test_only_officers_ask_for_consumers(desk: Desk) -> None:
    landlord = await desk.signed_in("landlord")
    assert (await landlord.post("/consumers", json=grant_request(desk))).status_code == 403
    assert (await desk.client().post("/consumers", json=grant_request(desk))).status_code == 401


TOO_WIDE: list[dict[str, object]] = [
    {"areas": []},
    {"areas": ["%"]},
    {"fields": ["person.fingerprint"]},
    {"expires_at": "2040-01-01"},
    {"rows_a_day": 0},
    {"webhook_url": "http://example.org/hook"},
    {"webhook_url": "https://user:pass@example.org/"},
    {"webhook_url": "file:///etc/passwd"},
    {"person": "Anna"},
]


async def test_a_request_that_is_too_wide_or_not_a_request_is_refused(desk: Desk) -> None:
    officer = await desk.signed_in("officer")
    for changes in TOO_WIDE:
        assert (await officer.post("/consumers", json=grant_request(desk, **changes))).status_code == 422, changes


async def test_requests_of_a_consumer_are_counted(desk: Desk) -> None:
    _, token = await consumer_token(desk)
    client = desk.client(**{"Authorization": f"Bearer {token}", "Last-Event-ID": "99"})
    answers = [(await client.get("/feed")).status_code for _ in range(61)]
    assert (answers[0], answers[-1]) == (422, 429)
