"""The police's table of places (Tabella Luoghi): comuni and states with nine-digit codes, from its CSV."""

import csv
import hashlib
import io
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from pathlib import Path

from gateway.domain.filings.codes.icao_states import UNDEFINED_NATIONALITY
from gateway.domain.filings.codes.table import Code, CodeTable
from gateway.registries.italy.state_codes import STATE_CODES
from gateway.texts.marks import N_

ITALY = "100000100"
_BUNDLED = Path(__file__).with_name("luoghi.csv")


class BadTable(Exception):
    """The CSV is not the table of places."""


@dataclass(frozen=True, slots=True)
class Place:
    """An Italian comune, with its province in two letters."""

    code: str
    province: str


class Places:
    """States by ISO alpha-3 and comuni by code, each with its last day of validity."""

    def __init__(self, table: CodeTable, provinces: dict[str, str]) -> None:
        self.table, self._provinces = table, provinces

    def state(self, country: str) -> str:
        """The code of a state by ISO alpha-3, RKS or XXA; empty where the table has none in force."""
        code = STATE_CODES.get(country, "")
        return code if self.table.valid(code, date.max) else ""

    def comune_names(self, on: date) -> list[tuple[str, str]]:
        """The comuni of this day by code, each with the two letters of its province: ROMA (RM)."""
        found = [entry for entry in self.table if not is_state(entry.code) and entry.valid(on)]
        return [(entry.code, f"{entry.name} ({self._provinces[entry.code]})") for entry in found]

    def comune(self, code: str, on: date) -> Place | None:
        """A comune by its code, if it existed on that day."""
        if is_state(code) or not self.table.valid(code, on):
            return None
        return Place(code, self._provinces[code])


def is_state(code: str) -> bool:
    """Whether a code is a state's: these begin with 1, and a comune's with 4."""
    return code.startswith("1")


@cache
def bundled_places() -> Places:
    """The table as of April 2025, for checks before the service has been asked for its own."""
    return read_places(_BUNDLED.read_text(encoding="ascii"))


def comune_names(on: date) -> list[tuple[str, str]]:
    """The comuni of this day in the bundled table, by code."""
    return bundled_places().comune_names(on)


def no_state(country: str) -> str:
    """Return the sentence for whoever gave a country without a code: what to choose instead."""
    if country in UNDEFINED_NATIONALITY:
        return N_(
            "Choose the country of citizenship, or stateless: the police have no code for refugees or an unspecified "
            "nationality."
        )
    return N_("Choose the country as it is called today: the police have no code for this one.")


def read_places(text: str) -> Places:
    """Parse the table "Codice;Descrizione;Provincia;DataFineVal"; its version is the hash of the text.

    Raises BadTable.
    """
    rows = list(csv.DictReader(io.StringIO(text), delimiter=";"))
    try:
        codes = [Code(row["Codice"], row["Descrizione"], until=_day(row["DataFineVal"])) for row in rows]
        provinces = {row["Codice"]: row["Provincia"] or "" for row in rows}
    except (KeyError, ValueError):
        raise BadTable("the table of places has another layout") from None
    if not any(code.code == ITALY for code in codes):
        raise BadTable("the table of places lacks Italy itself")
    version = hashlib.sha256(text.encode()).hexdigest()[:16]
    return Places(CodeTable("alloggiati-luoghi", version, codes), provinces)


def _day(text: str | None) -> date | None:
    return datetime.strptime(text.split(" ")[0], "%d/%m/%Y").date() if text else None
