"""Throughput of several workers, against one core's direct calls times the cores."""

import asyncio
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from typing import Any, Final, Literal

import numpy as np

from benchmarks.harness import Pair
from benchmarks.identity.identity_face import compare_directly, timed
from firmware_sim.specimens.camera import encode_jpeg, take_selfie
from firmware_sim.specimens.documents import astronaut
from gateway.identity.faces.compare import FaceRecognitionEngine
from gateway.identity.settings import IdentitySettings
from gateway.identity.workers.pool import IdentityPool

NAME: Final = "identity_pool"
BAR: Final = 0.85
BETTER: Final[Literal["lower", "higher"]] = "higher"
WHAT: Final = "face comparisons a second of one worker per core / one core's direct calls a second times the cores"
CORES = len(os.sched_getaffinity(0))
N = 4 * CORES


@contextmanager
def prepare() -> Iterator[Pair]:
    """Start a warm worker per core; load the library in this process."""
    FaceRecognitionEngine()
    library: Any = import_module("face_recognition")
    portrait, probe = encode_jpeg(np.asarray(astronaut(), np.uint8)), take_selfie(astronaut())
    with asyncio.Runner() as runner:
        pool = IdentityPool(IdentitySettings(workers=CORES, queue=N, niceness=0))
        runner.run(pool.start())

        async def all_at_once() -> None:
            await asyncio.gather(*(pool.compare_faces(portrait, probe) for _ in range(N)))

        runner.run(all_at_once())
        compare_directly(library, portrait, probe)

        def ours() -> float:
            began = time.perf_counter()
            runner.run(all_at_once())
            return N / (time.perf_counter() - began)

        def directly() -> float:
            every = os.sched_getaffinity(0)
            os.sched_setaffinity(0, {min(every)})
            try:
                return CORES * 4 / timed(lambda: compare_directly(library, portrait, probe), 4)
            finally:
                os.sched_setaffinity(0, every)

        try:
            yield Pair(ours, directly, N)
        finally:
            runner.run(pool.stop())
