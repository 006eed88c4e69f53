"""A kiosk requests turns, films them, and sends document, face, chip and clip in one sealed message to a real
gateway.
"""

import secrets
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from sqlalchemy import select

from certs.sealing import registration_context, seal, turns_context
from devices.link import Received
from devices.reports import Happened
from devices.wire.errors import BadMessage
from devices.wire.kiosk.registration import MAX_IMAGE, KioskRegistration, encode_registration
from firmware_sim.kiosk_terminal.camera import SimTurnCamera, shrink_frame
from firmware_sim.specimens.camera import take_photograph, take_selfie
from firmware_sim.specimens.chip import found_country, sign_groups, write_face_group, write_zone_group
from firmware_sim.specimens.documents import SWEDE, astronaut, print_passport
from firmware_sim.specimens.heads import build_head, film_still
from gateway.bootstrap import Gateway
from gateway.identity.workers.pool import IdentityPool
from gateway.settings import Settings
from gateway.store import Delivery, Unit, Verification
from tests.parts.world import NOW, World, device

PASSPORT = take_photograph(print_passport(SWEDE, astronaut()))
SELFIE = take_selfie(astronaut())
HEAD = build_head(np.asarray(astronaut(), np.uint8))
KIOSK = "kiosk-1"
CONSENTS = {"registration": True, "face": True, "text_version": "2026-11"}


@dataclass
class Counter:
    """One gateway with its own workers, and a kiosk that sends to it."""

    world: World
    gateway: Gateway
    seq: int = 0

    async def say(self, type_: str, body: dict[str, Any]) -> dict[str, Any]:
        """The screen after this event; the message is acknowledged."""
        self.seq += 1
        acked: list[bool] = []
        message = Received("house-1", KIOSK, "event", b"", False, lambda: acked.append(True))
        report = Happened(KIOSK, self.seq, self.world.now, type_, body)
        await self.gateway.kiosk_inbox._take(report, message)
        assert acked == [True]
        with self.gateway.database.reading() as session:
            last = session.scalars(select(Delivery).where(Delivery.work == "show").order_by(Delivery.id.desc())).first()
        assert last is not None
        return dict(last.body or {})

    async def turns(self, token: str) -> dict[str, Any]:
        """The screen in answer to the kiosk's request for turns."""
        context = turns_context("house-1", KIOSK)
        sealed = seal(token.encode(), self.gateway.authority.intake_key.public_key(), context=context)
        return await self.say("turns_wanted", {"sealed": sealed, "registration": secrets.token_bytes(16)})

    async def hand_in(self, token: str, **shown: Any) -> dict[str, Any]:
        """The screen after a registration."""
        values = {"registration": secrets.token_bytes(16), "offer_token": token, "typed": {}, "language": "en"}
        form = KioskRegistration(**(values | {"consents": CONSENTS} | shown))
        raw = encode_registration(form)
        context = registration_context("house-1", KIOSK)
        sealed = seal(raw, self.gateway.authority.intake_key.public_key(), context=context)
        return await self.say("registration", {"sealed": sealed, "registration": form.registration})

    def verification(self) -> Verification:
        """The newest verification."""
        with self.gateway.database.reading() as session:
            return session.scalars(select(Verification).order_by(Verification.created_at.desc())).all()[-1]


@pytest.fixture
async def counter(world: World) -> AsyncIterator[Counter]:
    """Workers are started; the unit's landlord requires the kiosk's camera for the liveness check."""
    (world.folder / "offers.secret").write_bytes(world.keyring.offer_secret)
    with world.database.writing() as session:
        session.get_one(Unit, world.unit_id).liveness_level = "kiosk"
        session.add(device(KIOSK, None, "kiosk"))
    gateway = Gateway(Settings(folder=world.folder), world.clock, identity=IdentityPool(now=world.clock))
    await gateway.identity.start()
    yield Counter(world, gateway)
    await gateway.identity.stop()
    gateway.vault.close()
    gateway.database.close()


async def test_turns_filmed_at_the_kiosk_pass_without_a_person_and_a_still_or_a_replay_does_not(
    counter: Counter,
) -> None:
    token = counter.world.offer()
    first = await counter.turns(token)
    assert first["screen"] == "turn"
    clip = SimTurnCamera(HEAD).film(first["turns"])
    screen = await counter.hand_in(token, document=PASSPORT, face=SELFIE, clip=clip, nonce=first["challenge"])
    assert screen["screen"] == "registered"
    assert counter.verification().state == "passed"

    _, unit = counter.world.add_unit("102", "lock-2")
    other = counter.world.offer(unit_id=unit)
    replayed = await counter.hand_in(other, document=PASSPORT, face=SELFIE, clip=clip, nonce=first["challenge"])
    assert (replayed["screen"], replayed["code"]) == ("refused", "liveness_other_challenge")
    second = await counter.turns(other)
    still = [shrink_frame(frame) for frame in film_still(HEAD, second["turns"])]
    refused = await counter.hand_in(other, document=PASSPORT, face=SELFIE, clip=still, nonce=second["challenge"])
    assert refused["screen"] == "person_decides"


async def test_a_chip_read_at_the_kiosk_counts_and_a_forged_one_is_refused(counter: Counter) -> None:
    country, token = found_country("SE", NOW), counter.world.offer()
    counter.gateway.countries.certificates = (country.certificate,)
    groups = {1: write_zone_group(SWEDE), 2: write_face_group(SELFIE)}
    other = {1: groups[1], 2: write_face_group(PASSPORT)}
    forged = await counter.hand_in(token, chip=[sign_groups(country, other), groups[1], groups[2]])
    assert (forged["screen"], "altered" in forged["lines"][0]) == ("refused", True)
    assert await counter.hand_in(token, chip=[sign_groups(country, groups), groups[1], groups[2]])
    assert (counter.verification().method, counter.verification().state) == ("chip", "review")


async def test_nobody_gets_turns_for_an_offer_that_does_not_exist(counter: Counter) -> None:
    screen = await counter.turns("x" * 43)
    assert (screen["screen"], screen["code"]) == ("refused", "offer_unknown")


def test_a_whole_registration_fits_one_message_and_what_does_not_is_not_sealed(tmp_path: Path) -> None:
    clip = SimTurnCamera(HEAD).film(("left", "right", "right", "left"))
    assert sum(map(len, clip)) < 700 * 1024
    values: dict[str, Any] = {"registration": bytes(16), "offer_token": "t", "typed": {}, "language": "en"}
    form = KioskRegistration(**values, consents=CONSENTS, document=PASSPORT, face=SELFIE, clip=clip, nonce="n")
    assert len(encode_registration(form)) < 1024 * 1024 - 8 * 1024
    full = bytes(MAX_IMAGE)
    too_much = KioskRegistration(**values, consents=CONSENTS, document=full, face=full, clip=clip)
    with pytest.raises(BadMessage):
        encode_registration(too_much)
