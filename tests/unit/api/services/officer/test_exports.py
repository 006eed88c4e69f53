"""The CSV of an export."""

import csv
from io import StringIO

from api.services.officer.exports import table_of


def test_a_cell_that_a_spreadsheet_would_calculate_is_text() -> None:
    line = next(csv.DictReader(StringIO(table_of([{"record": "r", "name": "=HYPERLINK(1)", "address": 'a, "b"\nc'}]))))
    assert (line["name"], line["address"], line["sex"]) == ("'=HYPERLINK(1)", 'a, "b"\nc', "")
