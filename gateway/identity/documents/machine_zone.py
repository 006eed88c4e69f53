"""Machine-readable zone from recognised lines; repairs only what position and check digits allow."""

import re
from collections.abc import Iterator, Sequence
from itertools import product

from gateway.domain.verification.mrz import (
    LAYOUTS,
    OLD_FRENCH,
    BadMachineZone,
    Layout,
    MachineZone,
    is_old_french,
    parse_mrz,
)

TO_DIGIT = str.maketrans("OQDILZSGBT", "0001125687")
TO_LETTER = str.maketrans("0123568", "OIZESGB")
LOOKALIKES = {"0": "O", "O": "0", "1": "I", "I": "1", "5": "S", "S": "5", "8": "B", "B": "8", "2": "Z", "Z": "2"}
"""Pairs that a check digit distinguishes. Not G and 6, L and 1: they have the same weight modulo 10."""
TWINS = frozenset("G6L1")
DIGIT_FIELDS = ("birth", "expiry")
LETTER_FIELDS = ("kind", "state", "nationality", "names", "surname", "given_names")
MAX_SWAPS = 3
ZONE_TEXT = re.compile(r"[A-Z0-9<]{24,50}")


def machine_text(text: str) -> str | None:
    """The line normalised to the zone's characters; None where it is too short or has other characters."""
    plain = text.upper().replace(" ", "").replace("«", "<<").replace("‹", "<").replace("《", "<<").replace("〈", "<")
    if not ZONE_TEXT.fullmatch(plain):
        return None
    return plain if "<" in plain else None


def find_zone(texts: Sequence[str]) -> MachineZone | None:
    """The zone with the most valid check digits among the given lines, top to bottom; None where there is none."""
    candidates = [text for text in map(machine_text, texts) if text]
    best: MachineZone | None = None
    for layout in (OLD_FRENCH, *LAYOUTS.values()):
        for start in range(len(candidates) - layout.lines + 1):
            zone = _fit(candidates[start : start + layout.lines], layout)
            if zone and (best is None or sum(zone.checks.values()) > sum(best.checks.values())):
                best = zone
    return best


def _fit(lines: Sequence[str], layout: Layout) -> MachineZone | None:
    """The lines repaired to the layout; None where their lengths do not match it."""
    widened = [_widen(line, layout.width) for line in lines]
    if not all(len(line) == layout.width for line in widened):
        return None
    corrected = _correct_by_position(widened, layout)
    if is_old_french(corrected) != (layout is OLD_FRENCH):
        return None
    best: MachineZone | None = None
    for variant in _number_variants(corrected, layout):
        try:
            zone = parse_mrz(variant)
        except BadMachineZone:
            return None
        if best is None or sum(zone.checks.values()) > sum(best.checks.values()):
            best = zone
        if all(zone.checks.values()):
            break
    return best if best and best.fields["kind"][:1] in tuple("PIAC") else None


def _widen(line: str, width: int) -> str:
    """Lengthen or shorten the longest run of fillers by up to four: models miscount long runs."""
    if not 0 < abs(len(line) - width) <= 4:
        return line
    longest = max(re.findall(r"<+", line), key=len)
    wanted = len(longest) + width - len(line)
    return line.replace(longest, "<" * wanted, 1) if len(longest) >= 3 and wanted > 0 else line


def _correct_by_position(lines: Sequence[str], layout: Layout) -> list[str]:
    """Replace lookalikes: digits in numeric positions, letters in alphabetic ones."""
    fixed = [list(line) for line in lines]
    for name, (row, first, last) in layout.fields.items():
        table = TO_DIGIT if name in DIGIT_FIELDS else TO_LETTER if name in LETTER_FIELDS else None
        if table:
            fixed[row][first:last] = "".join(fixed[row][first:last]).translate(table)
    for _, (row, column) in layout.checks.values():
        fixed[row][column] = fixed[row][column].translate(TO_DIGIT)
    return ["".join(line) for line in fixed]


def _number_variants(lines: list[str], layout: Layout) -> Iterator[list[str]]:
    """The unchanged lines, then variants with lookalikes in the document number swapped, fewest swaps first."""
    row, first, last = layout.fields["number"]
    number = lines[row][first:last]
    places = [place for place, char in enumerate(number) if char in LOOKALIKES]
    for swaps in sorted(product((False, True), repeat=min(len(places), 8)), key=sum):
        if sum(swaps) > MAX_SWAPS:
            return
        chars = list(number)
        for place, swap in zip(places, swaps, strict=False):
            chars[place] = LOOKALIKES[chars[place]] if swap else chars[place]
        yield [*lines[:row], lines[row][:first] + "".join(chars) + lines[row][last:], *lines[row + 1 :]]
