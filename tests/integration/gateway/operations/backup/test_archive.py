"""The file of a backup: encrypted, complete, opened by the right key only, and no alteration passes."""

import hashlib
import io
import json
import shutil
import sqlite3
import subprocess
import tarfile
from contextlib import closing
from pathlib import Path
from typing import Final

import pytest
from pyrage import decrypt, x25519  # type: ignore[import-untyped]

from gateway.bootstrap import Gateway
from gateway.operations.backup.archive import Archive, Seal, read_identities
from gateway.operations.backup.making import SCRATCH, make_backup
from gateway.operations.backup.manifest import BackupUnusable, Manifest
from gateway.settings import Settings
from gateway.store import Person
from gateway.store.revisions.scripts import newest_revision
from tests.integration.gateway.operations.backup.conftest import Safe
from tests.parts.identity import MemoryIdentity
from tests.parts.world import FIELDS, NOW, World

# Files of a running gateway that a backup does not hold: it makes them anew.
MADE_ANEW: Final = ("reserve", "loops.json", "lodgekey.sqlite-wal", "lodgekey.sqlite-shm", "broker/", "clock-accepted")
PASSPHRASE: Final = "six words taken at random here"


@pytest.fixture
def used(tmp_path: Path) -> Path:
    """The folder of a gateway with a tenant."""
    gateway = Gateway(Settings(folder=tmp_path / "gateway"), lambda: NOW, identity=MemoryIdentity())
    world = World(tmp_path / "gateway", gateway.database, gateway.keyring)
    world.landlord_id, world.unit_id = world.add_unit("101", "lock-1")
    world.tenant()
    gateway._note()
    gateway.database.close()
    gateway.vault.close()
    return tmp_path / "gateway"


def code_of(safe: Safe, folder: Path) -> str:
    """The code with which the restore of the backup is refused."""
    with pytest.raises(BackupUnusable) as refused:
        safe.restore(folder)
    return refused.value.code


def test_it_holds_every_file_that_a_gateway_does_not_make_anew(used: Path, safe: Safe) -> None:
    manifest = safe.keep(used)
    held = {name for part in manifest.files.values() for name in part}
    there = {str(path.relative_to(used)) for path in used.rglob("*") if path.is_file()}
    expected = {name for name in there if not name.startswith(MADE_ANEW)} - {"lodgekey.sqlite"} | {"database.sqlite"}
    assert held == expected
    assert {"certs/root.key", "offers.secret", "installation.json"} <= held
    assert manifest.files["vault"].keys() == {"vault/master.key", "vault/people.sqlite"}
    assert manifest.schema == newest_revision()
    assert not list(used.glob(f"{SCRATCH}*"))


def test_nothing_of_a_person_or_secret_is_readable_in_it(used: Path, safe: Safe) -> None:
    safe.keep(used)
    raw = safe.file.read_bytes()
    secrets = [(used / name).read_bytes() for name in ("offers.secret", "vault/master.key", "certs/root.key")]
    assert safe.file.stat().st_mode & 0o777 == 0o600
    assert not [each for each in (*secrets, FIELDS["surname"].encode(), b"Harbour Street") if each in raw]


def test_what_is_only_in_the_wal_is_in_the_backup_and_not_in_a_copy_of_the_file(
    world: World, safe: Safe, tmp_path: Path
) -> None:
    (world.folder / "offers.secret").write_bytes(bytes(32))
    (world.folder / "certs").mkdir()
    world.offer()  # the connection stays open, as in a gateway that runs
    shutil.copyfile(world.folder / "lodgekey.sqlite", tmp_path / "copied.sqlite")
    safe.keep(world.folder)
    safe_copy = tmp_path / "opened"
    with Archive(safe.file) as archive:
        archive.read(safe.identities, safe_copy)

    def stays(path: Path) -> int:
        with closing(sqlite3.connect(path)) as database:
            known = database.execute("SELECT count(*) FROM sqlite_master WHERE name = 'stays'").fetchone()[0]
            return int(database.execute("SELECT count(*) FROM stays").fetchone()[0]) if known else 0

    assert (stays(tmp_path / "copied.sqlite"), stays(safe_copy / "database.sqlite")) == (0, 1)


def test_a_passphrase_opens_it_and_another_one_does_not(used: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    make_backup(Settings(folder=used), out, Seal.under(PASSPHRASE), NOW)
    with Archive(out) as archive:
        assert archive.under_passphrase
        archive.read(archive.open_passphrase(PASSPHRASE))
        with pytest.raises(BackupUnusable, match="wrong_key"):
            archive.open_passphrase(PASSPHRASE + ".")
    with pytest.raises(BackupUnusable, match="short_passphrase"):
        Seal.under("elevenchars")


def test_the_keys_of_people_may_be_for_somebody_else(used: Path, tmp_path: Path) -> None:
    rows, vault = x25519.Identity.generate(), x25519.Identity.generate()
    out = tmp_path / "out"
    seal = Seal.to([str(rows.to_public())], [str(vault.to_public())])
    make_backup(Settings(folder=used), out, seal, NOW)
    with Archive(out) as archive:
        with pytest.raises(BackupUnusable, match="wrong_key"):
            archive.read([rows])
        archive.read([rows, vault])
        assert not archive.under_passphrase


def test_another_identity_does_not_open_it(used: Path, safe: Safe) -> None:
    safe.keep(used)
    with Archive(safe.file) as archive, pytest.raises(BackupUnusable, match="wrong_key"):
        archive.read([x25519.Identity.generate()])


@pytest.mark.parametrize("text", ["", "# only a comment\n", "AGE-SECRET-KEY-1QQQ", "age1qqqq"])
def test_what_is_no_identity_is_refused(text: str) -> None:
    with pytest.raises(BackupUnusable, match="bad_identity"):
        read_identities(text)
    with pytest.raises(BackupUnusable, match="bad_recipient"):
        Seal.to([text])


def test_an_altered_byte_anywhere_is_found(used: Path, safe: Safe) -> None:
    """Each member, its headers and the end: the restore is refused, and leaves nothing that starts."""
    safe.keep(used)
    whole = safe.file.read_bytes()
    with tarfile.open(safe.file) as tar:
        places = [at for member in tar for at in (member.offset_data, member.offset_data + member.size - 1)]
    for at in places:
        altered = bytearray(whole)
        altered[at] ^= 1
        safe.file.write_bytes(altered)
        with pytest.raises(BackupUnusable, match=r"altered|not_a_backup"):
            safe.verify()


@pytest.mark.parametrize("part", ["data", "vault"])
def test_an_alteration_with_a_matching_manifest_is_found_by_the_encryption(part: str, used: Path, safe: Safe) -> None:
    """Who can write the file can recompute the hashes of the encrypted parts, and not what is inside."""
    safe.keep(used)
    with Archive(safe.file) as archive:
        names = archive._tar.getnames()
        contents = {name: archive._content(name) for name in names}
        contents[f"{part}.age"] = contents[f"{part}.age"][:-1] + b"\0"
        rewrite(safe.file, contents, archive.manifest)
    with Archive(safe.file) as archive:
        archive.check_parts()
        with pytest.raises(BackupUnusable, match="altered"):
            archive.read(safe.identities)


def test_a_manifest_of_another_backup_is_found(used: Path, safe: Safe) -> None:
    safe.keep(used)
    with Archive(safe.file) as archive:
        contents = {name: archive._content(name) for name in archive._tar.getnames()}
        other = Manifest(**{**{name: getattr(archive.manifest, name) for name in Manifest.__slots__}, "made_at": 1})
        rewrite(safe.file, contents, other)
    with Archive(safe.file) as archive, pytest.raises(BackupUnusable, match="altered"):
        archive.read(safe.identities)


def rewrite(out: Path, contents: dict[str, bytes], manifest: Manifest) -> None:
    """Write a backup of these members, with hashes that match."""
    hashes = {part: hashlib.sha256(contents[f"{part}.age"]).hexdigest() for part in ("data", "vault")}
    contents["manifest.json"] = json.dumps(manifest.shown() | {"parts": hashes}).encode()
    with tarfile.open(out, "w") as tar:
        for name, content in contents.items():
            member = tarfile.TarInfo(name)
            member.size = len(content)
            tar.addfile(member, io.BytesIO(content))


def test_a_truncated_file_is_found(used: Path, safe: Safe) -> None:
    safe.keep(used)
    whole = safe.file.read_bytes()
    for end in (0, 100, len(whole) // 2, len(whole) - 20_000):
        safe.file.write_bytes(whole[:end])
        with pytest.raises(BackupUnusable, match=r"altered|not_a_backup"):
            safe.verify()


def test_the_standard_programs_open_it(used: Path, safe: Safe, tmp_path: Path) -> None:
    """`tar` takes it apart, and the age library decrypts a part to a tar."""
    safe.keep(used)
    subprocess.run(["tar", "-xf", str(safe.file), "-C", str(tmp_path)], check=True)
    plain = decrypt((tmp_path / "data.age").read_bytes(), safe.identities)
    (tmp_path / "data.tar").write_bytes(plain)
    listed = subprocess.run(["tar", "-tf", str(tmp_path / "data.tar")], check=True, capture_output=True, text=True)
    assert {"manifest.json", "offers.secret", "certs/root.key", "database.sqlite"} <= set(listed.stdout.split())


def test_a_newer_format_or_schema_is_named_as_newer(used: Path, safe: Safe, tmp_path: Path) -> None:
    safe.keep(used)
    with Archive(safe.file) as archive:
        contents = {name: archive._content(name) for name in archive._tar.getnames()}
        facts = {name: getattr(archive.manifest, name) for name in Manifest.__slots__}
    rewrite(safe.file, dict(contents), Manifest(**{**facts, "schema": "9999_from_the_future"}))
    assert code_of(safe, tmp_path / "new") == "backup_newer"
    rewrite(safe.file, dict(contents), Manifest(**{**facts, "format": 2}))
    assert code_of(safe, tmp_path / "new") == "backup_newer"


@pytest.mark.parametrize("name", ["../outside", "/etc/passwd", "certs/../../x", "a//b", ""])
def test_a_manifest_with_paths_out_of_the_folder_is_none(name: str, used: Path, safe: Safe, tmp_path: Path) -> None:
    safe.keep(used)
    with Archive(safe.file) as archive:
        contents = {name: archive._content(name) for name in archive._tar.getnames()}
        facts = {field: getattr(archive.manifest, field) for field in Manifest.__slots__}
    files = {part: dict(names) for part, names in facts["files"].items()}
    files["data"][name] = next(iter(files["data"].values()))
    rewrite(safe.file, contents, Manifest(**{**facts, "files": files}))
    assert code_of(safe, tmp_path / "new") == "not_a_backup"


def test_a_file_that_exists_is_not_overwritten_and_an_empty_folder_is_no_gateway(
    used: Path, safe: Safe, tmp_path: Path
) -> None:
    safe.keep(used)
    with pytest.raises(BackupUnusable, match="out_exists"):
        make_backup(Settings(folder=used), safe.file, Seal.to([safe.recipient]), NOW)
    with pytest.raises(BackupUnusable, match="no_gateway"):
        make_backup(Settings(folder=tmp_path / "none"), tmp_path / "out", Seal.to([safe.recipient]), NOW)
    assert not (tmp_path / "out").exists()


def test_the_copies_of_a_process_that_was_killed_are_removed(used: Path, safe: Safe) -> None:
    left = used / f"{SCRATCH}{2**22 + 1}"  # above the kernel's largest process number
    left.mkdir()
    (left / "database.sqlite").write_bytes(b"plain")
    safe.keep(used)
    assert not left.exists()


def test_a_damaged_database_is_not_passed_off_as_a_backup(used: Path, safe: Safe) -> None:
    file = used / "lodgekey.sqlite"
    raw = bytearray(file.read_bytes())
    raw[8192:40960] = bytes(32768)
    file.write_bytes(raw)
    with pytest.raises((BackupUnusable, sqlite3.DatabaseError)):
        safe.keep(used)
    assert not safe.file.exists()


def test_every_row_in_the_copy_has_its_key_while_people_register(world: World, safe: Safe, tmp_path: Path) -> None:
    """The rows are copied before the vault."""
    (world.folder / "offers.secret").write_bytes(bytes(32))
    (world.folder / "certs").mkdir()
    for _ in range(3):
        world.tenant(world.window(days=1))
        world.now += 2 * 86_400
        safe.keep(world.folder)
        with Archive(safe.file) as archive:
            archive.read(safe.identities, tmp_path / str(world.now))
        with closing(sqlite3.connect(tmp_path / str(world.now) / "database.sqlite")) as rows:
            people = {row[0] for row in rows.execute(f"SELECT id FROM {Person.__tablename__}")}
        with closing(sqlite3.connect(tmp_path / str(world.now) / "vault/people.sqlite")) as vault:
            assert people <= {row[0] for row in vault.execute("SELECT id FROM people")}
