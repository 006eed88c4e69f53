"""Each case of other projects' reports has tests that carry its number: test_outside_NN_<what is right>."""

import re
from typing import Final

from tests.architecture.source import python_files, text_of

NAMED: Final = re.compile(r"^(?:async )?def test_outside_(\d\d)_", re.MULTILINE)
# The numbers of the reports that were tried on this product and failed; a number is never given to another case.
CASES: Final = {
    *(1, 2, 3, 5, 7, 8, 10, 11, 12, 13, 15, 16),
    *range(18, 35),
    *range(48, 58),
}


def test_every_case_has_a_test_and_every_number_is_a_case() -> None:
    found = {int(number) for path in python_files("tests") for number in NAMED.findall(text_of(path))}
    assert (sorted(CASES - found), sorted(found - CASES)) == ([], [])
