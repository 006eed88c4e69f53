"""Municipalities of Spain by the five digits of the INE: two of the province and three of the municipality."""

import csv
from functools import cache
from pathlib import Path

from gateway.domain.filings.codes.table import Code, CodeTable

_FILE = Path(__file__).with_name("municipios.csv")


@cache
def municipalities() -> CodeTable:
    """The INE's list as of 1 January 2025, with the municipalities' own names."""
    with _FILE.open(encoding="utf-8", newline="") as file:
        lines = csv.DictReader(file, delimiter=";")
        return CodeTable("ine-municipalities", "2025", [Code(line["codigo"], line["nombre"]) for line in lines])
