"""Messages between gateway and worker: length-prefixed CBOR over the worker's standard input and output.

CBOR, not pickle: a picture that takes over a worker must not take over the gateway by its answer.
"""

import struct
from typing import IO, Any

import cbor2

MAX_BYTES = 64 * 1024 * 1024


class WorkerGone(Exception):
    """The other end closed the pipe, or wrote an invalid frame."""


def write_frame(pipe: IO[bytes], body: dict[str, Any]) -> None:
    """Write one frame and flush. Raises WorkerGone."""
    data = cbor2.dumps(body)
    try:
        pipe.write(struct.pack(">I", len(data)) + data)
        pipe.flush()
    except (BrokenPipeError, ValueError):
        raise WorkerGone from None


def read_frame(pipe: IO[bytes]) -> dict[str, Any]:
    """Read one frame, blocking until it arrives. Raises WorkerGone."""
    header = pipe.read(4)
    size = struct.unpack(">I", header)[0] if len(header) == 4 else MAX_BYTES + 1
    data = pipe.read(size) if size <= MAX_BYTES else b""
    if len(data) != size:
        raise WorkerGone
    try:
        body = cbor2.loads(data)
    except (cbor2.CBORDecodeError, ValueError):
        raise WorkerGone from None
    if not isinstance(body, dict):
        raise WorkerGone
    return body
