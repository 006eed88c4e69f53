"""`lodgekey unit`: a landlord's units. `lodgekey device add --unit` adds a lock to one."""

from typing import Annotated

import typer
from sqlalchemy import select

from api.cli.facts import Facts, facts_by_registry, facts_of, refuse_wrong_options
from api.cli.folder import opened
from api.cli.output import AsJson, Folder, settings_of, tell, tell_rows
from gateway.clock import utc_now
from gateway.journey.accounts.operator import Dwelling, account_by_login, add_unit
from gateway.journey.filings.destinations import registries_of
from gateway.store import Unit
from gateway.texts.marks import N_

app = typer.Typer(no_args_is_help=True)


@app.command()
def add(
    code: Annotated[str, typer.Argument(help="Short unique code: letters, digits and hyphens.")],
    landlord: Annotated[str, typer.Option(help="Username of the landlord.")],
    label: Annotated[str, typer.Option(help="Name of the unit, shown to landlord and tenant.")],
    address: Annotated[str, typer.Option(help="Address, for the tenant and the registry.")],
    area: Annotated[
        str, typer.Option(help="Grid area. Officers of this area, or of an area that is a prefix of it, see the unit.")
    ],
    timezone: Annotated[str, typer.Option(help="IANA time zone name, for example Europe/Rome.")],
    jurisdiction: Annotated[str, typer.Option(help="Jurisdiction whose rules apply: es, it, pt, cn-33, … or sandbox.")],
    registry: Annotated[
        list[str], typer.Option(help="Registry that the unit reports to; it must be set up. Can be repeated.")
    ],
    fact: Facts = None,
    folder: Folder = None,
    as_json: AsJson = False,
) -> None:
    """Add a unit with what its registries require about it; --fact NAME:PATH=TEXT is for the registry NAME only."""
    registries = facts_by_registry(facts_of(fact), registry)
    home = Dwelling(code, label, address, area, timezone, jurisdiction, registries)
    with opened(settings_of(folder), newest=True) as database, database.writing() as session:
        now = utc_now()
        unit = add_unit(session, account_by_login(session, landlord), home, now)
        refuse_wrong_options(unit, now)
        output = {"unit": unit.id, "code": unit.code}
    tell(output, as_json, N_("Unit {code} was added for {landlord}."), code=code, landlord=landlord)


@app.command("list")
def list_units(folder: Folder = None, as_json: AsJson = False) -> None:
    """List all units by code, with their locks."""
    with opened(settings_of(folder)) as database, database.reading() as session:
        rows = [
            {
                "code": row.code,
                "label": row.label,
                "area": row.area,
                "jurisdiction": row.jurisdiction,
                "registries": registries_of(row),
                "locks": [device.id for device in row.devices if device.revoked_at is None],
            }
            for row in session.scalars(select(Unit).order_by(Unit.code))
        ]
    lines = (
        f"{row['code']:<16} {row['area']:<12} {','.join(row['registries']):<8} {', '.join(row['locks'])}"
        for row in rows
    )
    tell_rows(rows, as_json, lines)
