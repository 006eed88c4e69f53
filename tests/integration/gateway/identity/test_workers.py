"""The confined worker processes: ready, busy, late, crashed, and never writing to disk."""

import asyncio
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from importlib import import_module
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from firmware_sim.specimens.camera import encode_jpeg, take_photograph
from firmware_sim.specimens.documents import ANNA, astronaut, print_passport
from gateway.domain.verification.port import IdentityBusy, IdentityFailed, ImageRefused
from gateway.identity.settings import IdentitySettings
from gateway.identity.workers.framing import WorkerGone, read_frame, write_frame
from gateway.identity.workers.pool import IdentityPool
from gateway.identity.workers.worker import serve
from tests.specimens.canary import find_canaries

PASSPORT = take_photograph(print_passport(ANNA, astronaut()))
FACE = encode_jpeg(np.asarray(astronaut(), np.uint8))
PSUTIL: Any = import_module("psutil")
CANARY = b"CANARY-Zx81-never-on-disk"


@asynccontextmanager
async def running(settings: IdentitySettings) -> AsyncIterator[IdentityPool]:
    """A pool of workers, stopped at the end."""
    pool = IdentityPool(settings)
    await pool.start()
    try:
        yield pool
    finally:
        await pool.stop()


async def until_ready(pool: IdentityPool) -> None:
    """The first request waits for the models to load."""
    await pool.compare_faces(FACE, FACE)
    assert pool.ready


def fresh_files(since: float) -> list[Path]:
    """Files that appeared in the temporary folder since then."""
    return [path for path in Path(tempfile.gettempdir()).glob("*") if path.lstat().st_mtime >= since]


def worker_ids() -> list[int]:
    """Worker processes among the children of this process."""
    children = PSUTIL.Process().children()
    return [child.pid for child in children if "gateway.identity.workers.worker" in child.cmdline()]


async def test_a_worker_tells_nobody_outside_and_leaves_no_mark(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The libraries' telemetry is off: no report to their maker, no identifier in the home or temporary folder."""
    for place in ("HOME", "TMPDIR", "XDG_CACHE_HOME", "XDG_CONFIG_HOME", "XDG_DATA_HOME"):
        monkeypatch.setenv(place, str(tmp_path))
    async with running(IdentitySettings()) as pool:
        await until_ready(pool)
        (worker,) = worker_ids()
        assert PSUTIL.Process(worker).net_connections(kind="inet") == []
    assert await asyncio.to_thread(os.listdir, tmp_path) == []


async def test_a_tenant_is_read_and_compared_and_nothing_of_it_is_on_disk() -> None:
    began = time.time() - 1
    async with running(IdentitySettings()) as pool:
        reading = await pool.read_document(PASSPORT[:-2] + b"\xff\xfe\x00\x1b" + CANARY + b"\xff\xd9")
        assert pool.ready
        assert reading.value("id_number") == "L898902C3"
        assert reading.portrait is not None
        assert CANARY not in reading.portrait
        assert (await pool.compare_faces(reading.portrait, FACE)).band == "pass"
        with pytest.raises(ImageRefused) as refused:
            await pool.compare_faces(reading.portrait, encode_jpeg(np.full((300, 300, 3), 128, np.uint8)))
        assert (refused.value.code, refused.value.part) == ("no_face", "face")
        assert find_canaries(await asyncio.to_thread(fresh_files, began), [CANARY]) == []
    assert worker_ids() == []


async def test_a_full_queue_says_so_at_once_and_the_rest_is_answered() -> None:
    async with running(IdentitySettings(queue=1)) as pool:
        await until_ready(pool)
        asked = [asyncio.create_task(pool.compare_faces(FACE, FACE)) for _ in range(3)]
        results = await asyncio.gather(*asked, return_exceptions=True)
        assert [type(result).__name__ for result in results].count("FaceComparison") == 2
        assert any(isinstance(result, IdentityBusy) and result.retry_after > 0 for result in results)
        assert (await pool.compare_faces(FACE, FACE)).band == "pass"


async def test_a_worker_that_dies_is_replaced_and_only_its_picture_is_lost() -> None:
    async with running(IdentitySettings()) as pool:
        await until_ready(pool)
        asked = asyncio.create_task(pool.read_document(PASSPORT))
        await asyncio.sleep(0)
        os.kill(worker_ids()[0], signal.SIGKILL)
        with pytest.raises(IdentityFailed, match="worker_crashed"):
            await asked
        assert (await pool.compare_faces(FACE, FACE)).band == "pass"


async def test_a_picture_that_takes_too_long_is_given_up() -> None:
    async with running(IdentitySettings(timeout=0.3)) as pool:
        with pytest.raises(IdentityFailed, match="worker_timeout"):
            await pool.read_document(PASSPORT)
        assert worker_ids() == []


async def test_what_waits_when_the_pool_stops_is_reported() -> None:
    pool = IdentityPool(IdentitySettings())
    await pool.start()
    asked = [asyncio.create_task(pool.compare_faces(FACE, FACE)) for _ in range(3)]
    await asyncio.sleep(0)
    await pool.stop()
    results = await asyncio.gather(*asked, return_exceptions=True)
    assert all(isinstance(result, IdentityFailed) for result in results)
    with pytest.raises(IdentityFailed):
        await pool.compare_faces(FACE, FACE)


async def test_a_worker_that_cannot_start_is_never_ready() -> None:
    async with running(IdentitySettings(memory=64)) as pool:
        with pytest.raises(IdentityFailed):
            await pool.compare_faces(FACE, FACE)
        assert not pool.ready


def confined(code: str) -> subprocess.CompletedProcess[str]:
    """Runs code in a process confined like a worker."""
    script = f"from gateway.identity.workers.worker import confine; confine(300)\n{code}"
    return subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False, timeout=60)


def test_a_confined_process_cannot_write_a_file(tmp_path: Path) -> None:
    target = tmp_path / "stolen"
    confined(f"open({str(target)!r}, 'wb').write(b'picture')")
    assert not target.exists() or target.stat().st_size == 0


def test_a_confined_process_cannot_grow_beyond_its_share() -> None:
    assert "MemoryError" in confined("bytearray(400 * 1024 * 1024)").stderr


def test_what_is_no_frame_ends_the_conversation() -> None:
    for data in (
        b"",
        b"\x00",
        b"\xff\xff\xff\xff",
        b"\x00\x00\x00\x05ab",
        b"\x00\x00\x00\x01\x01",
        b"\x00\x00\x00\x01\xff",
    ):
        with pytest.raises(WorkerGone):
            read_frame(BytesIO(data))


def test_a_refusal_is_an_answer_and_the_worker_goes_on() -> None:
    requests, answers = BytesIO(), BytesIO()

    def jobs(job: str, body: dict[str, object]) -> dict[str, object]:
        if job == "bad":
            raise ImageRefused("truncated", "face")
        return {"echo": body["text"]}

    write_frame(requests, {"job": "bad"})
    write_frame(requests, {"job": "good", "text": "still here"})
    requests.seek(0)
    serve(requests, answers, jobs)
    answers.seek(0)
    first, second = read_frame(answers), read_frame(answers)
    assert (first["refused"], first["part"]) == ("truncated", "face")
    assert second["answer"] == {"echo": "still here"}
