"""`lodgekey unit`: the homes a landlord lets. A lock comes onto one's door with `lodgekey device add --unit`."""

from typing import Annotated

import typer
from sqlalchemy import select

from api.cli.facts import Facts, facts_of
from api.cli.folder import opened
from api.cli.output import AsJson, Folder, settings_of, tell, tell_rows
from gateway.clock import utc_now
from gateway.journey.accounts.operator import Dwelling, account_called, add_unit
from gateway.store import Unit

app = typer.Typer(no_args_is_help=True)


@app.command()
def add(
    code: Annotated[str, typer.Argument(help="Short and unique: letters, digits, hyphens.")],
    landlord: Annotated[str, typer.Option(help="A login of the landlord who lets it.")],
    label: Annotated[str, typer.Option(help="As landlord and tenant call it.")],
    address: Annotated[str, typer.Option(help="Where it is, for the tenant and the registry.")],
    area: Annotated[str, typer.Option(help="The grid area it is in; officers of it, or a part before it, see it.")],
    timezone: Annotated[str, typer.Option(help="IANA name, Europe/Rome for one.")],
    jurisdiction: Annotated[str, typer.Option(help="Whose rules hold: es, it, pt, cn-33, … or sandbox.")],
    registry: Annotated[str, typer.Option(help="Which of the set-up registries it reports to.")],
    fact: Facts = None,
    folder: Folder = None,
    as_json: AsJson = False,
) -> None:
    """A home to let. What its registry wants to know of it is asked here, not of the tenant at the door."""
    home = Dwelling(code, label, address, area, timezone, jurisdiction, registry, facts_of(fact))
    with opened(settings_of(folder), newest=True) as database, database.writing() as session:
        unit = add_unit(session, account_called(session, landlord), home, utc_now())
        output = {"unit": unit.id, "code": unit.code}
    tell(output, as_json, "unit_added", code=code, landlord=landlord)


@app.command("list")
def list_units(folder: Folder = None, as_json: AsJson = False) -> None:
    """Every unit by its code, with the locks on its door."""
    with opened(settings_of(folder)) as database, database.reading() as session:
        rows = [
            {
                "code": row.code,
                "label": row.label,
                "area": row.area,
                "jurisdiction": row.jurisdiction,
                "registry": row.registry_name,
                "locks": [device.id for device in row.devices if device.revoked_at is None],
            }
            for row in session.scalars(select(Unit).order_by(Unit.code))
        ]
    lines = (f"{row['code']:<16} {row['area']:<12} {row['registry']:<8} {', '.join(row['locks'])}" for row in rows)
    tell_rows(rows, as_json, lines)
