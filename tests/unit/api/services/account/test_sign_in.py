"""Sessions as values: a token signs in until it is signed out, it expires, or the password changes."""

import pytest
from sqlalchemy import func, select

from api.services.access import session_of, signed_in
from api.services.account.passwords import PasswordForm, replace_password
from api.services.account.schemas import SignInForm
from api.services.account.sign_in import sign_in, sign_out
from gateway.domain.accounts.origin import Origin
from gateway.domain.errors import SignInNeeded
from gateway.store import SignIn
from tests.parts.house import PASSWORD, House

ORIGIN = Origin("192.0.2.1", "Mozilla/5.0 (Windows NT 10.0; rv:140.0) Gecko/20100101 Firefox/140.0")
FORM = SignInForm(login="tester", password=PASSWORD)


def test_a_token_is_that_of_the_account_until_it_is_signed_out(house: House) -> None:
    account, token = sign_in(house.gateway, FORM, ORIGIN)
    found = signed_in(house.gateway, token)
    assert found is not None
    assert found.id == account.id
    sign_out(house.gateway, token)
    assert signed_in(house.gateway, token) is None


def test_a_wrong_password_begins_no_session(house: House) -> None:
    with pytest.raises(SignInNeeded):
        sign_in(house.gateway, SignInForm(login="tester", password="wrong"), ORIGIN)
    with house.gateway.database.reading() as session:
        assert session.scalar(select(func.count()).select_from(SignIn)) == 0


def test_a_new_session_deletes_expired_ones(house: House) -> None:
    _, first = sign_in(house.gateway, FORM, ORIGIN)
    house.now[0] += house.gateway.settings.session_hours * 3600
    assert signed_in(house.gateway, first) is None
    sign_in(house.gateway, FORM, ORIGIN)
    with house.gateway.database.reading() as session:
        assert session.scalar(select(func.count()).select_from(SignIn)) == 1


def test_a_changed_password_leaves_only_the_returned_token_valid(house: House) -> None:
    _, before = sign_in(house.gateway, FORM, ORIGIN)
    present = session_of(house.gateway, before)
    assert present is not None
    after = replace_password(
        house.gateway, present, PasswordForm(old=PASSWORD, new="wide purple morning kettle"), ORIGIN
    )
    assert signed_in(house.gateway, before) is None
    assert signed_in(house.gateway, after) is not None
