"""`lodgekey erasure`: requests for erasure that came by letter, all that are open, and the counts without persons."""

from typing import Annotated, Any

import typer
from sqlalchemy.orm import Session

from api.cli.dates import format_time
from api.cli.folder import opened
from api.cli.output import AsJson, Folder, listed, padded, settings_of, tell, tell_rows, word
from api.cli.refusal import Refused
from gateway.clock import utc_now
from gateway.journey.filings.parties import registered
from gateway.journey.retention import erasure as steps
from gateway.journey.retention.counts import monthly_counts
from gateway.store import Person, Stay
from gateway.texts.marks import N_

app = typer.Typer(no_args_is_help=True)
StayId = Annotated[str, typer.Argument(help="Stay id, as in the address of the landlord's page.")]


@app.command()
def ask(
    stay: StayId,
    person: Annotated[int | None, typer.Option(help="Number of the tenant on the landlord's page.")] = None,
    booker: Annotated[bool, typer.Option("--booker", help="Who made the booking, instead of a tenant.")] = False,
    folder: Folder = None,
    as_json: AsJson = False,
) -> None:
    """Note a request for erasure that came by letter, from a person you know. Prints what the law keeps."""
    now = utc_now()
    with opened(settings_of(folder), newest=True) as database, database.writing() as session:
        found = whose(session, stay, person, booker=booker)
        steps.ask_erasure(session, found, "operator", now)
        session.flush()
        row = request_row(session, found, now)
    tell(
        row,
        as_json,
        N_(
            "Noted. Answer the letter by {answer_by} (UTC). What no law keeps is erased on {effect} (UTC). Kept: {kept}"
        ),
        **{**row, "kept": said_kept(row)},
    )


@app.command("list")
def list_requests(
    everything: Annotated[bool, typer.Option("--all", help="Also those of people who are erased already.")] = False,
    folder: Folder = None,
    as_json: AsJson = False,
) -> None:
    """List requests for erasure, the first to be answered first, without names: by stay and person."""
    now = utc_now()
    with opened(settings_of(folder)) as database, database.reading() as session:
        rows = [request_row(session, person, now) for person in steps.requests(session, erased=everything)]
    lines = (
        f"{row['asked']}  {row['answer_by']}  {padded(word('erasure_by', row['by']), 9)} {row['unit']:<20} "
        f"{row['stay']}  {row['person']}  {said_kept(row)}"
        for row in rows
    )
    tell_rows(rows, as_json, lines)


@app.command()
def counts(folder: Folder = None, as_json: AsJson = False) -> None:
    """Count stays and registrations by month and landlord, also of stays that are deleted. Nobody is named."""
    with opened(settings_of(folder)) as database, database.reading() as session:
        rows: list[dict[str, Any]] = [
            {
                "month": count.month,
                "landlord": count.landlord,
                "what": count.what,
                "registry": count.name,
                "state": count.state,
                "number": number,
            }
            for count, number in monthly_counts(session).items()
        ]
    lines = (
        f"{row['month']}  {row['landlord']}  {padded(word('counted', row['what']), 12)} {row['registry']:<12} "
        f"{row['state']:<12} {row['number']:>6}"
        for row in rows
    )
    tell_rows(rows, as_json, lines)


def whose(session: Session, stay_id: str, number: int | None, *, booker: bool) -> Person:
    """Return the person whom a letter is from. Raises Refused for an unknown stay or number, or several tenants."""
    stay = session.get(Stay, stay_id)
    if stay is None:
        raise Refused("no_such_stay")
    people = [each for each in stay.people if each.role == "booker"] if booker else registered(session, stay)
    if number is None and len(people) > 1:
        raise Refused("several_people", count=len(people))
    place = (number or 1) - 1
    if not 0 <= place < len(people):
        raise Refused("no_such_person")
    return people[place]


def request_row(session: Session, person: Person, now: int) -> dict[str, Any]:
    """Return a request as JSON; times as YYYY-MM-DD HH:MM in UTC."""
    found = steps.erasure_of(session, person, now)
    return {
        "stay": person.stay_id,
        "person": person.id,
        "unit": person.stay.unit.label,
        "by": person.erasure_asked_by,
        "asked": format_time(found.asked),
        "answer_by": format_time(found.answer),
        "effect": format_time(found.effect),
        "kept": [{"what": each.what, "until": format_time(each.until), "law": each.law} for each in found.kept],
        "erased": found.erased,
    }


def said_kept(row: dict[str, Any]) -> str:
    """Return what is kept of a request's person, for people."""
    lines = (f"{word('kept', each['what'])} {each['until']} {each['law']}".rstrip() for each in row["kept"])
    return listed(lines) or word("kept", "nothing")
