"""The map from ISO 3166-1 to the police's states, against every line of the police's table and every country."""

import csv
import dataclasses
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from babel import Locale
from babel.core import get_global

from firmware_sim.registries.italy.reader import TABLES, wrongs
from gateway.domain.filings.codes.countries import COUNTRIES
from gateway.domain.filings.codes.icao_states import UNDEFINED_NATIONALITY
from gateway.domain.filings.record import Document
from gateway.domain.filings.transliteration import spell
from gateway.registries.italy import places, record, rules
from gateway.registries.italy.profile import SPELLING
from tests.contract.registries.italy import CARLA, ROME
from tests.contract.registry_cases import TRAVELLER, base_record

TODAY = date(2026, 11, 28)
COUNTRY_CODES = sorted(COUNTRIES.valid_on(TODAY))
TABLE = places.bundled_places()
# Where the police's name differs from CLDR's Italian one, by a person's reading of the table.
OTHER_NAMES = {
    "AIA": "ANGUILLA (ISOLA)", "BMU": "BERMUDE", "BRN": "BRUNEI DARUSSALAM", "CCK": "COCOS", "CXR": "CHRISTMAS",
    "COD": "REPUBBLICA DEMOCRATICA DEL CONGO", "COG": "CONGO", "CYM": "CAYMAN (ISOLE)", "CZE": "REPUBBLICA CECA",
    "ESH": "SAHARA SPAGNOLO", "FLK": "MALVINE", "FRO": "FAER OER", "FSM": "MICRONESIA STATI FEDERALI",
    "GUF": "GUAYANA FRANCESE", "HKG": "HONG KONG", "IMN": "MAN", "KNA": "S. CHRISTOPHER E NEVIS",
    "LKA": "SRI LANKA (CEYLON)", "MAC": "MACAO", "MHL": "MARSHALL", "MMR": "MYANMAR-BIRMANIA", "MUS": "MAURIZIO",
    "NFK": "NORFOLK", "PCN": "PITCAIRN", "PER": "PERU'", "PLW": "PALAU REPUBBLICA", "PNG": "PAPUASIA-N.GUINEA",
    "PRI": "PUERTO RICO", "PSE": "PALESTINA", "PYF": "POLINESIA", "REU": "LA REUNION", "RUS": "FEDERAZIONE RUSSA",
    "SGS": "GEORGIA SUD E ISOLE SANDWICH AUSTRALI", "SHN": "SANT ELENA", "SLB": "SALOMONE",
    "SPM": "SAINT PIERRE ET MIQUELON", "STP": "SAO TOME' E PRINCIPE", "SVK": "REPUBBLICA SLOVACCA",
    "SWZ": "SWAZILAND", "TCA": "TURKS", "TLS": "TIMOR", "USA": "STATI UNITI D'AMERICA",
    "VAT": "STATO DELLA CITTA' DEL VATICANO", "VGB": "VERGINI BRITANNICHE (ISOLE)", "VIR": "ISOLE VERGINI",
    "WLF": "WALLIS", "XXA": "APOLIDE",
}  # fmt: skip
# Territories without a line, by the state of which their people are citizens.
WITHOUT_LINE = {
    "ABW": "NLD", "BES": "NLD", "CUW": "NLD", "SXM": "NLD", "ALA": "FIN", "ATF": "FRA", "BLM": "FRA", "MAF": "FRA",
    "BVT": "NOR", "SJM": "NOR", "COK": "NZL", "NIU": "NZL", "GIB": "GBR", "IOT": "GBR", "JEY": "GBR", "HMD": "AUS",
    "MNP": "USA", "UMI": "USA",
}  # fmt: skip


def lines() -> list[dict[str, str]]:
    """The states of the table, with those no longer in force."""
    with TABLES["Luoghi"].open(encoding="utf-8", newline="") as file:
        return [line for line in csv.DictReader(file, delimiter=";") if places.is_state(line["Codice"])]


def cldr_name(country: str) -> str:
    """The Italian name in CLDR, in the police's letters."""
    two = {**get_global("territory_aliases"), "RKS": ["XK"]}.get(country, [""])[0]
    return spell(Locale("it").territories.get(two, ""), SPELLING)


def test_every_line_in_force_is_the_code_of_exactly_one_country_or_of_stateless_persons() -> None:
    said = {line["Codice"]: line["Descrizione"] for line in lines() if not line["DataFineVal"]}
    own = {TABLE.state(code): code for code in [*COUNTRY_CODES, "XXA"] if code not in WITHOUT_LINE and code != "ATA"}
    assert own.keys() == said.keys()
    for code, country in own.items():
        name = OTHER_NAMES.get(country) or cldr_name(country)
        assert spell(said[code], SPELLING) == spell(name, SPELLING), country


def test_outside_52_every_country_kosovo_and_stateless_persons_have_a_code() -> None:
    without = {country for country in COUNTRY_CODES if not TABLE.state(country)}
    assert without == {"ATA"}
    assert all(TABLE.state(part) == TABLE.state(whole) for part, whole in WITHOUT_LINE.items())
    assert {country: TABLE.state(country) for country in ("SRB", "PER", "SVK", "RKS", "XXA")} == {
        "SRB": "100001000", "PER": "100000615", "SVK": "100000255", "RKS": "100001002", "XXA": "100000999",
    }  # fmt: skip


@pytest.mark.parametrize("country", ["YUG", "ANT", "", "UTO", "D", "Serbia"])
def test_what_is_no_country_of_today_has_no_code(country: str) -> None:
    assert TABLE.state(country) == ""


def test_a_state_no_longer_in_force_is_in_the_table_with_its_last_day() -> None:
    ended = {line["Codice"] for line in lines() if line["DataFineVal"]}
    assert ended
    for code in ended:
        entry = TABLE.table.get(code)
        assert entry is not None
        assert entry.until is not None
        assert not entry.valid(TODAY)


def test_a_comune_is_known_on_the_days_it_existed() -> None:
    assert TABLE.comune("403015246", date(2019, 2, 7)) == places.Place("403015246", "MI")
    assert TABLE.comune("403015246", date(2019, 2, 8)) is None
    assert TABLE.comune("100000216", TODAY) is None
    assert len(TABLE.table) > 11_500


@pytest.mark.parametrize("country", [*COUNTRY_CODES, "XXA"])
def test_outside_52_the_simulated_police_take_a_guest_of_every_country(country: str) -> None:
    guest = dataclasses.replace(
        TRAVELLER, nationality=country, birth_country=country, document=Document("passport", "XR1001R58", country)
    )
    if country == "ITA":
        guest = dataclasses.replace(CARLA, role="single")
    filed = base_record(ROME, guest)
    now = filed.stay.from_at + 60
    found = tuple(rules.problems(filed, now, TABLE))
    if country == "ATA":
        said = "Choose the country as it is called today: the police have no code for this one."
        assert {(problem.rule, problem.message) for problem in found} == {("unknown_code", said)}
        return
    assert found == ()
    assert wrongs([record.row(guest, filed, TABLE, datetime.fromtimestamp(now, UTC).date())]) == [None]


@pytest.mark.parametrize("nationality", sorted(UNDEFINED_NATIONALITY.keys() - {"XXA"}))
def test_the_table_has_no_line_for_refugees_and_the_sentence_says_what_to_enter(nationality: str) -> None:
    guest = dataclasses.replace(TRAVELLER, nationality=nationality, birth_country="SYR")
    filed = base_record(ROME, guest)
    (problem,) = rules.problems(filed, filed.stay.from_at + 60, TABLE)
    assert problem.field == "people[0].nationality"
    assert "stateless" in problem.sentence


def test_documents_are_the_polices_codes() -> None:
    known = {line.split(";")[0] for line in Path(TABLES["Tipi_Documento"]).read_text(encoding="utf-8").splitlines()[1:]}
    assert set(record.DOCUMENTS.values()) <= known
    assert len(known) == 95


def test_both_copies_of_the_table_are_the_same() -> None:
    bundled = Path(places.__file__).with_name("luoghi.csv").read_bytes()
    assert bundled == TABLES["Luoghi"].read_bytes()
