"""Sessions end without use, after some hours whatever is done, and when their owner ends them."""

import pytest
from sqlalchemy import select

from api.services.access import signed_in
from api.services.account.schemas import SignInForm
from api.services.account.sessions import end_all_sessions, end_session, list_sessions
from api.services.account.sign_in import sign_in
from gateway.domain.accounts.origin import Origin
from gateway.domain.errors import NotFound
from gateway.journey.accounts.sessions import SessionUse
from gateway.store import Account, SignIn
from tests.parts.house import PASSWORD, House

HOUR = 3600
LAPTOP = Origin("203.0.113.77", "Mozilla/5.0 (Windows NT 10.0; rv:140.0) Gecko/20100101 Firefox/140.0")
PHONE = Origin("2001:db8:1:2::3", "Mozilla/5.0 (Linux; Android 15) Chrome/140.0 Mobile Safari/537.36")


def begin(house: House, origin: Origin = LAPTOP, login: str = "tester") -> tuple[Account, str]:
    """A sign-in by password: the account and the session's token."""
    return sign_in(house.gateway, SignInForm(login=login, password=PASSWORD), origin)


def keep_house(house: House) -> None:
    """What housekeeping does with sessions."""
    with house.gateway.database.writing() as session:
        house.gateway.session_use.save(session, house.now[0])


def test_a_session_ends_after_an_hour_without_use(house: House) -> None:
    _, token = begin(house)
    house.now[0] += HOUR - 1
    assert signed_in(house.gateway, token) is not None
    house.now[0] += 1
    assert signed_in(house.gateway, token, used=True) is None, "the use that comes too late does not count"


def test_use_keeps_a_session_until_its_age_ends_it(house: House) -> None:
    _, token = begin(house)
    for _ in range(house.gateway.settings.session_hours * 2 - 1):
        house.now[0] += HOUR // 2
        assert signed_in(house.gateway, token, used=True) is not None
        keep_house(house)
    house.now[0] += HOUR // 2
    assert signed_in(house.gateway, token, used=True) is None


def test_a_look_at_the_session_is_no_use(house: House) -> None:
    _, token = begin(house)
    for _ in range(4):
        house.now[0] += HOUR // 4
        found = signed_in(house.gateway, token)
    assert found is None


def test_a_gateway_that_starts_again_knows_the_last_use_that_was_saved(house: House) -> None:
    account, token = begin(house)
    house.now[0] += HOUR - 10
    assert signed_in(house.gateway, token, used=True) is not None
    keep_house(house)
    used_at = house.now[0]
    house.gateway.session_use = SessionUse(lambda _: HOUR)
    house.now[0] += HOUR - 10
    assert signed_in(house.gateway, token) is not None
    assert [one.used_at for one in list_sessions(house.gateway, account, token)] == [used_at]


def test_housekeeping_deletes_the_sessions_that_ended(house: House) -> None:
    begin(house)
    _, used = begin(house, PHONE)
    house.now[0] += HOUR // 2
    signed_in(house.gateway, used, used=True)
    house.now[0] += HOUR // 2
    keep_house(house)
    with house.gateway.database.reading() as session:
        assert [row.device for row in session.scalars(select(SignIn))] == ["Chrome, Android"]


def test_the_list_names_device_network_and_times_of_the_own_sessions_only(house: House) -> None:
    begin(house, login="landlord-a")
    _, first = begin(house)
    began = house.now[0]
    house.now[0] += 60
    account, second = begin(house, PHONE)
    listed = list_sessions(house.gateway, account, first)
    assert [(one.current, one.device, one.network, one.begun_at) for one in listed] == [
        (True, "Firefox, Windows", "203.0.113.0/24", began),
        (False, "Chrome, Android", "2001:db8:1::/48", began + 60),
    ]
    assert {one.method for one in listed} == {"password"}
    assert not {first, second} & {one.id for one in listed}


def test_an_owner_ends_one_session_or_all(house: House) -> None:
    stranger, theirs = begin(house, login="landlord-a")
    account, first = begin(house)
    _, second = begin(house, PHONE)
    _, other = list_sessions(house.gateway, account, first)
    with pytest.raises(NotFound):
        end_session(house.gateway, stranger, other.id)
    end_session(house.gateway, account, other.id)
    assert [signed_in(house.gateway, token) is not None for token in (first, second, theirs)] == [True, False, True]
    end_all_sessions(house.gateway, account)
    assert [signed_in(house.gateway, token) is not None for token in (first, second, theirs)] == [False, False, True]


@pytest.mark.parametrize(
    ("login", "idle", "longest"), [("landlord-a", 12, 168), ("officer-a", 1, 12), ("tester", 1, 12)]
)
def test_a_landlords_session_lasts_longer_than_one_that_shows_everybody(
    house: House, login: str, idle: int, longest: int
) -> None:
    _, token = sign_in(house.gateway, SignInForm(login=login, password=PASSWORD), PHONE)
    begun = house.now[0]
    for _ in range(longest * 3600 // (idle * 3600 - 60)):
        house.now[0] += idle * 3600 - 60
        assert signed_in(house.gateway, token, used=True) is not None
        keep_house(house)
    assert signed_in(house.gateway, token) is not None
    house.now[0] = begun + longest * 3600
    assert signed_in(house.gateway, token) is None
    _, unused = sign_in(house.gateway, SignInForm(login=login, password=PASSWORD), PHONE)
    house.now[0] += idle * 3600
    assert signed_in(house.gateway, unused) is None
    keep_house(house)
    with house.gateway.database.reading() as session:
        assert session.scalars(select(SignIn)).all() == []
