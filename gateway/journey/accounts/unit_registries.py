"""The registries that a unit reports to, changed by its landlord."""

from collections.abc import Callable, Mapping, Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from gateway.domain.errors import Conflict
from gateway.domain.filings.record import FieldProblem
from gateway.domain.filings.record import Registration as Record
from gateway.domain.filings.refusal import FieldsRefused
from gateway.domain.stays.stay import OCCUPYING
from gateway.journey.accounts.operator import Dwelling, check_dwelling
from gateway.journey.filings.unit_facts import wrong_facts
from gateway.store import Destination, Registration, Stay, Unit
from gateway.texts.marks import N_

Rules = Callable[[Record], Sequence[FieldProblem]]


def give_registries(
    session: Session, unit: Unit, registries: Mapping[str, Mapping[str, str]], rules: Mapping[str, Rules], now: int
) -> None:
    """Have the unit report to these registries, in this order, from its next record on.

    `registries`: what each requires of the unit (path: text), by name; it replaces what was known. `rules`: those of
    the registries that are set up. Raises InputRefused for an unknown registry and for facts that are missing or
    wrong, and Conflict where a stay that has not ended was filed at a registry that is left out.
    """
    place = (unit.code, unit.label, unit.address, unit.area, unit.timezone, unit.jurisdiction)
    check_dwelling(Dwelling(*place, registries), unit.landlord)
    _refuse_in_use(session, unit, registries)
    unit.destinations.clear()
    session.flush()
    unit.destinations.extend(
        Destination(position=position, registry_name=name, registry_facts=dict(facts))
        for position, (name, facts) in enumerate(registries.items())
    )
    session.flush()
    refuse_wrong_facts(unit, rules, now)


def refuse_wrong_facts(unit: Unit, rules: Mapping[str, Rules], now: int) -> None:
    """Raise InputRefused with the facts of the unit that its registries' rules refuse."""
    wrong = wrong_facts(unit, rules, now)
    if wrong:
        raise FieldsRefused([(problem.field, problem) for problem in wrong])


def _refuse_in_use(session: Session, unit: Unit, registries: Mapping[str, Mapping[str, str]]) -> None:
    left_out = [one.registry_name for one in unit.destinations if one.registry_name not in registries]
    query = (
        select(Registration.registry_name)
        .join(Stay, Registration.stay_id == Stay.id)
        .where(
            Stay.unit_id == unit.id,
            Stay.state.in_(OCCUPYING),
            Registration.registry_name.in_(left_out),
            Registration.state != "not_due",
        )
    )
    used = session.scalars(query).first()
    if used is not None:
        raise Conflict(N_("Stays that have not ended were reported to {registry}."), {"registry": used})
