"""What the demonstration needs of a registry whose records are kept here: there is no authority to simulate."""

from collections.abc import Mapping
from typing import Any, Final

KEPT: Final[Mapping[str, Mapping[str, str]]] = {
    "de": {
        "unit.jurisdiction": "de",
        "unit.timezone": "Europe/Berlin",
        "person.residence.street": "5 Main Street",
        "person.residence.municipality": "New York",
        "person.residence.country": "USA",
    },
}


def kept_books(registry: str) -> dict[str, Any]:
    """The facts of the units and of the tenant, and the settings, as a simulated registry prints them."""
    return {"facts": dict(KEPT[registry]), "settings": {}}
