"""Kiosk screens: the keypad code is on the screen and in no stored delivery."""

import asyncio
from collections.abc import Mapping
from typing import Any

from devices.intents import Show
from gateway.journey.keys.passcodes import shown_codes
from gateway.journey.tenants.kiosk_offers import CODE_OF
from gateway.outbox.deliveries import Done, enqueue
from gateway.relay.locks import LockSenders
from gateway.relay.screens import ScreenSenders
from gateway.store import Delivery, Stay
from tests.parts.driver import MemoryDriver
from tests.parts.relaying import delivery_rows
from tests.parts.world import World, device

KIOSK = "kiosk-1"


def shown(world: World, body: Mapping[str, Any]) -> tuple[str, Mapping[str, Any]]:
    """The addressed kiosk, and its screen."""
    driver = MemoryDriver()
    with world.database.writing() as session:
        session.add(device(KIOSK, None, "kiosk"))
        enqueue(session, party=KIOSK, lane=KIOSK, work="show", about=KIOSK, now=world.now, body=dict(body))
    send = LockSenders(world.database, {"native": driver}, world.clock).send
    senders = ScreenSenders(world.database, world.keyring, send, world.clock)

    async def once() -> object:
        return (await senders.table()["show"](delivery_rows(world, "show")[-1])).decision

    assert asyncio.run(once()) == Done("sent")
    (where, intent) = driver.asked[-1]
    assert isinstance(intent, Show)
    return where, intent.body


def test_ids_are_sent_as_bytes_and_codes_as_they_are(world: World) -> None:
    where, body = shown(world, {"screen": "refused", "code": "offer_used", "registration": "0a0b"})
    assert where == KIOSK
    assert body == {"screen": "refused", "code": "offer_used", "registration": b"\n\x0b"}


def test_the_code_for_the_keypad_is_derived_when_it_is_sent_and_stands_in_no_row(world: World) -> None:
    stay_id = world.tenant().stay_id
    with world.database.reading() as session:
        (code,) = shown_codes(session, session.get_one(Stay, stay_id), world.keyring, world.now)
    _, body = shown(world, {"screen": "registered", CODE_OF: stay_id})
    assert body == {"screen": "registered", "code": code.digits}
    with world.database.reading() as session:
        rows = session.query(Delivery).all()
    assert rows
    assert not any(code.digits in str(row.body) for row in rows)


def test_a_stay_without_a_code_shows_none(world: World) -> None:
    stay_id = world.tenant().stay_id
    world.now += 30 * 86_400
    assert shown(world, {"screen": "registered", CODE_OF: stay_id})[1]["code"] == ""
