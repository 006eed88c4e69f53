"""Counts for the table of documents: every kind under every degradation, for two people each."""

import statistics
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from PIL import Image

from benchmarks.tables.kept_outcomes import KeptOutcomes, Outcome
from firmware_sim.specimens.camera import DEGRADATIONS, take_photograph
from firmware_sim.specimens.documents import (
    ANNA,
    LIN,
    Person,
    astronaut,
    print_card_td1,
    print_card_td2,
    print_passport,
    print_resident_card,
)
from gateway.domain.jurisdiction import load_profiles
from gateway.domain.verification.port import DocumentReading, FieldReading
from gateway.domain.verification.rules import Evidence, VerificationSettings, decide
from gateway.identity.documents.reader import DocumentReader
from gateway.identity.images.decode import decode_image

TODAY = date(2026, 11, 21)
KEMAL = Person("OZTURK", "KEMAL", "U12G56B80", date(1988, 2, 29), "M", date(2031, 10, 30))
WEI = replace(
    LIN, number="440524198001010013", birth=date(1980, 1, 1), sex="M", name_zh="欧阳伟", address="广东省汕头市"
)
Draw = Callable[[Person, Image.Image], Image.Image]
KINDS: Mapping[str, tuple[Draw, tuple[Person, ...]]] = {
    "passport (TD3)": (print_passport, (ANNA, KEMAL)),
    "identity card (TD2)": (print_card_td2, (ANNA, KEMAL)),
    "identity card (TD1, both sides)": (print_card_td1, (ANNA, KEMAL)),
    "Chinese resident card": (print_resident_card, (LIN, WEI)),
}
NO_FACE_NEEDED = VerificationSettings(accept_document_without_face=True)
SOURCES = (
    *(f"gateway/identity/{name}.py" for name in (
        "documents", "faces", "images", "machine_zone", "ocr", "printed_zone", "resident_card", "straighten",
    )),
    "gateway/domain/verification/mrz.py", "gateway/domain/verification/china_id_number.py",
    *(f"firmware_sim/{name}.py" for name in ("camera", "fonts", "specimens")),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Read:
    """One picture of one document: whether all five fields are exact, and whether it passed without a person."""

    kind: str
    way: str
    exact: bool
    passed: bool
    milliseconds: float


@dataclass(frozen=True, slots=True)
class DocumentRow:
    """Pictures, read exactly, passed without a person, referred to a person, wrong but passed; median milliseconds."""

    name: str
    pictures: int
    exact: int
    passed: int
    person: int
    wrong: int
    milliseconds: float


def count_documents(reader: Callable[[], DocumentReader], kept: KeptOutcomes | None = None) -> list[Read]:
    """Count every picture, read now or stored earlier; `reader` is called only if one has to be read."""
    kept = kept or KeptOutcomes("documents", SOURCES)
    found = []
    for kind, (draw, people) in KINDS.items():
        for person in people:
            for way in DEGRADATIONS:
                name = f"{kind} | {person.number} | {way}"
                outcome = kept.look_up(name, lambda: read_one(reader(), draw, person, way))  # noqa: B023 - called now
                found.append(judge(kind, way, person, outcome))
    return found


def sum_up(read: Sequence[Read], name_of: Callable[[Read], str]) -> Iterator[DocumentRow]:
    """Return a row for each name, in order of first appearance."""
    for name in dict.fromkeys(map(name_of, read)):
        group = [one for one in read if name_of(one) == name]
        yield DocumentRow(
            name,
            len(group),
            sum(one.exact for one in group),
            sum(one.passed for one in group),
            sum(not one.passed for one in group),
            sum(one.passed and not one.exact for one in group),
            statistics.median(one.milliseconds for one in group),
        )


def read_one(reader: DocumentReader, draw: Draw, person: Person, way: str) -> Outcome:
    """Return the reading as plain data, without its portrait."""
    pixels = decode_image(take_photograph(draw(person, astronaut()), way))
    began = time.perf_counter()
    reading = reader.read(pixels, TODAY)
    spent = (time.perf_counter() - began) * 1000
    fields = {name: [item.value, item.certain] for name, item in reading.fields.items()}
    return {"kind": reading.kind, "fields": fields, "problems": list(reading.problems), "milliseconds": round(spent)}


def judge(kind: str, way: str, person: Person, outcome: Outcome) -> Read:
    """Compare with the printed values, and decide as in an onboarding without a face."""
    fields = {name: FieldReading(*item) for name, item in outcome["fields"].items()}
    reading = DocumentReading(outcome["kind"], fields, tuple(outcome["problems"]))
    names = {"surname": person.surname, "given_names": person.given_names}
    expected = ({"name": person.name_zh} if person.name_zh else names) | {
        "id_number": person.number, "birth_date": person.birth.isoformat(), "nationality": person.nationality,
        "sex": person.sex,
    }  # fmt: skip
    exact = all(reading.value(name) == text for name, text in expected.items())
    verdict = decide(Evidence(TODAY, reading), load_profiles()["sandbox"], NO_FACE_NEEDED)
    return Read(kind, way, exact, verdict.outcome == "passed", outcome["milliseconds"])
