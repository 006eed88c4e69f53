"""A real PostgreSQL server for tests, in a folder of its own, on a free port of this machine."""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import psutil  # type: ignore[import-untyped]
import pytest

from api.cli.demo.ports import free_port

UNPACKED = Path(".tools/debian").resolve()
PLACES = (Path("/usr/lib/postgresql"), UNPACKED / "usr/lib/postgresql")
OWNER = "postgres" if os.geteuid() == 0 else None  # the server refuses to run as root


def find_programs() -> Path:
    """Folder of initdb and pg_ctl, wherever Debian's package installed it."""
    found = sorted(path.parent for place in PLACES for path in place.glob("*/bin/initdb"))
    if not found:
        pytest.fail("PostgreSQL is missing (Debian: apt-get install postgresql)")
    return found[-1]


@dataclass(frozen=True, slots=True)
class Server:
    """A running server. `environment`: for PostgreSQL's programs, which find the server and its data by it."""

    url: str
    folder: Path
    programs: Path
    environment: dict[str, str]

    def run(self, program: str, *arguments: str) -> None:
        """One of PostgreSQL's programs, as the server's owner. Raises CalledProcessError."""
        with (self.folder / f"{program}.log").open("ab") as log:
            subprocess.run(
                [str(self.programs / program), *arguments],
                check=True,
                timeout=120,
                user=OWNER,
                env=self.environment,
                cwd=self.folder,
                stdout=log,
                stderr=log,
            )

    def start(self) -> None:
        """Start, and wait until it takes connections."""
        self.run("pg_ctl", "--wait", "-l", str(self.folder / "server.log"), "start")

    def stop(self) -> None:
        """End every connection at once."""
        self.run("pg_ctl", "--wait", "--mode=immediate", "stop")

    def kill(self) -> None:
        """kill -9 to the server and the processes of its connections."""
        server = psutil.Process(int((self.folder / "data" / "postmaster.pid").read_text().splitlines()[0]))
        processes = [server, *server.children(recursive=True)]
        for process in processes:
            with suppress(psutil.NoSuchProcess):
                process.kill()
        psutil.wait_procs(processes, timeout=30)


@contextmanager
def postgres() -> Iterator[str]:
    """The URL of an empty database; the server ends with the block."""
    with postgres_server() as server:
        yield server.url


@contextmanager
def postgres_server() -> Iterator[Server]:
    """A server in a folder of its own, which ends with the block; it may be stopped and started meanwhile."""
    programs, port = find_programs(), free_port()
    folder = Path(tempfile.mkdtemp(prefix="lodgekey-pg-"))
    if OWNER:
        shutil.chown(folder, OWNER)
    environment = {
        "PATH": f"{programs}:{os.environ['PATH']}",
        "LC_ALL": "C.UTF-8",
        "LD_LIBRARY_PATH": ":".join(map(str, UNPACKED.glob("usr/lib/*-linux-gnu"))),
        "PGDATA": str(folder / "data"),
        "PGHOST": "127.0.0.1",
        "PGPORT": str(port),
        "PGUSER": "lodgekey",
    }
    server = Server(f"postgresql+psycopg://lodgekey@127.0.0.1:{port}/postgres", folder, programs, environment)
    try:
        server.run("initdb", "--auth=trust", "--username=lodgekey", "--no-sync")
        with (folder / "data" / "postgresql.conf").open("a") as settings:
            settings.write(f"listen_addresses = '127.0.0.1'\nunix_socket_directories = '{folder}'\n")
        server.start()
        try:
            yield server
        finally:
            server.stop()
    finally:
        shutil.rmtree(folder, ignore_errors=True)
