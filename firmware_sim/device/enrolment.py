"""Enrolment of a new or reset device with the claim its installer provided."""

import asyncio
import base64
import time
from http import HTTPStatus
from pathlib import Path

from certs.enrolment.claim_file import USED, ClaimFile
from certs.errors import CertError
from firmware_sim.client import RequestFailed, request

ENROLMENT_TIMEOUT_SECONDS = 30.0
MEMORY = ("key.pem", "cert.pem", "ca.pem", "device.json", USED, "state.sqlite", "state.sqlite-wal", "state.sqlite-shm")


class NotEnrolled(CertError):
    """The gateway refused the enrolment."""

    code = "not_enrolled"


def enrol(claim_file: Path, folder: Path, *, reset: bool = False) -> None:
    """Enrol a device in `folder`: create its key, fetch its certificate; `reset` discards an earlier identity.

    Does nothing if this claim was already used in this folder (a restart). Raises CertError.
    """
    claim = ClaimFile.read(claim_file)
    if claim.is_used(folder):
        return
    if reset:
        for name in MEMORY:
            (folder / name).unlink(missing_ok=True)
    said = base64.b64encode(claim.enrolment_for(folder)).decode()
    try:
        asked = request(
            "POST",
            f"{claim.url}/api/v1/enrolments",
            json={"enrolment": said},
            timeout_s=ENROLMENT_TIMEOUT_SECONDS,
            trust_env=True,
        )
        answer = asyncio.run(asked)
        answered = answer.json()
    except (RequestFailed, ValueError) as error:
        raise NotEnrolled(f"the gateway did not answer: {error}") from error
    if answer.status != HTTPStatus.CREATED:
        raise NotEnrolled(str(answered.get("detail", answer.status)))
    claim.complete(folder, answered["chain"].encode(), int(time.time()))
