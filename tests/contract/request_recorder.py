"""Writes down, as text, every request that an adapter sends, and answers each as told."""

import base64
import binascii
import io
import re
import zipfile
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web
from aiohttp.test_utils import TestServer

# Headers that belong to the content; Host, Content-Length, User-Agent and the like belong to the connection.
RECORDED = (
    "Accept-Encoding",
    "Authorization",
    "Content-Type",
    "Idempotency-Key",
    "SOAPAction",
    "webhook-id",
    "webhook-signature",
    "webhook-timestamp",
)
_SOLICITUD = re.compile(rb"(?<=<solicitud>)[^<]+(?=</solicitud>)")


@dataclass
class RequestRecorder:
    """The requests so far, each as one entry of JSON; `answers` by the operation a SOAPAction ends with."""

    answers: Mapping[str, str]
    url: str = ""
    requests: list[dict[str, Any]] = field(default_factory=list)

    async def handle(self, request: web.Request) -> web.Response:
        """Write it down and answer; with no answer told, 204."""
        headers = {name: request.headers[name] for name in RECORDED if name in request.headers}
        body = _SOLICITUD.sub(_unpacked, await request.read())
        self.requests.append(
            {"request": f"{request.method} {request.raw_path}", "headers": headers, "body": body.decode()}
        )
        operation = headers.get("SOAPAction", "").strip('"').rpartition("/")[2]
        if operation not in self.answers:
            return web.Response(status=204)
        return web.Response(text=self.answers[operation], content_type="text/xml", charset="utf-8")


def _unpacked(packed: "re.Match[bytes]") -> bytes:
    """The one file of a zip in Base64, escaped: how well it was compressed is zlib's business and not ours."""
    try:
        with zipfile.ZipFile(io.BytesIO(base64.b64decode(packed[0], validate=True))) as archive:
            (name,) = archive.infolist()
            content = archive.read(name).decode()
    except (binascii.Error, zipfile.BadZipFile):
        return packed[0]
    text = f"zip {name.filename} {name.date_time}: {content}"
    return text.replace("&", "&amp;").replace("<", "&lt;").encode()


@asynccontextmanager
async def recording(answers: Mapping[str, str]) -> AsyncIterator[RequestRecorder]:
    """A server on loopback until the block ends."""
    recorder = RequestRecorder(answers)
    app = web.Application()
    app.router.add_route("*", "/{path:.*}", recorder.handle)
    async with TestServer(app) as server:
        recorder.url = f"http://127.0.0.1:{server.port}"
        yield recorder
