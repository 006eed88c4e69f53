"""The SIBA record: bulletins of accommodation (MovimentoBAL) as XML in Base64, and the authority's rules."""

import base64
import re
import unicodedata
from datetime import date
from xml.etree.ElementTree import Element, SubElement, tostring

from gateway.domain.documents import PASSPORTS
from gateway.domain.filings import field_rules as rules
from gateway.domain.filings.codes.countries import COUNTRIES
from gateway.domain.filings.codes.icao_states import ISSUING, NATIONALITIES
from gateway.domain.filings.record import FieldProblem, PersonFacts, Registration
from gateway.domain.filings.transliteration import spell
from gateway.domain.filings.who_is_reported import is_national
from gateway.registries.portugal.profile import SPELLING, TEXT
from gateway.texts.marks import N_

_NS = "http://sef.pt/BAws"
_DOCUMENTS = {**dict.fromkeys(PASSPORTS, "P"), "national_id": "B"}
_UNKNOWN = frozenset({"IAO"})  # added to Doc 9303-3 after the edition whose codes SIBA is known to take
TABLES = {table.name: table.version for table in (NATIONALITIES, ISSUING, SPELLING, TEXT)}


def sent_name(name: str) -> str:
    """A name in capitals without accents."""
    return spell(name, SPELLING)


def sent_text(text: str) -> str:
    """A place, an address or the unit's name in capitals without accents."""
    return spell(text, TEXT)


def sent_number(number: str) -> str:
    """A document number in capitals and digits, without the signs that documents print between them."""
    return re.sub(r"[\s./-]", "", unicodedata.normalize("NFKC", number)).upper()


def sent_phone(phone: str) -> str:
    """A phone number in digits; Portugal's own prefix is dropped, another stays."""
    digits = re.sub(r"[\s().-]", "", phone)
    return digits.removeprefix("+351").removeprefix("00351").removeprefix("+")


def bulletins(record: Registration, number: int, now: int) -> str:
    """The movement in Base64, with one bulletin per person; `number` is the file's and always increasing."""
    root = Element("MovimentoBAL", xmlns=_NS)
    _unit(SubElement(root, "Unidade_Hoteleira"), record)
    for person in record.people:
        _bulletin(SubElement(root, "Boletim_Alojamento"), person, record)
    sending = SubElement(root, "Envio")
    _text(sending, "Numero_Ficheiro", str(number))
    _text(sending, "Data_Movimento", _noon(rules.local_time(now, record.unit.timezone).date()))
    return base64.b64encode(tostring(root, "utf-8", xml_declaration=True)).decode()


def _unit(parent: Element, record: Registration) -> None:
    unit, landlord = record.unit, record.landlord
    post, _, zone = unit.address.postal_code.partition("-")
    _text(parent, "Codigo_Unidade_Hoteleira", landlord.registered_as)
    _text(parent, "Estabelecimento", unit.registered_as)
    _text(parent, "Nome", sent_text(unit.name))
    _text(parent, "Abreviatura", sent_text(unit.code))
    _text(parent, "Morada", sent_text(unit.address.street))
    _text(parent, "Localidade", sent_text(unit.address.municipality))
    _text(parent, "Codigo_Postal", post)
    _text(parent, "Zona_Postal", zone)
    _text(parent, "Telefone", sent_phone(landlord.phone))
    _text(parent, "Nome_Contacto", sent_text(landlord.name))
    _text(parent, "Email_Contacto", landlord.email)


def _bulletin(parent: Element, person: PersonFacts, record: Registration) -> None:
    _text(parent, "Apelido", sent_name(person.surname))
    if person.given_names:
        _text(parent, "Nome", sent_name(person.given_names))
    _text(parent, "Nacionalidade", person.nationality)
    _text(parent, "Data_Nascimento", _noon(rules.calendar_day(person.birth_date) or date.min))
    if person.birth_place:
        _text(parent, "Local_Nascimento", sent_text(person.birth_place))
    _text(parent, "Documento_Identificacao", sent_number(person.document.number))
    _text(parent, "Pais_Emissor_Documento", person.document.issuing_country)
    _text(parent, "Tipo_Documento", _DOCUMENTS.get(person.document.kind, "O"))
    _text(parent, "Data_Entrada", _noon(rules.arrival_day(record)))
    if record.kind == "check_out":
        _text(parent, "Data_Saida", _noon(_departure_day(record)))
    _text(parent, "Pais_Residencia_Origem", person.residence.country)
    _text(parent, "Local_Residencia_Origem", sent_text(person.residence.municipality))


def _departure_day(record: Registration) -> date:
    return rules.local_time(record.stay.until_at, record.unit.timezone).date()


def _noon(day: date) -> str:
    # Noon UTC: midnight UTC would be the day before on the authority's clock.
    return f"{day.isoformat()}T12:00:00Z"


def _text(parent: Element, name: str, value: str) -> None:
    SubElement(parent, name).text = value


def problems(record: Registration, now: int) -> rules.Problems:
    """Every field the authority would refuse."""
    yield from rules.coherent(record)
    if record.kind == "annulment":
        message = N_("SIBA accepts no cancellation. A new bulletin corrects a wrong one.")
        yield FieldProblem("kind", "not_taken", message)
        return
    yield from _unit_problems(record)
    for index, person in enumerate(record.people):
        yield from _person_problems(f"people[{index}]", person, rules.arrival_day(record), now)


def _unit_problems(record: Registration) -> rules.Problems:
    unit, landlord = record.unit, record.landlord
    needed = (
        ("landlord.registered_as", landlord.registered_as, r"\d{9}", N_("nine digits")),
        ("unit.registered_as", unit.registered_as, r"\d{1,4}", N_("the establishment's number, at most four digits")),
        ("unit.address.postal_code", unit.address.postal_code, r"\d{4}-\d{3}", N_("a postal code such as 1100-053")),
        ("landlord.phone", sent_phone(landlord.phone), r"\d{6,10}", N_("a phone number of at most 10 digits")),
        (
            "landlord.email",
            landlord.email,
            r"[^@\s]+@[^@\s]+\.[^@\s]+",
            N_("an email address such as name@example.com"),
        ),
    )
    for field, value, pattern, shape in needed:
        yield from rules.need(field, value)
        yield from rules.shaped(field, value, pattern, shape)
    lengths = (
        ("unit.name", unit.name, 40),
        ("unit.code", unit.code, 15),
        ("unit.address.street", unit.address.street, 40),
        ("unit.address.municipality", unit.address.municipality, 30),
        ("landlord.name", landlord.name, 40),
    )
    for field, value, longest in lengths:
        yield from rules.need(field, value)
        yield from _text_problems(field, value, longest)
    yield from rules.fits("landlord.email", landlord.email, 140)


def _text_problems(field: str, value: str, longest: int) -> rules.Problems:
    sent = sent_text(value)
    yield from rules.fits(field, sent, longest)
    yield from rules.spelled(field, sent, TEXT.alphabet, TEXT.said)


def _person_problems(at: str, person: PersonFacts, arrival: date, now: int) -> rules.Problems:
    if is_national(person.nationality, "pt"):
        message = N_("Check the nationality: only foreigners are reported.")
        yield FieldProblem(f"{at}.nationality", "not_owed", message)
    for name in ("surname", "given_names"):
        sent = sent_name(getattr(person, name))
        yield from rules.fits(f"{at}.{name}", sent, 40)
        yield from rules.spelled(f"{at}.{name}", sent, SPELLING.alphabet, SPELLING.said)
    yield from rules.need(f"{at}.surname", person.surname)
    yield from rules.born_on_a_day(f"{at}.birth_date", person.birth_date, now, "SIBA")
    yield from _text_problems(f"{at}.birth_place", person.birth_place, 30)
    yield from rules.need(f"{at}.document.number", person.document.number)
    number = sent_number(person.document.number)
    yield from rules.shaped(f"{at}.document.number", number, "[A-Z0-9]{1,16}", N_("1 to 16 letters A-Z and digits"))
    yield from rules.need(f"{at}.residence.municipality", person.residence.municipality)
    yield from _text_problems(f"{at}.residence.municipality", person.residence.municipality, 30)
    for field, country, table in (
        ("nationality", person.nationality, NATIONALITIES),
        ("document.issuing_country", person.document.issuing_country, ISSUING),
        ("residence.country", person.residence.country, COUNTRIES),
    ):
        yield from rules.need(f"{at}.{field}", country)
        yield from rules.known(f"{at}.{field}", country, table.valid_on(arrival) - _UNKNOWN)
