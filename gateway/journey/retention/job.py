"""The retention job: a bounded number of rows a transaction, found by index, until nothing is due."""

from typing import Final

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from gateway.domain.retention.times import ACCOUNT_DAYS, DAY
from gateway.journey.retention.statements import carry_out_aged, rules_of
from gateway.journey.retention.stays import BATCH, due_stays, tend
from gateway.store import Account, AlertSubscription, Passkey, SecondFactor

STAYS: Final = 20  # looked at in one transaction


def purge(session: Session, now: int) -> int:
    """Delete or reduce some of what is due; returns the number of rows changed. 0: nothing is due."""
    changed = 0
    for stay in due_stays(session, now, STAYS):
        changed += tend(session, stay, now)
        if changed >= BATCH:
            return changed
    for rule in rules_of("aged"):
        if changed >= BATCH:
            return changed
        if rule.table == "accounts":
            _forget_sign_in(session, now)
        changed += carry_out_aged(session, rule, now, BATCH - changed)
    return changed


def _forget_sign_in(session: Session, now: int) -> None:
    """Delete what belongs to accounts whose names go: passkeys, second factors and alert subscriptions."""
    ended = select(Account.id).where(Account.ended_at < now - ACCOUNT_DAYS * DAY, Account.name != "")
    ids = list(session.scalars(ended.order_by(Account.ended_at).limit(BATCH)))
    if ids:
        for owned in (Passkey, SecondFactor, AlertSubscription):
            session.execute(delete(owned).where(owned.account_id.in_(ids)))
