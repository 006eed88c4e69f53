"""The registries that a landlord's unit reports to, with the unit or later."""

from collections.abc import Sequence
from typing import Annotated

from pydantic import Field

from api.services.landlord.unit_facts import Facts
from api.services.presenters import unit_shown
from api.services.schemas import Short, Strict, UnitShown
from gateway.bootstrap import Gateway
from gateway.domain.errors import InputRefused
from gateway.journey.accounts.operator import Dwelling, add_unit
from gateway.journey.accounts.unit_registries import give_registries, refuse_wrong_facts
from gateway.journey.stays.landlord import unit_of
from gateway.store import Account
from gateway.texts.marks import N_


class RegistryForm(Strict):
    """A registry by name, and what it requires of the unit by path ("registered_as").

    A path that begins with "landlord." is what this registry requires of the landlord.
    """

    registry: Annotated[str, Field(min_length=1, max_length=40, examples=["es"])]
    facts: Facts = Field(default_factory=dict)


Registries = Annotated[list[RegistryForm], Field(min_length=1, max_length=10)]


class RegistriesForm(Strict):
    """The registries that the unit reports to, in order; the events of a stay name the records of the first."""

    registries: Registries


class NewUnitForm(RegistriesForm):
    """A unit to create. `area` decides which officers see it; `jurisdiction`: whose rules apply ("es", "cn-33")."""

    code: Short
    label: Short
    address: Short
    area: Short
    timezone: Annotated[str, Field(max_length=60, examples=["Europe/Madrid"])]
    jurisdiction: Annotated[str, Field(max_length=20, examples=["es"])]


def create_unit(gateway: Gateway, owner: Account, form: NewUnitForm) -> UnitShown:
    """Create a unit. Raises InputRefused for wrong or missing facts, and Conflict for a code that is in use."""
    place = (form.code, form.label, form.address, form.area, form.timezone, form.jurisdiction)
    with gateway.database.writing() as session:
        unit = add_unit(session, owner, Dwelling(*place, _by_name(form.registries)), gateway.now())
        refuse_wrong_facts(unit, gateway.rules, gateway.now())
        return unit_shown(unit)


def change_registries(gateway: Gateway, landlord_id: str, unit_id: str, form: RegistriesForm) -> UnitShown:
    """Replace the registries of a unit, from its next record on. Raises NotFound, InputRefused or Conflict."""
    with gateway.database.writing() as session:
        unit = unit_of(session, unit_id, landlord_id)
        give_registries(session, unit, _by_name(form.registries), gateway.rules, gateway.now())
        return unit_shown(unit)


def _by_name(registries: Sequence[RegistryForm]) -> dict[str, dict[str, str]]:
    by_name = {one.registry: {path: text.strip() for path, text in one.facts.items()} for one in registries}
    if len(by_name) < len(registries):
        raise InputRefused(N_("Name each registry once."), field="registries")
    return by_name
