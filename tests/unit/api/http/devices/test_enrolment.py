"""POST /api/v1/enrolments: the only way to enrol a device, with the same answer to every invalid request."""

import base64
from pathlib import Path
from typing import Any

import pytest

from certs.authority.ca import Authority
from certs.enrolment.claim_file import ClaimFile
from certs.enrolment.renewal import read_certificates
from certs.keys import new_private_key
from gateway.fleet.enrolment import make_claim
from gateway.store import Device
from tests.parts.house import House, good
from tests.parts.house import refused as problem_of
from tests.parts.world import DAY

SITE = "house-1"


def claim_for(house: House, device: str = "lock-9", kind: Any = "lock") -> ClaimFile:
    with house.gateway.database.writing() as session:
        return make_claim(
            session, house.gateway.authority, site=SITE, device=device, kind=kind, unit=None, url="http://g",
            host="b", port=1,
        )  # fmt: skip


def form(raw: bytes) -> dict[str, str]:
    return {"enrolment": base64.b64encode(raw).decode()}


@pytest.mark.parametrize(("device", "kind"), [("lock-9", "lock"), ("kiosk-9", "kiosk")])
async def test_a_factory_fresh_device_enrols_itself(house: House, tmp_path: Path, device: str, kind: str) -> None:
    claim = claim_for(house, device, kind)
    reported = good(await house.client().post("/api/v1/enrolments", json=form(claim.enrolment_for(tmp_path / device))))
    claim.complete(tmp_path / device, reported["chain"].encode(), house.now[0])
    leaf = read_certificates(reported["chain"].encode())[0]
    with house.gateway.database.reading() as session:
        row = session.get_one(Device, device)
    assert (row.kind, row.certificate_serial) == (kind, str(leaf.serial_number))
    assert reported["expires_at"] == row.certificate_expires_at == house.now[0] + 90 * DAY


async def test_all_refusals_are_equal(house: House, tmp_path: Path) -> None:
    """A refusal does not reveal whether a name is taken, a claim was used, or a signature was almost right."""
    client = house.client()
    used, open_claim = claim_for(house, "lock-7"), claim_for(house, "lock-8")
    raw = used.enrolment_for(tmp_path / "lock-7")
    good(await client.post("/api/v1/enrolments", json=form(raw)))
    stranger = Authority.open(tmp_path / "stranger", lambda: house.now[0])
    foreign = ClaimFile.issue(stranger, SITE, "lock-8", "lock", url="", host="", port=1)
    forged = ClaimFile(open_claim.url, open_claim.described, open_claim.anchors, open_claim.claim, new_private_key())
    wild = ClaimFile(
        open_claim.url, open_claim.described | {"device": "+"}, open_claim.anchors, open_claim.claim, open_claim.key
    )
    wrong: dict[str, dict[str, str]] = {
        "replayed": form(raw),
        "foreign": form(foreign.enrolment_for(tmp_path / "a")),
        "wrong key": form(forged.enrolment_for(tmp_path / "b")),
        "wildcard id": form(wild.enrolment_for(tmp_path / "c")),
        "noise": form(b"\xd2" * 300),
        "nothing": form(b""),
        "not base64": {"enrolment": "%%%"},
    }
    answers = []
    for number, sent in enumerate(wrong.values()):
        answer = await house.client(client=f"10.0.0.{number}").post("/api/v1/enrolments", json=sent)
        answers.append(problem_of(answer, 403, "enrolment_refused"))
    assert all(answer == answers[0] for answer in answers), answers


async def test_an_expired_claim_is_refused_over_http(house: House, tmp_path: Path) -> None:
    raw = claim_for(house).enrolment_for(tmp_path / "lock-9")
    house.now[0] += DAY
    problem_of(await house.client().post("/api/v1/enrolments", json=form(raw)), 403, "enrolment_refused")


async def test_trying_is_rate_limited(house: House) -> None:
    codes = [(await house.client().post("/api/v1/enrolments", json=form(b"x"))).status_code for _ in range(12)]
    assert codes == [403] * 10 + [429] * 2
    elsewhere = await house.client(client="10.9.9.9").post("/api/v1/enrolments", json=form(b"x"))
    assert elsewhere.status_code == 403


async def test_what_is_too_long_is_not_read(house: House) -> None:
    answer = await house.client().post("/api/v1/enrolments", json={"enrolment": "A" * 9000})
    assert answer.status_code == 422
