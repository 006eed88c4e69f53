"""Rules of the simulated region beyond its schema, after the manual of the format; reads the elements by itself."""

import re
from datetime import date, datetime

from lxml import etree

from firmware_sim.registries import clock
from firmware_sim.registries.italy.reader import in_force

ITALY = "100000100"
HEAD_OF = {"19": "17", "20": "18"}
_GUESTS = {"16", "17", "18", *HEAD_OF}
_TOURISM = (
    "Culturale, Balneare, Congressuale/Affari, Fieristico, Sportivo/Fitness, Scolastico, Religioso, Sociale,"
    " Parchi Tematici, Termale/Trattamenti salute, Enogastronomico, Cicloturismo, Escursionistico/Naturalistico,"
    " Altro motivo, Non specificato"
)
_TRANSPORT = (
    "Auto, Aereo, Aereo+Pullman, Aereo+Navetta/Taxi/Auto, Aereo+Treno, Treno, Pullman, Caravan/Autocaravan,"
    " Barca/Nave/Traghetto, Moto, Bicicletta, A piedi, Altro mezzo, Non Specificato"
)
_CHANNELS = "Diretta tradizionale, Diretta web, Indiretta tradizionale, Indiretta web, Altro canale, Non specificato"
_STUDIES = "Licenza elementare, Diploma, Laurea, Altro titolo, Non specificato"
_LISTS = {  # field: its descriptions, and whether it is required
    "tipoturismo": (_TOURISM, True),
    "mezzotrasporto": (_TRANSPORT, True),
    "canaleprenotazione": (_CHANNELS, False),
    "titolostudio": (_STUDIES, False),
}
_LONGEST = {"cognome": 50, "nome": 30}


def day_of(text: str) -> date | None:
    """The date of aaaammgg, or None."""
    if not re.fullmatch("[0-9]{8}", text):
        return None
    try:
        return datetime.strptime(text, "%Y%m%d").date()
    except ValueError:
        return None


def day_fault(movement: etree._Element, before: date | None) -> str | None:
    """Why a day cannot be taken: its date, its place after the day before in the report, or the facility's figures."""
    day, facility = day_of(movement.findtext("data") or ""), movement.find("struttura")
    if day is None or day > clock.today("Europe/Rome"):
        return "Data del movimento non valida"
    if before is not None and day <= before:
        return "I movimenti non sono in ordine di data"
    if facility is None:
        return "Dati della struttura mancanti"
    is_open, *figures = (element.text or "" for element in facility)
    if is_open not in ("SI", "NO") or not all(re.fullmatch("[0-9]{1,4}", figure) for figure in figures):
        return "Dati della struttura non validi"
    occupied, rooms, beds = map(int, figures)
    if is_open == "NO" and (occupied or rooms or beds or movement.find("arrivi") is not None):
        return "Struttura chiusa"
    return "Camere occupate superiori alle disponibili" if occupied > rooms else None


def guest_fault(guest: etree._Element, day: date) -> str | None:
    """The first rule that an arriving guest breaks, but for the head."""
    given = {str(element.tag): element.text or "" for element in guest}
    if not 1 <= len(given["idswh"]) <= 20:
        return "idswh non valido"
    if given["tipoalloggiato"] not in _GUESTS:
        return "tipoalloggiato non valido"
    if (given["tipoalloggiato"] in HEAD_OF) != bool(given.get("idcapo")):
        return "idcapo non valido"
    return _person_fault(given, day) or _place_fault(given) or _list_fault(given)


def _person_fault(given: dict[str, str], day: date) -> str | None:
    if any(len(given.get(field, "")) > longest for field, longest in _LONGEST.items()):
        return "Nominativo troppo lungo"
    if given["sesso"] not in ("M", "F"):
        return "sesso non valido"
    born = day_of(given["datanascita"])
    return "datanascita non valida" if born is None or born > day else None


def _place_fault(given: dict[str, str]) -> str | None:
    for field in ("cittadinanza", "statoresidenza"):
        if not in_force(given[field], state=True):
            return f"{field} non valido"
    lives_in_italy = given["statoresidenza"] == ITALY
    if lives_in_italy and not in_force(given["luogoresidenza"], state=False):
        return "luogoresidenza non valido"
    if len(given["luogoresidenza"]) > 30:
        return "luogoresidenza troppo lungo"
    born_in, comune = given.get("statonascita", ""), given.get("comunenascita", "")
    if born_in and not in_force(born_in, state=True):
        return "statonascita non valido"
    if (comune or born_in == ITALY) and not (born_in == ITALY and in_force(comune, state=False)):
        return "comunenascita non valido"
    return None


def _list_fault(given: dict[str, str]) -> str | None:
    """The manual's examples are in capitals and its lists are not, so the case does not matter."""
    for field, (descriptions, required) in _LISTS.items():
        text = given.get(field, "")
        if (text or required) and text.upper() not in descriptions.upper().split(", "):
            return f"{field} non valido"
    return None
