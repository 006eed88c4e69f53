"""The operator's alerts reach a real mail server and a real receiver, in the operator's language."""

import json
from typing import Any

import pytest
from standardwebhooks.webhooks import Webhook

from gateway.clock import utc_now
from gateway.operations.operator_senders import operator_mail, operator_webhook
from gateway.settings import Settings
from tests.integration.gateway.relay.test_alerts_delivered import Mailbox, mailbox, mailed, receiver
from tests.parts.world import NOW

pytestmark = pytest.mark.filterwarnings("ignore:'imghdr' is deprecated:DeprecationWarning")  # apprise
__all__ = ["mailbox", "receiver"]
SECRET = "whsec_" + "c2VjcmV0" * 4
WORDS = {
    "en": ("The disk is full", "Run on its machine: lodgekey doctor", "The gateway is in order again."),
    "zh-CN": ("磁盘已满", "请在其所在机器上运行：lodgekey doctor", "网关已恢复正常。"),
}


@pytest.mark.parametrize("language", WORDS)
async def test_the_operators_e_mail_is_in_the_operators_language(mailbox: tuple[Mailbox, str], language: str) -> None:
    box, server = mailbox
    settings = Settings.model_validate(
        {"alert_mail": server, "operator_mail": "ops@example.org", "operator_language": language}
    )
    send = operator_mail(settings)
    assert send is not None
    assert await send({"disk", "loop relay"})
    text = mailed(box)
    assert WORDS[language][0] in text
    assert WORDS[language][1] in text
    assert "relay" in text
    box.mails.clear()
    assert await send(())
    assert WORDS[language][2] in mailed(box)


async def test_the_operators_webhook_is_signed_and_names_what_is_wrong(
    receiver: tuple[list[Any], str],
) -> None:
    taken, url = receiver
    settings = Settings(operator_webhook=url, operator_webhook_secret=SECRET, webhook_networks="127.0.0.0/8")
    send = operator_webhook(settings, utc_now)
    assert send is not None
    assert await send({"clock"})
    assert await send(())
    (headers, body), (_, second) = taken
    Webhook(SECRET).verify(body, {name.lower(): value for name, value in headers.items()})
    event = json.loads(body)
    assert (event["type"], event["data"]["codes"]) == ("org.lodgekey.operator.alert", ["clock"])
    assert "lodgekey clock accept" in event["data"]["sentence"]
    assert json.loads(second)["type"] == "org.lodgekey.operator.in_order"


async def test_without_addresses_nothing_is_sent() -> None:
    assert operator_mail(Settings()) is None
    assert operator_webhook(Settings(), lambda: NOW) is None


def test_a_webhook_without_its_secret_is_refused() -> None:
    with pytest.raises(ValueError, match="belong together"):
        Settings(operator_webhook="https://ops.example/hook")
