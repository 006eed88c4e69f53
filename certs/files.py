"""Atomic writing of keys and certificates: a reader sees the old file or the new one, never a part."""

import os
import secrets
from pathlib import Path

SECRET = 0o600
PUBLIC = 0o644


def write_atomic(path: Path, data: bytes, mode: int) -> None:
    """Replace `path` by `data` with `mode`; fsync before and after the rename. Creates no folders."""
    draft = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
    try:
        with os.fdopen(descriptor, "wb") as file:
            os.fchmod(file.fileno(), mode)
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        draft.replace(path)
    except BaseException:
        draft.unlink(missing_ok=True)
        raise
    sync_folder(path.parent)


def sync_folder(folder: Path) -> None:
    """Make a rename or a new file in `folder` survive a power cut (fsync of the folder)."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def secret_at(path: Path) -> bytes:
    """32 random bytes in a file of mode 0600; created if it does not exist."""
    if not path.exists():
        write_atomic(path, os.urandom(32), SECRET)
    return path.read_bytes()
