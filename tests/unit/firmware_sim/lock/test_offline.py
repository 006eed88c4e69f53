"""Unlocking without a network: permitted holders, refused ones, and attacks by a stranger within range."""

import dataclasses
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import ec

from certs.credential import KeyCredential, issue_credential
from certs.keys import new_private_key
from devices.wire.ble.fragments import Gathering, split
from devices.wire.envelope import read_ack, read_event
from devices.wire.errors import BadMessage
from devices.wire.offline import (
    READY,
    RESULT,
    OfflineAnswer,
    OfflineCommand,
    failure_code,
    open_answer,
    open_command,
    seal_answer,
    seal_command,
)
from firmware_sim.device.edhoc import HandshakeFailed, Initiator, Responder
from firmware_sim.lock.offline import Backoff, OfflineSession
from firmware_sim.phone.offline import LockRefused, ask_lock
from tests.unit.firmware_sim.lock.lock_bench import NOW, Bench

UNLOCK = OfflineCommand("unlock")
KEY_ID = bytes(range(16))


@dataclasses.dataclass
class Doorstep:
    """A lock without a network, and a phone within its range."""

    bench: Bench
    phone: ec.EllipticCurvePrivateKey
    backoff: Backoff
    session: OfflineSession | None = None

    def credential(self, *, begins: int = -60, lasts: int = 3600, lock: str = "lock-1", signer: object = None) -> bytes:
        start = self.bench.time.now + begins
        credential = KeyCredential(KEY_ID, lock, self.phone.public_key(), start, start + lasts)
        key = signer if isinstance(signer, ec.EllipticCurvePrivateKey) else self.bench.authority.credential_key
        return issue_credential(credential, key)

    def link(self) -> Callable[[bytes], Awaitable[bytes]]:
        session = self.session = OfflineSession(self.bench.lock, self.backoff)

        async def exchange(message: bytes) -> bytes:
            return session.hear(message) or b""

        return exchange

    async def ask(self, credential: bytes, command: OfflineCommand = UNLOCK) -> tuple[OfflineAnswer, OfflineAnswer]:
        return await ask_lock(self.link(), self.phone, self.bench.public, credential, command)

    async def refusal(self, credential: bytes) -> str:
        with pytest.raises(LockRefused) as refused:
            await self.ask(credential)
        assert self.bench.moved() == []
        return refused.value.code

    def events(self) -> list[tuple[str, dict[str, object]]]:
        assert self.session is not None
        said = [read_event(message.payload, self.bench.public) for message in self.session.said]
        return [(event.type, event.body) for event in said]


@pytest.fixture
def door(tmp_path: Path) -> Doorstep:
    bench = Bench.make(tmp_path).ready()
    return Doorstep(bench, new_private_key(), Backoff(lambda: bench.time.ticks))


async def test_a_phone_with_a_key_opens_a_lock_that_never_received_it(door: Doorstep) -> None:
    ready, result = await door.ask(door.credential())
    assert (ready.bolt, result.outcome, result.bolt) == ("locked", "done", "unlocked")
    assert door.events() == [("unlocked", {"means": "ble", "key": KEY_ID})]
    assert door.bench.moved() == ["ble"]


async def test_it_locks_too(door: Doorstep) -> None:
    await door.ask(door.credential())
    assert (await door.ask(door.credential(), OfflineCommand("lock")))[1].bolt == "locked"


@pytest.mark.parametrize(
    ("window", "code"),
    [
        ({"begins": 1}, "key_not_yet"),
        ({"begins": -10, "lasts": 10}, "key_expired"),
        ({"lock": "lock-2"}, "wrong_lock"),
        ({"signer": new_private_key()}, "bad_handshake"),
    ],
    ids=["too early", "over", "other lock", "other gateway"],
)
async def test_a_key_that_is_not_good_here_and_now_is_refused(
    door: Doorstep, window: dict[str, int], code: str
) -> None:
    assert await door.refusal(door.credential(**window)) == code  # type: ignore[arg-type]


async def test_a_revoked_or_dropped_key_is_refused_though_its_credential_lives(door: Doorstep) -> None:
    credential = door.credential()
    door.bench.give(door.bench.command("put_key", credential=credential))
    door.bench.give(door.bench.command("drop_key", key=KEY_ID))
    assert await door.refusal(credential) == "key_revoked"
    door.bench.give(door.bench.command("put_key", credential=credential))
    door.bench.give(door.bench.command("revoke", epoch=1, keys=[KEY_ID]))
    assert await door.refusal(credential) == "key_revoked"


async def test_an_older_credential_cannot_outlive_the_newer_one_on_the_lock(door: Doorstep) -> None:
    older = door.credential(lasts=100_000)
    door.bench.give(door.bench.command("put_key", credential=door.credential(lasts=120)))
    door.bench.time.passes(300)
    assert await door.refusal(older) == "key_expired"


async def test_another_phone_cannot_use_a_copied_credential(door: Doorstep) -> None:
    credential = door.credential()
    thief = dataclasses.replace(door, phone=new_private_key())
    assert await thief.refusal(credential) == "bad_handshake"


async def test_a_phone_does_not_speak_with_a_false_lock(door: Doorstep) -> None:
    with pytest.raises(HandshakeFailed):
        await ask_lock(door.link(), door.phone, new_private_key().public_key(), door.credential(), UNLOCK)


async def test_every_message_of_an_earlier_session_is_refused(door: Doorstep) -> None:
    said: list[bytes] = []
    exchange = door.link()

    async def overheard(message: bytes) -> bytes:
        said.append(message)
        return await exchange(message)

    await ask_lock(overheard, door.phone, door.bench.public, door.credential(), UNLOCK)
    again = door.link()
    assert failure_code(await again(said[0])) is None
    assert failure_code(await again(said[1])) == "bad_handshake"
    assert await again(said[2]) == b""
    assert door.bench.moved() == ["ble"]


async def test_a_session_is_over_after_one_command(door: Doorstep) -> None:
    sealed: list[bytes] = []
    exchange = door.link()

    async def overheard(message: bytes) -> bytes:
        sealed.append(message)
        return await exchange(message)

    await ask_lock(overheard, door.phone, door.bench.public, door.credential(), UNLOCK)
    assert await exchange(sealed[-1]) == b""
    assert len(door.bench.moved()) == 1


@pytest.mark.parametrize("step", [0, 1, 2])
async def test_altered_messages_end_the_session(door: Doorstep, step: int) -> None:
    for position in range(0, 200, 9):
        door.bench.time.passes(60)
        exchange, count = door.link(), [0]

        async def altering(
            message: bytes,
            *,
            at: int = position,
            to: Callable[[bytes], Awaitable[bytes]] = exchange,
            n: list[int] = count,
        ) -> bytes:
            index, n[0] = n[0], n[0] + 1
            changed = bytearray(message)
            if index == step:
                changed[at % len(changed)] ^= 0x41
            return await to(bytes(changed))

        with pytest.raises((LockRefused, HandshakeFailed, BadMessage)):
            await ask_lock(altering, door.phone, door.bench.public, door.credential(), UNLOCK)
    assert door.bench.moved() == []


@pytest.mark.parametrize("length", range(65))
async def test_short_messages_open_nothing_at_any_step(door: Doorstep, length: int) -> None:
    for steps in range(3):
        for filler in (bytes(length), b"\xff" * length, b"\x58" + bytes(length)):
            door.bench.time.passes(60)
            exchange = door.link()
            phone = Initiator(door.phone, door.bench.public)
            second = await exchange(phone.first()) if steps else b""
            if steps == 2:
                await exchange(phone.third(second, door.credential()))
            reply = await exchange(filler)
            assert reply == b"" or failure_code(reply) is not None
    assert door.bench.moved() == []


async def test_ten_thousand_bad_handshakes_are_slowed_and_reported_and_the_true_key_still_works(door: Doorstep) -> None:
    answered = 0
    for _ in range(10_000):
        reply = await door.link()(b"\x03\x02guess")
        answered += reply != b""
        door.bench.time.passes(1)
    assert answered < 400
    assert door.bench.lock.flash.waiting_count() > 5
    door.bench.time.passes(31)
    door.bench.set_time()
    assert (await door.ask(door.credential()))[1].outcome == "done"
    assert door.backoff.failures == 0


async def test_a_lock_that_lost_the_time_opens_for_nobody_until_a_phone_brings_it(door: Doorstep) -> None:
    list(door.bench.lock.lose_clock())
    ready, result = await door.ask(door.credential())
    assert (ready.code, result.outcome, result.code) == ("clock_lost", "refused", "clock_lost")
    word = door.bench.command("set_time", now=NOW, nonce=result.nonce)
    carried = OfflineCommand("carry", door.bench.sign(word))
    _, result = await door.ask(door.credential(), carried)
    assert read_ack(result.carried[0], door.bench.public).outcome == "done"
    assert (await door.ask(door.credential()))[1].outcome == "done"


async def test_a_phone_can_carry_a_revocation_but_not_forge_one(door: Doorstep) -> None:
    victim = door.bench.put()
    revoke = door.bench.command("revoke", epoch=1, keys=[victim])
    forged = OfflineCommand("carry", door.bench.sign(revoke, new_private_key()))
    assert (await door.ask(door.credential(), forged))[1].code == "bad_signature"
    assert victim in door.bench.lock.flash.held_keys()
    _, result = await door.ask(door.credential(), OfflineCommand("carry", door.bench.sign(revoke)))
    assert read_ack(result.carried[0], door.bench.public).command_id == revoke.id
    assert victim not in door.bench.lock.flash.held_keys()


async def test_a_key_that_ends_between_handshake_and_command_opens_nothing(door: Doorstep) -> None:
    exchange, count = door.link(), [0]

    async def slow(message: bytes) -> bytes:
        count[0] += 1
        if count[0] == 3:
            door.bench.time.passes(100)
        return await exchange(message)

    credential = door.credential(lasts=120)
    _, result = await ask_lock(slow, door.phone, door.bench.public, credential, UNLOCK)
    assert (result.outcome, result.code, door.bench.moved()) == ("refused", "key_expired", [])


async def test_a_jammed_or_empty_lock_says_so(door: Doorstep) -> None:
    door.bench.lock.door.jammed = True
    assert (await door.ask(door.credential()))[1].code == "jammed"
    list(door.bench.lock.sense_battery(0))
    assert (await door.ask(door.credential()))[1].code == "battery_empty"


async def test_the_whole_talk_fits_in_ble_fragments_and_few_bytes(door: Doorstep) -> None:
    exchange, carried = door.link(), [0]

    async def over_ble(message: bytes) -> bytes:
        carried[0] += len(message)
        reply = await exchange(_through_the_air(message))
        carried[0] += len(reply)
        return _through_the_air(reply)

    await ask_lock(over_ble, door.phone, door.bench.public, door.credential(), UNLOCK)
    assert carried[0] < 480


def _through_the_air(message: bytes) -> bytes:
    gathering = Gathering()
    return [gathering.add(fragment) for fragment in split(message, 20)][-1] or b""


def test_no_sealed_answer_is_taken_for_a_refusal() -> None:
    answers = (OfflineAnswer("done", None, "locked", NOW, number.to_bytes(8, "big")) for number in range(2000))
    assert {failure_code(seal_answer(answer, bytes(16), READY)) for answer in answers} == {None}


def test_another_version_or_direction_has_no_key_in_common() -> None:
    key = bytes(range(16))
    answer = OfflineAnswer("done", None, "locked", NOW, bytes(8))
    assert open_answer(seal_answer(answer, key, READY), key, READY) == answer
    assert open_command(seal_command(UNLOCK, key), key) == UNLOCK
    with pytest.raises(BadMessage):
        open_answer(seal_answer(answer, key, READY), key, RESULT)
    with pytest.raises(BadMessage):
        open_answer(seal_command(UNLOCK, key), key, READY)
    with pytest.raises(BadMessage):
        open_command(seal_command(OfflineCommand("carry"), key), key)
    with pytest.raises(BadMessage):
        open_command(seal_command(OfflineCommand("unlock", b"x"), key), key)


def test_a_panic_of_the_library_is_a_failed_handshake() -> None:
    responder = Responder(new_private_key())
    with pytest.raises(HandshakeFailed):
        responder.hear_third(b"\x40")
    with pytest.raises(HandshakeFailed):
        responder.hear_first(b"")
