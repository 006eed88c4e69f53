"""A house in use, and what makes and restores its backups."""

from pathlib import Path
from typing import Any

import pytest

from gateway.operations.backup.archive import Archive, Identity, Seal, new_identity, read_identities
from gateway.operations.backup.making import make_backup
from gateway.operations.backup.manifest import Manifest
from gateway.operations.backup.restoring import Restored, restore_backup
from gateway.settings import Settings
from tests.parts.world import NOW


class Safe:
    """Where backups of tests are kept, with the identity that opens them."""

    def __init__(self, folder: Path) -> None:
        content, self.recipient = new_identity()
        self.identities: list[Identity] = read_identities(content)
        self.identity_file = folder / "identity.txt"
        self.identity_file.write_text(content)
        self.file = folder / "gateway.backup"

    def keep(self, folder: Path, now: int = NOW, **settings: Any) -> Manifest:
        """Back up the gateway in the folder."""
        self.file.unlink(missing_ok=True)
        return make_backup(Settings(folder=folder, **settings), self.file, Seal.to([self.recipient]), now)

    def restore(self, folder: Path, *ended: Path, now: int = NOW + 3600, **settings: Any) -> Restored:
        """Restore the backup into the folder."""
        with Archive(self.file) as archive:
            return restore_backup(Settings(folder=folder, **settings), archive, self.identities, ended, now)

    def verify(self) -> None:
        """Read the whole backup."""
        with Archive(self.file) as archive:
            archive.check_parts()
            archive.read(self.identities)


@pytest.fixture
def safe(tmp_path: Path) -> Safe:
    """A place for one backup."""
    place = tmp_path / "safe"
    place.mkdir()
    return Safe(place)
