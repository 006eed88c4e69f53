"""A device fresh from the box, or reset to the factory, enrols itself with the claim its installer brought."""

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
    """The gateway did not take the device in."""

    code = "not_enrolled"


def enrol(claim_file: Path, folder: Path, *, reset: bool = False) -> None:
    """Make `folder` a device's: its key is made there, its certificate fetched; `reset` forgets who it was before.

    Nothing happens where this very claim was used here before: the device was only started again. Raises CertError.
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
