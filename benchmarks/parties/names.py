"""Common names of more than 60 countries, each as people write it and as their passports print it in the zone."""

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

_FILE = Path(__file__).with_name("names.csv")


@dataclass(frozen=True, slots=True)
class Name:
    """One name: as written by its holder, and in the letters A-Z and spaces of the machine-readable zone."""

    written: str
    zone: str


@dataclass(frozen=True, slots=True)
class Country:
    """The names of one country; `code` is ISO 3166-1 alpha-3, RKS, XXA (stateless) or XXB (refugee)."""

    code: str
    male: tuple[Name, ...]
    female: tuple[Name, ...]
    surnames: tuple[Name, ...]


@cache
def countries() -> Mapping[str, Country]:
    """The table by code. A name without a spelling of its own for the zone is its capitals."""
    with _FILE.open(encoding="utf-8", newline="") as file:
        lines = csv.DictReader(file, delimiter=";")
        rows = [
            Country(line["country"], _names(line["male"]), _names(line["female"]), _names(line["surnames"]))
            for line in lines
        ]
    return {row.code: row for row in rows}


def _names(cell: str) -> tuple[Name, ...]:
    parts = [text.partition("=") for text in cell.split("|")]
    return tuple(Name(written, zone or written.upper()) for written, _, zone in parts)
