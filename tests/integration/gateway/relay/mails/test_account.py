"""The link for a forgotten password reaches a real mail server, at the account's address."""

import pytest
from sqlalchemy import select

from gateway.journey.accounts.email import request_new_password
from gateway.outbox.deliveries import Done
from gateway.relay.mails.account import AccountMailSender
from gateway.store import Account, Delivery
from tests.integration.gateway.relay.test_alerts_delivered import Mailbox, mailbox, mailed
from tests.parts.house import House
from tests.unit.api.web.account.post_office import ADDRESS, LINK

pytestmark = pytest.mark.filterwarnings("ignore:'imghdr' is deprecated:DeprecationWarning")  # apprise
__all__ = ["mailbox"]


async def test_a_link_is_mailed_to_the_accounts_address(house: House, mailbox: tuple[Mailbox, str]) -> None:
    box, mail = mailbox
    gateway = house.gateway
    with gateway.database.writing() as session:
        account = session.scalars(select(Account).where(Account.login == "landlord-a")).one()
        account.email, account.email_language = "mira@example.org", "zh-CN"
        request_new_password(session, account.login, gateway.now())
    with gateway.database.reading() as session:
        delivery = session.scalars(select(Delivery)).one()
    sender = AccountMailSender(gateway.database, gateway.attempts, gateway.now, mail=mail, address=ADDRESS)
    assert (await sender.send(delivery)).decision == Done()
    assert [sent.rcpt_tos for sent in box.mails] == [["mira@example.org"]]
    text = mailed(box).replace("\r\n", "\n")
    assert "申请了新密码" in text
    assert len(LINK.findall(text)) == 1
