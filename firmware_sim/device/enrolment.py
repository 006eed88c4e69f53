"""A device fresh from the box, or reset to the factory, enrols itself with the claim its installer brought."""

import base64
import time
from pathlib import Path

import httpx

from certs.enrolment.claim_file import USED, ClaimFile
from certs.errors import CertError

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
        answer = httpx.post(
            f"{claim.url}/api/v1/enrolments", json={"enrolment": said}, timeout=ENROLMENT_TIMEOUT_SECONDS
        )
        answered = answer.json()
    except (httpx.HTTPError, ValueError) as error:
        raise NotEnrolled(f"the gateway did not answer: {type(error).__name__}") from error
    if answer.status_code != httpx.codes.CREATED:
        raise NotEnrolled(str(answered.get("detail", answer.status_code)))
    claim.complete(folder, answered["chain"].encode(), int(time.time()))
