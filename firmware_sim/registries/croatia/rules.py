"""What the simulated eVisitor requires of a check-in, read from its Web API documentation (April 2023) by itself."""

import re
import uuid
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

from firmware_sim.registries.countries import ISO_3166_1

CROATIAN_PASSPORT = "001"  # ours: it is in no public copy of the list


class Crossing(NamedTuple):
    """A border crossing of the list. The codes are ours, the names are of crossings that exist."""

    code: str
    name: str
    kind: str
    active: bool = True


CROSSINGS = (
    Crossing("101", "Bajakovo", "Cestovni"),
    Crossing("102", "Stara Gradiška", "Cestovni"),
    Crossing("103", "Karasovići", "Cestovni"),
    Crossing("104", "Tovarnik", "Cestovni"),
    Crossing("105", "Tovarnik", "Željeznički"),
    Crossing("106", "Bregana", "Cestovni", active=False),  # no border control since 2023
    Crossing("201", "Zračna luka Zagreb", "Zračni"),
    Crossing("202", "Zračna luka Split", "Zračni"),
    Crossing("203", "Zračna luka Dubrovnik", "Zračni"),
    Crossing("301", "Dubrovnik", "Pomorski"),
    Crossing("302", "Split", "Pomorski"),
    Crossing("303", "Vukovar", "Riječni"),
)
FACILITY = "0000001"
ZAGREB = ZoneInfo("Europe/Zagreb")
COUNTRIES = ISO_3166_1 | {"XKX"}
_EU_MEMBERS = """
    AUT BEL BGR CYP CZE DEU DNK ESP EST FIN FRA GRC HRV HUN IRL ITA LTU LUX LVA MLT NLD POL PRT ROU SVK SVN SWE
"""
_EU = frozenset(_EU_MEMBERS.split())
_DOCUMENT_TYPES = """
    002 003 004 005 006 007 008 009 011 012 013 022 023 024 025 026 027 029 030 032 033 034 037 051 103 999
"""
DOCUMENTS = frozenset(_DOCUMENT_TYPES.split()) | {CROATIAN_PASSPORT}
_CATEGORIES = frozenset(str(code) for code in range(1, 19) if code != 3)
_DAYS_BACK, _LONGEST_STAY = 30, 365  # parameters that the tourist board sets; these values are ours
_REQUIRED = (
    "ArrivalOrganisation", "Citizenship", "CountryOfBirth", "CountryOfResidence", "DateOfBirth", "DocumentNumber",
    "DocumentType", "Facility", "ForeseenStayUntil", "Gender", "OfferedServiceType", "StayFrom",
    "TimeEstimatedStayUntil", "TimeStayFrom", "TouristName", "TouristSurname", "TTPaymentCategory",
)  # fmt: skip
_OPTIONAL = (
    "ID", "TTPayerID", "AccommodationUnitType", "TouristAgency", "CityOfBirth", "CityOfResidence", "ResidenceAddress",
    "IsTTFlatRatePaymentVacationHome", "TouristEmail", "TouristMiddleName", "TouristTelephone", "BorderCrossingHr",
    "PassageDate",
)  # fmt: skip
_LONGEST = {
    "DocumentNumber": 16,
    **dict.fromkeys(("TouristName", "TouristSurname", "CityOfBirth", "CityOfResidence"), 64),
}
_CODES = {
    "ArrivalOrganisation": frozenset({"I", "A"}),
    "BorderCrossingHr": frozenset(crossing.code for crossing in CROSSINGS if crossing.active),
    "Citizenship": COUNTRIES,
    "CountryOfBirth": COUNTRIES,
    "CountryOfResidence": COUNTRIES,
    "DocumentType": DOCUMENTS,
    "Facility": frozenset({FACILITY}),
    "Gender": frozenset({"muški", "ženski"}),
    "OfferedServiceType": frozenset({"Noćenje"}),
    "TTPaymentCategory": _CATEGORIES,
}
Form = Mapping[str, str]


def check_in_fault(form: Form, now: datetime) -> str | None:
    """Return the first thing that is wrong with a check-in."""
    return _layout_fault(form) or _value_fault(form) or _date_fault(form, now)


def guid_fault(form: Form) -> str | None:
    """Return what is wrong with the ID."""
    if not form.get("ID"):
        return "Nije zadan ID."
    try:
        return None if str(uuid.UUID(form["ID"])) == form["ID"].lower() else "Neispravan ID."
    except ValueError:
        return "Neispravan ID."


def _layout_fault(form: Form) -> str | None:
    if fault := guid_fault(form):
        return fault
    if unknown := sorted(set(form) - {*_REQUIRED, *_OPTIONAL}):
        return f"Nepoznat podatak: {unknown[0]}."
    if missing := [name for name in _REQUIRED if not form.get(name, "").strip()]:
        return f"Podatak {missing[0]} je obavezan."
    return None


def _value_fault(form: Form) -> str | None:
    for name, longest in _LONGEST.items():
        if len(form.get(name, "")) > longest:
            return f"Podatak {name} je predugačak."
    for name, codes in _CODES.items():
        if name in form and form[name] not in codes:
            return f"Neispravna šifra: {name}."
    if form["ArrivalOrganisation"] == "A" and not form.get("TouristAgency"):
        return "Podatak TouristAgency je obavezan."
    if fault := _city_fault(form, "Birth", "Grad rođenja nije zadan.") or _city_fault(
        form, "Residence", "Grad prebivališta nije zadan."
    ):
        return fault
    if form["CountryOfResidence"] not in _EU and not (form.get("BorderCrossingHr") and form.get("PassageDate")):
        return "Potrebno je upisati granični prijelaz, te datum prijelaza."
    return None


def _city_fault(form: Form, which: str, missing: str) -> str | None:
    """A city; in Croatia as "grad-naselje"."""
    city = form.get(f"CityOf{which}", "").strip()
    in_croatia = form[f"CountryOf{which}"] == "HRV"
    return None if city and (not in_croatia or re.fullmatch("[^-]+-.+", city)) else missing


def _date_fault(form: Form, now: datetime) -> str | None:
    arrives = _moment(form["StayFrom"], form["TimeStayFrom"])
    leaves = _moment(form["ForeseenStayUntil"], form["TimeEstimatedStayUntil"])
    born = _moment(form["DateOfBirth"], "00:00")
    if arrives is None or leaves is None or born is None:
        return "Neispravan datum ili vrijeme."
    age, passed = _age(born.date(), arrives.date()), _moment(form.get("PassageDate", form["StayFrom"]), "00:00")
    if passed is None:
        return "Neispravan datum ili vrijeme."
    broken = {
        "Datum prijelaza je veći od datuma boravka od.": passed.date() > arrives.date(),
        "Upisan datum boravka do je manji od datuma boravka od.": leaves.date() < arrives.date(),
        "Upisano vrijeme odlaska je manje od upisanog vremena dolaska.": leaves <= arrives,
        "Prekoračen je maksimalan broj dana boravka turista.": leaves - arrives > timedelta(_LONGEST_STAY),
        "Nije dopušten unos datuma boravka od koji ne zadovoljava definirana prava.": _too_long_ago(arrives, now),
        "Kategorija plaćanja boravišne pristojbe ne odgovara dobi turista.": not _category_fits(
            form["TTPaymentCategory"], age
        ),
    }
    return next((text for text, is_broken in broken.items() if is_broken), None)


def check_out_fault(form: Form, arrived: datetime, now: datetime) -> str | None:
    """Return the first thing that is wrong with a check-out."""
    if unknown := sorted(set(form) - {"ID", "TTPayerID", "CheckOutDate", "CheckOutTime"}):
        return f"Nepoznat podatak: {unknown[0]}."
    left = _moment(form.get("CheckOutDate", ""), form.get("CheckOutTime", ""))
    if left is None:
        return "Neispravan datum ili vrijeme."
    if left.date() < arrived.date():
        return "Upisan datum odjave je manji od datuma boravka od."
    if left.date() > now.date():
        return "Datum odjave turista ne smije biti veći od današnjeg datuma."
    if _too_long_ago(left, now):
        return "Nije dopušten unos datuma odjave koji ne zadovoljava definirana prava."
    return None


def _too_long_ago(day: datetime, now: datetime) -> bool:
    """Whether this is before the days that may still be entered."""
    return day.date() <= now.date() - timedelta(_DAYS_BACK)


def arrival(form: Form) -> datetime:
    """Return the arrival of a check-in that was accepted."""
    return datetime.strptime(form["StayFrom"] + form["TimeStayFrom"], "%Y%m%d%H:%M")


def _moment(day: str, minute: str) -> datetime | None:
    if not re.fullmatch(r"[0-9]{8}", day) or not re.fullmatch(r"[0-9]{2}:[0-9]{2}", minute):
        return None
    try:
        return datetime.strptime(day + minute, "%Y%m%d%H:%M")
    except ValueError:
        return None


def _age(born: date, on: date) -> int:
    return on.year - born.year - ((on.month, on.day) < (born.month, born.day))


def _category_fits(category: str, age: int) -> bool:
    return {"1": 0 <= age < 12, "2": 12 <= age < 18, "5": age < 30}.get(category, age >= 0)
