"""Travellers of the crowd at the tenant's page: what their document reads as, and what they submit."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Final

import numpy as np

from benchmarks.parties.people import Document, Person, Traveller
from gateway.domain.documents import NUMBER_SAYS_REST
from gateway.domain.filings.required_facts import RequiredFacts
from gateway.domain.jurisdiction import Profile
from gateway.domain.verification.mrz import parse_mrz
from gateway.domain.verification.port import Challenge, DocumentReading, FaceComparison, FieldReading, LivenessResult
from gateway.domain.verification.zone_facts import zone_kind
from gateway.identity.documents.ocr import PrintedLine
from gateway.identity.documents.reader import read_zone
from gateway.identity.examination import Submission

CHALLENGE: Final = Challenge("crowd", ("left", "right"), 0, 2**40)
NUMBERED: Final = (*NUMBER_SAYS_REST, "cn_permanent_residence")
_CORNERS: Final = np.zeros((4, 2), np.float32)


@dataclass
class ReadByHeart:
    """The identity port without models: a picture is the document's number; faces and clips pass."""

    readings: dict[bytes, DocumentReading] = field(default_factory=dict)
    ready: bool = True

    async def start(self) -> None:
        """Nothing to start."""

    async def stop(self) -> None:
        """Nothing to stop."""

    async def read_document(self, image: bytes) -> DocumentReading:
        """The reading of the document with this number."""
        return self.readings[image]

    async def compare_faces(self, portrait: bytes, probe: bytes) -> FaceComparison:  # noqa: ARG002 - the port's shape
        """Everybody shows their own face."""
        return FaceComparison("pass", "crowd")

    async def check_liveness(  # the port's shape
        self,
        challenge: Challenge,  # noqa: ARG002
        clip_frames: object,  # noqa: ARG002
        portrait: bytes | None,  # noqa: ARG002
    ) -> LivenessResult:
        """Every clip passes its challenge."""
        return LivenessResult(passed=True, model="crowd")


def reading_of(traveller: Traveller, document: Document, today: date) -> DocumentReading:
    """What a good picture of this document reads as: by its zone and print, or by the print of a resident card."""
    if not document.lines:
        return DocumentReading(document.kind, _card_fields(traveller, document), (), b"portrait")
    person = traveller.person
    names = f"{person.zone_surname} {person.zone_given_names}".strip()
    born = _printed_birth(person.birth_stated)
    printed = [names, person.zone_surname, person.zone_given_names, document.number, born, _nationality(document)]
    lines = [PrintedLine(text, 1.0, _CORNERS) for text in (*printed, *document.lines) if text]
    zone = parse_mrz(document.lines)
    fields, problems = read_zone(zone, lines, today)
    return DocumentReading(zone_kind(zone), fields, problems, b"portrait")


def _printed_birth(stated: str) -> str:
    """DD.MM.YYYY, with XX for what the document does not state."""
    parts = [*stated.split("-"), "XX", "XX"][:3]
    return ".".join(reversed(parts)) if stated else ""


def _nationality(document: Document) -> str:
    """The code as printed: in a passport's second line, or a card's."""
    first, last = (10, 13) if len(document.lines) == 2 else (15, 18)
    return document.lines[1][first:last].strip("<")


def _card_fields(traveller: Traveller, document: Document) -> dict[str, FieldReading]:
    person = traveller.person
    texts = {
        "name": person.surname.written + (person.given_names.written if person.given_names else ""),
        "id_number": document.number,
        "birth_date": person.born.isoformat(),
        "sex": person.sex if person.sex != "X" else "F",
        "nationality": "CHN",
        "address": traveller.knows.get("registered_address", ""),
    }
    return {name: FieldReading(text, name != "address") for name, text in texts.items() if text}


def typed_fields(traveller: Traveller, document: Document, profile: Profile) -> dict[str, str]:
    """The form of somebody who types the document instead of photographing it."""
    person = traveller.person
    fields = {
        "document_kind": document.kind,
        "id_number": document.number,
        "issuing_state": document.issuer,
        "surname": person.surname.written if is_latin(person.surname.written) else person.surname.zone,
        "birth_date": _typed_birth(person, document),
        "nationality": person.nationality,
        "sex": person.sex,
    }
    if person.given_names:
        given = person.given_names
        fields["given_names"] = given.written if is_latin(given.written) else given.zone
    if document.kind in NUMBER_SAYS_REST:
        del fields["surname"], fields["issuing_state"]
        fields.pop("given_names", None)
        fields["name"] = _card_fields(traveller, document)["name"].value
    asked = {*profile.fields, "surname", "given_names", "id_number", "document_kind", "issuing_state"}
    return {name: text for name, text in fields.items() if name in asked and text}


def _typed_birth(person: Person, document: Document) -> str:
    """As much as the document states; of a document without a date, and of a number that has it, the person's word."""
    return person.born.isoformat() if document.kind in NUMBERED else person.birth_stated or person.born.isoformat()


def is_latin(text: str) -> bool:
    """Whether a text has no letters beyond the Latin script's."""
    return all(ord(char) < 0x0250 or "\u1e00" <= char <= "\u1eff" for char in text)


def facts_asked(
    traveller: Traveller,
    document: Document,
    asked: tuple[str, ...],
    only_if: Mapping[str, Mapping[str, tuple[str, ...]]],
) -> dict[str, str]:
    """The answers to what the page asks for; of the document in hand, and of fields that other answers show, only."""
    known = {path: text for path, text in traveller.knows.items() if not path.startswith("document.")}
    known |= dict(document.known)
    if traveller.person.nationality == "CHN" or document.kind == "cn_permanent_residence":
        known = {path: text for path, text in known.items() if not path.startswith("visa.")}
    hidden = {
        path
        for path, conditions in only_if.items()
        if any("." in other and known.get(other) not in values for other, values in conditions.items())
    }
    return {path: known[path] for path in asked if known.get(path) and path not in hidden}


def submission(traveller: Traveller, document: Document, profile: Profile, asked: RequiredFacts) -> Submission:
    """What the traveller submits first, slips included."""
    facts = facts_asked(traveller, document, asked.of_tenant, asked.only_if)
    way = "typed" if not document.lines and document.kind not in NUMBER_SAYS_REST else traveller.way
    typed = typed_fields(traveller, document, profile) if way == "typed" else {}
    sent = Submission(typed, facts=facts)
    if way != "typed":
        sent = replace(sent, document=document.number.encode())
    if way in ("face", "kiosk"):
        sent = replace(sent, face=b"face", clip=(b"frame",) * 8, challenge=CHALLENGE)
        sent = replace(sent, camera="kiosk" if way == "kiosk" else "phone")
    return with_slips(sent, traveller.slips)


def with_slips(sent: Submission, slips: Mapping[str, str]) -> Submission:
    """The submission with answers of this person as they were first given, where they are asked at all."""
    typed = {name: slips.get(name, text) for name, text in sent.typed.items()}
    facts = {path: slips.get(path, text) for path, text in sent.facts.items()}
    return replace(sent, typed=typed, facts=facts)
