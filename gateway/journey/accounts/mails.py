"""E-mails to the owner of an account, about its sign-in: queued here, sent by gateway.relay.mails.account."""

from sqlalchemy.orm import Session

from gateway.outbox.deliveries import enqueue
from gateway.store import Account
from gateway.texts.staff import LinkMail, Notice

ACCOUNT_MAIL = "mail_account"
LINK_SECONDS = 1800


def enqueue_link(session: Session, kind: LinkMail, account_id: str, now: int) -> None:
    """Have a link sent. It is made when it is sent, so that no token is stored; the id may be that of no account."""
    lane = f"{ACCOUNT_MAIL}:{account_id}:{kind}"
    expires, body = now + LINK_SECONDS, {"mail": kind}
    enqueue(session, party=lane, lane=lane, work=ACCOUNT_MAIL, about=account_id, now=now, expires_at=expires, body=body)


def tell_owner(session: Session, kind: Notice, account: Account, now: int) -> None:
    """Have the account's owner told, at the address that the account has now; nobody where it has none."""
    if account.email is None:
        return
    lane = f"{ACCOUNT_MAIL}:{account.id}:{kind}"
    body = {"mail": kind, "to": account.email, "language": account.email_language}
    enqueue(session, party=lane, lane=lane, work=ACCOUNT_MAIL, about=account.id, now=now, body=body)
