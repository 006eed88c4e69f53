"""Authority rotation in five phases: real TLS handshakes between devices and brokers of every generation."""

import ssl
import time
from dataclasses import dataclass
from pathlib import Path

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from certs.authority.ca import Authority
from certs.authority.generations import BadPhase, Standing, read_standing, write_standing
from certs.errors import BadRequest
from certs.files import SECRET, write_atomic
from certs.keys import new_private_key, save_private_key


@dataclass(frozen=True)
class Party:
    """A party with a key, a chain to present and trust anchors."""

    folder: Path
    anchors: bytes

    def context(self, *, server: bool) -> ssl.SSLContext:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER if server else ssl.PROTOCOL_TLS_CLIENT)
        context.load_verify_locations(cadata=self.anchors.decode())
        context.load_cert_chain(self.folder / "chain.pem", self.folder / "key.pem")
        context.verify_mode = ssl.CERT_REQUIRED
        return context


def now() -> int:
    return int(time.time())


def party(folder: Path, chain: bytes, anchors: bytes, key: object) -> Party:
    folder.mkdir(parents=True, exist_ok=True)
    save_private_key(folder / "key.pem", key)  # type: ignore[arg-type]
    write_atomic(folder / "chain.pem", chain, SECRET)
    return Party(folder, anchors)


def a_lock(authority: Authority, folder: Path) -> Party:
    key = new_private_key()
    chain = authority.issue_device(key.public_key(), "site-1", "lock-1", "lock").chain_pem
    return party(folder, chain, authority.ca_pem, key)


def a_broker(authority: Authority, folder: Path) -> Party:
    key = new_private_key()
    return party(folder, authority.issue_server(key.public_key()).chain_pem, authority.chain_pem, key)


def talk(lock: Party, broker: Party) -> bool:
    """Whether the TLS handshake succeeds on both sides."""
    to_broker, to_lock = ssl.MemoryBIO(), ssl.MemoryBIO()
    client = lock.context(server=False).wrap_bio(to_lock, to_broker, server_hostname="localhost")
    server = broker.context(server=True).wrap_bio(to_broker, to_lock, server_side=True)
    done: set[ssl.SSLObject] = set()
    for _ in range(6):
        for side in (client, server):
            try:
                side.do_handshake()
                done.add(side)
            except ssl.SSLWantReadError:
                continue
            except ssl.SSLError:
                return False
    return len(done) == 2


@pytest.fixture
def first(tmp_path: Path) -> Authority:
    return Authority.open(tmp_path / "ca", now)


def test_no_lock_is_lost_in_any_phase_not_even_one_that_slept_through_all(first: Authority, tmp_path: Path) -> None:
    sleeper = a_lock(first, tmp_path / "sleeper")
    authority, follower = first, a_lock(first, tmp_path / "follower-0")
    for step in range(1, 5):
        authority = authority.advance_rotation()
        broker = a_broker(authority, tmp_path / f"broker-{step}")
        assert talk(sleeper, broker), authority.generations.standing
        assert talk(follower, broker), authority.generations.standing
        follower = a_lock(authority, tmp_path / f"follower-{step}")
        assert talk(follower, broker), authority.generations.standing
    assert authority.generations.standing == Standing("standby", 2, None, (1,))
    assert authority.ca_pem != first.ca_pem


def test_every_phase_can_be_rolled_back_and_no_lock_is_lost(first: Authority, tmp_path: Path) -> None:
    sleeper = a_lock(first, tmp_path / "sleeper")
    for steps in (1, 2, 3):
        authority = first
        for _ in range(steps):
            authority = authority.advance_rotation()
        moved = a_lock(authority, tmp_path / f"moved-{steps}")
        authority = authority.roll_back_rotation()
        broker = a_broker(authority, tmp_path / f"broker-{steps}")
        assert authority.ca_pem == first.ca_pem
        assert talk(sleeper, broker)
        assert talk(moved, broker), steps


def test_phases_change_who_signs_in_order(first: Authority) -> None:
    signers = []
    authority = first
    for _ in range(5):
        found = authority.generations
        signers.append((found.standing.phase, found.devices.number, found.servers.number, len(found.trusted)))
        authority = authority.advance_rotation()
    assert signers == [
        ("standby", 1, 1, 1),
        ("init", 1, 1, 2),
        ("clients", 2, 1, 2),
        ("servers", 2, 2, 2),
        ("standby", 2, 2, 1),
    ]


def test_a_stranger_is_refused_in_every_phase(first: Authority, tmp_path: Path) -> None:
    stranger = a_lock(Authority.open(tmp_path / "other", now), tmp_path / "stranger")
    authority = first
    for step in range(5):
        broker = a_broker(authority, tmp_path / f"broker-{step}")
        assert not talk(Party(stranger.folder, authority.ca_pem), broker)
        assert not talk(stranger, broker)
        authority = authority.advance_rotation()


def test_a_rotation_survives_a_restart_at_every_step(first: Authority) -> None:
    authority = first
    for _ in range(4):
        authority = authority.advance_rotation()
        again = Authority.open(first.folder, now)
        assert (again.ca_pem, again.chain_pem) == (authority.ca_pem, authority.chain_pem)
        assert again.generations.standing == authority.generations.standing


def test_an_interrupted_step_is_completed_at_the_next_start(first: Authority) -> None:
    write_standing(first.folder, first.generations.standing.advanced())
    (first.folder / "generation-2").mkdir()
    assert len(Authority.open(first.folder, now).generations.trusted) == 2


def test_nothing_can_be_rolled_back_when_nothing_was_begun(first: Authority) -> None:
    with pytest.raises(BadPhase):
        first.roll_back_rotation()
    assert read_standing(first.folder) == Standing()


def test_the_gateways_own_keys_do_not_change_with_the_authority(first: Authority) -> None:
    rotated = first.advance_rotation().advance_rotation().advance_rotation().advance_rotation()
    assert rotated.command_key.private_numbers() == first.command_key.private_numbers()
    assert rotated.passcode_key.private_numbers() == first.passcode_key.private_numbers()


def test_revocation_lists_of_all_generations_are_published(first: Authority) -> None:
    assert first.crl([5]).count(b"BEGIN X509 CRL") == 1
    assert first.advance_rotation().crl([5]).count(b"BEGIN X509 CRL") == 2
    with pytest.raises(BadRequest):
        first.issue_server(new_private_key().public_key(), [], [])


def test_a_forgotten_generation_is_believed_no_more(first: Authority, tmp_path: Path) -> None:
    sleeper, rotated = a_lock(first, tmp_path / "sleeper"), first
    for _ in range(4):
        rotated = rotated.advance_rotation()
    assert talk(sleeper, a_broker(rotated, tmp_path / "before"))
    forgotten = rotated.forget_generation(1)
    assert not talk(sleeper, a_broker(forgotten, tmp_path / "after"))
    assert not (first.folder / "issuing.key").exists()
    for number in (1, 2, 7):
        with pytest.raises(BadPhase):
            forgotten.forget_generation(number)


def test_the_number_of_a_forgotten_generation_is_not_given_again(first: Authority) -> None:
    forgotten = first.advance_rotation().roll_back_rotation().forget_generation(2)
    assert not list((first.folder / "generation-2").glob("*.key"))
    assert forgotten.advance_rotation().generations.standing.next == 3


class StandingMachine(RuleBasedStateMachine):
    """Any order of steps: generation numbers only rise, and no device is left out."""

    def __init__(self) -> None:
        super().__init__()
        self.standing = Standing()
        self.ever = {1}

    @rule(steps=st.integers(1, 5))
    def advance(self, steps: int) -> None:
        for _ in range(steps):
            self.standing = self.standing.advanced()
            self.remember()

    @precondition(lambda self: self.standing.next is not None)
    @rule()
    def roll_back(self) -> None:
        self.standing = self.standing.rolled_back()

    def remember(self) -> None:
        if self.standing.next is not None:
            self.ever.add(self.standing.next)

    @invariant()
    def everyone_is_current_next_or_retired_and_only_once(self) -> None:
        numbers = [*self.standing.retired, self.standing.current]
        numbers += [self.standing.next] if self.standing.next else []
        assert sorted(numbers) == sorted(self.ever)

    @invariant()
    def only_standby_has_no_next(self) -> None:
        assert (self.standing.next is None) == (self.standing.phase == "standby")


StandingMachine.TestCase.settings = settings(max_examples=50, deadline=None)
TestStanding = StandingMachine.TestCase
