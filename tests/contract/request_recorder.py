"""Records, as text, every request that an adapter sends, and returns preset answers."""

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

# Content headers only; Host, Content-Length, User-Agent and the like depend on the connection.
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
_NTLM_OFFER = "NTLM TlRMTVNTUAABAAAA"  # a first message (MS-NLMP 2.2.1.1)
_NTLM_CHALLENGE = "NTLM " + base64.b64encode(b"NTLMSSP\0\x02\0\0\0" + bytes(44)).decode()
_SOLICITUD = re.compile(rb"(?<=<solicitud>)[^<]+(?=</solicitud>)")


@dataclass
class RequestRecorder:
    """The requests so far, each as one JSON entry; `answers` are keyed by the last part of SOAPAction or path."""

    answers: Mapping[str, str]
    url: str = ""
    requests: list[dict[str, Any]] = field(default_factory=list)

    async def handle(self, request: web.Request) -> web.Response:
        """Record the request and answer it; without a preset answer, 204. A sign-in with NTLM is challenged."""
        headers = {name: request.headers[name] for name in RECORDED if name in request.headers}
        if headers.get("Authorization", "").startswith(_NTLM_OFFER):
            return web.Response(status=401, headers={"WWW-Authenticate": _NTLM_CHALLENGE})
        if headers.get("Authorization", "").startswith("NTLM "):
            headers["Authorization"] = "NTLM"  # what follows is made with a random number
        body = _SOLICITUD.sub(_unpacked, await request.read())
        self.requests.append(
            {"request": f"{request.method} {request.raw_path}", "headers": headers, "body": body.decode()}
        )
        action = headers.get("SOAPAction", "").strip('"') or request.path.rstrip("/")
        operation = action.rpartition("/")[2]
        if operation not in self.answers:
            return web.Response(status=204)
        return web.Response(text=self.answers[operation], content_type="text/xml", charset="utf-8")


def _unpacked(packed: "re.Match[bytes]") -> bytes:
    """The single file of a zip in Base64, escaped: the compressed bytes depend on the zlib version."""
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
    """A recording server on loopback, until the block ends."""
    recorder = RequestRecorder(answers)
    app = web.Application()
    app.router.add_route("*", "/{path:.*}", recorder.handle)
    async with TestServer(app) as server:
        recorder.url = f"http://127.0.0.1:{server.port}"
        yield recorder
