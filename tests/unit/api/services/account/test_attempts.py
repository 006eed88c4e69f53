"""The log of sign-in attempts: results, origins and counts; no password, and no name that may be one."""

from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select, text

from api.services.account.attempts import list_attempts
from api.services.account.openid import officer_for
from api.services.account.schemas import SignInForm
from api.services.account.sign_in import sign_in
from gateway.domain.accounts.origin import Origin
from gateway.domain.errors import SignInNeeded, SignOnNotEntitled, TooManyAttempts
from gateway.integrations.openid import SingleSignOn
from gateway.journey.accounts import attempts
from gateway.journey.accounts.attempts import KEPT_SECONDS, forget_attempts
from gateway.journey.accounts.sign_in import admit_officer
from gateway.settings import SingleSignOnSettings
from gateway.store import Account, SignInAttempt
from tests.parts.house import PASSWORD, House

DESK = Origin("203.0.113.77", "Mozilla/5.0 (Windows NT 10.0; rv:140.0) Gecko/20100101 Firefox/140.0")
TYPED = "hunter2-typed-into-the-wrong-field"


def attempt(house: House, login: str = "tester", password: str = PASSWORD, origin: Origin = DESK) -> Account:
    """A sign-in by password."""
    return sign_in(house.gateway, SignInForm(login=login, password=password), origin)[0]


def refuse(house: House, login: str = "tester", origin: Origin = DESK) -> None:
    """A sign-in with a wrong password."""
    with pytest.raises(SignInNeeded):
        attempt(house, login, "wrong", origin)


def logged(house: House) -> list[tuple[Any, ...]]:
    """Login, result, network and count of each row, the oldest first."""
    query = select(Account.login, SignInAttempt.outcome, SignInAttempt.network, SignInAttempt.count)
    with house.gateway.database.reading() as session:
        rows = session.execute(query.select_from(SignInAttempt).outerjoin(Account).order_by(SignInAttempt.first_at))
        return [tuple(row) for row in rows]


def test_the_owner_sees_what_was_tried_at_the_own_account_only(house: House) -> None:
    refuse(house, "landlord-a")
    refuse(house)
    house.now[0] += 60
    account = attempt(house)
    accepted, refused = list_attempts(house.gateway, account)
    assert (accepted.outcome, accepted.method, accepted.device) == ("accepted", "password", "Firefox, Windows")
    assert (refused.outcome, refused.network, refused.count) == ("wrong_password", "203.0.113.0/24", 1)
    assert accepted.last_at == refused.last_at + 60


def test_what_was_typed_is_stored_nowhere(house: House) -> None:
    refuse(house, TYPED)
    refuse(house, "tester")
    assert logged(house) == [
        (None, "unknown_login", "203.0.113.0/24", 1),
        ("tester", "wrong_password", "203.0.113.0/24", 1),
    ]
    folder = Path(house.gateway.settings.folder)
    files = [file.read_bytes() for file in folder.glob("lodgekey.sqlite*")]
    assert files
    assert not any(word in content for content in files for word in (TYPED.encode(), DESK.address.encode()))


def test_attempts_within_an_hour_are_counted_in_one_row(house: House) -> None:
    for _ in range(3):
        refuse(house)
    house.now[0] += 3600
    refuse(house)
    assert [count for *_, count in logged(house)] == [3, 1]


def test_too_many_attempts_are_logged_once_in_a_while(house: House) -> None:
    for _ in range(10):
        refuse(house)
    for _ in range(5):
        with pytest.raises(TooManyAttempts):
            attempt(house)
    assert [(outcome, count) for _, outcome, _, count in logged(house)] == [("wrong_password", 10), ("too_many", 1)]


def test_strangers_from_everywhere_fill_no_table(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(attempts, "MAX_ROWS", rows := 4)  # fewer, as each attempt takes a whole password hash
    strangers = rows + 5
    for number in range(strangers):
        refuse(house, f"nobody-{number}", Origin(f"198.51.{number}.1"))
    found = logged(house)
    assert len(found) == rows + 1
    assert [count for _, _, network, count in found if not network] == [5]
    assert sum(count for *_, count in found) == strangers


def test_an_attempt_that_cannot_be_logged_is_refused_all_the_same(house: House) -> None:
    with house.gateway.database.writing() as session:
        session.execute(text("DROP TABLE sign_in_attempts"))
    refuse(house)


def test_the_log_is_deleted_after_90_days(house: House) -> None:
    refuse(house)
    house.now[0] += KEPT_SECONDS - 1
    refuse(house)
    house.now[0] += 1
    with house.gateway.database.writing() as session:
        forget_attempts(session, house.now[0])
        assert session.scalar(select(func.count()).select_from(SignInAttempt)) == 1


def test_an_officer_who_lost_the_role_sees_nothing_but_the_log_names_the_attempt(house: House, tmp_path: Path) -> None:
    settings = SingleSignOnSettings(issuer="https://i", client_id="c", client_secret_file=tmp_path / "secret")
    (tmp_path / "secret").write_text("s")
    provider = SingleSignOn(settings, "https://lodgekey.example", house.gateway.now)
    with house.gateway.database.writing() as session:
        admit_officer(session, "https://i", "u-1", "Officer", "370100", house.now[0])
    with pytest.raises(SignOnNotEntitled):
        officer_for(house.gateway, provider, {"iss": "https://i", "sub": "u-1", "roles": []}, DESK)
    (row,) = logged(house)
    assert str(row[0]).startswith("oidc:")
    assert row[1:] == ("refused", "203.0.113.0/24", 1)
