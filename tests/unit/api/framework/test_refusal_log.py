"""Who asks for what is not theirs leaves a line in the log, by the route and without what the path holds."""

import logging

import pytest

from tests.parts.house import House


@pytest.mark.parametrize(
    ("login", "method", "path", "line"),
    [
        ("", "GET", "/api/v1/units", "refused: sign_in_needed at GET /units"),
        ("tester", "GET", "/api/v1/units", "refused: not_allowed at GET /units"),
        ("landlord-a", "GET", "/api/v1/feed", "refused: not_allowed at GET /feed"),
        ("", "POST", "/api/v1/keys/canary-4711/unlock", "refused: proof_refused at POST /keys/{key_id}/unlock"),
        ("", "GET", "/landlord/stays/canary-4711", "refused: sign_in_needed at GET /landlord/stays/{stay_id}"),
        ("tester", "GET", "/officer/cases/canary-4711", "refused: not_allowed at GET /{home}/cases/{case_id}"),
    ],
)
async def test_a_refused_request_is_logged_by_its_route(
    house: House, caplog: pytest.LogCaptureFixture, login: str, method: str, path: str, line: str
) -> None:
    client = house.client(login) if login else house.client()
    form = {"at": house.now[0], "nonce": "nonce-0001", "signature": "AAAA"} if method == "POST" else None
    with caplog.at_level(logging.INFO, "api.framework.refusal_log"):
        answer = await client.request(method, path, json=form)
    assert answer.status_code in (303, 401, 403)
    assert [record.getMessage().replace("/api/v1", "") for record in caplog.records] == [line]
    assert "canary-4711" not in caplog.text
