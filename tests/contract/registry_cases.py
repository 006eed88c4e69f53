"""One case an adapter: its simulator, its settings, a record it takes and one it must refuse before sending."""

import dataclasses
import itertools
import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from gateway.domain.filings.record import (
    Address,
    Document,
    LandlordFacts,
    PersonFacts,
    Registration,
    StayFacts,
    UnitFacts,
    Visa,
)

DAY = 86_400
_numbers = itertools.count(1)


@dataclass(frozen=True, slots=True)
class RegistryCase:
    """What the contract suite needs to know of one adapter and its simulator."""

    name: str
    record: Callable[[], Registration]
    bad_record: Callable[[], Registration]
    can_be_asked: bool = False
    resends_safely: bool = False
    can_cancel: bool = True
    in_part: bool = True
    decides_late: bool = True
    can_contradict: bool = True
    calls_before_filing: int = 0
    wrong_token: str = "wrong"
    rows: int = 2  # on the registry's books for one record


def base_record(unit: UnitFacts, *people: PersonFacts, **changes: Any) -> Registration:
    """A two-night check-in that began an hour ago, with fresh ids."""
    now = int(time.time())
    number = next(_numbers)
    record = Registration(
        id=str(uuid.uuid4()),
        kind="check_in",
        reference=str(uuid.uuid4()),
        unit=unit,
        stay=StayFacts(f"stay-{number}", now - 3600, now + 2 * DAY, agreed_at=now - DAY, payment="platform"),
        people=people,
        landlord=LandlordFacts("landlord-1", "Casa Sol SL", registered_as="0000000123", phone="+34910000000"),
    )
    return dataclasses.replace(record, **changes)


MADRID = UnitFacts(
    code="DW-ES-1",
    address=Address("Calle Mayor 1", "2 B", "28013", "Madrid", "28079", "ESP"),
    area="area-28079",
    jurisdiction="es",
    timezone="Europe/Madrid",
    name="Casa Sol",
    registered_as="0000000456",
)
ANA = PersonFacts(
    id="p1",
    surname="Núñez",
    second_surname="Ortega",
    given_names="Ana María",
    birth_date="1990-02-03",
    nationality="ESP",
    document=Document("national_id", "12345678Z", "ESP", support="ABC123456"),
    sex="female",
    residence=Address("Gran Vía 3", "", "28013", "Madrid", "28079", "ESP"),
    phone="+34600000001",
    email="ana@example.org",
)
BEN = PersonFacts(
    id="p2",
    surname="Müller",
    given_names="Ben",
    birth_date="1985-12-31",
    nationality="DEU",
    document=Document("passport", "C01X00T47", "DEU"),
    sex="male",
    residence=Address("Am Markt 5", "", "20095", "Hamburg", "", "DEU"),
    phone="+4940123456",
)


ROME = UnitFacts(
    code="DW-IT-1",
    address=Address("Via Roma 1", "", "00184", "Roma", "412058091", "ITA"),
    area="area-rm",
    jurisdiction="it",
    timezone="Europe/Rome",
)
CARLA = PersonFacts(
    id="p1",
    surname="D’Angelo-Forlì",
    given_names="Carla",
    birth_date="1979-06-30",
    nationality="ITA",
    document=Document("national_id", "CA00000AA", "ITA", issuing_place_code="403015146"),
    sex="female",
    birth_country="ITA",
    birth_place_code="412058091",
    role="head_of_family",
)
DIEGO = PersonFacts(
    id="p2",
    surname="Müller",
    given_names="Diego",
    birth_date="2015-01-31",
    nationality="DEU",
    document=Document(),
    sex="male",
    birth_country="DEU",
    role="family_member",
)

LISBON = UnitFacts(
    code="DW-PT-1",
    address=Address("Rua Augusta 1", "", "1100-053", "Lisboa", "", "PRT"),
    area="area-lx",
    jurisdiction="pt",
    timezone="Europe/Lisbon",
    name="Casa da Praça",
    registered_as="1",
)
SENHORIO = LandlordFacts("landlord-1", "João Simões", "500000000", "+351210000000", "joao@example.org")


HANGZHOU = UnitFacts(
    code="DW-CN-1",
    address=Address("文三路1号2幢301室", "", "310012", "杭州", "330106", "CHN"),
    area="area-330106",
    jurisdiction="cn-33",
    timezone="Asia/Shanghai",
    registered_as="330106001001000301",
)
WEI = PersonFacts(
    id="p1",
    surname="张",
    given_names="伟",
    birth_date="1990-03-07",
    nationality="CHN",
    document=Document("resident_id", "110105199003077411", "CHN"),
    sex="male",
    registered_address="北京市朝阳区",
    phone="+8613800000000",
)
EVE = PersonFacts(
    id="p2",
    surname="O’Neil-Łuk",
    given_names="Éve",
    birth_date="1985-12-31",
    nationality="USA",
    document=Document("passport", "C01X00T47", "USA"),
    sex="female",
    visa=Visa("L", "V1234567", "2099-12-31"),
)


# What is known of anybody who showed a passport, in a unit nobody registered anywhere yet.
TRAVELLER = PersonFacts(
    "p1", "Miller", "Eve", "1985-12-31", "USA", Document("passport", "C01X00T47", "USA"), sex="female"
)
BARE_UNIT = UnitFacts("DW-1", Address("Harbour Street 7"), "area-1", "sandbox", "Europe/Madrid")

CASES = (
    RegistryCase(
        "sandbox",
        lambda: base_record(MADRID, ANA, BEN),
        lambda: base_record(MADRID, dataclasses.replace(ANA, nationality="XXX")),
        can_be_asked=True,
        resends_safely=True,
    ),
    RegistryCase(
        "es",
        lambda: base_record(MADRID, ANA, BEN),
        lambda: base_record(MADRID, dataclasses.replace(ANA, second_surname="")),
        in_part=False,
        rows=1,
    ),
    RegistryCase(
        "it",
        lambda: base_record(ROME, CARLA, DIEGO),
        lambda: base_record(ROME, dataclasses.replace(CARLA, surname="Иванова"), DIEGO),
        can_cancel=False,
        decides_late=False,
        calls_before_filing=3,
    ),
    RegistryCase(
        "pt",
        lambda: base_record(LISBON, ANA, BEN, landlord=SENHORIO),
        lambda: base_record(LISBON, dataclasses.replace(ANA, nationality="PRT"), landlord=SENHORIO),
        can_cancel=False,
        decides_late=False,
        can_contradict=False,
    ),
    RegistryCase(
        "cn",
        lambda: base_record(HANGZHOU, WEI, EVE),
        lambda: base_record(HANGZHOU, dataclasses.replace(WEI, sex="female"), EVE),
        can_be_asked=True,
        resends_safely=True,
    ),
    RegistryCase(
        "webhook",
        lambda: base_record(MADRID, ANA, BEN),
        lambda: base_record(MADRID, ANA, ANA),
        resends_safely=True,
        can_cancel=False,
        in_part=False,
        decides_late=False,
        can_contradict=False,
        rows=1,
        wrong_token="whsec_d3Jvbmc=",
    ),
)
