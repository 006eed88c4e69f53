"""Certificates and roots of devices: requested once, repeated until confirmed, confirmed by the device's report."""

import asyncio
from collections.abc import Callable
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from sqlalchemy import select

from certs.authority.ca import Authority
from certs.enrolment.renewal import certificate_request, read_certificates, trust_digest
from certs.keys import load_private_key, new_private_key
from devices.intents import PutCertificate, PutTrust
from devices.reports import Answered
from gateway.domain.errors import Conflict
from gateway.fleet.enrolment import enrol_device, revoke_device
from gateway.fleet.rotation import AuthorityRotation, advance, is_followed, roll_back
from gateway.journey.devices.certificates import behind, forget_certificates
from gateway.outbox.deliveries import Done, Refused, RetryAt
from gateway.relay.certificates import CertificateSenders
from gateway.relay.loop import Sent
from gateway.store import Certificate, Delivery, Device, Event
from tests.parts.driver import MemoryDriver
from tests.parts.relaying import delivery_rows
from tests.parts.world import DAY, World

NAME = "lock-2"


class Fleet:
    """A world with an authority and one enrolled device."""

    def __init__(self, world: World, folder: Path) -> None:
        self.world, self.folder, self.driver = world, folder, MemoryDriver()
        self.authority = Authority.open(folder / "ca", world.clock)
        self.renewals = 0
        self.rotation = AuthorityRotation(self.authority, world.database, self._renew, world.clock)
        with world.database.writing() as session:
            for row in session.scalars(select(Device)):
                row.driver = "nuki"  # the world's own lock is not part of this fleet
        self.first = self.enrol()

    async def _renew(self) -> None:
        self.renewals += 1

    def enrol(self) -> str:
        with self.world.database.writing() as session:
            return enrol_device(
                session, self.rotation.authority, self.folder / NAME, site="house-1", device=NAME, kind="lock",
                unit=None, host="b", port=1,
            ).certificate_serial  # fmt: skip

    @property
    def key(self) -> ec.EllipticCurvePrivateKey:
        return load_private_key(self.folder / NAME / "key.pem")

    def follow(self) -> None:
        asyncio.run(self.rotation.follow())

    def step(self, *leave: str) -> None:
        with self.world.database.reading() as session:
            advance(session, Authority.open(self.folder / "ca", self.world.clock), set(leave))

    def say(self, type_: str, **body: object) -> None:
        report = self.world.happened(type_, **body)
        self.world.say(type(report)(NAME, report.seq, report.at, type_, body))

    def ask(self, csr: bytes | None = None) -> None:
        self.say("certificate_wanted", csr=csr or certificate_request(self.key, NAME))

    def send(self, work: str) -> Sent:
        senders = CertificateSenders(
            self.world.database, {"native": self.driver}, self.rotation.present, self.world.clock
        )
        delivery = [row for row in delivery_rows(self.world, work) if row.about == NAME][-1]

        async def once() -> Sent:
            return await senders.table()[work](delivery)

        return asyncio.run(once())

    def answer(self, outcome: str = "done", code: str | None = None) -> None:
        """The device answers its last command."""
        intent = self.driver.asked[-1][1]
        assert isinstance(intent, PutTrust | PutCertificate)
        body: dict[str, object] = {}
        if outcome == "done" and isinstance(intent, PutTrust):
            body = {"trust": trust_digest(intent.anchors)}
        elif outcome == "done" and isinstance(intent, PutCertificate):
            body = {"certificate": read_certificates(intent.chain)[0].serial_number.to_bytes(20, "big")}
        world = self.world
        world.say(Answered(NAME, intent.command_id, world.number(), world.now, outcome, code, body))

    def put(self, work: str) -> None:
        self.send(work)
        self.answer()

    def device(self) -> Device:
        with self.world.database.reading() as session:
            return session.get_one(Device, NAME)

    def serials(self) -> list[str]:
        with self.world.database.reading() as session:
            return list(session.scalars(select(Certificate.serial).where(Certificate.device_id == NAME)))

    def pending(self) -> list[tuple[str, str]]:
        rows = [row for row in delivery_rows(self.world) if row.about == NAME and row.state == "owed"]
        return [(row.work, " ".join([row.outcome or "", *(row.outcome_args or {}).values()])) for row in rows]

    def behind(self) -> list[str]:
        with self.world.database.reading() as session:
            return behind(session, self.rotation.authority).get(NAME, [])


@pytest.fixture
def fleet(world: World, tmp_path: Path) -> Fleet:
    return Fleet(world, tmp_path)


def test_a_device_that_asks_gets_a_new_certificate_and_is_believed_when_it_says_that_it_has_it(fleet: Fleet) -> None:
    fleet.world.now += 65 * DAY
    fleet.ask()
    assert fleet.pending() == [("put_certificate", "")]
    assert isinstance(fleet.send("put_certificate").decision, RetryAt)
    assert fleet.device().certificate_serial == fleet.first, "sent is not taken"
    fleet.answer()
    assert fleet.pending() == []
    assert fleet.device().certificate_serial != fleet.first
    assert fleet.device().certificate_expires_at == fleet.world.now + 90 * DAY
    assert sorted(fleet.serials()) == sorted([fleet.first, fleet.device().certificate_serial])


def test_asked_twice_is_one_certificate(fleet: Fleet) -> None:
    fleet.world.now += 65 * DAY
    fleet.ask()
    fleet.ask()
    assert len(fleet.pending()) == 1
    fleet.send("put_certificate")
    fleet.send("put_certificate")
    fleet.answer()
    fleet.ask()
    fleet.put("put_certificate")
    assert len(fleet.serials()) == 2
    names = [intent.command_id for _, intent in fleet.driver.asked if isinstance(intent, PutCertificate)]
    assert len(set(names)) == 3, "each attempt is a command of its own"


def test_a_superseded_certificate_is_left_to_expire_and_revoked_with_its_device(fleet: Fleet) -> None:
    """Same key, so revoking it would exclude nobody else, but cut off a device whose flash lost the successor."""
    fleet.world.now += 65 * DAY
    fleet.ask()
    fleet.put("put_certificate")
    with fleet.world.database.writing() as session:
        assert not session.scalars(select(Certificate).where(Certificate.revoked_at.is_not(None))).all()
        revoke_device(session, NAME, fleet.world.now)
        revoked = select(Certificate.serial).where(Certificate.revoked_at.is_not(None))
        assert sorted(session.scalars(revoked)) == sorted(fleet.serials())


WRONG: dict[str, tuple[str, Callable[[Fleet], bytes]]] = {
    "no request": ("bad_request", lambda _: b"nothing"),
    "another key": ("wrong_key", lambda _: certificate_request(new_private_key(), NAME)),
    "another name": ("wrong_device", lambda fleet: certificate_request(fleet.key, "lock-1")),
    "a wildcard": ("wrong_device", lambda fleet: certificate_request(fleet.key, "+")),
    "an altered one": ("bad_request", lambda fleet: certificate_request(fleet.key, NAME)[:-1] + b"\x00"),
}


@pytest.mark.parametrize("wrong", WRONG)
def test_a_request_that_proves_nothing_is_an_alarm_and_gets_no_certificate(fleet: Fleet, wrong: str) -> None:
    code, make = WRONG[wrong]
    fleet.ask(make(fleet))
    assert fleet.pending() == []
    with fleet.world.database.reading() as session:
        event = session.scalars(select(Event).order_by(Event.id.desc())).first()
    assert event is not None
    assert (event.type, event.data) == ("DeviceAlarmed", {"type": "certificate_wanted", "code": code})


def test_a_device_out_of_service_gets_no_certificate(fleet: Fleet) -> None:
    fleet.ask()
    with fleet.world.database.writing() as session:
        revoke_device(session, NAME, fleet.world.now)
    assert isinstance(fleet.send("put_certificate").decision, Refused)
    assert fleet.serials() == [fleet.first]


@pytest.mark.parametrize(("code", "pause"), [("clock_lost", 5), ("bad_certificate", 3600)])
def test_certificates_that_a_device_refuses_stay_pending_and_say_why(fleet: Fleet, code: str, pause: int) -> None:
    fleet.ask()
    fleet.send("put_certificate")
    fleet.answer("refused", code)
    assert fleet.pending() == [("put_certificate", f"lock_refused {code}")]
    assert fleet.device().certificate_serial == fleet.first
    assert delivery_rows(fleet.world, "put_certificate")[-1].due_at == fleet.world.now + pause


def test_a_word_on_another_devices_certificate_changes_nothing(fleet: Fleet) -> None:
    fleet.ask()
    fleet.send("put_certificate")
    intent = fleet.driver.asked[-1][1]
    assert isinstance(intent, PutCertificate)
    body = {"certificate": (7).to_bytes(20, "big")}
    fleet.world.say(Answered(NAME, intent.command_id, fleet.world.number(), fleet.world.now, "done", None, body))
    assert fleet.device().certificate_serial == fleet.first


def test_a_rotation_goes_on_only_as_the_devices_confirm_it(fleet: Fleet) -> None:
    fleet.follow()
    assert fleet.behind() == []
    fleet.step()
    with pytest.raises(Conflict, match="has not applied"):
        fleet.step()
    for lacks in (["put_trust"], ["put_certificate"], [], ["put_trust"]):
        fleet.follow()
        assert fleet.behind() == lacks
        if fleet.rotation.authority.generations.standing.phase == "standby":
            break
        if lacks:
            with pytest.raises(Conflict, match=NAME) as reported:
                fleet.step()
            assert reported.value.extra["devices"] == {NAME: lacks}
            fleet.put(lacks[0])
        fleet.step()
    fleet.put("put_trust")
    assert (fleet.behind(), fleet.renewals) == ([], 4)
    assert fleet.device().trust == trust_digest(fleet.rotation.authority.ca_pem).hex()


def test_a_device_left_behind_is_named_by_the_operator_and_gets_what_it_lacks(fleet: Fleet) -> None:
    fleet.follow()
    for _ in range(4):
        fleet.step(NAME)
        fleet.follow()
    assert fleet.rotation.authority.generations.standing.phase == "standby"
    assert fleet.behind() == ["put_trust", "put_certificate"]
    assert [work for work, _ in fleet.pending()] == ["put_trust", "put_certificate"], "each once, in this order"
    with pytest.raises(Conflict, match=NAME):
        fleet.step()


@pytest.mark.parametrize("steps", [1, 2, 3])
def test_a_rotation_that_is_given_up_brings_every_device_back(fleet: Fleet, steps: int) -> None:
    fleet.follow()
    for _ in range(steps):
        fleet.step()
        fleet.follow()
        for work in list(fleet.behind()):
            fleet.put(work)
    roll_back(Authority.open(fleet.folder / "ca", fleet.world.clock))
    fleet.follow()
    for work in list(fleet.behind()):
        fleet.put(work)
    assert fleet.behind() == []
    assert fleet.device().trust == trust_digest(fleet.authority.ca_pem).hex()
    assert fleet.rotation.authority.generations.devices.number == 1


def test_nothing_is_queued_while_nothing_changes(fleet: Fleet) -> None:
    for _ in range(3):
        fleet.follow()
    assert (fleet.pending(), fleet.renewals) == ([], 0)


def test_broker_and_gateway_renew_their_own_certificates_at_two_thirds_of_their_life(fleet: Fleet) -> None:
    fleet.follow()
    fleet.world.now += 397 * DAY * 2 // 3 - 1
    fleet.follow()
    assert fleet.renewals == 0
    fleet.world.now += 1
    fleet.follow()
    fleet.follow()
    assert fleet.renewals == 1


def test_a_step_the_broker_could_not_follow_is_not_called_followed(fleet: Fleet) -> None:
    fleet.follow()
    fleet.step()

    async def fail() -> None:
        raise OSError("disk full")

    broken = AuthorityRotation(fleet.authority, fleet.world.database, fail, fleet.world.clock)
    asyncio.run(broken.follow())
    present = Authority.open(fleet.folder / "ca", fleet.world.clock)
    assert not is_followed(present)
    assert fleet.pending() == []
    fleet.follow()
    assert is_followed(present)


def test_certificates_long_over_are_forgotten_and_living_ones_kept(fleet: Fleet) -> None:
    fleet.world.now += 65 * DAY
    fleet.ask()
    fleet.put("put_certificate")
    with fleet.world.database.writing() as session:
        forget_certificates(session, fleet.world.now + 30 * DAY)
    assert fleet.serials() == [fleet.device().certificate_serial]


def test_trust_that_was_confirmed_already_is_not_sent_again(fleet: Fleet) -> None:
    with fleet.world.database.writing() as session:
        session.add(
            Delivery(party="lock:x", lane="certificates:x", work="put_trust", about=NAME, created_at=0, due_at=0)
        )
    assert fleet.send("put_trust").decision == Done("certificates_trusted")
    assert fleet.driver.asked == []
