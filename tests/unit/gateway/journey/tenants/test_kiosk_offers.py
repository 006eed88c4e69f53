"""How a kiosk may identify an offer, and what it cannot find out."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from gateway.domain.errors import OfferUnknown
from gateway.domain.stays.offer import kiosk_code
from gateway.journey.tenants.kiosk_offers import token_shown_at
from gateway.store import Device
from tests.parts.world import NOW, World


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    built = World.build(tmp_path)
    yield built
    built.close()


def site_of(world: World) -> str:
    with world.database.reading() as session:
        return session.get_one(Device, "lock-1").site


def find(world: World, shown: str, site: str | None = None) -> str:
    with world.database.reading() as session:
        return token_shown_at(session, site or site_of(world), shown, world.keyring, world.now)


def test_the_code_of_an_open_offer_names_it_at_its_own_site_only(world: World) -> None:
    token = world.offer()
    code = kiosk_code(token)
    assert find(world, code.lower().replace("-", " ")) == token
    with pytest.raises(OfferUnknown):
        find(world, code, "another-site")


def test_a_link_is_passed_on_as_it_is(world: World) -> None:
    token = world.offer()
    assert find(world, token, "another-site") == token


@pytest.mark.parametrize("shown", ["", "---", "%", "*", "_", "' or 1=1 --", "000-000-000", "000000000", "%%%%%%%%%"])
def test_malformed_look_ups_find_nothing_and_all_sound_alike(world: World, shown: str) -> None:
    world.offer()
    with pytest.raises(OfferUnknown) as refused:
        find(world, shown)
    assert refused.value.detail.startswith("No invitation with this code was found.")


def test_a_code_ends_with_its_offer(world: World) -> None:
    token = world.offer()
    world.now = NOW + 8 * 86_400
    with pytest.raises(OfferUnknown):
        find(world, kiosk_code(token))


def test_a_used_offer_has_no_code_any_more(world: World) -> None:
    token = world.offer()
    world.consent(token)
    world.show(token)
    with pytest.raises(OfferUnknown):
        find(world, kiosk_code(token))
