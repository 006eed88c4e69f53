"""Puts back from a backup what is lost of a gateway's folder, and nothing else: rows and other files are newer."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from sqlalchemy import select

from certs.files import PUBLIC, SECRET
from gateway.operations.backup.archive import Archive, Identity
from gateway.operations.backup.contents import VAULT
from gateway.operations.backup.ended import ENDED, read_ended
from gateway.operations.backup.making import scratch_folder
from gateway.operations.backup.manifest import PARTS, BackupUnusable
from gateway.operations.backup.restoring import move_file
from gateway.operations.installation import PEOPLE, find_lost
from gateway.settings import Settings
from gateway.store import Person
from gateway.store.database import Database
from gateway.store.sealing import Vault


@dataclass(frozen=True, slots=True)
class PutBack:
    """Paths in the folder. `still_lost`: the backup lacks them, or holds an older one than this gateway's.

    `keyless`: people whose data nobody can read, because their key is newer than the backup.
    """

    files: list[str]
    still_lost: list[str]
    keyless: int


def put_back_lost(settings: Settings, archive: Archive, identities: Sequence[Identity]) -> PutBack:
    """Put back the lost files. The gateway must not run. Raises BackupUnusable: database_lost, altered, wrong_key."""
    folder, done = settings.folder, list[str]()
    with scratch_folder(folder) as scratch:
        archive.read(identities, scratch)
        while names := [name for name in _lost(settings) if name not in done and _holds(archive, name)]:
            for name in names:  # those of an authority whose generations were unknown are known afterwards
                place = folder / name
                place.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
                move_file(scratch / name, place, PUBLIC if place.suffix == ".pem" else SECRET)
            done += names
    keyless = _erase_again(settings) if PEOPLE in done else 0
    return PutBack(done, list(_lost(settings)), keyless)


def _lost(settings: Settings) -> Iterator[str]:
    for each in find_lost(settings):
        if each.element == "database":
            raise BackupUnusable("database_lost", folder=settings.folder)
        yield each.path


def _holds(archive: Archive, name: str) -> bool:
    return any(name in archive.manifest.files[part] for part in PARTS)


def _erase_again(settings: Settings) -> int:
    """Destroy the keys of people who were erased since the backup, by the rows and by the list.

    Returns how many others have no key.
    """
    database, vault = Database(settings.database), Vault(settings.folder / VAULT)
    try:
        with database.reading() as session:
            erased = set(session.scalars(select(Person.id).where(Person.erased_at.is_not(None))))
            sealed = set(session.scalars(select(Person.id).where(Person.sealed.is_not(None))))
        erased |= {each.id for each in read_ended(settings.folder / ENDED) if each.what == "person"}
        for person in erased:
            vault.erase(person)
        return len(sealed - erased - vault.people())
    finally:
        vault.close()
        database.close()
