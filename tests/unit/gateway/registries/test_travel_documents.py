"""Every kind of travel document at every registry: the authority's code, or the documentation quotes the rule."""

import csv
import re
from base64 import b64decode
from dataclasses import replace
from pathlib import Path
from types import MappingProxyType
from typing import Final, get_args

import pytest
from lxml import etree

from firmware_sim.registries.china.form import IdentityDocument
from firmware_sim.registries.croatia import rules as evisitor
from gateway.domain.documents import TRAVEL_DOCUMENTS
from gateway.domain.filings.record import Document, DocumentKind, Visa
from gateway.domain.jurisdiction import load_profiles
from gateway.domain.verification.field_sources import conclude, gather
from gateway.domain.verification.port import DocumentReading
from gateway.journey.filings.person_fields import person_facts
from gateway.registries import REGISTRIES
from gateway.registries.china.record import filing
from gateway.registries.croatia.codes import document_type as of_croatia
from gateway.registries.italy.record import DOCUMENTS as OF_ITALY
from gateway.registries.portugal.record import bulletins
from gateway.registries.slovenia.codes import DOCUMENT_OF as OF_SLOVENIA
from gateway.registries.spain.codes import document_type as of_spain
from tests.contract.registries.china import CASE as CHINA
from tests.contract.registries.portugal import CASE as PORTUGAL
from tests.unit.gateway.registries.test_everyone_or_the_rule import EVERYWHERE, FOLDERS, rules_against

KINDS: Final = TRAVEL_DOCUMENTS[1:]
SIMULATED: Final = Path("firmware_sim/registries")
DOCS: Final = Path("docs/registries.md").read_text(encoding="utf-8")
SECTION: Final = DOCS.partition("### Kinds of travel documents")[2].partition("\n## ")[0]
AT_HOME: Final = {
    "es": "ESP", "it": "ITA", "pt": "PRT", "cz": "CZE", "si": "SVN", "hr": "HRV", "cn": "CHN", "de": "DEU",
}  # fmt: skip


def document(kind: str, issuer: str = "DEU") -> Document:
    """A document of this kind, with the place of issue that Italy's police need of an Italian one."""
    return Document(kind, "C01X00T47", issuer, issuing_place_code="412058091" if issuer == "ITA" else "")  # type: ignore[arg-type]


def of_portugal(kind: str) -> str:
    record = PORTUGAL.record()
    people = (replace(record.people[0], document=document(kind)),)
    sent = etree.fromstring(b64decode(bulletins(replace(record, people=people), 1, record.stay.from_at)))
    (code,) = sent.iter("{*}Tipo_Documento")
    return str(code.text)


def of_china(kind: str) -> str:
    record = CHINA.record()
    people = (replace(record.people[0], nationality="USA", document=document(kind)),)
    (foreigner,) = filing(replace(record, people=people), record.stay.from_at, {})["foreigners"]
    return str(foreigner["document"]["kind"])


SENT: Final = MappingProxyType({
    "es": lambda kind: of_spain(document(kind)),
    "it": lambda kind: OF_ITALY[kind],
    "pt": of_portugal,
    "si": lambda kind: OF_SLOVENIA[kind],
    "hr": lambda kind: of_croatia(document(kind)),
    "cn": of_china,
})  # fmt: skip


def enumerated(path: Path, name: str) -> set[str]:
    """The values of an attribute or element of the schema that the simulated authority validates with."""
    ((field),) = etree.parse(path).xpath(f"//*[@name='{name}']")
    values = field.xpath(".//*[local-name()='enumeration']/@value")
    return set(values) or set(field.xpath(".//*[local-name()='pattern']/@value")[0].split("|"))


def table(registry: str) -> set[str]:
    """The codes that the simulated authority takes."""
    folder = SIMULATED / FOLDERS[registry]
    match registry:
        case "it":
            lines = (folder / "tipi_documento.csv").read_text(encoding="utf-8").splitlines()
            return {line["Codice"] for line in csv.DictReader(lines, delimiter=";")}
        case "hr":
            return set(evisitor.DOCUMENTS)
        case "cn":
            return set(get_args(IdentityDocument.model_fields["kind"].annotation))
        case "si":
            return enumerated(folder / "GuestBookSchema.xsd", "vrstaDok")
        case "pt":
            return enumerated(folder / "siba.xsd", "Tipo_Documento")
        case _:
            return enumerated(folder / "altaParteHospedaje.xsd", "tipoDocumento")


@pytest.mark.parametrize("registry", sorted(SENT))
def test_the_code_sent_is_of_the_authoritys_table_and_the_documentation_names_it(registry: str) -> None:
    sent = [SENT[registry](kind) for kind in KINDS]
    assert {*sent} <= table(registry)
    (row,) = re.findall(rf"^\| `{registry}` \| (\S+) \| (\S+) \| (\S+) \| (\S+) \|", SECTION, re.M)
    assert list(row) == sent


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("registry", EVERYWHERE)
def test_every_kind_is_taken_from_abroad(registry: str, kind: str) -> None:
    found = rules_against(registry, "document.kind", nationality="USA", document=document(kind))
    assert found == []


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(("registry", "home"), AT_HOME.items())
def test_every_kind_is_taken_of_the_country_itself_or_the_documentation_quotes_the_rule(
    registry: str, home: str, kind: str
) -> None:
    found = rules_against(registry, "document.kind", document=document(kind, home))
    quoted = (registry, kind) == ("hr", "diplomatic_passport")
    assert found == (["unknown_code"] if quoted else [])
    assert not quoted or "“Diplomatska putovnica (strana)”" in SECTION


@pytest.mark.parametrize("kind", KINDS)
def test_the_support_number_of_spanish_cards_is_asked_of_no_booklet(kind: str) -> None:
    assert rules_against("es", "document.support", document=document(kind, "ESP")) == []
    assert rules_against("es", "document.support", document=document("national_id", "ESP")) == ["missing"]


@pytest.mark.parametrize("kind", TRAVEL_DOCUMENTS)
def test_who_travels_to_china_with_any_booklet_is_asked_for_the_visa(kind: str) -> None:
    assert all(kind in REGISTRIES["cn"].facts.only_if[path]["document_kind"] for path in ("visa.kind", "visa.number"))
    assert rules_against("cn", "visa.kind", nationality="USA", document=document(kind), visa=Visa()) != []


@pytest.mark.parametrize("code", sorted(load_profiles()))
def test_every_place_accepts_every_kind(code: str) -> None:
    assert {*TRAVEL_DOCUMENTS} <= {*load_profiles()[code].document_kinds}


@pytest.mark.parametrize("kind", TRAVEL_DOCUMENTS)
def test_the_kind_that_a_person_chooses_counts_more_than_the_one_that_was_read(kind: str) -> None:
    reading = DocumentReading("passport", {})
    facts = person_facts("p", conclude(gather(reading, {"document_kind": kind}, {})))
    assert facts.document.kind == kind
    assert kind in get_args(DocumentKind)
