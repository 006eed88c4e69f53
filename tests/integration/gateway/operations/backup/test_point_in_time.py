"""The guide on points in time, command by command, with a real PostgreSQL: base backup, WAL archive, restore."""

import json
import os
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from sqlalchemy import create_engine, select, text

from api.services.disclosure_log import read_head
from gateway.bootstrap import Gateway
from gateway.disclosure import disclose
from gateway.journey.keys.issue import revoke_key
from gateway.operations.backup.ended import ENDED
from gateway.operations.health import examine
from gateway.operations.installation import DatabaseWentBack
from gateway.settings import Settings
from gateway.store import Account, Key
from tests.integration.gateway.operations.backup.conftest import Safe
from tests.integration.gateway.operations.backup.guides import blocks, path_with_program
from tests.parts.identity import MemoryIdentity
from tests.parts.postgres import OWNER, Server, postgres_server
from tests.parts.world import LOCK, NOW, World

pytestmark = pytest.mark.slow
ONCE, EVERY_DAY, FILES, LAST_WAL, ASIDE, REPLAY, WAIT, SETTLE, FOLDER_LOST, START = range(10)


@dataclass
class Site:
    """A server, a gateway's folder, and the operator's shell at both."""

    server: Server
    place: Path
    safe: Safe
    environment: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        archive = self.server.folder / "archive"
        archive.mkdir()
        if OWNER:
            subprocess.run(["chown", OWNER, str(archive)], check=True)
        self.environment = self.server.environment | {"ARCHIVE": str(archive)}
        self.path = path_with_program(self.place)
        (self.place / "identity.txt").write_text(self.safe.identity_file.read_text())

    @property
    def settings(self) -> Settings:
        """The gateway's settings."""
        return Settings(folder=self.place / "lodgekey", database_url=self.server.url)

    def run(self, number: int, block: list[str]) -> str:
        """One block of the guide: as postgres, or as the gateway's user where it is about the gateway."""
        ours = any("lodgekey " in line for line in block)
        environment = self.environment
        if ours:
            environment = os.environ | {
                "PATH": f"{self.path}:{self.server.environment['PATH']}",
                "LD_LIBRARY_PATH": self.server.environment["LD_LIBRARY_PATH"],
                "LC_ALL": "C.UTF-8",
                "LODGEKEY_FOLDER": str(self.settings.folder),
                "LODGEKEY_DATABASE_URL": self.server.url,
                "RECIPIENT": self.safe.recipient,
            }
        done = subprocess.run(
            ["bash", "-c", "\n".join(["set -e", *block])],
            cwd=self.place if ours else self.server.folder,
            user=None if ours else OWNER,
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=240,
            check=False,
        )
        assert done.returncode == 0, (number, done.stdout)
        return done.stdout

    def wait_until_recovered(self, block: list[str]) -> None:
        """Run the block that asks, as often as it says that the server is still recovering."""
        for _ in range(200):
            if self.run(WAIT, block).strip() == "f":
                return
        pytest.fail("the server is still recovering")

    def moment(self) -> str:
        """The server's time."""
        engine = create_engine(self.server.url)
        try:
            with engine.connect() as connection:
                return str(connection.scalar(text("SELECT clock_timestamp()")))
        finally:
            engine.dispose()

    def open(self) -> tuple[Gateway, World]:
        """The gateway, and what a test does with it."""
        gateway = Gateway(self.settings, lambda: NOW, identity=MemoryIdentity())
        return gateway, World(self.settings.folder, gateway.database, gateway.keyring)


def close(gateway: Gateway) -> None:
    """Stop using the gateway."""
    gateway.database.close()
    gateway.vault.close()


@pytest.fixture
def site(safe: Safe, tmp_path: Path) -> Iterator[Site]:
    """A server and a place for the gateway's folder."""
    with postgres_server() as server:
        yield Site(server, tmp_path, safe)


@dataclass(frozen=True, slots=True)
class Before:
    """What there was at the moment to go back to, and a tree head from after it."""

    key: Key
    head: Path
    feed: int


def live_through_a_mistake(site: Site, guide: list[list[str]]) -> Before:
    """A tenant, the backups of the day, the moment; then a mistake and a revoked key, and the backup of the files."""
    gateway, world = site.open()
    world.landlord_id, world.unit_id = world.add_unit("101", LOCK)
    key = world.tenant()
    site.run(EVERY_DAY, guide[EVERY_DAY])
    disclose(gateway.database, consumer="a", purpose="b", subject="c", fields="d", now=NOW)
    with gateway.database.writing() as session:
        session.add(Account(role="officer", login="before", password_hash="", name="Before", area="37"))
    site.environment["TIME"] = site.moment()
    with gateway.database.writing() as session:
        session.add(Account(role="officer", login="mistake", password_hash="", name="Mistake", area="37"))
        revoke_key(session, session.get_one(Key, key.id), NOW + 60)
    disclose(gateway.database, consumer="a", purpose="b", subject="c", fields="d", now=NOW)
    head = site.place / "head.json"
    head.write_text(read_head(gateway.disclosures).model_dump_json())
    gateway._note()
    feed = gateway.feed.last_seq()
    site.run(FILES, guide[FILES])
    close(gateway)
    return Before(key, head, feed)


@pytest.mark.parametrize("folder_lost", [False, True])
def test_an_operator_who_follows_the_guide_has_that_moment_back(folder_lost: bool, site: Site) -> None:
    guide = blocks("point-in-time")
    assert len(guide) == START + 1
    site.run(ONCE, guide[ONCE])
    before = live_through_a_mistake(site, guide)
    for number in (LAST_WAL, ASIDE, REPLAY):
        site.run(number, guide[number])
    site.wait_until_recovered(guide[WAIT])
    with pytest.raises(DatabaseWentBack):
        site.open()
    assert "database_went_back" in {each.code for each in examine(site.settings, NOW)}
    if folder_lost:
        site.run(FOLDER_LOST, guide[FOLDER_LOST])
        assert (site.place / "lodgekey.lost" / ENDED).exists()
    else:
        assert "Ended again" in site.run(SETTLE, guide[SETTLE])
    site.run(START, guide[START])

    gateway, world = site.open()
    with gateway.database.reading() as session:
        assert session.scalars(select(Account.login).where(Account.role == "officer")).all() == ["before"]
        row = session.get_one(Key, before.key.id)
        assert row.desired == "absent", "a key that was revoked after that moment stays revoked"
    assert world.key(before.key.id).credential == before.key.credential
    assert gateway.feed.last_seq() > before.feed
    close(gateway)
    audited = site.run(-1, [f"lodgekey audit verify --json --head {before.head} || true"])
    assert [fault["code"] for fault in json.loads(audited)["faults"]] == ["restored"]


def test_files_without_the_database_want_a_database_that_was_restored(site: Site) -> None:
    guide = blocks("point-in-time")
    gateway, _ = site.open()
    close(gateway)
    site.run(FILES, guide[FILES])
    engine = create_engine(site.server.url, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text("DROP SCHEMA public CASCADE"))
        connection.execute(text("CREATE SCHEMA public"))
    engine.dispose()
    answer = site.run(
        -1, ["lodgekey restore files.backup --identity identity.txt --folder new --without-ended-list --json || true"]
    )
    assert json.loads(answer)["code"] == "no_rows"
