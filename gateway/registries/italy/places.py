"""The police's table of places (Tabella Luoghi): comuni and states with nine-digit codes, from its CSV."""

import csv
import hashlib
import io
from dataclasses import dataclass
from datetime import date, datetime

from babel import Locale
from babel.core import get_global

from gateway.domain.filings.codes.table import Code, CodeTable
from gateway.domain.filings.transliteration import spell
from gateway.registries.italy.profile import SPELLING

ITALY = "100000100"
_STATE = "100000"
# States whose name at the police differs from that in Italian dictionaries.
_POLICE_NAMES = {
    "USA": "STATI UNITI D'AMERICA",
    "CZE": "REPUBBLICA CECA",
    "KOR": "REPUBBLICA DI COREA",
    "RUS": "FEDERAZIONE RUSSA",
    "MDA": "MOLDOVA",
    "CHN": "REPUBBLICA POPOLARE CINESE",
}


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
        self._states = {
            entry.name: code
            for code in table.valid_on(date.max)
            if code.startswith(_STATE) and (entry := table.get(code))
        }

    def state(self, country: str) -> str:
        """The code of a state by ISO alpha-3; empty where the table has none in force."""
        if country == "ITA":
            return ITALY
        return next((self._states[name] for name in _names(country) if name in self._states), "")

    def comune(self, code: str, on: date) -> Place | None:
        """A comune by its code, if it existed on that day."""
        if code.startswith(_STATE) or not self.table.valid(code, on):
            return None
        return Place(code, self._provinces[code])


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


def _names(country: str) -> list[str]:
    two = get_global("territory_aliases").get(country, [""])[0]
    said = Locale("it").territories.get(two, "")
    return [spell(name, SPELLING) for name in (said, _POLICE_NAMES.get(country, "")) if name]
