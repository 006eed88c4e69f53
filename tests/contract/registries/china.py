"""China, a regional service: a resident and a foreigner in Hangzhou."""

import dataclasses

from gateway.domain.filings.record import Address, Document, PersonFacts, UnitFacts, Visa
from tests.contract.registry_cases import RegistryCase, base_record

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

CASE = RegistryCase(
    "cn",
    lambda: base_record(HANGZHOU, WEI, EVE),
    lambda: base_record(HANGZHOU, dataclasses.replace(WEI, sex="female"), EVE),
    can_be_queried=True,
    resends_safely=True,
)
