"""What registries take of a landlord's unit and of the landlord, and its correction."""

from typing import Annotated

from pydantic import BaseModel, Field

from api.services.schemas import Strict
from gateway.bootstrap import Gateway
from gateway.journey.filings.unit_facts import FactsCorrected, correct_unit, facts_of_unit
from gateway.journey.stays.landlord import unit_of
from gateway.store import Unit

Facts = Annotated[
    dict[Annotated[str, Field(max_length=60)], Annotated[str, Field(max_length=200)]], Field(max_length=30)
]


class UnitFactsForm(Strict):
    """New texts by path ("registered_as"); an empty text removes a fact. An address left out is unchanged."""

    address: Annotated[str, Field(max_length=200)] | None = None
    unit: Facts = Field(default_factory=dict)
    landlord: Facts = Field(default_factory=dict)


class UnitFactsShown(BaseModel):
    """The unit's address, what is known of unit and landlord by path, and how many records a correction filed."""

    address: str
    unit: dict[str, str]
    landlord: dict[str, str]
    filed: int = 0


def read_facts(gateway: Gateway, landlord_id: str, unit_id: str) -> UnitFactsShown:
    """Return what registries take of the unit and the landlord. Raises NotFound."""
    with gateway.database.reading() as session:
        return _shown(unit_of(session, unit_id, landlord_id))


def correct_facts(gateway: Gateway, landlord_id: str, unit_id: str, form: UnitFactsForm) -> UnitFactsShown:
    """Correct facts; what was refused for them is filed again, and accepted records are changed where that is taken.

    Raises NotFound, or InputRefused with the fields that the registry's rules refuse.
    """
    changes = FactsCorrected(form.address, form.unit, form.landlord)
    with gateway.database.writing() as session:
        unit = unit_of(session, unit_id, landlord_id)
        filed = correct_unit(session, unit, changes, gateway.rules, gateway.keyring, gateway.now())
        return _shown(unit).model_copy(update={"filed": len(filed)})


def _shown(unit: Unit) -> UnitFactsShown:
    of_unit, of_landlord = facts_of_unit(unit)
    return UnitFactsShown(address=unit.address, unit=of_unit, landlord=of_landlord)
