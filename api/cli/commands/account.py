"""`lodgekey account`: accounts that may sign in. Landlords add their own staff on their pages."""

from datetime import UTC, datetime
from typing import Annotated, Literal

import typer
from sqlalchemy import select

from api.cli.facts import Facts, facts_of
from api.cli.folder import opened
from api.cli.output import AsJson, Folder, padded, settings_of, tell, tell_rows, word
from api.services.access import hash_password
from gateway.clock import utc_now
from gateway.journey.accounts import operator
from gateway.store import Account, SignInAttempt
from gateway.texts.marks import N_

app = typer.Typer(no_args_is_help=True)
Role = Literal["landlord", "officer", "tester"]
Login = Annotated[str, typer.Argument(help="Username.")]


@app.command()
def add(
    login: Login,
    role: Annotated[Role, typer.Option(help="Role.")],
    name: Annotated[str, typer.Option(help="Name. A landlord's name is shown to tenants.")],
    phone: Annotated[str, typer.Option(help="Phone number of a landlord, shown to tenants.")] = "",
    email: Annotated[str | None, typer.Option(help="Email address of a landlord.")] = None,
    area: Annotated[str, typer.Option(help="Area of an officer, who sees units whose area begins with it.")] = "",
    fact: Facts = None,
    folder: Folder = None,
    as_json: AsJson = False,
) -> None:
    """Add an account. The initial password is shown only once, and has to be changed at the first sign-in."""
    with opened(settings_of(folder), newest=True) as database, database.writing() as session:
        now = utc_now()
        if role == "landlord":
            lessor = operator.Lessor(name, phone, email, facts_of(fact))
            account, password = operator.add_landlord(session, login, lessor, hash_password, now)
        elif role == "officer":
            account, password = operator.add_officer(session, login, name, area, hash_password, now)
        else:
            account, password = operator.add_tester(session, login, name, hash_password, now)
        output = {"login": account.login, "role": account.role, "password": password}
    tell(output, as_json, N_("{login} can now sign in. Initial password, shown only once: {password}"), **output)


@app.command("list")
def list_accounts(folder: Folder = None, as_json: AsJson = False) -> None:
    """List all accounts by username."""
    query = select(Account).where(Account.ended_at.is_(None)).order_by(Account.login)
    with opened(settings_of(folder)) as database, database.reading() as session:
        rows = [
            {"login": row.login, "role": row.role, "staff": row.staff, "area": row.area, "provider": row.issuer}
            for row in session.scalars(query)
        ]
    lines = (
        f"{row['login']:<40} {padded(word('role', str(row['role'])), 9)} "
        + (word("staffrole", row["staff"]) if row["staff"] else row["area"] or "")
        for row in rows
    )
    tell_rows(rows, as_json, lines)


@app.command()
def end(login: Login, folder: Folder = None, as_json: AsJson = False) -> None:
    """Close an account. All its sessions end at once."""
    with opened(settings_of(folder)) as database, database.writing() as session:
        operator.end_account(session, login, utc_now())
    tell({"login": login, "ended": True}, as_json, N_("{login} can no longer sign in."), login=login)


@app.command()
def password(login: Login, folder: Folder = None, as_json: AsJson = False) -> None:
    """Set a new password for an account, shown only once. All its sessions end."""
    with opened(settings_of(folder)) as database, database.writing() as session:
        output = {"login": login, "password": operator.renew_password(session, login, hash_password, utc_now())}
    tell(output, as_json, N_("New password of {login}, shown only once: {password}"), **output)


@app.command("remove-second-factor")
def remove_second_factor(login: Login, folder: Folder = None, as_json: AsJson = False) -> None:
    """Remove the lost authenticator app and passkeys of an account, whose owner you know. All its sessions end."""
    with opened(settings_of(folder)) as database, database.writing() as session:
        operator.remove_lost_factors(session, login, utc_now())
    removed = N_("{login} signs in by password alone until a second factor is set up again.")
    tell({"login": login, "removed": True}, as_json, removed, login=login)


@app.command()
def attempts(
    login: Annotated[str, typer.Option(help="Only those of this account.")] = "",
    refused: Annotated[bool, typer.Option("--refused", help="Only those that were refused.")] = False,
    folder: Folder = None,
    as_json: AsJson = False,
) -> None:
    """List attempts to sign in of the last 90 days, the newest first. Names that no account has are not stored."""
    query = select(SignInAttempt, Account.login).outerjoin(Account, SignInAttempt.account_id == Account.id)
    if login:
        query = query.where(Account.login == login)
    if refused:
        query = query.where(SignInAttempt.outcome != "accepted")
    with opened(settings_of(folder)) as database, database.reading() as session:
        found = session.execute(query.order_by(SignInAttempt.last_at.desc(), SignInAttempt.id)).all()
    rows = [
        {
            name: getattr(row, name)
            for name in ("first_at", "last_at", "count", "method", "outcome", "network", "device")
        }
        | {"login": name}
        for row, name in found
    ]
    lines = (
        f"{datetime.fromtimestamp(row['last_at'], UTC):%Y-%m-%d %H:%MZ} {row['count']:>5} × "
        f"{padded(word('sign_in_outcome', row['outcome']), 18)} {padded(word('sign_in_method', row['method']), 12)} "
        f"{row['login'] or '-':<24} {row['network']:<20} {row['device']}"
        for row in rows
    )
    tell_rows(rows, as_json, lines)
