"""Row parser of the simulated police: by position, with its own table; names the invalid field."""

import csv
import re
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from pathlib import Path

from firmware_sim.registries import clock

TABLES = {
    "Luoghi": Path(__file__).with_name("luoghi.csv"),
    "Tipi_Documento": Path(__file__).with_name("tipi_documento.csv"),
    "Tipi_Alloggiato": Path(__file__).with_name("tipi_alloggiato.csv"),
}
LENGTH = 168
_FIELDS = {
    "Tipo Alloggiato": (0, 2), "Data Arrivo": (2, 12), "Giorni Permanenza": (12, 14), "Cognome": (14, 64),
    "Nome": (64, 94), "Sesso": (94, 95), "Data Nascita": (95, 105), "Comune Nascita": (105, 114),
    "Provincia Nascita": (114, 116), "Stato Nascita": (116, 125), "Cittadinanza": (125, 134),
    "Tipo Documento": (134, 139), "Numero Documento": (139, 159), "Luogo Rilascio": (159, 168),
}  # fmt: skip
_HEAD_OF = {"19": "17", "20": "18"}


@dataclass(frozen=True, slots=True)
class Wrong:
    """The police's error code, its name and the field."""

    code: str
    name: str
    field: str


@cache
def _table(name: str) -> dict[str, dict[str, str]]:
    with TABLES[name].open(encoding="utf-8", newline="") as file:
        return {line["Codice"]: line for line in csv.DictReader(file, delimiter=";")}


def wrongs(rows: list[str]) -> list[Wrong | None]:
    """Return the error of each row in order; None: valid."""
    found: list[Wrong | None] = []
    head = ""
    for row in rows:
        if len(row) != LENGTH or "\n" in row:
            found.append(Wrong("11", "SCHEDINA_FORMATO_NON_CORRETTO", f"Lunghezza {len(row)}"))
            continue
        field = {name: row[start:end] for name, (start, end) in _FIELDS.items()}
        bad = _bad_field(field, head)
        head = field["Tipo Alloggiato"] if field["Tipo Alloggiato"] in ("16", "17", "18") else head
        found.append(Wrong("12", "SCHEDINA_CAMPO_NON_CORRETTO", bad) if bad else None)
    return found


def _bad_field(field: dict[str, str], head: str) -> str | None:
    kind = field["Tipo Alloggiato"]
    if kind not in _table("Tipi_Alloggiato") or (kind in _HEAD_OF and head != _HEAD_OF[kind]):
        return "Tipo Alloggiato"
    today = clock.today("Europe/Rome")
    if _day(field["Data Arrivo"]) not in (today, today - timedelta(days=1)):
        return "Data Arrivo"
    if not re.fullmatch(r"0[1-9]|[12]\d|30", field["Giorni Permanenza"]):
        return "Giorni Permanenza"
    bad = _bad_person(field, today)
    return bad or (_bad_blank(field) if kind in _HEAD_OF else _bad_document(field))


def _bad_person(field: dict[str, str], today: date) -> str | None:
    for name in ("Cognome", "Nome"):
        if not re.fullmatch(r"[A-Z'](?:[A-Z' ]*[A-Z'])? *", field[name]):
            return name
    if field["Sesso"] not in ("1", "2"):
        return "Sesso"
    born = _day(field["Data Nascita"])
    if born is None or born > today:
        return "Data Nascita"
    if not in_force(field["Cittadinanza"], state=True):
        return "Cittadinanza"
    return _bad_birthplace(field)


def _bad_birthplace(field: dict[str, str]) -> str | None:
    if field["Stato Nascita"] != "100000100":
        if (field["Comune Nascita"] + field["Provincia Nascita"]).strip():
            return "Comune Nascita"
        return None if in_force(field["Stato Nascita"], state=True) else "Stato Nascita"
    if not in_force(field["Comune Nascita"], state=False):
        return "Comune Nascita"
    province = _table("Luoghi")[field["Comune Nascita"]]["Provincia"]
    return None if field["Provincia Nascita"] == province else "Provincia Nascita"


def _bad_document(field: dict[str, str]) -> str | None:
    if field["Tipo Documento"] not in _table("Tipi_Documento"):
        return "Tipo Documento"
    if not re.fullmatch(r"[A-Z0-9]+ *", field["Numero Documento"]):
        return "Numero Documento"
    place = field["Luogo Rilascio"]
    return None if in_force(place, state=False) or in_force(place, state=True) else "Luogo Rilascio"


def _bad_blank(field: dict[str, str]) -> str | None:
    document = field["Tipo Documento"] + field["Numero Documento"] + field["Luogo Rilascio"]
    return "Tipo Documento" if document.strip() else None


def in_force(code: str, *, state: bool) -> bool:
    """Whether a code of the table of places is that of a state, or of a comune, that still exists."""
    place = _table("Luoghi").get(code)
    is_state = code.startswith("1")
    return place is not None and not place["DataFineVal"] and is_state == state


def _day(text: str) -> date | None:
    if not re.fullmatch(r"\d{2}/\d{2}/\d{4}", text, re.ASCII):
        return None
    try:
        return date(int(text[6:]), int(text[3:5]), int(text[:2]))
    except ValueError:
        return None
