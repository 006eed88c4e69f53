"""Reads one picture of one document: flattens it, reads the print, checks the fields, cuts out the portrait."""

from collections.abc import Sequence
from datetime import date

from gateway.domain.birth_date import birth_date
from gateway.domain.verification.mrz import MachineZone
from gateway.domain.verification.port import DocumentReading, FieldReading
from gateway.domain.verification.zone_facts import SECOND_SURNAME, zone_days, zone_facts, zone_kind
from gateway.identity.documents.machine_zone import TWINS, find_zone, machine_text
from gateway.identity.documents.ocr import PrintedLine, PrintReader, cut_line
from gateway.identity.documents.printed_zone import days_between, shows_birth, shows_date, shows_name, shows_text
from gateway.identity.documents.resident_card import looks_like_card, read_card
from gateway.identity.documents.straighten import lay_flat, limit_size
from gateway.identity.faces.compare import MIN_FACE, FaceEngine, find_faces
from gateway.identity.images.decode import Pixels, encode_jpeg

FEWEST_LINES = 3
NAMES = ("surname", "given_names", SECOND_SURNAME)
SURE = 0.95
PORTRAIT_MARGIN = 0.6
PORTRAIT_SEARCH = 1280
"""Pixels. A document far from the camera is searched for faces again at this width."""


class DocumentReader:
    """Reads documents with one print reader and one face engine of this process."""

    def __init__(self, reader: PrintReader, engine: FaceEngine) -> None:
        self._reader = reader
        self._engine = engine

    def read(self, pixels: Pixels, today: date) -> DocumentReading:
        """The reading of the flattened sheet, or of the whole picture where that is better."""
        whole = limit_size(pixels)
        flat = lay_flat(whole)
        reading = self._read_page(flat, today) if flat is not None else None
        if reading is not None and reading.kind != "unknown" and reading.portrait is not None:
            return reading
        other = self._read_page(whole, today)
        return other if reading is None or _worth(other) >= _worth(reading) else reading

    def _read_page(self, pixels: Pixels, today: date) -> DocumentReading:
        """Read one page once."""
        page, lines = self._reader.read_page(pixels)
        zone = find_zone([line.text for line in lines])
        if zone:
            kind = zone_kind(zone)
            fields, problems = read_zone(zone, lines, today)
        elif looks_like_card(lines):
            kind = "cn_resident_id"
            fields, problems = read_card(lines, lambda line: self._reread(page, line))
        else:
            problem = "no_document" if len(lines) < FEWEST_LINES else "document_cropped"
            return DocumentReading("unknown", {}, (problem,))
        portrait, trouble = self._cut_portrait(page)
        return DocumentReading(kind, fields, (*problems, *trouble), portrait)

    def _reread(self, page: Pixels, line: PrintedLine) -> tuple[str, float]:
        """The line read again from a slightly larger cut."""
        return self._reader.read_lines([cut_line(page, line.corners, grow=0.15)])[0]

    def _cut_portrait(self, page: Pixels) -> tuple[bytes | None, tuple[str, ...]]:
        """The largest face of the page with its surroundings, as JPEG; smaller ones may be ghost images."""
        faces = find_faces(self._engine, page) or find_faces(self._engine, page, PORTRAIT_SEARCH)
        if not faces:
            return None, ("no_portrait",)
        box = faces[0]
        margin = round(PORTRAIT_MARGIN * box.side)
        rows = slice(max(0, box.top - margin), box.bottom + margin)
        columns = slice(max(0, box.left - margin), box.right + margin)
        return encode_jpeg(page[rows, columns]), () if box.side >= MIN_FACE else ("portrait_too_small",)


def _worth(reading: DocumentReading) -> tuple[bool, int]:
    """Sort key for readings of the same picture: a known kind first, then the number of certain fields."""
    return reading.kind != "unknown", sum(item.certain for item in reading.fields.values())


def read_zone(
    zone: MachineZone, lines: Sequence[PrintedLine], today: date
) -> tuple[dict[str, FieldReading], tuple[str, ...]]:
    """Fields and problems of a machine-readable zone, compared with the lines printed above it."""
    printed = [line.text for line in lines if not machine_text(line.text)]
    sharp = min((line.score for line in lines if machine_text(line.text)), default=0.0) >= SURE
    texts = zone_facts(zone)
    named = _name_is_printed(zone, printed)
    fields = {name: FieldReading(text, named and name in NAMES) for name, text in texts.items()}
    fields |= _dated_fields(zone, printed, today)
    number = texts["id_number"]
    seen = shows_text(printed, number)
    alone = sharp and not printed and not TWINS & set(number)
    covered = zone.checks["number"] if number == zone.fields["number"] else zone.checks["composite"]
    fields["id_number"] = FieldReading(number, covered and (seen or alone))
    states = zone.fields["nationality"] == zone.fields["state"]
    if nationality := texts.get("nationality"):
        fields["nationality"] = FieldReading(nationality, states or shows_text(printed, nationality))
    fields["sex"] = FieldReading(zone.sex, sharp or shows_text(printed, zone.sex))
    early = ("document_not_yet_valid",) if _begins_later(fields.get("expiry_date"), printed, today) else ()
    return fields, (*_problems(zone, fields, printed), *early)


def _begins_later(expiry: FieldReading | None, printed: Sequence[str], today: date) -> bool:
    """Whether the print shows a future date before the expiry date: the zone has no date of first validity."""
    last = date.fromisoformat(expiry.value) if expiry else None
    return last is not None and shows_date(printed, last) and bool(days_between(printed, today, last))


def _name_is_printed(zone: MachineZone, printed: Sequence[str]) -> bool:
    """Whether both parts of the name, which no check digit covers, are also printed.

    Of a name that may be cut the print may show more, in a line of its own.
    """
    whole = bool(zone.surname) and not zone.name_may_be_cut
    return whole and shows_name(printed, zone.surname, zone.given_names)


def _dated_fields(zone: MachineZone, printed: Sequence[str], today: date) -> dict[str, FieldReading]:
    """Both dates; certain if their own and the composite check digit match, or their own and the print.

    A birth date that fits two centuries is certain only with the print, which also decides between them.
    """
    days, fields = zone_days(zone, today), {}
    shown = [born for born in days.births if shows_birth(printed, born)]
    if births := shown or days.births:
        checked = zone.checks.get("birth", False) and (zone.checks["composite"] or bool(shown))
        fields["birth_date"] = FieldReading(str(births[0]), checked and len(births) == 1)
    if days.expiry:
        checked = zone.checks.get("expiry", False) and (zone.checks["composite"] or shows_date(printed, days.expiry))
        fields["expiry_date"] = FieldReading(days.expiry.isoformat(), checked)
    return fields


def _problems(zone: MachineZone, fields: dict[str, FieldReading], printed: Sequence[str]) -> tuple[str, ...]:
    """Reasons for a manual review. The zones can disagree only where the print shows some of the same fields."""
    born = birth_date(fields["birth_date"].value) if "birth_date" in fields else None
    beside = any(shows_text(printed, text) for text in (fields["id_number"].value, zone.surname, zone.given_names)) or (
        born is not None and shows_birth(printed, born)
    )
    sure = fields["id_number"].certain and _certain(fields, "surname")
    found = [
        ("check_digit_wrong", not all(zone.checks.values())),
        ("zones_disagree", beside and not sure),
        ("name_unconfirmed", not beside and not sure),
    ]
    return tuple(code for code, applies in found if applies)


def _certain(fields: dict[str, FieldReading], name: str) -> bool:
    """Whether the field was read and is certain."""
    return name in fields and fields[name].certain
