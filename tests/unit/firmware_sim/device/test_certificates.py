"""Certificates of devices: renewed in time, replaced only if signed by the gateway and chained to an anchor."""

from pathlib import Path
from typing import Any

import pytest

from certs.authority.ca import Authority
from certs.enrolment.renewal import read_certificates, read_request, renewal_time
from certs.errors import BadRequest
from certs.keys import new_private_key
from tests.unit.firmware_sim.lock.lock_bench import Bench

DAY = 86400


@pytest.fixture(params=["lock", "kiosk"])
def bench(tmp_path: Path, request: pytest.FixtureRequest) -> Bench:
    return Bench.make(tmp_path, request.param, f"{request.param}-1").ready()


def chain_for(bench: Bench, authority: Authority | None = None, **changes: Any) -> bytes:
    kind = bench.folder.kind
    named: dict[str, Any] = {
        "proof": bench.public,
        "site": "site-1",
        "device": bench.folder.device,
        "kind": kind,
    } | changes
    return (authority or bench.authority).issue_device(**named).chain_pem


def own(bench: Bench) -> bytes:
    return bench.folder.cert_file.read_bytes()


def test_a_device_asks_for_a_new_certificate_after_two_thirds_of_its_life(bench: Bench) -> None:
    certificates = bench.device.certificates
    bench.time.passes(59 * DAY)
    assert not certificates.due
    bench.time.passes(10 * DAY)
    assert certificates.due


def test_a_fleet_enrolled_in_one_hour_does_not_ask_in_one_hour(bench: Bench) -> None:
    certificate = read_certificates(own(bench))[0]
    times = {renewal_time(certificate, new_private_key().public_key()) for _ in range(50)}
    assert len(times) > 20
    assert max(times) - min(times) > DAY
    assert max(times) < certificate.not_valid_after_utc.timestamp() - 15 * DAY


def test_the_request_proves_the_key_and_what_comes_back_is_presented(bench: Bench) -> None:
    bench.time.passes(70 * DAY)
    request = read_request(bench.device.certificates.request())
    chain = chain_for(bench, proof=request)
    assert bench.give(bench.command("put_certificate", chain=chain)).ack.outcome == "done"
    assert own(bench) == chain
    assert bench.device.certificates.changed
    assert not bench.device.certificates.due


def wrong_chains(bench: Bench, other: Path) -> dict[str, bytes]:
    stranger = Authority.open(other, lambda: bench.time.now)
    leaf = chain_for(bench)
    return {
        "another device's name": chain_for(bench, device="lock-9"),
        "another site": chain_for(bench, site="site-9"),
        "another key": chain_for(bench, proof=new_private_key().public_key()),
        "another authority": chain_for(bench, stranger),
        "a server's": bench.authority.issue_server(bench.public).chain_pem,
        "already over": chain_for(bench, days=0),
        "without what stands between": leaf[: leaf.index(b"-----END CERTIFICATE-----") + 26],
        "no certificate": b"nothing",
    }


def test_what_is_not_its_own_or_leads_nowhere_is_refused_and_the_old_stays(bench: Bench, tmp_path: Path) -> None:
    before = own(bench)
    wrong = wrong_chains(bench, tmp_path / "other")
    bench.time.passes(2)
    for reason, chain in wrong.items():
        assert bench.give(bench.command("put_certificate", chain=chain)).ack.code == "bad_certificate", reason
    assert own(bench) == before
    assert not bench.device.certificates.changed


def test_a_certificate_nobody_signed_a_command_for_is_refused(bench: Bench) -> None:
    before = own(bench)
    command = bench.command("put_certificate", chain=chain_for(bench))
    assert bench.hear(bench.device.receive(bench.sign(command, new_private_key()))).acks == []
    assert own(bench) == before


def test_a_device_that_slept_through_a_rotation_can_still_be_moved(bench: Bench) -> None:
    rotated = bench.authority
    for _ in range(4):
        rotated = rotated.advance_rotation()
    chain = chain_for(bench, rotated)
    assert bench.give(bench.command("put_certificate", chain=chain)).ack.outcome == "done"
    assert bench.give(bench.command("put_trust", anchors=rotated.ca_pem)).ack.outcome == "done"
    assert bench.give(bench.command("put_certificate", chain=chain)).ack.outcome == "done"
    old = chain_for(bench)  # issued by the previous authority
    assert bench.give(bench.command("put_certificate", chain=old)).ack.code == "bad_certificate"


@pytest.mark.parametrize("anchors", [b"nothing", b"-----BEGIN CERTIFICATE-----\n-----END CERTIFICATE-----\n"])
def test_what_is_no_root_is_not_trusted(bench: Bench, anchors: bytes) -> None:
    for wrong in (anchors, chain_for(bench)):
        assert bench.give(bench.command("put_trust", anchors=wrong)).ack.code == "bad_certificate"
    assert bench.folder.ca_file.read_bytes() == bench.authority.ca_pem


def test_what_is_no_request_is_refused() -> None:
    with pytest.raises(BadRequest):
        read_request(b"nothing")
