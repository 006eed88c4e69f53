"""Enrolment with a claim: once, within its validity, only the named device; and what a new key revokes."""

import json
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.x509.oid import ExtendedKeyUsageOID
from sqlalchemy import func, select

from certs.agreement import passcode_secret
from certs.authority.ca import Authority
from certs.cose import sign1
from certs.enrolment.claim import write_enrolment
from certs.enrolment.claim_file import ClaimFile
from certs.keys import new_private_key
from gateway.domain.errors import Conflict, EnrolmentRefused, InputRefused
from gateway.fleet.enrolment import enrol_device, make_claim, revoke_device, revoked_devices, take_in
from gateway.store import Certificate, Device, ReceivedMessage, Unit
from tests.parts.world import DAY, LOCK, World

SITE = "house-1"


class Office:
    """A world whose gateway has an authority, and an installer with claims."""

    def __init__(self, world: World, folder: Path) -> None:
        self.world, self.folder = world, folder
        self.authority = Authority.open(folder / "ca", world.clock)

    def claim(self, device: str = "lock-2", *, site: str = SITE, kind: Any = "lock", days: int = 1) -> ClaimFile:
        with self.world.database.writing() as session:
            unit = session.get_one(Unit, self.world.unit_id)
            return make_claim(
                session, self.authority, site=site, device=device, kind=kind, unit=unit,
                url="http://g", host="b", port=1, days=days,
            )  # fmt: skip

    def enrol(self, claim: ClaimFile, folder: str = "") -> str:
        """Enrol the device of this folder; returns the certificate's serial number."""
        return self.take(claim.enrolment_for(self.folder / (folder or claim.described["device"])))

    def take(self, raw: bytes) -> str:
        with self.world.database.writing() as session:
            return str(take_in(session, self.authority, raw, self.world.now).serial)

    def add(self, device: str, folder: str = "") -> str:
        """Enrolment by the operator, in a folder created by the gateway; returns the serial number."""
        with self.world.database.writing() as session:
            return enrol_device(
                session, self.authority, self.folder / (folder or device), site=SITE, device=device, kind="lock",
                unit=None, host="b", port=1,
            ).certificate_serial  # fmt: skip

    def device(self, name: str = "lock-2") -> Device:
        with self.world.database.reading() as session:
            return session.get_one(Device, name)

    def revoked(self) -> set[str]:
        with self.world.database.reading() as session:
            return {str(found.serial) for found in revoked_devices(session, self.world.now)}

    def certificates(self) -> list[Certificate]:
        with self.world.database.reading() as session:
            return list(session.scalars(select(Certificate)))


@pytest.fixture
def office(world: World, tmp_path: Path) -> Office:
    return Office(world, tmp_path)


def refused(office: Office, raw: bytes) -> None:
    """Enrolment is refused with the common error text, and nothing is stored."""
    before = office.world.rows()
    with pytest.raises(EnrolmentRefused) as reported:
        office.take(raw)
    assert (
        reported.value.detail == "The enrolment token is not valid, so the device cannot be added. Ask for a new one."
    )
    assert office.world.rows() == before


def test_a_device_enrols_itself_and_stands_at_the_door_it_was_claimed_for(office: Office) -> None:
    claim = office.claim()
    serial = office.enrol(claim)
    row = office.device()
    assert (row.site, row.kind, row.unit_id, row.certificate_serial) == (SITE, "lock", office.world.unit_id, serial)
    assert [found.serial for found in office.certificates()] == [serial]
    assert row.trust is None, "until it has told"


def test_a_replayed_enrolment_is_refused(office: Office) -> None:
    raw = office.claim().enrolment_for(office.folder / "lock-2")
    office.take(raw)
    refused(office, raw)


def test_a_used_claim_takes_no_second_device_in(office: Office) -> None:
    claim = office.claim()
    office.enrol(claim)
    refused(office, claim.enrolment_for(office.folder / "another"))


def test_a_foreign_claim_is_refused(office: Office, tmp_path: Path) -> None:
    stranger = Authority.open(tmp_path / "stranger", office.world.clock)
    foreign = ClaimFile.issue(stranger, SITE, "lock-2", "lock", url="http://g", host="b", port=1)
    refused(office, foreign.enrolment_for(tmp_path / "lock-2"))


def test_a_claim_the_gateway_keeps_no_account_of_is_refused(office: Office, tmp_path: Path) -> None:
    """A claim signed by our own issuing key, but not recorded as issued."""
    made = ClaimFile.issue(office.authority, SITE, "lock-2", "lock", url="http://g", host="b", port=1)
    refused(office, made.enrolment_for(tmp_path / "lock-2"))


def test_an_expired_claim_is_refused(office: Office) -> None:
    raw = office.claim().enrolment_for(office.folder / "lock-2")
    office.world.now += DAY
    refused(office, raw)


def test_a_claim_replaced_by_a_newer_one_is_refused(office: Office) -> None:
    older, newer = office.claim(), office.claim()
    refused(office, older.enrolment_for(office.folder / "lock-2"))
    office.enrol(newer)


def test_an_enrolment_signed_with_another_key_than_the_claims_is_refused(office: Office) -> None:
    claim = office.claim()
    honest = claim.enrolment_for(office.folder / "lock-2")
    forged = ClaimFile(claim.url, claim.described, claim.anchors, claim.claim, new_private_key())
    refused(office, forged.enrolment_for(office.folder / "lock-2"))
    refused(office, sign1(b"", claim.key))
    office.take(honest)


@pytest.mark.parametrize("name", ["lock-1", "lock-3", "+", "#", "lock-2/cmd", "gateway-0"])
def test_a_request_with_another_id_is_refused(office: Office, name: str) -> None:
    claim = office.claim()
    other = ClaimFile(claim.url, claim.described | {"device": name}, claim.anchors, claim.claim, claim.key)
    refused(office, other.enrolment_for(office.folder / "lock-2"))


@pytest.mark.parametrize("name", ["+", "#", "a/b", "", "x" * 37, "Lock", "gateway-7", "$SYS"])
def test_no_claim_is_made_for_a_wildcard_id(office: Office, name: str) -> None:
    with pytest.raises(InputRefused):
        office.claim(name)
    if name != "gateway-7":
        with pytest.raises(InputRefused):
            office.claim(site=name)


def test_another_devices_key_is_refused(office: Office) -> None:
    office.add("lock-3", "shared")
    refused(office, office.claim("lock-2").enrolment_for(office.folder / "shared"))


def test_a_device_out_of_service_does_not_come_back(office: Office) -> None:
    office.enrol(office.claim())
    waiting = office.claim()
    with office.world.database.writing() as session:
        revoke_device(session, "lock-2", office.world.now)
    refused(office, waiting.enrolment_for(office.folder / "lock-2"))
    with pytest.raises(Conflict):
        office.claim()


@pytest.mark.parametrize("change", [{"site": "house-2"}, {"kind": "kiosk"}])
def test_a_device_does_not_change_site_or_kind(office: Office, change: dict[str, Any]) -> None:
    office.enrol(office.claim())
    with pytest.raises(Conflict):
        office.claim(**change)


def test_revoking_a_device_revokes_every_certificate_it_ever_got_that_is_not_over(office: Office) -> None:
    first = office.add("lock-2")
    office.world.now += 10 * DAY
    second, third = office.add("lock-2"), office.enrol(office.claim())
    assert office.revoked() == set()
    office.world.now += 81 * DAY
    with office.world.database.writing() as session:
        revoke_device(session, "lock-2", office.world.now)
    assert office.revoked() == {second, third}
    assert first not in office.revoked(), "it is over by itself"


def test_a_new_key_revokes_the_certificates_of_the_old_one_and_a_kept_key_does_not(office: Office) -> None:
    old = office.enrol(office.claim(), "before")
    same = office.enrol(office.claim(), "before")
    assert office.revoked() == set()
    new = office.enrol(office.claim(), "after-the-reset")
    assert office.revoked() == {old, same}
    assert office.device().certificate_serial == new


def test_a_device_with_a_new_key_begins_its_numbers_anew(office: Office) -> None:
    world = office.world
    key = world.tenant()
    world.put(key)
    world.say(world.state(key.id, seq=500))
    assert world.device().state_seq == 500
    office.enrol(office.claim(LOCK))
    row = world.device()
    assert (row.reported_seq, row.state_seq, row.nonce, row.reported_list_epoch, row.bolt) == (
        -1,
        -1,
        None,
        0,
        "unknown",
    )
    world.seq = 0
    world.say(world.happened("battery", percent=7), world.state(seq=2))
    assert world.device().state_seq == 2
    assert world.key(key.id).observed == "absent"
    assert "put_key" in world.pending(), "the key is put again"


def test_a_device_with_its_old_key_goes_on_counting(office: Office) -> None:
    world = office.world
    office.enrol(office.claim(LOCK))
    world.say(world.state(seq=500))
    office.enrol(office.claim(LOCK))
    world.say(world.state(seq=3, bolt="unlocked"))
    assert (world.device().state_seq, world.device().bolt) == (500, "locked")


def test_what_was_received_under_the_old_key_is_forgotten_with_it(office: Office) -> None:
    world = office.world
    world.say(world.happened("battery", percent=7))
    office.enrol(office.claim(LOCK))
    with world.database.reading() as session:
        assert session.scalar(select(func.count()).select_from(ReceivedMessage)) == 0


def test_a_claim_file_opens_nothing_and_soon_not_even_the_way_in(office: Office) -> None:
    """Hard-coded credentials: a shipped claim file is a right to enrol for some hours, not a device's key."""
    claim, path = office.claim(), office.folder / "lock-2.claim"
    claim.write(path)
    said = json.loads(path.read_text())
    assert {name for name in said if "key" in name} == {"claim_key"}
    assert all(set(jwk) == {"kty", "crv", "x", "y"} for jwk in said["gateway"].values()), "public halves only"
    usages = claim.claim.extensions.get_extension_for_class(x509.ExtendedKeyUsage).value
    assert ExtendedKeyUsageOID.CLIENT_AUTH not in usages
    assert claim.expires - office.world.now == DAY


@pytest.mark.slow
def test_a_thousand_enrolled_devices_share_no_key(office: Office) -> None:
    """Nor the same passcode secret, which is derived from the key."""
    now, secrets = office.world.now, set()
    passcode_key = office.authority.passcode_key.public_key()
    with office.world.database.writing() as session:
        for number in range(1000):
            name, key = f"many-{number}", new_private_key()
            claim = make_claim(
                session, office.authority, site=SITE, device=name, kind="lock", unit=None, url="", host="", port=1
            )
            take_in(session, office.authority, write_enrolment(claim.key, claim.claim, key, name), now)
            secrets.add(passcode_secret(key, passcode_key, name))
    with office.world.database.reading() as session:
        many = select(Device.public_key, Device.certificate_serial).where(Device.id.like("many-%"))
        rows = session.execute(many).all()
    assert (
        len({row.public_key for row in rows}) == len({row.certificate_serial for row in rows}) == len(secrets) == 1000
    )
