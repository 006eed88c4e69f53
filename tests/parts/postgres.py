"""A real PostgreSQL server for tests, in a folder of its own, on a free port of this machine."""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

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


@contextmanager
def postgres() -> Iterator[str]:
    """The URL of an empty database; the server ends with the block."""
    programs, port = find_programs(), free_port()
    folder = Path(tempfile.mkdtemp(prefix="lodgekey-pg-"))
    if OWNER:
        shutil.chown(folder, OWNER)
    libraries = ":".join(map(str, UNPACKED.glob("usr/lib/*-linux-gnu")))
    environment = {"PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8", "LD_LIBRARY_PATH": libraries}

    def run(program: str, *arguments: str) -> None:
        command = [str(programs / program), "-D", str(folder / "data"), *arguments]
        with (folder / f"{program}.log").open("ab") as log:
            subprocess.run(
                command, check=True, timeout=120, user=OWNER, env=environment, cwd=folder, stdout=log, stderr=log
            )

    try:
        run("initdb", "--auth=trust", "--username=lodgekey", "--no-sync")
        options = f"-p {port} -k {folder} -c listen_addresses=127.0.0.1"
        run("pg_ctl", "--wait", "-o", options, "-l", str(folder / "server.log"), "start")
        try:
            yield f"postgresql+psycopg://lodgekey@127.0.0.1:{port}/postgres"
        finally:
            run("pg_ctl", "--wait", "--mode=immediate", "stop")
    finally:
        shutil.rmtree(folder, ignore_errors=True)
