"""Offers of a unit: a repeated idempotency key, and another landlord's units and offers."""

from datetime import UTC, datetime

import pytest

from api.services.landlord.bookings import OfferForm
from api.services.landlord.offers import create_another_offer, create_offer, withdraw_offer
from api.services.landlord.stays import list_stays
from api.services.landlord.units import get_unit, list_units
from gateway.domain.errors import Conflict, IdempotencyMismatch, NotFound
from gateway.store import Account, Unit
from tests.parts.house import House
from tests.parts.world import DAY


def landlord_of(house: House, who: str) -> str:
    with house.gateway.database.reading() as session:
        return session.get_one(Unit, house.units[who]).landlord_id


def dates(house: House, days: int = 3) -> OfferForm:
    start, end = (datetime.fromtimestamp(house.now[0] + after, UTC).isoformat() for after in (0, days * DAY))
    return OfferForm.model_validate({"from": start, "until": end})


def test_a_repeated_key_returns_the_same_offer(house: House) -> None:
    landlord_id, unit_id = landlord_of(house, "a"), house.units["a"]
    first = create_offer(house.gateway, landlord_id, unit_id, dates(house), "once")
    assert create_offer(house.gateway, landlord_id, unit_id, dates(house), "once") == first
    owner = Account(role="landlord", login="x", password_hash="", name="X", staff="owner")
    assert [stay.id for stay in list_stays(house.gateway, landlord_id, owner)] == [first.stay_id]
    with pytest.raises(IdempotencyMismatch):
        create_offer(house.gateway, landlord_id, unit_id, dates(house, days=4), "once")


def test_each_further_offer_has_a_link_of_its_own(house: House) -> None:
    landlord_id = landlord_of(house, "a")
    first = create_offer(house.gateway, landlord_id, house.units["a"], dates(house))
    second = create_another_offer(house.gateway, landlord_id, first.stay_id)
    assert second.stay_id == first.stay_id
    assert second.url != first.url


def test_an_offer_is_withdrawn_once(house: House) -> None:
    landlord_id = landlord_of(house, "a")
    made = create_offer(house.gateway, landlord_id, house.units["a"], dates(house))
    assert withdraw_offer(house.gateway, landlord_id, made.offer_id).state == "withdrawn"
    with pytest.raises(Conflict):
        withdraw_offer(house.gateway, landlord_id, made.offer_id)


def test_another_landlord_finds_neither_unit_nor_offer(house: House) -> None:
    made = create_offer(house.gateway, landlord_of(house, "a"), house.units["a"], dates(house))
    other = landlord_of(house, "b")
    assert [unit.id for unit in list_units(house.gateway, other)] == [house.units["b"]]
    with pytest.raises(NotFound):
        get_unit(house.gateway, other, house.units["a"])
    with pytest.raises(NotFound):
        withdraw_offer(house.gateway, other, made.offer_id)
