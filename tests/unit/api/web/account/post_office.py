"""E-mails to owners of accounts, delivered in one process: what a mail server would have been given."""

import re
from dataclasses import dataclass, field
from typing import Final

import pytest
from pydantic import SecretStr
from sqlalchemy import select

from gateway.journey.accounts.mails import ACCOUNT_MAIL
from gateway.outbox.deliveries import Decision, settle
from gateway.relay.mails.account import AccountMailSender
from gateway.store import Account, Delivery
from tests.parts.house import House

ADDRESS: Final = "https://lodgekey.example"
LINK: Final = re.compile(re.escape(ADDRESS) + r"(/\S+/[A-Za-z0-9_-]{43})$", re.MULTILINE)


@dataclass
class PostOffice:
    """Delivers a house's e-mails to accounts; `sent` are address and text of those that the server accepted."""

    house: House
    accepting: bool = True
    sent: list[tuple[str, str]] = field(default_factory=list)

    def take(self, _server: str, to: str, text: str) -> bool:
        """Stands in for `send_mail`."""
        if self.accepting:
            self.sent.append((to, text))
        return self.accepting

    async def deliver(self) -> list[Decision]:
        """Try every pending e-mail once."""
        gateway = self.house.gateway
        mail = gateway.settings.alert_mail.get_secret_value()
        sender = AccountMailSender(gateway.database, gateway.attempts, gateway.now, mail=mail, address=ADDRESS)
        with gateway.database.reading() as session:
            query = select(Delivery).where(Delivery.work == ACCOUNT_MAIL, Delivery.state == "owed")
            pending = session.scalars(query.order_by(Delivery.id)).all()
        outcomes = [await sender.send(row) for row in pending]
        with gateway.database.writing() as session:
            for row, outcome in zip(pending, outcomes, strict=True):
                settle(session, row.id, outcome.decision, gateway.now())
                if outcome.also is not None:
                    outcome.also(session, gateway.now())
        return [outcome.decision for outcome in outcomes]

    async def link(self) -> str:
        """Deliver, and return the path of the link in the last e-mail."""
        await self.deliver()
        found = LINK.findall(self.sent[-1][1])
        assert len(found) == 1, self.sent[-1][1]
        return str(found[0])


def open_post_office(house: House, monkeypatch: pytest.MonkeyPatch, **addresses: str) -> PostOffice:
    """Set up a mail server for the house; `addresses`: confirmed ones of accounts, by login with _ in place of -."""
    office = PostOffice(house)
    monkeypatch.setattr("gateway.relay.mails.account.send_mail", office.take)
    server = SecretStr("mailto://mail.example?to={to}")
    house.gateway.settings = house.gateway.settings.model_copy(update={"alert_mail": server})
    with house.gateway.database.writing() as session:
        for login, address in addresses.items():
            account = session.scalars(select(Account).where(Account.login == login.replace("_", "-"))).one()
            account.email, account.email_language = address, "en"
    return office
