"""Tenants whose registration was refused get one e-mail, in their language, without personal data or a token."""

import pytest
from sqlalchemy import select

from gateway.domain.filings.record import Refused
from gateway.journey.filings.answers import record_registry_answer
from gateway.journey.filings.records import file_again
from gateway.journey.filings.tenant_alerts import EXPIRY_SECONDS, TENANT_MAIL, watch_refusals
from gateway.outbox.deliveries import Done
from gateway.relay.mails.tenant import TenantAlertSender
from gateway.store import Consent, Delivery, Registration
from tests.integration.gateway.relay.test_alerts_delivered import Mailbox, mailbox, mailed
from tests.parts.world import FIELDS, World

pytestmark = pytest.mark.filterwarnings("ignore:'imghdr' is deprecated:DeprecationWarning")  # apprise
__all__ = ["mailbox"]
ADDRESS = "anna@example.org"


def refused_tenant(world: World, language: str = "es", **fields: str) -> str:
    """A tenant whose check-in was refused; the id of the record."""
    token = world.offer()
    world.consent(token)
    world.show(token, fields=FIELDS | fields)
    with world.database.writing() as session:
        for consent in session.scalars(select(Consent)):
            consent.language = language
        row = session.scalars(select(Registration)).one()
        record_registry_answer(session, row.id, Refused("E7", "No."), world.now)
        return row.id


def watch(world: World) -> int:
    with world.database.writing() as session:
        return watch_refusals(session, world.now)


def alert(world: World) -> Delivery:
    with world.database.reading() as session:
        return session.scalars(select(Delivery).where(Delivery.work == TENANT_MAIL)).one()


def sender(world: World, mail: str) -> TenantAlertSender:
    return TenantAlertSender(world.database, world.keyring, world.clock, mail=mail, address="https://lodgekey.example")


@pytest.mark.parametrize(("language", "words"), [("es", "su registro no fue aceptado"), ("en", "was not accepted")])
async def test_a_refused_tenant_is_mailed_once_in_their_language(
    world: World, mailbox: tuple[Mailbox, str], language: str, words: str
) -> None:
    box, mail = mailbox
    refused_tenant(world, language, **{"person.email": ADDRESS})
    assert (watch(world), watch(world)) == (1, 0)
    assert (await sender(world, mail).send(alert(world))).decision == Done()
    assert [sent.rcpt_tos for sent in box.mails] == [[ADDRESS]]
    text = mailed(box)
    assert words in text
    assert "https://lodgekey.example/key" in text
    assert not [known for known in ("Voorbeeld", "Anna", FIELDS["id_number"], "/o/") if known in text]


async def test_nobody_is_mailed_without_an_address_or_a_mail_server(world: World, mailbox: tuple[Mailbox, str]) -> None:
    box, mail = mailbox
    refused_tenant(world)
    watch(world)
    assert (await sender(world, mail).send(alert(world))).decision == Done("nothing_to_deliver")
    assert (await sender(world, "").send(alert(world))).decision == Done("mail_server_not_set_up")
    assert box.mails == []


async def test_what_was_mended_meanwhile_is_not_mailed(world: World, mailbox: tuple[Mailbox, str]) -> None:
    record = refused_tenant(world, **{"person.email": ADDRESS})
    watch(world)
    with world.database.writing() as session:
        file_again(session, session.get_one(Registration, record), world.keyring, world.now)
    assert (await sender(world, mailbox[1]).send(alert(world))).decision == Done("nothing_to_deliver")
    assert mailbox[0].mails == []


def test_an_old_refusal_is_not_mailed_when_the_gateway_starts_again(world: World) -> None:
    refused_tenant(world, **{"person.email": ADDRESS})
    world.now += EXPIRY_SECONDS
    assert watch(world) == 0
