"""What is settled in restored rows before a gateway sees them: the backup is older than what people and devices know.

What has ended since ends again, everybody signs in anew, records that may have been sent since are asked for at the
registry before they are sent, locks are asked which keys they hold, and the disclosure log says where it was restored.
"""

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session

from devices.wire.passcode import ONCE_AHEAD, ONCE_SPAN
from gateway.disclosure import GATEWAY, RESTORED, Entry, append
from gateway.domain.errors import LodgekeyError
from gateway.domain.stays.stay import OCCUPYING
from gateway.fleet.enrolment import revoke_device
from gateway.journey.accounts.sign_in import forget_factors
from gateway.journey.devices.reachability import ask_known
from gateway.journey.keys.issue import revoke_key
from gateway.journey.keys.keyring import Keyring
from gateway.journey.retention.stays import erase_person
from gateway.journey.stays.landlord import end_stay
from gateway.operations.backup.ended import End, What
from gateway.store import (
    Account,
    Ceremony,
    Delivery,
    Device,
    Disclosure,
    Event,
    FeedConsumer,
    Key,
    Person,
    SignIn,
    Stay,
)
from gateway.store.sealing import Erased

log = logging.getLogger(__name__)

SUBMISSION: Final = "submit"  # of a record to its registry; repeated blindly, it would be filed twice


@dataclass(frozen=True, slots=True)
class Aftermath:
    """`ended`: numbers of what the backup held as going on, by kind; `unsure`: records that may have been sent.

    `keyless`: people whose data nobody can read, because their key is not in the vault that was restored.
    `locked_out`: logins of accounts that need a new password, because they changed how they sign in since the backup.
    """

    ended: dict[What, int]
    signed_out: int
    unsure: int
    keyless: int
    locked_out: tuple[str, ...]


def settle(session: Session, keyring: Keyring, entries: Sequence[End], *, made_at: int, now: int) -> Aftermath:
    """Settle the restored rows in one transaction; keys of erased people are destroyed at once.

    `made_at`: when the backup was made. `now`: the time of the restore.
    """
    ended = _end_again(session, keyring, entries)
    session.flush()
    signed_out = session.scalar(select(func.count()).select_from(SignIn)) or 0
    session.execute(delete(SignIn))
    session.execute(delete(Ceremony))
    unsure = _doubt_records(session, made_at)
    held = session.scalar(select(func.count()).select_from(Disclosure)) or 0
    _begin_feed_anew(session, now)
    _skip_once_numbers(session)
    ask_known(session, now)
    append(session, [Entry(GATEWAY, RESTORED, f"backup:{made_at}@{held}", "", rows=0)], now)
    return Aftermath(ended, signed_out, unsure, _keyless(session, keyring), _locked_out(session))


def _end_again(session: Session, keyring: Keyring, entries: Sequence[End]) -> dict[What, int]:
    """Stays before keys and people, because their check-outs name people."""
    steps: dict[What, Callable[[End], bool]] = {
        "account": lambda end: _end_account(session, end),
        "consumer": lambda end: _end_consumer(session, end),
        "stay": lambda end: _end_stay(session, keyring, end),
        "device": lambda end: _revoke_device(session, end),
        "key": lambda end: _revoke_key(session, end),
        "person": lambda end: _erase_person(session, keyring, end),
        "sign_in": lambda end: _end_means(session, end),
    }
    return {what: sum(step(end) for end in entries if end.what == what) for what, step in steps.items()}


def _end_account(session: Session, end: End) -> bool:
    row = session.get(Account, end.id)
    if row is None or row.ended_at is not None:
        return False
    row.ended_at = end.at
    return True


def _end_means(session: Session, end: End) -> bool:
    """Believe no means to sign in that the backup holds: which of them was replaced since is not known."""
    row = session.get(Account, end.id)
    if row is None or row.ended_at is not None or (row.sign_in_changed_at or 0) >= end.at:
        return False
    row.password_hash, row.password_is_first, row.first_password_at = "", False, None
    row.email, row.email_language, row.sign_in_changed_at = None, None, end.at
    forget_factors(session, row.id)
    return True


def _locked_out(session: Session) -> tuple[str, ...]:
    query = select(Account.login).where(
        Account.ended_at.is_(None), Account.issuer.is_(None), Account.password_hash == ""
    )
    return tuple(session.scalars(query.order_by(Account.login)))


def _end_consumer(session: Session, end: End) -> bool:
    row = session.get(FeedConsumer, end.id)
    if row is None or row.ended_at is not None:
        return False
    row.ended_at, row.token_hash, row.sealed_secret = end.at, None, None
    return True


def _end_stay(session: Session, keyring: Keyring, end: End) -> bool:
    stay = session.get(Stay, end.id)
    if stay is None or stay.state not in OCCUPYING:
        return False
    try:
        with session.begin_nested():
            end_stay(session, stay, keyring, end.at)
    except (LodgekeyError, Erased) as error:  # its keys are in the list by themselves
        log.error("stay %s could not be ended: %s", end.id, type(error).__name__)
        return False
    return True


def _revoke_device(session: Session, end: End) -> bool:
    row = session.get(Device, end.id)
    if row is None or row.revoked_at is not None:
        return False
    revoke_device(session, end.id, end.at)
    return True


def _revoke_key(session: Session, end: End) -> bool:
    key = session.get(Key, end.id)
    if key is None or key.desired == "absent":
        return False
    revoke_key(session, key, end.at)
    return True


def _erase_person(session: Session, keyring: Keyring, end: End) -> bool:
    person = session.get(Person, end.id)
    keyring.vault.erase(end.id)
    if person is None or person.erased_at is not None:
        return False
    erase_person(session, person, end.at)
    return True


def _keyless(session: Session, keyring: Keyring) -> int:
    sealed = select(Person.id).where(Person.sealed.is_not(None), Person.erased_at.is_(None))
    return len(set(session.scalars(sealed)) - keyring.vault.people())


def _begin_feed_anew(session: Session, now: int) -> None:
    """Go on with feed numbers that were never given: consumers may have got some that the backup does not know.

    The time of the restore is above all of them, if there was less than a record a second. Its entry tells consumers.
    """
    newest = session.scalar(select(func.max(Event.feed_seq))) or 0
    session.add(Event(type="GatewayRestored", at=now, data={}, for_feed=True, feed_seq=max(newest + 1, now)))


def _skip_once_numbers(session: Session) -> None:
    """One-time codes issued since the backup are not issued again; a lock accepts ONCE_AHEAD numbers from its base."""
    session.execute(
        update(Device).where(Device.kind == "lock").values(once_next=Device.once_next + ONCE_AHEAD - ONCE_SPAN)
    )


def _doubt_records(session: Session, made_at: int) -> int:
    """Mark the records that the backup holds as unsent: they may have been sent since.

    As after an interrupted attempt, the registry is asked first, or a person decides.
    """
    waiting = update(Delivery).where(
        Delivery.work == SUBMISSION, Delivery.state == "owed", Delivery.started_at.is_(None)
    )
    return len(session.scalars(waiting.values(started_at=made_at).returning(Delivery.id)).all())
