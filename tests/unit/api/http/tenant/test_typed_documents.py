"""A typed document, passed by a person, is what the registry's own rules take; a correction as well."""

import json
from collections.abc import AsyncIterator
from datetime import date, timedelta
from typing import Final

import httpx
import pytest
import pytest_asyncio
from sqlalchemy import select

from gateway.domain.filings.field_rules import local_time
from gateway.domain.filings.record import FieldProblem, PersonFacts, Registration
from gateway.domain.filings.record import Registry as RegistryPort
from gateway.domain.verification.mrz import parse_mrz
from gateway.domain.verification.zone_facts import zone_facts
from gateway.journey.filings.sealed_records import open_record, parts_of
from gateway.registries import open_registry
from gateway.registries.italy.places import bundled_places
from gateway.registries.italy.record import row as police_row
from gateway.registries.spain.codes import document_type
from gateway.store import Registration as Row
from gateway.store import Unit
from tests.parts.house import CONSENTS, House, Json, good, named, refused
from tests.parts.world import DAY, report_to
from tests.unit.gateway.domain.filings.codes.test_icao_states import passport

SETTINGS: Final = {
    "it": {"url": "http://127.0.0.1:9", "token": "t", "user": "demo", "wskey": "key"},
    "es": {"url": "http://127.0.0.1:9", "token": "t", "user": "demo", "landlord": "0000000123"},
    "cn": {"url": "http://127.0.0.1:9", "token": "t"},
    "pt": {"url": "http://127.0.0.1:9", "token": "t"},
    "de": {},
}
EVA: Final = {
    "document_kind": "passport", "id_number": "xr1001 r58", "issuing_state": "NLD", "surname": "Jansen",
    "given_names": "Eva", "birth_date": "1985-03-03", "nationality": "NLD", "sex": "F",
}  # fmt: skip
HOME: Final = {
    "residence.street": "Kade 1", "residence.postal_code": "1011 AA", "residence.municipality": "Amsterdam",
    "residence.country": "NLD", "phone": "+31201234567",
}  # fmt: skip
FACTS: Final[dict[str, dict[str, str]]] = {
    "it": {"birth_country": "NLD"},
    "es": HOME,
    "cn": {},
    "pt": {"residence.country": "NLD", "residence.municipality": "Amsterdam"},
}


class Office:
    """One unit at a registry whose rules are the real adapter's; nothing is sent."""

    def __init__(self, house: House) -> None:
        self.house, self.name = house, "sandbox"
        self.adapters: list[RegistryPort] = []
        self.tenant: httpx.AsyncClient | None = None

    def choose(self, name: str) -> None:
        """File with this registry, in its country."""
        self.name = name
        adapter = open_registry(name, SETTINGS[name], lambda: self.house.now[0])
        self.adapters.append(adapter)
        self.house.gateway.registries = {name: adapter}
        with self.house.gateway.database.writing() as session:
            unit = session.get_one(Unit, self.house.units["a"])
            unit.jurisdiction = name
            report_to(unit, name)

    async def type(self, facts: dict[str, str] | None = None, /, **typed: str) -> httpx.Response:
        """A tenant with a new link types these fields."""
        tenant = self.tenant or (await self.house.tenant())[0]
        self.tenant = tenant
        asked = {name: text for name, text in EVA.items() if name != "sex" or self.name != "pt"}
        form = {**asked, **typed, "facts": json.dumps(FACTS[self.name] if facts is None else facts)}
        form = {name: text for name, text in form.items() if text}
        return await tenant.post("/api/v1/onboarding/verification", data=form)

    async def passed(self, facts: dict[str, str] | None = None, /, **typed: str) -> Registration:
        """The record that was filed after a person passed what was typed."""
        assert good(await self.type(facts, **typed))["stage"] == "review"
        return await self.decide()

    async def show_german_passport(self, facts: dict[str, str]) -> None:
        """A tenant with a new link shows a passport whose zone says D for Germany and D for its holder."""
        zone = dict(zone_facts(parse_mrz(passport("D", "D"))))
        self.house.identity.fields = zone | {"birth_date": "1964-08-12"}
        self.tenant, _ = await self.house.tenant()
        good(await self.house.register(self.tenant, facts=json.dumps(facts)))

    async def pass_case(self) -> None:
        """A person passes the latest case."""
        officer = self.house.client("officer-a")
        case = good(await officer.get("/api/v1/cases"))[-1]["id"]
        good(await officer.post(f"/api/v1/cases/{case}/decision", json={"decision": "pass"}))

    async def decide(self) -> Registration:
        await self.pass_case()
        return self.latest()[1]

    def latest(self) -> tuple[str, Registration]:
        """The id of the latest record, and the record."""
        with self.house.gateway.database.reading() as session:
            row = session.scalars(select(Row).order_by(Row.number.desc(), Row.created_at.desc()).limit(1)).one()
            return row.id, open_record(parts_of(session, [row.id])[row.id], self.house.gateway.vault)

    def problems(self, record: Registration) -> list[FieldProblem]:
        """What the registry would refuse of the person."""
        return [found for found in self.adapters[-1].problems(record) if found.field.startswith("people[")]

    async def correct(self, **fields: str) -> httpx.Response:
        officer, record_id = self.house.client("officer-a"), self.latest()[0]
        body = {"fields": fields, "reason": "seen in person"}
        return await officer.post(f"/api/v1/registrations/{record_id}/corrections", json=body)


@pytest_asyncio.fixture
async def office(house: House) -> AsyncIterator[Office]:
    made = Office(house)
    yield made
    for adapter in made.adapters:
        await adapter.close()


def person(record: Registration) -> PersonFacts:
    (one,) = record.people
    return one


async def test_outside_02_a_typed_foreign_passport_is_filed_as_a_passport_in_italy(office: Office) -> None:
    office.choose("it")
    record = await office.passed()
    assert office.problems(record) == []
    assert (person(record).document.kind, person(record).document.number) == ("passport", "XR1001R58")
    row = police_row(person(record), record, bundled_places(), office_day(office))
    assert row[134:154] == "PASORXR1001R58".ljust(20)


def office_day(office: Office) -> date:
    return local_time(office.house.now[0], "UTC").date()


async def test_outside_02_a_typed_foreigner_is_filed_in_china(office: Office) -> None:
    office.choose("cn")
    record = await office.passed({"visa.kind": "none"})
    assert office.problems(record) == []
    assert person(record).document.kind == "passport"


async def test_outside_22_a_permanent_residence_card_is_a_residence_permit_of_its_country(office: Office) -> None:
    office.choose("cn")
    typed = dict.fromkeys(("document_kind", "issuing_state", "birth_date", "nationality", "sex"), "")
    record = await office.passed(id_number="93125019900214103X", surname="MARTIN", given_names="LUC", **typed)
    assert (person(record).document.kind, person(record).nationality) == ("residence_permit", "FRA")
    assert office.problems(record) == []


@pytest.mark.parametrize(
    ("kind", "number", "given"),
    [
        ("cn_hmt_residence_permit", "810000199408230021", {"name": "陈大文"}),
        ("cn_hm_travel_permit", "H12345678", {"surname": "CHAN", "given_names": "TAI MAN", "nationality": "CHN"}),
        ("cn_tw_travel_permit", "12345678", {"surname": "LIN", "given_names": "MEI LING", "nationality": "CHN"}),
        ("cn_resident_id", "33010219880517005x", {"name": "买买提•艾力"}),
    ],
)
async def test_every_kind_a_chinese_resident_types_is_filed(
    office: Office, kind: str, number: str, given: dict[str, str]
) -> None:
    office.choose("cn")
    names = {"surname": "", "given_names": "", "issuing_state": "", "nationality": ""}
    if "name" in given:
        names |= {"birth_date": "", "sex": ""}
    record = await office.passed(document_kind=kind, id_number=number, **(names | given))
    assert office.problems(record) == []
    assert (person(record).nationality, person(record).document.number) == ("CHN", number.upper())
    assert "•" not in person(record).surname


async def test_outside_23_a_spanish_identity_card_is_filed_with_its_letter_and_both_surnames(office: Office) -> None:
    office.choose("es")
    spanish = {"document_kind": "id_card", "issuing_state": "ESP", "nationality": "ESP", "surname": "García"}
    facts = HOME | {"second_surname": "López", "document.support": "CDE001234"}
    wrong: Json = refused(await office.type(facts, id_number="12345678-a", **spanish), 422, "input_refused")
    assert named(wrong) == [{"field": "id_number", "code": "id_number_wrong"}]
    record = await office.passed(facts, id_number="12345678-z", given_names="María del Carmen", **spanish)
    assert office.problems(record) == []
    found = person(record)
    assert (found.given_names, found.surname, found.second_surname) == ("María del Carmen", "García", "López")
    assert (document_type(found.document), found.document.number) == ("NIF", "12345678Z")


@pytest.mark.parametrize("name", ["it", "es", "cn", "pt"])
async def test_outside_30_a_person_of_one_name_is_filed_everywhere(office: Office, name: str) -> None:
    office.choose(name)
    facts = {"visa.kind": "none"} if name == "cn" else None
    record = await office.passed(facts, surname="SUKARNO", given_names="", nationality="IDN", issuing_state="IDN")
    assert office.problems(record) == []
    assert (person(record).surname, person(record).given_names) == ("SUKARNO", "")
    if name in ("it", "es"):
        differences = {found.field: found.sent for found in office.adapters[-1].differences(record)}
        assert differences["people[0].given_names"] == "SUKARNO"


@pytest.mark.parametrize(
    ("surname", "given_names"),
    [("García López", "María del Carmen"), ("van den Berg", "Jan"), ("Lo Monaco", "Maria")],
)
async def test_outside_21_surnames_of_several_words_stay_whole(office: Office, surname: str, given_names: str) -> None:
    office.choose("it")
    whole: Json = refused(await office.type(name=f"{given_names} {surname}"), 422, "input_refused")
    assert {"field": "name", "code": "names_apart"} in named(whole)
    record = await office.passed(surname=surname, given_names=given_names)
    assert (person(record).surname, person(record).given_names) == (surname, given_names)


async def test_outside_07_what_was_typed_over_a_misread_name_is_filed(office: Office) -> None:
    office.choose("it")
    office.house.identity.fields |= {"surname": "MULLEP", "given_names": "ANNA", "nationality": "DEU"}
    office.tenant, _ = await office.house.tenant()
    facts = json.dumps(FACTS["it"])
    good(await office.house.register(office.tenant, surname="Mueller", given_names="Anna", facts=facts))
    record = await office.decide()
    row = police_row(person(record), record, bundled_places(), office_day(office))
    assert row[14:64].rstrip() == "MUELLER"


@pytest.mark.parametrize("name", ["it", "es", "pt", "cn"])
async def test_outside_05_a_german_passport_is_filed_as_a_germans(office: Office, name: str) -> None:
    office.choose(name)
    await office.show_german_passport({"visa.kind": "none"} if name == "cn" else FACTS[name])
    record = await office.decide()
    assert office.problems(record) == []
    assert (person(record).nationality, person(record).document.issuing_country) == ("DEU", "DEU")


async def test_outside_05_a_german_passport_is_reported_to_nobody_in_germany(office: Office) -> None:
    office.choose("de")
    await office.show_german_passport({})
    await office.pass_case()
    with office.house.gateway.database.reading() as session:
        (row,) = session.scalars(select(Row))
        assert (row.state, row.answer_code) == ("not_due", "not_required")


async def test_a_name_that_a_phone_filled_in_is_filed_without_what_nobody_sees(office: Office) -> None:
    office.choose("es")
    typed = {
        "surname": "van\u00a0den\u00a0Berg\u200f",
        "given_names": "Ｅｖａ\u200b",
        "birth_date": "１９８５－０３－０３",
    }
    record = await office.passed(HOME | {"residence.municipality": "Den\u00a0Haag"}, **typed)
    found = person(record)
    assert (found.surname, found.given_names, found.birth_date) == ("van den Berg", "Eva", "1985-03-03")
    assert found.residence.municipality == "Den Haag"
    good(await office.correct(given_names="Eva\u00a0Maria"))
    assert person(office.latest()[1]).given_names == "Eva Maria"


@pytest.mark.parametrize("issuer", ["UNO", "EUE"])
async def test_the_holder_of_a_laissez_passer_is_filed_with_its_issuer(office: Office, issuer: str) -> None:
    office.choose("pt")
    record = await office.passed(id_number="123456", issuing_state=issuer, nationality="KEN")
    assert office.problems(record) == []
    assert (person(record).document.issuing_country, person(record).nationality) == (issuer, "KEN")


async def test_the_police_of_italy_get_a_country_for_a_laissez_passer(office: Office) -> None:
    office.choose("it")
    body: Json = refused(await office.type(id_number="123456", issuing_state="UNO"), 422, "input_refused")
    (one,) = body["fields"]
    assert (one["field"], one["code"]) == ("issuing_state", "unknown_code")
    assert "Choose the country in which the document was issued" in one["sentence"]


async def test_a_code_of_a_document_that_is_not_isos_is_its_countrys(office: Office) -> None:
    office.choose("it")
    record = await office.passed(nationality="GBN", issuing_state="GBR")
    assert person(record).nationality == "GBR"
    row = police_row(person(record), record, bundled_places(), office_day(office))
    assert row[125:134] == "100000219"


async def test_outside_19_a_child_under_fourteen_without_a_document_is_registered_in_spain(office: Office) -> None:
    office.choose("es")
    child = {"document_kind": "none", "id_number": "", "issuing_state": "", "birth_date": "2019-05-04"}
    older: Json = refused(await office.type(**(child | {"birth_date": "2010-05-04"})), 422, "input_refused")
    assert named(older) == [
        {"field": "document_kind", "code": "document_needed"},
        {"field": "relation", "code": "minor_without_relation"},
    ]
    assert office.tenant is not None
    good(await office.tenant.post("/api/v1/onboarding/consents", json=CONSENTS | {"guardian": True}))
    facts = HOME | {"relation": "child"}
    form = {name: text for name, text in (EVA | child).items() if text} | {"facts": json.dumps(facts)}
    assert good(await office.tenant.post("/api/v1/onboarding/verification", data=form))["stage"] == "review"
    record = await office.decide()
    assert person(record).document.kind == "none"


@pytest.mark.parametrize("begins", [0, -DAY])
@pytest.mark.parametrize("name", ["it", "es", "cn", "pt"])
async def test_outside_54_nobody_born_after_the_arrival_is_taken(office: Office, name: str, begins: int) -> None:
    office.choose(name)
    office.tenant, _ = await office.house.tenant(begins=begins)
    later = (office_day(office) + timedelta(days=begins // DAY + 1)).isoformat()
    body: Json = refused(await office.type(birth_date=later), 422, "input_refused")
    unanswered = [{"field": "visa.kind", "code": "missing"}] if name == "cn" else []
    assert named(body) == [{"field": "birth_date", "code": "born_after_arrival"}, *unanswered]


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("relation", "hija"),
        ("residence.country", "Spain"),
        ("residence.country", "ES"),
        ("residence.country", "esp"),
        ("visa.number", "1"),
    ],
)
async def test_outside_10_a_fact_that_is_no_choice_is_refused_before_it_is_kept(
    office: Office, path: str, text: str
) -> None:
    office.choose("es")
    body: Json = refused(await office.type(HOME | {path: text}), 422, "input_refused")
    assert body["field"] == path


async def test_outside_08_a_correction_of_any_field_is_in_the_new_record(office: Office) -> None:
    office.choose("es")
    await office.passed()
    good(await office.correct(**{"residence.country": "DEU", "surname": "Janssen", "document.support": "ABC123456"}))
    found = person(office.latest()[1])
    assert (found.residence.country, found.surname, found.document.support) == ("DEU", "Janssen", "ABC123456")
    assert found.given_names == "Eva"


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"residence.country": "Spain"}, "residence.country"),
        ({"relation": "hija"}, "relation"),
        ({"document_kind": "visa"}, "document_kind"),
        ({"birth_date": "1985-02-30"}, "birth_date"),
        ({"birth_date": "2099-01-01"}, "birth_date"),
        ({"nationality": "Dutch"}, "nationality"),
        ({"surname": ""}, "surname"),
        ({"phone": ""}, "phone"),
        ({"favourite_colour": "red"}, "favourite_colour"),
        ({"document_kind": "id_card", "issuing_state": "ESP"}, "id_number"),
    ],
)
async def test_a_correction_the_registry_would_refuse_names_the_field(
    office: Office, fields: dict[str, str], field: str
) -> None:
    office.choose("es")
    await office.passed()
    before = office.latest()
    body: Json = refused(await office.correct(**fields), 422, "input_refused")
    assert body["field"] == field
    assert office.latest() == before


async def test_the_officer_sees_what_was_read_beside_what_was_typed(office: Office) -> None:
    office.choose("it")
    office.house.identity.fields |= {"surname": "MULLEP"}
    office.tenant, _ = await office.house.tenant()
    good(await office.house.register(office.tenant, surname="Mueller", facts=json.dumps(FACTS["it"])))
    officer = office.house.client("officer-a")
    case = good(await officer.get("/api/v1/cases"))[-1]["id"]
    opened = good(await officer.get(f"/api/v1/cases/{case}"))
    assert opened["sources"]["surname"] == {"read": "MULLEP", "typed": "Mueller"}
    assert opened["fields"]["surname"] == "Mueller"
