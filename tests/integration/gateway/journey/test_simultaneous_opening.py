"""An offer that several requests open at once is recorded as opened once, on both databases."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from gateway.journey.keys.keyring import Keyring
from gateway.journey.tenants import onboarding
from gateway.store import Event, Offer
from tests.parts.world import World

MANY = 4
WAIT_SECONDS = 20


@pytest.fixture
def world(tmp_path: Path, database_url: str) -> Iterator[World]:
    """A world in each of the two databases."""
    world = World.build(tmp_path / "world", database_url)
    yield world
    world.close()


def test_an_offer_opened_by_many_transactions_at_once_is_recorded_once(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    token, gate = world.offer(), Barrier(MANY)
    read = onboarding.get_offer

    def read_with_the_others(session: Session, token: str, keyring: Keyring, now: int) -> Offer:
        offer = read(session, token, keyring, now)
        assert offer.state == "open"
        gate.wait(WAIT_SECONDS)  # every transaction has read the offer as unopened before one of them writes
        return offer

    def open_once(at: int) -> None:
        if world.database.is_sqlite:
            gate.wait(WAIT_SECONDS)  # SQLite has one writer: the transactions themselves cannot overlap
        with world.database.writing() as session:
            onboarding.open_offer(session, token, world.keyring, at)

    if not world.database.is_sqlite:
        monkeypatch.setattr(onboarding, "get_offer", read_with_the_others)
    with ThreadPoolExecutor(MANY) as crowd:
        list(crowd.map(open_once, range(world.now, world.now + MANY)))
    with world.database.reading() as session:
        (opened,) = session.scalars(select(Event).where(Event.type == "OfferOpened")).all()
        offer = session.scalars(select(Offer)).one()
        assert (offer.state, offer.opened_at) == ("opened", opened.at)
