"""Makes restored rows fit what people and devices know: after `lodgekey restore`, or after PostgreSQL's own tools."""

from collections.abc import Sequence
from pathlib import Path

from sqlalchemy import func, select

from certs.authority.ca import Authority
from certs.files import secret_at
from gateway.journey.keys.keyring import Keyring
from gateway.operations.backup.aftermath import Aftermath, settle
from gateway.operations.backup.contents import AUTHORITY, VAULT
from gateway.operations.backup.ended import ENDED, End, append_ended, read_ended
from gateway.operations.backup.manifest import BackupUnusable
from gateway.operations.installation import OFFERS, Installation
from gateway.settings import Settings
from gateway.store import Event
from gateway.store.database import Database, is_missing
from gateway.store.sealing import Vault


def settle_database(settings: Settings, ended: Sequence[Path], now: int) -> Aftermath:
    """Settle the rows of a database that was restored by other means, beside the gateway's folder as it is now.

    `ended`: lists of what has ended, besides the folder's own. The gateway must not run. Raises BackupUnusable:
    no_gateway.
    """
    folder = settings.folder
    if is_missing(settings.database) or not (folder / AUTHORITY).is_dir():
        raise BackupUnusable("no_gateway", folder=folder)
    entries = merge_lists(folder / ENDED, ended)
    database = Database(settings.database)
    try:
        database.migrate()
        after = settle_rows(settings, database, folder, entries, None, now)
    finally:
        database.close()
    Installation(settings).accept_rows()
    return after


def settle_rows(
    settings: Settings, database: Database, folder: Path, entries: Sequence[End], made_at: int | None, now: int
) -> Aftermath:
    """Settle the rows of a migrated database with the keys in `folder`. `made_at`: None for the newest event's time."""
    authority = Authority.open(folder / AUTHORITY, lambda: now)
    vault = Vault(folder / VAULT)
    try:
        keyring = Keyring(
            vault,
            authority.credential_key,
            secret_at(folder / OFFERS),
            authority.passcode_key,
            settings.offline_hours * 3600,
        )
        with database.writing() as session:
            newest = session.scalar(select(func.max(Event.at))) or 0
            return settle(session, keyring, entries, made_at=newest if made_at is None else made_at, now=now)
    finally:
        vault.close()


def merge_lists(place: Path, others: Sequence[Path]) -> list[End]:
    """Add the entries of other lists of what has ended to the one at `place`; returns all."""
    entries = read_ended(place)
    known = {each.name for each in entries}
    for path in others:
        fresh = [each for each in read_ended(path) if each.name not in known]
        known |= {each.name for each in fresh}
        append_ended(place, fresh)
        entries += fresh
    return entries
