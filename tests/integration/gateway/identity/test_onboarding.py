"""Onboarding with real models, rows and a clip: from picture to key, with none of the pictures on disk."""

from collections.abc import AsyncIterator
from pathlib import Path

import numpy as np
import pytest

from firmware_sim.specimens.camera import take_photograph, take_selfie
from firmware_sim.specimens.documents import SWEDE, astronaut, print_passport
from firmware_sim.specimens.heads import build_head, film_living, film_still
from gateway.domain.errors import InputRefused
from gateway.domain.stays.offer import offer_of
from gateway.domain.verification.rules import VerificationSettings
from gateway.identity.challenges import ChallengeBook
from gateway.identity.chips.country_certificates import TrustedCountries
from gateway.identity.examination import Submission
from gateway.identity.images.case_pictures import PictureTray
from gateway.identity.workers.pool import IdentityPool
from gateway.registering.tenant import TenantRegistration
from gateway.store import Verification
from tests.parts.world import World
from tests.specimens.canary import find_canaries

PASSPORT = take_photograph(print_passport(SWEDE, astronaut()))
SELFIE = take_selfie(astronaut())
PIXELS = np.asarray(astronaut(), np.uint8)
CANARY = b"CANARY-51.5007N"


class Onboarding:
    """Tenant registration of one world with its own workers, and what it holds in memory."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.identity = IdentityPool(now=world.clock)
        self.tray = PictureTray(world.clock)
        self.book = ChallengeBook(world.database, world.clock)
        settings = VerificationSettings()
        countries = TrustedCountries((), world.clock)
        self.registration = TenantRegistration(
            world.database, self.identity, world.keyring, self.tray, settings, world.clock, countries.read_chip
        )

    def agreed(self, *, face: bool = True) -> str:
        """An offer link whose tenant has consented."""
        token = self.world.offer()
        self.world.consent(token, face=face)
        return token

    def offer_id(self, token: str) -> str:
        """The offer, to which the challenge is bound."""
        return offer_of(token, self.world.keyring.offer_secret)

    async def show(self, token: str, submission: Submission) -> Verification:
        """Steps 3 and 4."""
        return await self.registration.register(token, submission, self.world.phone.public_key())


@pytest.fixture
async def door(world: World) -> AsyncIterator[Onboarding]:
    """Workers are started, and stopped at the end."""
    made = Onboarding(world)
    await made.identity.start()
    yield made
    await made.identity.stop()


async def test_a_clip_of_the_turns_asked_for_passes_without_a_person_and_a_still_does_not(door: Onboarding) -> None:
    head = build_head(PIXELS)
    first = door.agreed()
    still = door.book.issue(door.offer_id(first))
    shown = Submission({}, PASSPORT, SELFIE, clip=tuple(film_still(head, still.turns)), challenge=still)
    refused = await door.show(first, shown)
    assert (refused.state, "liveness_failed" in refused.reasons) == ("review", True)
    assert door.tray.get(refused.id) is not None

    door.world.decide(refused.id, "refuse", "the picture did not move")
    second = door.world.add_unit("102", "lock-2")[1]
    token = door.world.offer(unit_id=second)
    door.world.consent(token, face=True)
    asked = door.book.issue(door.offer_id(token))
    alive = await door.show(
        token, Submission({}, PASSPORT, SELFIE, clip=tuple(film_living(head, asked.turns)), challenge=asked)
    )
    assert (alive.state, list(alive.reasons)) == ("passed", [])
    assert door.tray.get(alive.id) is None


async def test_without_consent_to_the_face_neither_face_nor_clip_is_looked_at(door: Onboarding) -> None:
    token = door.agreed(face=False)
    asked = door.book.issue(door.offer_id(token))
    clip = tuple(film_living(build_head(PIXELS), asked.turns))
    shown = await door.show(token, Submission({}, PASSPORT, SELFIE, clip=clip, challenge=asked))
    assert (shown.state, list(shown.reasons)) == ("review", ["document_without_face"])


async def test_a_refused_picture_leaves_no_row(door: Onboarding) -> None:
    token = door.agreed()
    before = door.world.rows()
    with pytest.raises(InputRefused):
        await door.show(token, Submission({}, PASSPORT[: len(PASSPORT) // 2], SELFIE))
    assert door.world.rows() == before


async def test_what_came_with_a_picture_and_the_name_is_nowhere_on_disk(door: Onboarding, tmp_path: Path) -> None:
    token = door.agreed(face=False)
    chatty = PASSPORT[:2] + b"\xff\xfe" + (len(CANARY) + 2).to_bytes(2) + CANARY + PASSPORT[2:]
    typed = {"surname": "Canarybird", "given_names": "Zebra", "id_number": "L898902C3"}
    case = await door.show(token, Submission(typed, chatty, None))
    assert "checked_field_corrected" in case.reasons
    door.world.decide(case.id, "refuse", "not the same person")
    secrets = [CANARY, b"Canarybird", "Canarybird".encode("utf-16-le"), PASSPORT[200:260]]
    assert find_canaries([tmp_path], secrets) == []
    assert find_canaries([tmp_path], [case.id.encode()]) != []
