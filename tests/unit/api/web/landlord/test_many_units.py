"""A page that lists units and stays asks the database as often for many of them as for a few."""

from typing import Final

import pytest

from certs.keys import new_private_key
from gateway.domain.stays.offer import token_of
from gateway.domain.stays.stay import Window
from gateway.domain.verification.rules import Outcome, Verdict
from gateway.journey.stays import landlord as steps
from gateway.journey.tenants import onboarding
from gateway.journey.tenants.onboarding import Shown
from gateway.store import Unit
from tests.parts.house import House
from tests.parts.world import DAY, FIELDS, as_read, counted, device, report_to

FIRST, LATER = 3, 9
LISTS: Final = [
    ("landlord-a", path) for path in ("/landlord", "/landlord/calendar", "/api/v1/stays", "/api/v1/units")
] + [("officer-a", path) for path in ("/officer", "/officer/map", "/api/v1/cases", "/api/v1/registrations/attention")]


def let_units(house: House, first: int, after: int) -> None:
    """More units of the landlord, each with a lock; a tenant of each was registered, or waits for a decision."""
    gateway, now = house.gateway, house.now[0]
    with gateway.database.writing() as session:
        mine = session.get_one(Unit, house.units["a"])
        place = {"area": mine.area, "timezone": mine.timezone, "jurisdiction": mine.jurisdiction}
        for number in range(first, after):
            unit = Unit(landlord_id=mine.landlord_id, code=f"DW-{number}", label=f"Room {number}", address="", **place)
            report_to(unit, "sandbox")
            session.add(unit)
            session.flush()
            session.add(device(f"lock-{number}", unit.id))
            session.flush()
            offer = steps.offer_key(session, unit, Window(now - 60, now + DAY), now)
            onboarding.open_offer(session, token_of(offer.id, gateway.keyring.offer_secret), gateway.keyring, now)
            onboarding.record_consent(session, offer, {"registration": True, "face": False}, "1", "en", now)
            outcome: Outcome = "passed" if number % 3 else "review"
            holder = new_private_key().public_key()
            shown = Shown(Verdict(outcome, ()), as_read(FIELDS), "document", None, holder)
            onboarding.record_verification(session, offer, shown, gateway.keyring, now)


@pytest.mark.parametrize(("login", "path"), LISTS)
async def test_a_list_takes_as_many_statements_for_many_units_as_for_a_few(house: House, login: str, path: str) -> None:
    client, asked = house.client(login), []
    for first, after in ((0, FIRST), (FIRST, LATER)):
        let_units(house, first, after)
        with counted(house.gateway.database) as statements:
            answer = await client.get(path)
        assert answer.status_code == 200
        asked.append(len(statements))
    assert asked[0] == asked[1]
