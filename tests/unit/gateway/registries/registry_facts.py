"""One record and two people, which the registry tests vary."""

from gateway.domain.filings.record import (
    Address,
    Document,
    LandlordFacts,
    PersonFacts,
    Registration,
    StayFacts,
    UnitFacts,
)

GUEST = PersonFacts(
    id="p1",
    surname="Müller",
    given_names="Ben",
    birth_date="1985-12-31",
    nationality="USA",
    document=Document("passport", "C01X00T47", "USA"),
    sex="male",
    residence=Address("5 Main Street", "", "10001", "New York", "", "USA"),
    phone="+12125550100",
)
LOCAL = PersonFacts(
    id="p2",
    surname="Rossi",
    given_names="Anna",
    birth_date="1990-02-03",
    nationality="ITA",
    document=Document("national_id", "CA00000AA", "ITA"),
    sex="female",
)
RECORD = Registration(
    id="r1",
    kind="check_in",
    reference="ref-1",
    unit=UnitFacts("DW-1", Address("Via Roma 1", country="ITA"), "area-1", "it", "Europe/Rome"),
    stay=StayFacts("s1", 1_773_151_200, 1_773_306_000, agreed_at=1_773_000_000),
    people=(GUEST, LOCAL),
    landlord=LandlordFacts("l1", "Casa SL"),
)
