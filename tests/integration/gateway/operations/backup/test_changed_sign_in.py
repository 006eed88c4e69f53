"""A restore brings back no password, passkey, second factor or e-mail address that was replaced or removed since."""

from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from api.services.access import hash_password
from api.services.account.passkeys import remove_passkey
from gateway.journey.accounts.email import confirm_email, remove_email
from gateway.journey.accounts.lost_password import replace_lost_password
from gateway.journey.accounts.operator import remove_lost_factors
from gateway.journey.accounts.second_factor import remove_factor
from gateway.journey.accounts.sign_in import begin_ceremony, change_password
from gateway.operations.backup.ended import read_ended
from gateway.store import Account, Passkey, SecondFactor
from tests.integration.gateway.operations.backup.conftest import Safe
from tests.integration.gateway.operations.backup.test_restore import lost, restored
from tests.parts.house import House
from tests.parts.world import NOW

LOGIN: Final = "landlord-a"
Change = Callable[[House, Session, Account], object]


def confirm_another(_: House, session: Session, account: Account) -> None:
    data = {"email": "new@example.org", "language": "en"}
    token = begin_ceremony(session, "new_email", data, NOW, account.id)
    confirm_email(session, account, token, NOW)


CHANGES: Final[dict[str, Change]] = {
    "a new password": lambda house, session, account: change_password(session, account, "another", house.now[0]),
    "a lost password": lambda house, session, account: replace_lost_password(
        session, account, "operator", hash_password, house.now[0]
    ),
    "an address removed": lambda house, session, account: remove_email(session, account.id, house.now[0]),
    "an address replaced": confirm_another,
    "an app removed by its owner": lambda house, session, account: remove_factor(session, account.id, house.now[0]),
    "lost factors": lambda house, session, account: remove_lost_factors(session, account.login, house.now[0]),
}


def of(session: Session, login: str = LOGIN) -> Account:
    return session.scalars(select(Account).where(Account.login == login)).one()


@pytest.fixture
def house(house: House) -> House:
    """A landlord with everything that signs in."""
    with house.gateway.database.writing() as session:
        account = of(session)
        account.email, account.email_language = "old@example.org", "en"
        session.add(
            SecondFactor(account_id=account.id, sealed_secret=b"s", last_step=0, recovery_hashes=[], added_at=NOW)
        )
        facts: dict[str, Any] = {"credential_id": b"c", "public_key": b"k", "sign_count": 0, "label": "Phone"}
        session.add(Passkey(account_id=account.id, created_at=NOW, **facts))
    return house


def change(house: House, name: str) -> None:
    with house.gateway.database.writing() as session:
        CHANGES[name](house, session, of(session))


def means(session: Session) -> dict[str, object]:
    """With what the landlord signs in."""
    account = of(session)
    return {
        "password": account.password_hash,
        "email": account.email,
        "passkeys": session.scalar(select(func.count()).select_from(Passkey)),
        "factors": session.scalar(select(func.count()).select_from(SecondFactor)),
    }


@pytest.mark.parametrize("name", CHANGES)
def test_a_change_since_the_backup_leaves_nothing_of_the_backup_to_sign_in_with(
    name: str, house: House, safe: Safe, tmp_path: Path
) -> None:
    safe.keep(house.gateway.settings.folder)
    change(house, name)
    kept = lost(house)
    after = safe.restore(tmp_path / "new", kept).aftermath
    assert after.ended["sign_in"] == 1
    assert after.locked_out == (LOGIN,)
    with restored(house, tmp_path / "new") as again, again.gateway.database.reading() as session:
        assert means(session) == {"password": "", "email": None, "passkeys": 0, "factors": 0}
        assert of(session, "landlord-b").password_hash


def test_a_removed_passkey_does_not_come_back(house: House, safe: Safe, tmp_path: Path) -> None:
    safe.keep(house.gateway.settings.folder)
    with house.gateway.database.reading() as session:
        account, passkey = of(session), session.scalars(select(Passkey.id)).one()
    remove_passkey(house.gateway, account, passkey)
    assert safe.restore(tmp_path / "new", lost(house)).aftermath.locked_out == (LOGIN,)


@pytest.mark.parametrize("name", CHANGES)
def test_a_change_before_the_backup_is_left_as_it_is(name: str, house: House, safe: Safe, tmp_path: Path) -> None:
    change(house, name)
    with house.gateway.database.reading() as session:
        before = means(session)
    safe.keep(house.gateway.settings.folder)
    after = safe.restore(tmp_path / "new", lost(house)).aftermath
    assert after.ended["sign_in"] == 0
    with restored(house, tmp_path / "new") as again, again.gateway.database.reading() as session:
        assert means(session) == before


def test_a_second_change_in_the_same_second_is_an_entry_of_its_own(house: House, safe: Safe, tmp_path: Path) -> None:
    change(house, "an address removed")
    safe.keep(house.gateway.settings.folder)
    change(house, "a new password")
    kept = lost(house)
    assert [(each.what, each.at) for each in read_ended(kept)] == [("sign_in", NOW), ("sign_in", NOW + 1)]
    assert safe.restore(tmp_path / "new", kept).aftermath.locked_out == (LOGIN,)
    assert house.gateway.ended.follow() == 0


def test_an_account_that_was_locked_out_is_given_a_password(house: House, safe: Safe, tmp_path: Path) -> None:
    safe.keep(house.gateway.settings.folder)
    change(house, "a new password")
    safe.restore(tmp_path / "new", lost(house))
    with restored(house, tmp_path / "new") as again, again.gateway.database.writing() as session:
        assert replace_lost_password(session, of(session), "operator", hash_password, NOW + 7200)
        assert of(session).password_hash
