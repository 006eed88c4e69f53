"""One face comparison in the gateway's workers, against direct calls of face_recognition."""

import asyncio
import time
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from io import BytesIO
from typing import Any, Final, Literal

import numpy as np

from benchmarks.harness import Pair
from firmware_sim.specimens.camera import encode_jpeg, take_selfie
from firmware_sim.specimens.documents import astronaut
from gateway.identity.faces.compare import FaceRecognitionEngine
from gateway.identity.settings import IdentitySettings
from gateway.identity.workers.pool import IdentityPool

NAME: Final = "identity_face"
BAR: Final = 1.15
BETTER: Final[Literal["lower", "higher"]] = "lower"
WHAT: Final = (
    "CPU of one face comparison through a confined worker / of face_recognition called directly on both pictures"
)
N = 5


@contextmanager
def prepare() -> Iterator[Pair]:
    """Start one warm worker; load the library in this process."""
    FaceRecognitionEngine()  # imports the library and silences its warning about pkg_resources
    library: Any = import_module("face_recognition")
    portrait, probe = encode_jpeg(np.asarray(astronaut(), np.uint8)), take_selfie(astronaut())
    with asyncio.Runner() as runner:
        pool = IdentityPool(IdentitySettings(workers=1))
        runner.run(pool.start())
        runner.run(pool.compare_faces(portrait, probe))

        def ours() -> float:
            return cpu_of_all(lambda: runner.run(pool.compare_faces(portrait, probe)), N)

        def directly() -> float:
            return cpu_of_all(lambda: compare_directly(library, portrait, probe), N)

        directly()
        try:
            yield Pair(ours, directly, N)
        finally:
            runner.run(pool.stop())


def cpu_of_all(operation: Any, times: int) -> float:
    """Return the CPU seconds of this process and its children; unaffected by other programs."""
    psutil: Any = import_module("psutil")
    processes = [psutil.Process(), *psutil.Process().children(recursive=True)]
    began = sum(sum(process.cpu_times()[:2]) for process in processes)
    for _ in range(times):
        operation()
    return float(sum(sum(process.cpu_times()[:2]) for process in processes) - began)


def timed(operation: Any, times: int) -> float:
    """Return the wall-clock seconds of the operations."""
    began = time.perf_counter()
    for _ in range(times):
        operation()
    return time.perf_counter() - began


def compare_directly(library: Any, portrait: bytes, probe: bytes) -> float:
    """Compare as in the library's own examples."""
    codes = []
    for data in (portrait, probe):
        pixels = library.load_image_file(BytesIO(data))
        codes.append(library.face_encodings(pixels, library.face_locations(pixels), model="large")[0])
    return float(library.face_distance([codes[0]], codes[1])[0])
