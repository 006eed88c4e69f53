"""`lodgekey key`: lists keys, shows their state on the lock, and revokes them."""

from datetime import UTC, datetime
from typing import Annotated, Any

import typer
from sqlalchemy import select
from sqlalchemy.orm import Session

from api.cli.folder import opened
from api.cli.output import AsJson, Folder, padded, said, settings_of, tell, tell_rows, word
from api.cli.refusal import Refused
from api.services.presenters import key_fields
from certs.authority.ca import Authority
from gateway.clock import utc_now
from gateway.journey.stays.landlord import revoke_for_landlord
from gateway.store import Key
from gateway.texts.marks import N_

app = typer.Typer(no_args_is_help=True)
KeyId = Annotated[str, typer.Argument(help="Key id.")]
SHOWN = (
    "id",
    "lock",
    "state",
    "until",
    "cannot_outlive",
    "delay_reason",
    "cannot_be_revoked_before",
    "exposure_minutes",
)
FAMILIES = {
    "state": "key",
    "delay_reason": "delay_reason",
}  # field → family of codes that are printed as the pages' texts


@app.command("list")
def list_keys(
    lock: Annotated[str | None, typer.Option(help="Show only the keys of this lock.")] = None,
    folder: Folder = None,
    as_json: AsJson = False,
) -> None:
    """List all keys, newest first, without names of people."""
    with opened(settings_of(folder)) as database, database.reading() as session:
        query = select(Key).order_by(Key.created_at.desc(), Key.id)
        rows = session.scalars(query.where(Key.device_id == lock) if lock else query).all()
        found = [key_row(session, row) for row in rows]
    lines = (
        f"{key['id']}  {key['lock']:<20} {padded(word('key', key['state']), 10)} {said_until(key)}" for key in found
    )
    tell_rows(found, as_json, lines)


@app.command()
def show(key: KeyId, folder: Folder = None, as_json: AsJson = False) -> None:
    """Show one key: its state as reported by the lock, and when it expires even if the lock receives no command."""
    with opened(settings_of(folder)) as database, database.reading() as session:
        say(key_row(session, named(session, key)), as_json=as_json)


@app.command()
def revoke(key: KeyId, folder: Folder = None, as_json: AsJson = False) -> None:
    """Revoke a key and its passcodes. The state is “revoking” until the lock confirms."""
    settings = settings_of(folder)
    passcode_key = Authority.open(settings.folder / "certs", utc_now).passcode_key
    with opened(settings) as database, database.writing() as session:
        row = revoke_for_landlord(session, named(session, key), passcode_key, utc_now())
        session.flush()
        say(key_row(session, row), as_json=as_json)


def named(session: Session, key_id: str) -> Key:
    """Return the key with this id. Raises Refused for an unknown id."""
    row = session.get(Key, key_id)
    if row is None:
        raise Refused("no_such_key")
    return row


def key_row(session: Session, row: Key) -> dict[str, Any]:
    """Return the API's fields of a key, and when it was revoked and by whom, with times as RFC 3339 in UTC."""
    fields = key_fields(session, row, utc_now())
    fields["from"] = fields.pop("from_")
    for name in ("on_lock_at", "revoking_at", "revoked_at", "delayed_since"):
        at = fields[name]
        fields[name] = None if at is None else datetime.fromtimestamp(at, UTC).isoformat()
    return fields


def said_until(key: dict[str, Any]) -> str:
    """Return until when a key is valid, and what delays its end."""
    return said(N_("until {until}"), **key) + why(key)


def why(key: dict[str, Any]) -> str:
    """Return why the key's state is delayed, as text."""
    if not key["delay_reason"]:
        return ""
    before, reason = key["cannot_be_revoked_before"], word("delay_reason", key["delay_reason"]).replace("_", " ")
    return (
        said(N_("; cannot be revoked before {time}: {why}"), time=before, why=reason)
        if before
        else said(N_("; {why}"), why=reason)
    )


def say(key: dict[str, Any], *, as_json: bool) -> None:
    """Print one key."""
    if as_json:
        tell(key, as_json)
        return
    for name in SHOWN:
        if key[name] is not None:
            value = word(FAMILIES[name], key[name]) if name in FAMILIES else key[name]
            typer.echo(said(N_("{name}: {value}"), name=word("keyfact", name), value=value))
