"""A stranger who tries ids cannot tell one that exists: not by status, answer or headers, nor by the work it takes."""

import re
from base64 import urlsafe_b64encode
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final

import httpx
import pytest
from sqlalchemy import Engine, event

from certs.holder import sign_statement, verify_statement
from certs.keys import jwk_of, new_private_key
from tests.parts.house import House, refused
from tests.unit.api.test_closed_routes import HOLDERS, routes

UNKNOWN: Final = "0123456789abcdef" * 2
CHILD: Final = '{"surname": "Rossi", "given_names": "Ada"}'
MORE: Final[dict[str, dict[str, Any]]] = {
    "dates": {"until": "2027-01-01T10:00"},
    "arrival": {"arrived": "2027-01-01T10:00"},
    "departure": {"leaves": "2027-01-01T10:00"},
    "children": {"person": CHILD},
}
LINKS: Final = ("/o/{token}", "/take/{token}")
NEVER_LOOKED_UP: Final = ("/login/forgotten/{token}",)


class Work:
    """The costly steps of one answer: statements of SQL and checked signatures."""

    def __init__(self) -> None:
        self.done: list[str] = []

    def sql(self, *given: Any) -> None:
        """Called by SQLAlchemy before each statement."""
        self.done.append(str(given[2]))

    def signature(self, *given: Any) -> None:
        """Stands in for `verify_statement`."""
        self.done.append("signature")
        verify_statement(*given)


@contextmanager
def counted(monkeypatch: pytest.MonkeyPatch) -> Iterator[Work]:
    """Counts the work done within."""
    work = Work()
    event.listen(Engine, "before_cursor_execute", work.sql)
    monkeypatch.setattr("gateway.journey.keys.unlock.verify_statement", work.signature)
    try:
        yield work
    finally:
        event.remove(Engine, "before_cursor_execute", work.sql)


def proof(house: House, act: str, key_id: str, at: int) -> dict[str, Any]:
    """A proof by a phone that holds no key."""
    raw = sign_statement(f"lodgekey-{act}\n{key_id}\n{at}\nnonce-01".encode(), new_private_key())
    return {"at": at, "nonce": "nonce-01", "signature": urlsafe_b64encode(raw).rstrip(b"=").decode()}


async def ask(house: House, method: str, path: str, key_id: str, at: int, **more: Any) -> httpx.Response:
    """A stranger's request about a key."""
    act = path.rpartition("/")[2]
    shown, address = proof(house, act, key_id, at), path.replace("{key_id}", key_id)
    if method != "POST":
        header = f"{shown['at']}.{shown['nonce']}.{shown['signature']}"
        return await house.client().request(method, address, headers={"Holder-Proof": header})
    point = jwk_of(house.phone.public_key())
    extra = {"x": point["x"], "y": point["y"]} if act == "near" else MORE.get(act, {})
    return await house.client().post(address, json=shown | extra | more)


def outlines(answer: httpx.Response, key_id: str) -> tuple[Any, ...]:
    """What a stranger sees of an answer, without the id itself."""
    return answer.status_code, answer.text.replace(key_id, "…"), sorted(answer.headers.items())


def of_keys(house: House) -> list[tuple[str, str]]:
    """Every route with a key's id in its path that needs no session."""
    return [(method, path) for method, path in routes(house.app) if path in HOLDERS]


async def test_a_key_that_exists_is_answered_as_one_that_does_not(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    key_id, asked = await house.key(), of_keys(house)
    assert {path for _, path in asked} == set(HOLDERS)
    late = house.now[0] - 3600
    for method, path in asked:
        for at, more in ((house.now[0], {}), (late, {}), (house.now[0], {"person": '{"bogus": "x"}'})):
            if more and not path.endswith("children"):
                continue
            seen, work = [], []
            for given in (key_id, UNKNOWN):
                with counted(monkeypatch) as counting:
                    answer = await ask(house, method, path, given, at, **more)
                refused(answer, 403, "proof_refused")
                seen.append(outlines(answer, given))
                work.append(counting.done)
            assert seen[0] == seen[1], (method, path)
            assert work[0] == work[1], (method, path)
            assert ("signature" in work[0]) is (at != late)


async def test_a_link_with_a_wrong_signature_is_answered_alike_whether_its_offer_exists_or_not(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    token = (await house.offer())["url"].rpartition("/")[2]
    forged = token[:-4] + ("AAAA" if token[-4:] != "AAAA" else "BBBB")
    invented = re.sub(r"^.", "B" if token[0] == "A" else "A", forged)
    for path in LINKS:
        seen, work = [], []
        for given in (forged, invented):
            with counted(monkeypatch) as counting:
                answer = await house.client().get(path.replace("{token}", given))
            assert answer.status_code == 404, path
            seen.append(outlines(answer, given))
            work.append(counting.done)
        assert seen[0] == seen[1], path
        assert work[0] == work[1] == [], path


async def test_a_link_that_is_not_looked_up_is_answered_alike(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    for path in NEVER_LOOKED_UP:
        with counted(monkeypatch) as counting:
            answer = await house.client().get(path.replace("{token}", "A" * 43))
        assert (answer.status_code, counting.done) == (303, []), path


def test_each_public_route_with_an_id_is_tried_here(house: House) -> None:
    without_session = {path for _, path in routes(house.app) if re.search(r"\{(?:key_id|token)\}", path)}
    signed_in = {path for path in without_session if re.search("revoke|landlord|officer|account", path)}
    assert without_session - signed_in == {*HOLDERS, *LINKS, *NEVER_LOOKED_UP}
