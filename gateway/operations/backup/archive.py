"""The file of a backup: an uncompressed tar of manifest.json and of one age file for each part.

Each age file (age-encryption.org/v1) holds a tar with the same manifest and the part's files. With a passphrase there
is also identity.age: the identity of the recipient, under the passphrase. The programs `tar` and `age` open all of it.
"""

import hashlib
import json
import os
import secrets
import tarfile
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import IO, Final, TypeAlias

from pyrage import (  # type: ignore[import-untyped] # the library has no types
    DecryptError,
    decrypt_io,
    encrypt_io,
    passphrase,
    x25519,
)

from certs.files import SECRET, sync_folder
from gateway.operations.backup.manifest import PARTS, BackupUnusable, FileFacts, Manifest, Part

MANIFEST: Final = "manifest.json"
IDENTITY: Final = "identity.age"
SHORTEST_PASSPHRASE: Final = 12
LARGEST_MANIFEST: Final = 16 << 20
BLOCK: Final = 1 << 20
Identity: TypeAlias = x25519.Identity
RECIPIENT: Final = "# public key: "  # as age-keygen writes it


@dataclass(frozen=True, slots=True)
class Seal:
    """For whom a backup is encrypted. `identity`: the encrypted identity of the recipient, with a passphrase only."""

    recipients: Mapping[Part, Sequence[x25519.Recipient]]
    identity: bytes | None = None

    @classmethod
    def to(cls, recipients: Sequence[str], for_vault: Sequence[str] = ()) -> "Seal":
        """For public keys (age1…); the vault part for others, if given. Raises BackupUnusable: bad_recipient."""
        keys = [_recipient(each) for each in recipients]
        return cls({"data": keys, "vault": [_recipient(each) for each in for_vault] or keys})

    @classmethod
    def under(cls, secret: str) -> "Seal":
        """Under a passphrase (scrypt). Raises BackupUnusable: short_passphrase."""
        if len(secret) < SHORTEST_PASSPHRASE:
            raise BackupUnusable("short_passphrase", length=SHORTEST_PASSPHRASE)
        made = x25519.Identity.generate()
        keys = [made.to_public()]
        return cls({"data": keys, "vault": keys}, passphrase.encrypt(f"{made}\n".encode(), secret))


def write_archive(
    out: Path, manifest: Manifest, files: Mapping[Part, Mapping[str, Path]], seal: Seal, scratch: Path
) -> None:
    """Write the backup to `out`, whole or not at all. `files`: part → name → path. Raises OSError."""
    sealed = {}
    for part in PARTS:
        sealed[part] = scratch / f"{part}.age"
        _encrypt(sealed[part], manifest, files[part], seal.recipients[part])
    hashes = {part: file_facts(path).sha256 for part, path in sealed.items()}
    draft = out.with_name(f".{out.name}.{secrets.token_hex(4)}")
    try:
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, SECRET), "wb") as file:
            with tarfile.open(fileobj=file, mode="w|") as tar:
                _add(tar, MANIFEST, json.dumps(manifest.shown() | {"parts": hashes}, indent=1).encode())
                if seal.identity is not None:
                    _add(tar, IDENTITY, seal.identity)
                for part, path in sealed.items():
                    tar.add(path, f"{part}.age")
            file.flush()
            os.fsync(file.fileno())
        draft.replace(out)
    finally:
        draft.unlink(missing_ok=True)
    sync_folder(out.parent)


class Archive:
    """A backup that is read. `with Archive(path) as archive`: raises BackupUnusable not_a_backup, backup_newer."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def __enter__(self) -> "Archive":
        self._file = self._path.open("rb")
        try:
            self._read_manifest()
        except (tarfile.TarError, KeyError, ValueError, TypeError):
            self._file.close()
            raise BackupUnusable("not_a_backup") from None
        except BackupUnusable:
            self._file.close()
            raise
        return self

    def _read_manifest(self) -> None:
        self._tar = tarfile.open(fileobj=self._file, mode="r:")  # noqa: SIM115 - closed by __exit__
        largest = self._tar.getmember(MANIFEST).size > LARGEST_MANIFEST
        content = dict(json.loads(b"" if largest else self._content(MANIFEST)))
        hashes = content.pop("parts")
        self._hashes = {part: str(hashes[part]) for part in PARTS}
        self.manifest = Manifest.decode(json.dumps(content).encode())

    def __exit__(self, *_: object) -> None:
        self._tar.close()
        self._file.close()

    @property
    def under_passphrase(self) -> bool:
        """Whether a passphrase opens it, else the identity of a recipient."""
        return IDENTITY in self._tar.getnames()

    def open_passphrase(self, secret: str) -> list[Identity]:
        """The identity under the passphrase. Raises BackupUnusable: wrong_key."""
        try:
            return read_identities(passphrase.decrypt(self._content(IDENTITY), secret).decode())
        except (DecryptError, KeyError):
            raise BackupUnusable("wrong_key") from None

    def check_parts(self) -> None:
        """Compare the encrypted parts with the manifest; finds damage without a key. Raises BackupUnusable: altered."""
        for part in PARTS:
            with self._member(f"{part}.age") as file:
                if facts_of(file).sha256 != self._hashes[part]:
                    raise BackupUnusable("altered", name=f"{part}.age")

    def read(self, identities: Sequence[Identity], place: Path | None = None) -> None:
        """Decrypt every part and compare each file with the manifest; write them below `place`, if given.

        Nothing below `place` may be used before this returns. Raises BackupUnusable: wrong_key, altered.
        """
        for part in PARTS:
            expected = dict(self.manifest.files[part])
            with self._member(f"{part}.age") as file, _decrypted(file, identities, part) as tar:
                first = tar.next()
                content = tar.extractfile(first) if first is not None and first.name == MANIFEST else None
                if content is None or content.read(LARGEST_MANIFEST) != self.manifest.encoded():
                    raise BackupUnusable("altered", name=MANIFEST)
                for member in iter(tar.next, None):
                    facts = expected.pop(member.name, None)  # only names of the manifest are written
                    inside = tar.extractfile(member) if member.isreg() and facts is not None else None
                    if inside is None or facts_of(inside, place and place / member.name) != facts:
                        raise BackupUnusable("altered", name=member.name)
            if expected:
                raise BackupUnusable("altered", name=", ".join(expected))

    def _content(self, name: str) -> bytes:
        with self._member(name) as file:
            return file.read()

    def _member(self, name: str) -> IO[bytes]:
        try:
            found = self._tar.extractfile(name)
        except KeyError:
            found = None
        if found is None:
            raise BackupUnusable("altered", name=name)
        return found


def read_identities(text: str) -> list[Identity]:
    """The identities of an age identity file: a line each, with comments. Raises BackupUnusable: bad_identity."""
    lines = [line.strip() for line in text.splitlines()]
    try:
        found = [x25519.Identity.from_str(line) for line in lines if line and not line.startswith("#")]
    except Exception:  # noqa: BLE001 - the library's IdentityError, or its own panic
        raise BackupUnusable("bad_identity") from None
    if not found:
        raise BackupUnusable("bad_identity")
    return found


def new_identity() -> tuple[str, str]:
    """A new identity: the content of its file, and the public key that backups are encrypted for."""
    made = x25519.Identity.generate()
    return f"{RECIPIENT}{made.to_public()}\n{made}\n", str(made.to_public())


def file_facts(path: Path) -> FileFacts:
    """Size and hash of a file."""
    with path.open("rb") as file:
        return facts_of(file)


def facts_of(file: IO[bytes], copy: Path | None = None) -> FileFacts:
    """Size and hash of a stream read to its end; written to `copy` as well, with mode 0600 and to disk."""
    digest, size = hashlib.sha256(), 0
    if copy is not None:
        copy.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    descriptor = os.open(copy or os.devnull, os.O_WRONLY | (os.O_CREAT | os.O_EXCL if copy else 0), SECRET)
    with os.fdopen(descriptor, "wb") as written:
        while block := file.read(BLOCK):
            digest.update(block)
            size += len(block)
            written.write(block)
        written.flush()
        if copy is not None:
            os.fsync(written.fileno())
    return FileFacts(size, digest.hexdigest())


def _recipient(text: str) -> x25519.Recipient:
    try:
        return x25519.Recipient.from_str(text.strip())
    except Exception:  # noqa: BLE001 - the library's RecipientError
        raise BackupUnusable("bad_recipient", recipient=text) from None


def _add(tar: tarfile.TarFile, name: str, content: bytes) -> None:
    member = tarfile.TarInfo(name)
    member.size, member.mode = len(content), SECRET
    tar.addfile(member, BytesIO(content))


def _encrypt(out: Path, manifest: Manifest, files: Mapping[str, Path], recipients: Sequence[x25519.Recipient]) -> None:
    """The tar goes through a pipe, so that no copy of it is on disk, nor whole in memory."""
    read, write = os.pipe()

    def pack() -> None:
        with os.fdopen(write, "wb") as stream, tarfile.open(fileobj=stream, mode="w|") as tar:
            _add(tar, MANIFEST, manifest.encoded())
            for name, path in files.items():
                tar.add(path, name, recursive=False, filter=_without_owner)

    with ThreadPoolExecutor(1) as thread, os.fdopen(read, "rb") as plain, out.open("wb") as sealed:
        packing = thread.submit(pack)
        encrypt_io(plain, sealed, list(recipients))
        packing.result()


def _without_owner(member: tarfile.TarInfo) -> tarfile.TarInfo:
    member.uid = member.gid = 0
    member.uname = member.gname = ""
    return member


@contextmanager
def _decrypted(sealed: IO[bytes], identities: Sequence[Identity], part: Part) -> Iterator[tarfile.TarFile]:
    """The tar of a part. Its end is read as well: only then is it known to be whole and unaltered."""
    read, write = os.pipe()

    def decrypt() -> None:
        with os.fdopen(write, "wb") as plain:
            decrypt_io(sealed, plain, list(identities))

    with ThreadPoolExecutor(1) as thread, os.fdopen(read, "rb") as stream:
        decrypting = thread.submit(decrypt)
        broken: tarfile.TarError | None = None
        try:
            with tarfile.open(fileobj=stream, mode="r|") as tar:
                yield tar
            while stream.read(BLOCK):
                pass
        except tarfile.TarError as error:
            broken = error
            stream.close()
        failed = decrypting.exception()
        if isinstance(failed, DecryptError):
            raise BackupUnusable("wrong_key")
        if failed is not None or broken is not None:
            raise BackupUnusable("altered", name=f"{part}.age")
