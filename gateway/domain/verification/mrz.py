"""Machine-readable zones: ICAO Doc 9303 (8th edition), part 4 (TD3), part 5 (TD1), part 6 (TD2); old French cards."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import cycle

from gateway.domain.birth_date import BirthDate, zone_birth
from gateway.domain.filings.codes.icao_states import issuing_country, nationality

Span = tuple[int, int, int]
"""Line, first column, column after the last; all from 0."""


class BadMachineZone(ValueError):
    """Not a machine-readable zone: wrong number of lines, wrong length or invalid characters."""


@dataclass(frozen=True, slots=True)
class Layout:
    """The position of each field in a format, and the spans each check digit covers."""

    width: int
    fields: Mapping[str, Span]
    checks: Mapping[str, tuple[tuple[Span, ...], tuple[int, int]]]

    @property
    def lines(self) -> int:
        """The number of lines of the format."""
        return 1 + max(span[0] for span in self.fields.values())


def _two_lines(width: int, optional_end: int) -> dict[str, Span]:
    """The fields common to TD2 and TD3."""
    return {
        "kind": (0, 0, 2), "state": (0, 2, 5), "names": (0, 5, width), "number": (1, 0, 9), "nationality": (1, 10, 13),
        "birth": (1, 13, 19), "sex": (1, 20, 21), "expiry": (1, 21, 27), "optional": (1, 28, optional_end),
    }  # fmt: skip


_SHARED_CHECKS = {
    "number": (((1, 0, 9),), (1, 9)),
    "birth": (((1, 13, 19),), (1, 19)),
    "expiry": (((1, 21, 27),), (1, 27)),
}
LAYOUTS: dict[str, Layout] = {
    "TD3": Layout(44, _two_lines(44, 42), _SHARED_CHECKS | {
        "optional": (((1, 28, 42),), (1, 42)),
        "composite": (((1, 0, 10), (1, 13, 20), (1, 21, 43)), (1, 43)),
    }),
    "TD2": Layout(36, _two_lines(36, 35), _SHARED_CHECKS | {
        "composite": (((1, 0, 10), (1, 13, 20), (1, 21, 35)), (1, 35)),
    }),
    "TD1": Layout(30, {
        "kind": (0, 0, 2), "state": (0, 2, 5), "number": (0, 5, 14), "optional": (0, 15, 30), "birth": (1, 0, 6),
        "sex": (1, 7, 8), "expiry": (1, 8, 14), "nationality": (1, 15, 18), "optional2": (1, 18, 29),
        "names": (2, 0, 30),
    }, {
        "number": (((0, 5, 14),), (0, 14)), "birth": (((1, 0, 6),), (1, 6)), "expiry": (((1, 8, 14),), (1, 14)),
        "composite": (((0, 5, 30), (1, 0, 7), (1, 8, 15), (1, 18, 29)), (1, 29)),
    }),
}  # fmt: skip
# The French identity card of 1988-2021: older than ICAO's format, with the size of TD2. It states no expiry date.
OLD_FRENCH = Layout(36, {
    "kind": (0, 0, 2), "state": (0, 2, 5), "surname": (0, 5, 30), "office": (0, 30, 36), "number": (1, 0, 12),
    "given_names": (1, 13, 27), "birth": (1, 27, 33), "sex": (1, 34, 35),
}, {
    "number": (((1, 0, 12),), (1, 12)), "birth": (((1, 27, 33),), (1, 33)),
    "composite": (((0, 0, 36), (1, 0, 35)), (1, 35)),
})  # fmt: skip


@dataclass(frozen=True, slots=True)
class MachineZone:
    """One zone: its fields without fillers, and whether each check digit matches.

    `state` and `nationality` are codes as facts have them (D is DEU); a nationality that names no nation is empty.
    """

    format: str
    fields: Mapping[str, str]
    checks: Mapping[str, bool]

    def __post_init__(self) -> None:
        """Replace the state codes of Doc 9303 that are not ISO 3166-1's."""
        states = {
            "state": issuing_country(self.fields["state"]),
            "nationality": nationality(self.fields["nationality"]),
        }
        object.__setattr__(self, "fields", {**self.fields, **states})

    @property
    def surname(self) -> str:
        """The primary identifier, fillers as spaces; a person's only name is there (part 3, 4.6).

        Some issuers (India) print it as the secondary one and leave the primary one empty.
        """
        return self._identifiers[0] or self._identifiers[1]

    @property
    def given_names(self) -> str:
        """The secondary identifier, fillers as spaces; empty if the holder has one name."""
        return self._identifiers[1] if self._identifiers[0] else ""

    @property
    def name_may_be_cut(self) -> bool:
        """Whether the name fills its field to the last place: an issuer cuts a longer one (part 4, 4.2.3.2)."""
        return not self.fields["names"].endswith("<")

    @property
    def _identifiers(self) -> tuple[str, str]:
        """What is printed before and after the two fillers between the names."""
        first, _, second = self.fields["names"].partition("<<")
        return first.replace("<", " ").strip(), second.replace("<", " ").strip()

    @property
    def sex(self) -> str:
        """M, F or X; the filler means X (part 4, 4.2.2.2)."""
        return self.fields["sex"] if self.fields["sex"] in ("M", "F") else "X"


def check_digit(text: str) -> str:
    """The check digit (part 3, 4.9): weights 7, 3, 1; digits count as themselves, A-Z as 10-35, the filler as 0."""
    total = sum((0 if char == "<" else int(char, 36)) * weight for char, weight in zip(text, cycle((7, 3, 1))))
    return str(total % 10)


def parse_mrz(lines: Sequence[str]) -> MachineZone:
    """Parse two or three lines as printed. Raises BadMachineZone if they match none of the formats."""
    if is_old_french(lines):
        return _parse_old_french(lines)
    for name, layout in LAYOUTS.items():
        if len(lines) == layout.lines and all(len(line) == layout.width for line in lines):
            return _parse(name, layout, lines)
    raise BadMachineZone("lines of 44, 36 or 30 characters are expected")


def is_old_french(lines: Sequence[str]) -> bool:
    """Whether the lines have the size and the beginning of an old French card; no TD2 card begins like that."""
    sized = len(lines) == OLD_FRENCH.lines and all(len(line) == OLD_FRENCH.width for line in lines)
    return sized and lines[0].startswith("IDFRA")


def _parse(name: str, layout: Layout, lines: Sequence[str]) -> MachineZone:
    """Split the lines by the layout and verify every check digit."""
    fields, checks = _split(layout, lines)
    if name != "TD3" and fields["optional"][:1] not in ("", "<"):
        _join_long_number(fields, checks, lines, layout)
    trimmed = {key: value if key == "names" else value.strip("<") for key, value in fields.items()}
    return MachineZone(name, trimmed, checks)


def _parse_old_french(lines: Sequence[str]) -> MachineZone:
    """The fields of an old French card, named as in the other formats; given names are separated by two fillers."""
    fields, checks = _split(OLD_FRENCH, lines)
    surname, given = fields.pop("surname"), fields.pop("given_names")
    whole = "<" if surname.endswith("<") and given.endswith("<") else ""
    names = surname.strip("<") + "<<" + given.strip("<").replace("<<", "<") + whole
    trimmed = {key: value.strip("<") for key, value in fields.items()}
    return MachineZone("FR", trimmed | {"names": names, "nationality": "FRA", "expiry": "", "optional": ""}, checks)


def _split(layout: Layout, lines: Sequence[str]) -> tuple[dict[str, str], dict[str, bool]]:
    """The raw fields, and whether each check digit matches. Raises BadMachineZone for other characters."""
    if not all("A" <= char <= "Z" or "0" <= char <= "9" or char == "<" for char in "".join(lines)):
        raise BadMachineZone("a machine-readable zone contains only A-Z, 0-9 and the filler")
    fields = {key: lines[row][first:last] for key, (row, first, last) in layout.fields.items()}
    checks = {}
    for key, (spans, (row, column)) in layout.checks.items():
        covered = "".join(lines[line][first:last] for line, first, last in spans)
        found = lines[row][column]
        checks[key] = found == check_digit(covered) or (found == "<" and not covered.strip("<"))
    return fields, checks


def _join_long_number(fields: dict[str, str], checks: dict[str, bool], lines: Sequence[str], layout: Layout) -> None:
    """Part 5, 4.2.2.1 note j: a number over nine characters continues in the optional data, its check digit last.

    Issuers differ in whether the filler in the place of the check digit counts; Belgian cards exist of both kinds.
    """
    row, column = layout.checks["number"][1]
    if lines[row][column] != "<":
        return
    first, (rest, _, other) = fields["number"], fields["optional"].partition("<")
    if not rest[-1].isdigit():
        return
    fields["number"], fields["optional"] = first + rest[:-1], other
    checks["number"] = rest[-1] in (check_digit(first + rest[:-1]), check_digit(f"{first}<{rest[:-1]}"))


OLDEST = 115  # years: an older holder is a misread century, not a person
LONGEST_VALIDITY = 40  # years


def birth_dates(text: str, today: date) -> tuple[BirthDate, ...]:
    """Every date a YYMMDD may stand for, the latest first: past, and not more than OLDEST years ago."""
    births = (zone_birth(text, century) for century in (2000, 1900))
    return tuple(born for born in births if born and born.first <= today and today.year - born.year <= OLDEST)


def expiry_date(text: str, today: date) -> date | None:
    """The day of a YYMMDD; None if it is impossible or stands for "without end" (99 at the end of a validity)."""
    day = _day(text, 2000)
    if day is None or day.year <= today.year + LONGEST_VALIDITY:
        return day
    return None if text[:2] == "99" else _day(text, 1900)


def _day(text: str, century: int) -> date | None:
    """The date, or None if it is impossible."""
    if len(text) != 6 or not text.isdigit():
        return None
    try:
        return date(century + int(text[:2]), int(text[2:4]), int(text[4:6]))
    except ValueError:
        return None
