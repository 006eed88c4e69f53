"""Reading one document in the gateway's workers, against direct calls of the text reader and the face detector."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from io import BytesIO
from typing import Any, Final, Literal

import numpy as np
from PIL import Image
from rapidocr import RapidOCR

from benchmarks.harness import Pair
from benchmarks.identity.identity_face import cpu_of_all
from firmware_sim.specimens.camera import take_photograph
from firmware_sim.specimens.documents import ANNA, astronaut, print_passport
from gateway.identity.documents.ocr import DETECTION_SIDE
from gateway.identity.faces.compare import FaceRecognitionEngine
from gateway.identity.settings import IdentitySettings
from gateway.identity.workers.pool import IdentityPool

NAME: Final = "identity_document"
BAR: Final = 1.15
BETTER: Final[Literal["lower", "higher"]] = "lower"
WHAT: Final = "CPU of reading one passport through a confined worker / RapidOCR and face_locations called directly"
N = 2


@contextmanager
def prepare() -> Iterator[Pair]:
    """Start one warm worker; load both libraries in this process with the same options."""
    FaceRecognitionEngine()
    library: Any = import_module("face_recognition")
    reader = RapidOCR(params={
        "Global.use_cls": False, "Global.log_level": "error",
        "Det.limit_type": "max", "Det.limit_side_len": DETECTION_SIDE,
        "EngineConfig.onnxruntime.intra_op_num_threads": 1, "EngineConfig.onnxruntime.inter_op_num_threads": 1,
    })  # fmt: skip
    picture = take_photograph(print_passport(ANNA, astronaut()))

    def read_directly() -> None:
        pixels = np.asarray(Image.open(BytesIO(picture)).convert("RGB"))
        reader(np.ascontiguousarray(pixels[..., ::-1]))
        library.face_locations(
            np.asarray(Image.fromarray(pixels).resize((640, 640 * pixels.shape[0] // pixels.shape[1])))
        )

    with asyncio.Runner() as runner:
        pool = IdentityPool(IdentitySettings(workers=1))
        runner.run(pool.start())
        runner.run(pool.read_document(picture))
        read_directly()

        def ours() -> float:
            return cpu_of_all(lambda: runner.run(pool.read_document(picture)), N)

        try:
            yield Pair(ours, lambda: cpu_of_all(read_directly, N), N)
        finally:
            runner.run(pool.stop())
