"""Rules of the simulated AJPES beyond its schema, by the codes of its refusals; reads the row by itself."""

from datetime import date, datetime
from decimal import Decimal
from functools import cache
from pathlib import Path
from zoneinfo import ZoneInfo

from lxml import etree

from firmware_sim.registries import clock
from firmware_sim.registries.countries import ISO_3166_1_ALPHA_2

FACILITY = "20037"  # of the register of accommodation
Refusal = tuple[str, str]  # code, text
_LJUBLJANA = ZoneInfo("Europe/Ljubljana")
_COUNTRIES = ISO_3166_1_ALPHA_2 | {"XK"}


@cache
def schema() -> etree.XMLSchema:
    """The agency's own schema of the guest book."""
    return etree.XMLSchema(etree.parse(Path(__file__).with_name("GuestBookSchema.xsd")))


def fault(row: etree._Element) -> Refusal | None:
    """Return the first rule a row breaks that the schema does not express."""
    now = datetime.fromtimestamp(clock.now(), _LJUBLJANA).replace(tzinfo=None)
    born, arrives = date.fromisoformat(row.get("dtRoj", "")), datetime.fromisoformat(row.get("casPrihoda", ""))
    leaves = datetime.fromisoformat(row.get("casOdhoda") or "9999-12-31T00:00:00")
    age = arrives.year - born.year - ((arrives.month, arrives.day) < (born.month, born.day))
    child = row.get("vrstaDok") == "L"
    broken: tuple[tuple[bool, str, str], ...] = (
        (row.get("idNO") != FACILITY, "4131", "Nastanitveni obrat ne obstaja."),
        (born > arrives.date(), "4136", "Datum rojstva je v prihodnosti."),
        (age > 120, "4137", "Gost je starejši od 120 let."),
        (row.get("drzava") not in _COUNTRIES, "4138", "Neveljavna koda države."),
        (child and (row.get("drzava") != "SI" or age >= 18), "4139", "Neveljavna vrsta dokumenta."),
        (len(row.get("idStDok", "").strip()) < 2, "41391", "Dolžina številke dokumenta mora biti večja od 1."),
        (leaves <= arrives, "41392", "Datum odhoda je pred datumom prihoda."),
        (arrives > now, "41328", "Datum prihoda je v prihodnosti."),
        (Decimal(row.get("ttVisina", "")) <= 0, "41394", "Višina polne turistične takse mora biti večja od 0."),
        (Decimal(row.get("ttVisina", "")) % Decimal("0.0001") != 0, "4147", "Neveljavna višina turistične takse."),
        (not _reason_fits(row.get("ttObracun", ""), age), "41393", "Neveljavna šifra razloga."),
    )
    return next(((code, text) for is_broken, code, text in broken if is_broken), None)


def _reason_fits(reason: str, age: int) -> bool:
    """Whether a reason that depends on the age fits it: 1 below 7 years, 11 from 7 to 18."""
    return {"1": age < 7, "11": 7 <= age < 18}.get(reason, True)


def key(row: etree._Element) -> str:
    """Return what identifies a row: the unit, the guest's number and the year."""
    return f"{row.get('idNO')}/{row.get('casPrihoda', '')[:4]}/{row.get('zst')}"
