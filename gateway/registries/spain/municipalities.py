"""Municipalities of Spain by the five digits of the INE: two of the province and three of the municipality."""

import csv
from datetime import date
from functools import cache
from pathlib import Path
from typing import Final

from gateway.domain.filings.codes.table import Code, CodeTable

_FILE = Path(__file__).with_name("municipios.csv")
# Provinces and the two autonomous cities in the order of the INE's codes, 01 to 52.
_PROVINCE_NAMES: Final = (
    "Araba/Álava", "Albacete", "Alicante/Alacant", "Almería", "Ávila", "Badajoz", "Illes Balears", "Barcelona",
    "Burgos", "Cáceres", "Cádiz", "Castellón/Castelló", "Ciudad Real", "Córdoba", "A Coruña", "Cuenca", "Girona",
    "Granada", "Guadalajara", "Gipuzkoa", "Huelva", "Huesca", "Jaén", "León", "Lleida", "La Rioja", "Lugo", "Madrid",
    "Málaga", "Murcia", "Navarra", "Ourense", "Asturias", "Palencia", "Las Palmas", "Pontevedra", "Salamanca",
    "Santa Cruz de Tenerife", "Cantabria", "Segovia", "Sevilla", "Soria", "Tarragona", "Teruel", "Toledo",
    "Valencia/València", "Valladolid", "Bizkaia", "Zamora", "Zaragoza", "Ceuta", "Melilla",
)  # fmt: skip
PROVINCES: Final = {f"{number:02}": name for number, name in enumerate(_PROVINCE_NAMES, 1)}


@cache
def municipalities() -> CodeTable:
    """The INE's list as of 1 January 2025, with the municipalities' own names."""
    with _FILE.open(encoding="utf-8", newline="") as file:
        lines = csv.DictReader(file, delimiter=";")
        return CodeTable("ine-municipalities", "2025", [Code(line["codigo"], line["nombre"]) for line in lines])


def municipality_names(on: date) -> list[tuple[str, str]]:
    """The municipalities of this day with the name of their province, which tells namesakes apart."""
    return [(code.code, f"{code.name} ({PROVINCES[code.code[:2]]})") for code in municipalities() if code.valid(on)]
