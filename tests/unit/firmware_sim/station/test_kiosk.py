"""The simulated kiosk: shows screens, seals, stores until delivered, and opens no lock."""

import secrets
from pathlib import Path
from typing import Any

import pytest

from certs.errors import Unsealable
from certs.keys import compressed_point, new_private_key
from certs.sealing import open_sealed, question_context, registration_context, turns_context
from devices.wire.errors import BadMessage
from devices.wire.kiosk.offer_question import OfferQuestion, decode_question
from devices.wire.kiosk.registration import KioskRegistration, decode_registration, encode_registration
from firmware_sim.station.kiosk import QUEUE_LIMIT, QueueFull
from tests.unit.firmware_sim.lock.lock_bench import Bench

CANARY = b"\xff\xd8 the canary in the document \xff\xd9"


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    return Bench.make(tmp_path, "kiosk", "kiosk-1").ready()


def registration(**changes: object) -> KioskRegistration:
    values = {
        "registration": secrets.token_bytes(16),
        "offer_token": "token",
        "typed": {"name": "Ada"},
        "consents": {"registration": True, "face": False, "text_version": "1"},
        "language": "en",
        "document": CANARY,
    }
    return KioskRegistration(**(values | changes))  # type: ignore[arg-type]


def test_a_registration_reaches_only_the_intake_key(bench: Bench) -> None:
    given = registration()
    reports = bench.hear(bench.kiosk.register(given))
    event = reports.events[0]
    assert (event.type, event.body["registration"]) == ("registration", given.registration)
    context = registration_context("site-1", "kiosk-1")
    assert decode_registration(open_sealed(event.body["sealed"], bench.authority.intake_key, context=context)) == given
    with pytest.raises(Unsealable):
        open_sealed(event.body["sealed"], new_private_key(), context=context)


def test_nothing_a_tenant_showed_is_on_the_kiosks_disk_in_the_clear(bench: Bench) -> None:
    list(bench.kiosk.register(registration(typed={"name": "Canary Ada"})))
    bench.cut_power()
    stored = b"".join(file.read_bytes() for file in bench.folder.path.rglob("*") if file.is_file())
    assert len(stored) > 1000
    assert b"canary in the document" not in stored
    assert b"Canary Ada" not in stored


def test_registrations_wait_through_a_power_cut_and_are_counted(bench: Bench) -> None:
    before = bench.kiosk.flash.waiting_count()
    for _ in range(3):
        list(bench.kiosk.register(registration()))
    bench.cut_power()
    bench.start()
    assert bench.hear(bench.kiosk.connected()).states[0].waiting == before + 4  # three, and the boot event
    for message in bench.kiosk.flash.waiting():
        bench.kiosk.flash.delivered(message.seq)
    assert bench.hear(bench.kiosk.connected()).states[0].waiting == 0


def test_a_full_queue_takes_nothing_more(bench: Bench) -> None:
    while bench.kiosk.flash.waiting_count() < QUEUE_LIMIT:
        list(bench.kiosk.register(registration(document=None)))
    with pytest.raises(QueueFull):
        list(bench.kiosk.register(registration()))
    assert bench.kiosk.flash.waiting_count() == QUEUE_LIMIT


def test_it_shows_what_the_gateway_says(bench: Bench) -> None:
    reports = bench.give(bench.command("show", screen="ready", lines=["Willkommen"], code="https://x"))
    assert reports.ack.outcome == "done"
    assert bench.kiosk.screen == {"screen": "ready", "lines": ["Willkommen"], "code": "https://x"}


@pytest.mark.parametrize(
    ("type_", "body"),
    [("unlock", {"key": bytes(16)}), ("put_key", {"credential": b"x"}), ("revoke", {"epoch": 1, "keys": []})],
)
def test_it_opens_no_door(bench: Bench, type_: str, body: dict[str, Any]) -> None:
    assert bench.give(bench.command(type_, **body)).ack.code == "unknown_type"


def test_it_refuses_what_the_gateway_did_not_sign_or_sent_late(bench: Bench) -> None:
    command = bench.command("show", screen="ready")
    forged = bench.hear(bench.kiosk.receive(bench.sign(command, new_private_key())))
    assert (forged.acks, forged.events[0].body["code"]) == ([], "bad_signature")
    bench.time.passes(10)
    assert bench.give(command).ack.code == "expired"
    assert bench.give(bench.command("show", screen="ready"), retained=True).ack.code == "retained"
    assert bench.kiosk.screen == {"screen": "welcome"}


def test_a_factory_reset_forgets_what_waited(bench: Bench) -> None:
    list(bench.kiosk.register(registration()))
    reports = bench.hear(bench.kiosk.factory_reset())
    assert reports.events[0].body["reset"] is True
    assert [message.seq for message in bench.kiosk.flash.waiting()] == [reports.events[0].seq]
    assert bench.kiosk.screen == {"screen": "welcome"}


@pytest.mark.parametrize(
    "change",
    [
        {"registration": b"short"}, {"offer_token": "x" * 201}, {"typed": {"religion": "x"}}, {"typed": {"name": 7}},
        {"typed": {"name": "x" * 101}}, {"consents": {}}, {"consents": {"registration": 1}}, {"language": "x" * 17},
        {"facts": {"phone": "x" * 121}}, {"facts": {"x" * 61: "x"}}, {"facts": dict.fromkeys(map(str, range(21)), "x")},
        {"document": b""}, {"document": bytes(480 * 1024 + 1)}, {"holder_key": bytes(32)},
    ],
    ids=lambda change: next(iter(change)),
)  # fmt: skip
def test_what_no_gateway_could_read_is_not_sealed(change: dict[str, object]) -> None:
    with pytest.raises(BadMessage):
        encode_registration(registration(**change))


@pytest.mark.parametrize("raw", [b"", b"\xa0", b"\x80", b"\xff", b"\xa1\x18\x63\x00", b"\xa1\x61a\x00"])
def test_what_is_no_registration_is_refused(raw: bytes) -> None:
    with pytest.raises(BadMessage):
        decode_registration(raw)


def test_two_full_images_fit_the_wire(bench: Bench) -> None:
    image = secrets.token_bytes(480 * 1024)
    reports = bench.hear(bench.kiosk.register(registration(document=image, face=image, holder_key=bytes(33))))
    assert len(reports.events[0].body["sealed"]) > 960 * 1024


def test_the_request_for_turns_names_the_offer_to_the_intake_key_only(bench: Bench) -> None:
    reports = bench.hear(bench.kiosk.request_challenge("the offer's token", bytes(16)))
    sealed = reports.events[0].body["sealed"]
    assert (reports.events[0].type, b"token" in sealed) == ("turns_wanted", False)
    context = turns_context("site-1", "kiosk-1")
    assert open_sealed(sealed, bench.authority.intake_key, context=context) == b"the offer's token"
    with pytest.raises(Unsealable):
        open_sealed(sealed, bench.authority.intake_key, context=registration_context("site-1", "kiosk-1"))
    reports = bench.give(bench.command("show", screen="turn", challenge="n", turns=["left", "right"]))
    assert (reports.ack.outcome, bench.kiosk.screen["turns"]) == ("done", ["left", "right"])


def test_a_question_of_an_offer_can_be_read_by_the_intake_key_only(bench: Bench) -> None:
    question = OfferQuestion("the offer's token", compressed_point(new_private_key().public_key()))
    reports = bench.hear(bench.kiosk.ask_offer(question, bytes(16)))
    sealed = reports.events[0].body["sealed"]
    assert (reports.events[0].type, b"token" in sealed) == ("offer_shown", False)
    context = question_context("site-1", "kiosk-1")
    assert decode_question(open_sealed(sealed, bench.authority.intake_key, context=context)) == question
    with pytest.raises(Unsealable):
        open_sealed(sealed, bench.authority.intake_key, context=question_context("site-1", "kiosk-2"))


@pytest.mark.parametrize("question", [OfferQuestion("x" * 201, bytes(33)), OfferQuestion("token", bytes(32))])
def test_a_question_no_gateway_could_read_is_not_asked(bench: Bench, question: OfferQuestion) -> None:
    with pytest.raises(BadMessage):
        list(bench.kiosk.ask_offer(question, bytes(16)))
