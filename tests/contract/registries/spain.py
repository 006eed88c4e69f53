"""Spain, SES.HOSPEDAJES: a Spanish and a German guest in Madrid."""

import dataclasses

from gateway.domain.filings.record import Address, Document, PersonFacts, UnitFacts
from tests.contract.registry_cases import RegistryCase, base_record

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

CASE = RegistryCase(
    "es",
    lambda: base_record(MADRID, ANA, BEN),
    lambda: base_record(MADRID, dataclasses.replace(ANA, second_surname="")),
    in_part=False,
    rows=1,
    settings={"user": "demo", "landlord": "0000000123"},
)
