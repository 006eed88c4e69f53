"""County-level regions by the six digits of GB/T 2260."""

import csv
from functools import cache
from pathlib import Path

from gateway.domain.filings.codes.table import Code, CodeTable

_FILE = Path(__file__).with_name("regions.csv")


@cache
def regions() -> CodeTable:
    """The counties, districts and county-level cities in force on 30 June 2023."""
    with _FILE.open(encoding="utf-8", newline="") as file:
        lines = csv.DictReader(file, delimiter=";")
        return CodeTable("GB/T 2260 counties", "2023-06-30", [Code(line["code"], line["name"]) for line in lines])
