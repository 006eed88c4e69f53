"""Sending of e-mails about an account's sign-in: links, made at each attempt, and notices."""

import asyncio
from collections.abc import Callable
from typing import Final, cast, get_args

from sqlalchemy import delete
from sqlalchemy.orm import Session

from gateway.journey.accounts.email import make_link
from gateway.journey.accounts.mails import ACCOUNT_MAIL
from gateway.outbound.mail import send_mail
from gateway.outbox.deliveries import Done, Refused, RetryAt, retry_delay
from gateway.registering.attempts import AttemptLimiter
from gateway.relay.loop import Sender, Sent
from gateway.store import Account, Delivery
from gateway.store.database import Database
from gateway.texts.staff import LinkMail, Notice, account_mail_text

PAGES: Final = {"new_email": "/account/email/", "forgotten_password": "/login/forgotten/"}
GIVE_UP_AFTER: Final = 86_400  # seconds that a notice is tried


class AccountMailSender:
    """Sends to the owner of an account: username and link, no person's name. What was sent is not kept.

    `mail`: as for send_mail; empty where none is sent. `address`: the base URL of the pages.
    """

    def __init__(
        self, database: Database, attempts: AttemptLimiter, now: Callable[[], int], *, mail: str, address: str
    ) -> None:
        self._database, self._attempts, self._now = database, attempts, now
        self._mail, self._address = mail, address

    def table(self) -> dict[str, Sender]:
        """work -> sender."""
        return {ACCOUNT_MAIL: self.send}

    async def send(self, delivery: Delivery) -> Sent:
        """Send one e-mail; retried where the server does not accept it: a notice for a day, a link for half an hour."""
        if not self._mail:
            return Sent(Refused("mail_server_not_set_up"), _without_address(delivery.id))
        made = await asyncio.to_thread(self._mail_of, delivery)
        if made is None:
            return Sent(Done("nothing_to_deliver"), _forget(delivery.id))
        if await asyncio.to_thread(send_mail, self._mail, *made):
            return Sent(Done(), _forget(delivery.id))
        if self._now() >= delivery.created_at + GIVE_UP_AFTER:
            return Sent(Refused("mail_server_refused"), _without_address(delivery.id))
        return Sent(RetryAt(self._now() + retry_delay(delivery.attempts), "mail_server_refused"))

    def _mail_of(self, delivery: Delivery) -> tuple[str, str] | None:
        """Address and text; None where there is nobody to write to, or the address was written to too often."""
        body = delivery.body or {}
        if body["mail"] in get_args(LinkMail):
            return self._link_mail(cast("LinkMail", body["mail"]), delivery)
        with self._database.reading() as session:
            login = session.get_one(Account, delivery.about).login
        forgotten = f"{self._address}/login/forgotten"
        return body["to"], account_mail_text(body["language"], cast("Notice", body["mail"]), login, forgotten)

    def _link_mail(self, kind: LinkMail, delivery: Delivery) -> tuple[str, str] | None:
        with self._database.writing() as session:
            may_write = self._may_write if delivery.attempts == 0 else _already_counted
            link = make_link(session, kind, delivery.about, may_write, self._now())
        if link is None:
            return None
        return link.to, account_mail_text(link.language, kind, link.login, f"{self._address}{PAGES[kind]}{link.token}")

    def _may_write(self, to: str) -> bool:
        """Whether the address may be written to: strangers who ask for links do not fill a mailbox."""
        return self._attempts.is_first("account_mail", to.casefold())


def _already_counted(_to: str) -> bool:
    """For a repeated attempt."""
    return True


def _forget(delivery_id: int) -> Callable[[Session, int], None]:
    """Delete the delivery."""

    def also(session: Session, _now: int) -> None:
        session.execute(delete(Delivery).where(Delivery.id == delivery_id))

    return also


def _without_address(delivery_id: int) -> Callable[[Session, int], None]:
    """Keep the delivery, which a person should see, without the address."""

    def also(session: Session, _now: int) -> None:
        row = session.get_one(Delivery, delivery_id)
        row.body = {"mail": (row.body or {})["mail"]}

    return also
