"""The process that decodes the pictures: `python -m gateway.identity.workers.worker ENGINE MEBIBYTES NICENESS`.

It cannot write files, dump core or exceed its memory limit; it ends when its pipe closes.
"""

import os
import resource
import sys
import time
from collections.abc import Callable
from datetime import date
from typing import IO, Any, Protocol

import cv2
import numpy as np

from gateway.domain.verification.port import Challenge, DocumentReading, ImageRefused
from gateway.identity.documents.ocr import PrintReader
from gateway.identity.documents.reader import DocumentReader
from gateway.identity.faces.compare import ENGINES, compare_faces
from gateway.identity.faces.liveness import check_liveness
from gateway.identity.images.decode import decode_image
from gateway.identity.settings import Thresholds
from gateway.identity.workers.framing import WorkerGone, read_frame, write_frame

Body = dict[str, Any]


class Jobs(Protocol):
    """A worker's jobs, by name."""

    def __call__(self, job: str, body: Body) -> Body:
        """Run one job. Raises ImageRefused."""
        ...


def confine(mebibytes: int, niceness: int = 0) -> None:
    """Limit memory, forbid files and core dumps, and lower the priority below the gateway's own."""
    size = mebibytes * 1024 * 1024
    resource.setrlimit(resource.RLIMIT_DATA, (size, size))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    os.nice(niceness)


def load_jobs(engine_name: str) -> Jobs:
    """Load every model and run each once, so that the first tenant does not wait for it."""
    cv2.setNumThreads(1)
    engine = ENGINES[engine_name]()
    reader = PrintReader()
    documents = DocumentReader(reader, engine)
    reader.warm_up()
    engine.find(np.zeros((120, 120, 3), np.uint8))

    def read_document(body: Body) -> Body:
        pixels = decode_image(body["image"], "document")
        return describe_reading(documents.read(pixels, date.fromisoformat(body["today"])))

    def compare(body: Body) -> Body:
        portrait, probe = decode_image(body["portrait"], "portrait"), decode_image(body["probe"], "face")
        found = compare_faces(engine, Thresholds(*body["thresholds"]), portrait, probe)
        return {"band": found.band, "model": found.model, "problems": list(found.problems)}

    def live(body: Body) -> Body:
        challenge = Challenge(body["nonce"], tuple(body["turns"]), 0, 0)
        portrait = decode_image(body["portrait"], "portrait") if body["portrait"] else None
        frames = [decode_image(frame, "clip") for frame in body["frames"]]
        found = check_liveness(engine, challenge, frames, portrait, Thresholds(*body["thresholds"]))
        return {"passed": found.passed, "model": found.model, "problems": list(found.problems)}

    table: dict[str, Callable[[Body], Body]] = {"read_document": read_document, "compare_faces": compare, "live": live}
    return lambda job, body: table[job](body)


def describe_reading(reading: DocumentReading) -> Body:
    """A reading as plain values for CBOR."""
    return {
        "kind": reading.kind,
        "fields": {name: [item.value, item.certain] for name, item in reading.fields.items()},
        "problems": list(reading.problems),
        "portrait": reading.portrait,
    }


def serve(requests: IO[bytes], answers: IO[bytes], jobs: Jobs) -> None:
    """Answer frames until the pipe closes; a refused picture is an answer, any other error ends the worker."""
    while True:
        try:
            body = read_frame(requests)
        except WorkerGone:
            return
        started = time.perf_counter()
        answer: Body
        try:
            answer = {"answer": jobs(body["job"], body)}
        except ImageRefused as refused:
            answer = {"refused": refused.code, "part": refused.part}
        write_frame(answers, answer | {"ms": (time.perf_counter() - started) * 1000})


def main() -> None:
    """Redirect printed output away from the pipes, load the models, report ready, serve."""
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    started = time.perf_counter()
    confine(int(sys.argv[2]), int(sys.argv[3]))
    jobs = load_jobs(sys.argv[1])
    write_frame(answers, {"ready": True, "ms": (time.perf_counter() - started) * 1000})
    serve(sys.stdin.buffer, answers, jobs)


if __name__ == "__main__":
    main()
