"""Passwords are compared as they were typed and do not expire; each session has a long token of its own."""

import unicodedata
from typing import Final

import pytest
from sqlalchemy import select

from api.framework.session_cookie import SESSION_COOKIE
from api.services.access import hash_password, password_fits
from gateway.store import Account
from tests.parts.house import PASSWORD, House
from tests.parts.world import DAY
from tests.unit.api.http.account.test_sign_in import sign_in

TYPED: Final = f"  Ünder the purple kettle ﬁve 🐸 {'windows ' * 8}steam  "
ALIKE: Final = {
    "stripped": TYPED.strip(),
    "in lower case": TYPED.lower(),
    "cut to 64": TYPED[:64],
    "cut to 72 bytes": TYPED.encode()[:72].decode(),
    "composed otherwise": unicodedata.normalize("NFD", TYPED),
    "compatible": unicodedata.normalize("NFKC", TYPED),
    "with one space less": TYPED.replace("the purple", "thepurple"),
}


@pytest.fixture(scope="module")
def account() -> Account:
    """An account with this password."""
    return Account(role="tester", login="x", password_hash=hash_password(TYPED), ended_at=None)


@pytest.mark.parametrize("name", ALIKE)
def test_a_password_is_compared_exactly_as_it_was_typed(account: Account, name: str) -> None:
    assert len(TYPED) > 90
    assert password_fits(account, TYPED)
    assert ALIKE[name] != TYPED
    assert not password_fits(account, ALIKE[name])


async def test_a_password_does_not_expire(house: House) -> None:
    house.now[0] += 3650 * DAY
    assert (await sign_in(house)).status_code == 201


async def test_two_sign_ins_have_two_long_tokens(house: House) -> None:
    answers = [await sign_in(house, PASSWORD) for _ in range(2)]
    tokens = [answer.cookies[SESSION_COOKIE] for answer in answers]
    assert len(set(tokens)) == 2
    assert all(len(token) >= 43 for token in tokens), "256 bits in base64url"
    with house.gateway.database.reading() as session:
        stored = [account.password_hash for account in session.scalars(select(Account))]
    assert not [token for token in tokens if token in stored]
