"""Uploaded files as bytes in memory: the application never writes one to a file of its own."""

from collections.abc import Sequence

from fastapi import UploadFile


async def read_upload(upload: UploadFile | None, max_bytes: int) -> bytes:
    """Return an upload's bytes; empty if there is none. Of a larger one it returns `max_bytes` + 1 bytes."""
    if upload is None or not upload.size:
        return b""
    return await upload.read(max_bytes + 1)


async def read_uploads(uploads: Sequence[UploadFile] | None, max_bytes: int) -> list[bytes]:
    """Return the bytes of each upload, in order, as `read_upload` does."""
    return [await read_upload(upload, max_bytes) for upload in uploads or ()]
