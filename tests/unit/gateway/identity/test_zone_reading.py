"""A zone beside the print of its document: which fields are certain, and which century a birth date is in."""

from datetime import date

import numpy as np
import pytest

from gateway.domain.verification.mrz import MachineZone, check_digit, parse_mrz
from gateway.domain.verification.zone_facts import SECOND_SURNAME, SUPPORT
from gateway.identity.documents.ocr import PrintedLine
from gateway.identity.documents.reader import read_zone

TODAY = date(2026, 11, 28)
OLD = ["P<UTOERIKSSON<<ANNA<MARIA" + 19 * "<", "L898902C36UTO2403144F3204159<<<<<<<<<<<<<<<"]


def line(text: str) -> PrintedLine:
    return PrintedLine(text, 0.99, np.zeros((4, 2), np.float32))


def passport_of(birth: str) -> MachineZone:
    """A specimen's zone with this birth date and right check digits."""
    second = f"L898902C36UTO{birth}{check_digit(birth)}F320415{check_digit('320415')}{14 * '<'}<"
    covered = second[:10] + second[13:20] + second[21:43]
    return parse_mrz([OLD[0], second + check_digit(covered)])


@pytest.mark.parametrize(
    ("birth", "printed", "value", "certain"),
    [
        ("240314", "14 MAR 1924", "1924-03-14", True),
        ("240314", "14.03.2024", "2024-03-14", True),
        ("240314", "14 MAR 24", "2024-03-14", False),  # the print leaves the century open as well
        ("240314", "", "2024-03-14", False),
        ("850303", "", "1985-03-03", True),
        ("050303", "", "2005-03-03", True),
    ],
)
def test_outside_27_the_print_decides_the_century_of_a_birth(
    birth: str, printed: str, value: str, certain: bool
) -> None:
    fields, _ = read_zone(passport_of(birth), [line(printed), line("ERIKSSON"), line("ANNA MARIA")], TODAY)
    assert (fields["birth_date"].value, fields["birth_date"].certain) == (value, certain)


@pytest.mark.parametrize(
    ("names", "printed", "certain"),
    [
        ("PAPANDROPOULOUS<<JONATHON<WARREN<TREVOR", ["JONATHON WARREN TREVOR", "ALEXANDER"], False),
        ("PAPANDROPOULOUS<<JONATHON<WARREN<TREVO<", ["JONATHON WARREN TREVO"], True),
    ],
)
def test_a_name_that_fills_the_zone_may_go_on_in_the_print(names: str, printed: list[str], certain: bool) -> None:
    zone = parse_mrz([f"P<UTO{names}", OLD[1].ljust(44, "<")])
    fields, _ = read_zone(zone, [line("PAPANDROPOULOUS"), *map(line, printed)], TODAY)
    assert {fields[name].certain for name in ("surname", "given_names")} == {certain}


def test_a_spanish_number_is_certain_by_the_composite_digit_and_the_print() -> None:
    first, third = "IDESPCDE001234587654321X<<<<<<", "PRUEBA<GARCIA<<LUZ<<<<<<<<<<<<"
    second = "8001014F3101017ESP<<<<<<<<<<<"
    zone = parse_mrz([first, second + check_digit(first[5:] + second[:7] + second[8:15] + second[18:]), third])
    fields, _ = read_zone(zone, [line("DNI 87654321X"), line("PRUEBA GARCIA"), line("LUZ")], TODAY)
    assert (fields["id_number"].value, fields["id_number"].certain) == ("87654321X", True)
    assert (fields[SUPPORT].value, fields[SECOND_SURNAME].value) == ("CDE001234", "GARCIA")
    assert fields["surname"].certain
