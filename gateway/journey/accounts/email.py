"""The e-mail address of an account, confirmed by a link, and the link for a forgotten password.

A link ends after LINK_SECONDS, when it is used, with a newer one of its kind, and with the password, the address, the
sessions or the account.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from gateway.domain.errors import NotFound
from gateway.journey.accounts.mails import LINK_SECONDS, enqueue_link, tell_owner
from gateway.journey.accounts.sign_in import begin_ceremony, change_password, find_ceremony, note_change, take_ceremony
from gateway.outbox.events import record
from gateway.store import Account, Ceremony
from gateway.texts.marks import N_
from gateway.texts.staff import LinkMail

NOBODY: Final = "nobody"
NO_ADDRESS: Final = N_("This link has expired or was used, or it is for another account. Enter your address again.")
NO_LINK: Final = N_("This link has expired or was used. Request a new one.")


@dataclass(frozen=True, slots=True)
class Link:
    """A link to send: the address and the language of the e-mail, the account's login, and the link's token."""

    to: str
    language: str
    login: str
    token: str


def propose_email(session: Session, account: Account, email: str, language: str, now: int) -> None:
    """Have a link sent to a new address, which is used once the link confirms it."""
    _end_links(session, account.id, "new_email")
    data = {"email": email, "language": language}
    begin_ceremony(session, "new_email", data, now, account.id, seconds=LINK_SECONDS)
    enqueue_link(session, "new_email", account.id, now)


def proposed_email(session: Session, account_id: str, now: int) -> Ceremony | None:
    """The address that waits to be confirmed, in `data`."""
    query = select(Ceremony).where(Ceremony.account_id == account_id, Ceremony.kind == "new_email")
    return session.scalars(query.where(Ceremony.expires_at > now)).first()


def email_of_link(session: Session, account: Account, token: str, now: int) -> str:
    """The address that the link confirms. Raises NotFound where the link is not valid, or not the account's."""
    link = find_ceremony(session, "new_email", token, now)
    if link is None or link.account_id != account.id:
        raise NotFound(NO_ADDRESS)
    return str(link.data["email"])


def confirm_email(session: Session, account: Account, token: str, now: int) -> None:
    """Use the address that the link was sent to; the one before is told. Raises NotFound."""
    proposed = take_ceremony(session, "new_email", token, now, account.id)
    if proposed is None:
        raise NotFound(NO_ADDRESS)
    row = session.get_one(Account, account.id, with_for_update=True)
    if row.email not in (None, proposed["email"]):
        tell_owner(session, "email_changed", row, now)
        note_change(row, now)
    row.email, row.email_language = proposed["email"], proposed["language"]
    _end_links(session, row.id, "new_email", "forgotten_password")
    record(session, "EmailConfirmed", now, data={"account": row.id})


def remove_email(session: Session, account_id: str, now: int) -> None:
    """Use no address any more, nor the one that waits to be confirmed; the one that was used is told."""
    row = session.get_one(Account, account_id, with_for_update=True)
    _end_links(session, row.id, "new_email", "forgotten_password")
    if row.email is not None:
        tell_owner(session, "email_removed", row, now)
        row.email = row.email_language = None
        note_change(row, now)
        record(session, "EmailRemoved", now, data={"account": row.id})


def _end_links(session: Session, account_id: str, *kinds: LinkMail) -> None:
    session.execute(delete(Ceremony).where(Ceremony.account_id == account_id, Ceremony.kind.in_(kinds)))


def request_new_password(session: Session, login: str, now: int) -> None:
    """Have a link sent where there is an account with this login and an address: the same work whether there is."""
    account_id = session.scalars(select(Account.id).where(Account.login == login)).one_or_none()
    enqueue_link(session, "forgotten_password", account_id or NOBODY, now)


def make_link(
    session: Session, kind: LinkMail, account_id: str, may_write: Callable[[str], bool], now: int
) -> Link | None:
    """Make the link to send, in place of the one before; only the token's hash is stored.

    None where there is no address, or it may not be written to (`may_write`), and for an account without a password,
    which signs in at its own provider or has ended.
    """
    account = session.get(Account, account_id)
    if account is None or account.ended_at is not None or not account.password_hash:
        return None
    proposed = proposed_email(session, account.id, now) if kind == "new_email" else None
    data = dict(proposed.data) if proposed else {}
    to = data.get("email") if kind == "new_email" else account.email
    if to is None or not may_write(to):
        return None
    _end_links(session, account.id, kind)
    token = begin_ceremony(session, kind, data, now, account.id, seconds=LINK_SECONDS)
    return Link(to, data.get("language") or account.email_language or "", account.login, token)


def account_of_link(session: Session, token: str, now: int) -> Account:
    """The account whose password the link changes. Raises NotFound."""
    link = find_ceremony(session, "forgotten_password", token, now)
    if link is None or link.account_id is None:
        raise NotFound(NO_LINK)
    return session.get_one(Account, link.account_id)


def use_link(session: Session, account: Account, token: str, hashed: str, now: int) -> None:
    """Set a new password by the link, and end all sessions. Raises NotFound, or as change_password."""
    if take_ceremony(session, "forgotten_password", token, now, account.id) is None:
        raise NotFound(NO_LINK)
    change_password(session, account, hashed, now, by="link")
