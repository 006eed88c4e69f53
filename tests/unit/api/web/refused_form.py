"""Pages of forms that were refused, as a browser reads them, and what is wrong with what they say."""

import re
from collections.abc import Iterator, Mapping, Sequence
from itertools import zip_longest
from typing import Final, cast

from lxml.html import HtmlElement, document_fromstring
from sqlalchemy import select

from gateway.domain.filings.record import FieldProblem, Refused
from gateway.domain.filings.record import Registration as Record
from gateway.domain.filings.record import Registry as RegistryPort
from gateway.domain.verification.as_typed import plain_text
from gateway.journey.filings.answers import record_registry_answer
from gateway.registries import registry_problems
from gateway.store import Registration, Unit
from gateway.texts.languages import Language
from tests.parts.house import House
from tests.parts.registry import MemoryRegistry
from tests.parts.world import report_to

Wrong = Mapping[str, Sequence[str]]
"""By field, values that are wrong."""
READ_IN: Final[tuple[Language, ...]] = ("en", "es", "zh-CN")
LONG: Final = "x" * 201
TEXTS: Final = ("<b>", LONG, "ZZZ", "号")
DNI: Final = {"document_kind": "id_card", "issuing_state": "ESP", "nationality": "ESP", "id_number": "12345678Z"}
OPENING: Final[Mapping[str, dict[str, str]]] = {
    "es": DNI | {"fact.residence.country": "ESP"},
    "it": {"issuing_state": "ITA", "fact.birth_country": "ITA"},
    "ross1000": {"fact.residence.country": "ITA"},
    "pt": {},
    "hr": {"fact.residence.country": "USA"},
    "de": {},
    "cn": {"fact.visa.kind": "L"},
}
"""What is answered right so that other questions follow, by registry; every registry that asks is here."""
ENGLISH: Final = re.compile(r"\b(the|this|enter|check|choose|with|and|your|must|field|is|not)\b", re.IGNORECASE)
"""Words of English sentences that the other languages do not have."""
RAW: Final = re.compile(r"\b[a-z]+_[a-z_]+\b|\b(residence|document|visa|entry|fact|field)\.[a-z]")


def report_in(house: House, registry: str) -> None:
    """The unit reports to this registry, in its country; the registry is not reached, but its rules hold."""

    class Ruled(MemoryRegistry):
        def problems(self, registration: Record) -> tuple[FieldProblem, ...]:
            return tuple(registry_problems(registry, registration, house.now[0]))

    house.gateway.registries = {registry: cast("RegistryPort", Ruled())}
    with house.gateway.database.writing() as session:
        unit = session.get_one(Unit, house.units["a"])
        unit.jurisdiction = "it" if registry == "ross1000" else registry
        report_to(unit, registry)


def refuse_record(house: House) -> str:
    """The authority refuses the only record in its own words, which name no field. The record's id."""
    with house.gateway.database.writing() as session:
        row = session.scalars(select(Registration)).one()
        (row.registry_name,) = house.gateway.registries
        record_registry_answer(session, row.id, Refused("E7", "Documento non valido"), house.now[0])
        return row.id


def rounds_of(wrong: Wrong) -> Iterator[dict[str, str]]:
    """The wrong values of all fields, one of each a round; the last one again, where a field has fewer."""
    for values in zip_longest(*wrong.values()):
        yield {
            name: every[-1] if value is None else value
            for (name, every), value in zip(wrong.items(), values, strict=True)
        }


def faults_of(label: str, sentence: str, language: Language) -> Iterator[str]:
    """What is wrong with a sentence that a tenant reads beside the field of this label."""
    named_by, _, rest = sentence.partition(": " if language != "zh-CN" else "：")
    if sentence.startswith(label):
        rest = sentence.removeprefix(label)
    else:
        yield f"named “{named_by}”, not “{label}”"
    if len(rest) < (10 if language != "zh-CN" else 5):
        yield "does not say what to do"
    if language != "en" and ENGLISH.search(rest):
        yield "in English"
    if RAW.search(sentence):
        yield "a raw name"


class Page:
    """A page with a form that was refused, as a browser reads it. Names are those in the ids of the inputs."""

    def __init__(self, html: str, summary: str = "errors") -> None:
        self.root: HtmlElement = document_fromstring(html)
        (self.summary,) = self.root.xpath("//*[@id=$id]", id=summary)

    def input(self, name: str) -> HtmlElement:
        """The input or list of a field."""
        (found,) = self.root.xpath("//*[@id=$id]", id=f"in-{name}")
        assert isinstance(found, HtmlElement)
        return found

    def has(self, name: str) -> bool:
        """Whether the page asks for this field."""
        return bool(self.root.xpath("//*[@id=$id]", id=f"in-{name}"))

    def asked(self, before: str) -> list[str]:
        """The fields whose names begin so."""
        return [one.removeprefix("in-") for one in self.root.xpath("//label/@for") if one.startswith(f"in-{before}")]

    def label(self, name: str) -> str:
        """The label of a field."""
        (found,) = self.root.xpath("//label[@for=$id]", id=f"in-{name}")
        return str(found.text_content()).strip()

    def said(self) -> dict[str, str]:
        """The summary's sentences, by the field that each leads to; every one leads to a field."""
        items = self.summary.xpath(".//li")
        links = self.summary.xpath(".//li/a")
        assert items, "no summary"
        assert len(items) == len(links), self.summary.text_content()
        return {link.get("href").removeprefix("#in-"): link.text_content() for link in links}

    def value(self, name: str) -> str | None:
        """What is typed in a field, or chosen."""
        field = self.input(name)
        if field.tag == "input":
            return field.get("value")
        chosen = field.xpath("./option[@selected]/@value")
        return str(chosen[0]) if chosen else ""

    def faults(self, language: Language, sent: Mapping[str, str]) -> Iterator[str]:
        """What is wrong with the page: sentences, marks of the fields named, what was typed and is lost."""
        for name, sentence in self.said().items():
            field, (beside,) = self.input(name), self.root.xpath("//*[@id=$id]", id=f"wrong-{name}")
            if field.get("aria-invalid") != "true" or f"wrong-{name}" not in field.get("aria-describedby", "").split():
                yield f"{name} is not marked"
            if beside.text_content() != sentence:
                yield f"{name} has another sentence beside it: {beside.text_content()}"
            yield from (f"{name}: {why}: {sentence}" for why in faults_of(self.label(name), sentence, language))
        for name, text in sent.items():
            field = self.input(name)
            offered = field.tag == "input" or field.xpath("./option[@value=$value]", value=text)
            if offered and self.value(name) != plain_text(text):
                yield f"{name} is lost: {text[:9]} is {self.value(name)}"
