"""Generations of the authority (a root and an issuing key each) and the phases of the change from one to the next.

standby → init → clients → servers → standby: first all parties trust both generations, then devices get certificates
of the next one, then servers do, then the old generation is retired. Every step but the last can be rolled back. A
retired root is still accepted for its own devices, and the new root is cross-signed by it: a device that was offline
during one whole rotation (not two) is accepted with its old certificate and trusts the broker by its old anchor.
"""

import json
from collections.abc import Callable
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Final, Literal, Self

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding

from certs.authority import profiles
from certs.authority.profiles import Issuer
from certs.errors import CertError
from certs.files import PUBLIC, write_atomic
from certs.keys import load_private_key, new_private_key, save_private_key

Clock = Callable[[], int]
Phase = Literal["standby", "init", "clients", "servers"]
STATE_FILE = "generations.json"  # {"phase", "current", "next", "retired", "made"}; no file: generation 1, standby
NEXT_PHASE: Final[dict[Phase, Phase]] = {
    "standby": "init",
    "init": "clients",
    "clients": "servers",
    "servers": "standby",
}


class BadPhase(CertError):
    """A rotation step that is not possible in this phase."""

    code = "bad_phase"


@dataclass(frozen=True, slots=True)
class Generation:
    """A root and its issuing key; `cross` is the root signed by the previous root, if there was one."""

    number: int
    root: Issuer
    issuing: Issuer
    cross: x509.Certificate | None

    @property
    def anchor_pem(self) -> bytes:
        """Trust anchor (PEM) that devices of this generation store."""
        return self.root.certificate.public_bytes(Encoding.PEM)

    @property
    def between_pem(self) -> bytes:
        """Intermediate certificates (PEM) to present between a leaf and an anchor."""
        issuing = self.issuing.certificate.public_bytes(Encoding.PEM)
        return issuing + (self.cross.public_bytes(Encoding.PEM) if self.cross else b"")


@dataclass(frozen=True, slots=True)
class Standing:
    """State of the rotation, by generation numbers. `made` is the highest number ever given; numbers are not reused."""

    phase: Phase = "standby"
    current: int = 1
    next: int | None = None
    retired: tuple[int, ...] = ()
    made: int = field(default=1, compare=False)

    def advanced(self) -> "Standing":
        """The next phase; after `servers` the next generation becomes the current one."""
        if self.phase == "standby":
            fresh = max(self.made, self.current, *self.retired) + 1
            return replace(self, phase="init", next=fresh, made=fresh)
        if self.phase == "servers" and self.next is not None:
            return replace(self, phase="standby", current=self.next, next=None, retired=(*self.retired, self.current))
        return replace(self, phase=NEXT_PHASE[self.phase])

    def rolled_back(self) -> "Standing":
        """Back to the current generation; raises BadPhase when no rotation is in progress.

        The cancelled generation counts as retired, so that devices that have its certificates are still accepted.
        """
        if self.next is None:
            raise BadPhase("no rotation is under way")
        return replace(self, phase="standby", next=None, retired=(*self.retired, self.next))

    def without(self, number: int) -> "Standing":
        """The state without a retired generation; raises BadPhase for one that is not retired."""
        if number not in self.retired:
            raise BadPhase("only a retired authority can be forgotten")
        return replace(self, retired=tuple(known for known in self.retired if known != number))


@dataclass(frozen=True, slots=True)
class Generations:
    """The generations in use, and which of them signs what."""

    folder: Path
    standing: Standing
    known: dict[int, Generation]

    @classmethod
    def open(cls, folder: Path, now: Clock) -> Self:
        """Read from the folder; missing keys and certificates are created (first start, or an interrupted one)."""
        return cls.of(folder, read_standing(folder), now)

    @classmethod
    def of(cls, folder: Path, standing: Standing, now: Clock) -> Self:
        """The generations of a state. Created before the state is written: other processes find them complete."""
        known = {number: _generation_at(folder, number, None, now) for number in (*standing.retired, standing.current)}
        if standing.next is not None:
            known[standing.next] = _generation_at(folder, standing.next, known[standing.current], now)
        return cls(folder, standing, known)

    @property
    def devices(self) -> Generation:
        """Generation that signs certificates of devices and gateways."""
        moved = self.standing.phase in ("clients", "servers")
        return self.known[self.standing.next if moved and self.standing.next else self.standing.current]

    @property
    def servers(self) -> Generation:
        """Generation that signs certificates of brokers."""
        moved = self.standing.phase == "servers"
        return self.known[self.standing.next if moved and self.standing.next else self.standing.current]

    @property
    def trusted(self) -> list[Generation]:
        """Generations that devices have to trust."""
        return [self.known[n] for n in (self.standing.current, self.standing.next) if n is not None]

    @property
    def believed(self) -> list[Generation]:
        """Generations whose device certificates brokers accept: also retired ones until their last one expires."""
        return [*self.trusted, *(self.known[n] for n in self.standing.retired)]


def read_standing(folder: Path) -> Standing:
    """The stored state of the rotation."""
    file = folder / STATE_FILE
    if not file.exists():
        return Standing()
    said = json.loads(file.read_text())
    return Standing(said["phase"], said["current"], said["next"], tuple(said["retired"]), said.get("made", 1))


def write_standing(folder: Path, standing: Standing) -> None:
    """Store the state durably, before anything is signed under it. Reopen the authority afterwards."""
    write_atomic(folder / STATE_FILE, json.dumps(asdict(standing)).encode(), PUBLIC)


def destroy_keys(folder: Path, number: int) -> None:
    """Delete the private keys of a forgotten generation."""
    for name in ("root.key", "issuing.key"):
        (_place_of(folder, number) / name).unlink(missing_ok=True)


def _place_of(folder: Path, number: int) -> Path:
    return folder if number == 1 else folder / f"generation-{number}"


def _generation_at(folder: Path, number: int, elder: Generation | None, now: Clock) -> Generation:
    place = _place_of(folder, number)
    place.mkdir(mode=0o700, exist_ok=True)
    root_key, issuing_key = key_at(place / "root.key"), key_at(place / "issuing.key")
    root = Issuer(
        _certificate_at(place / "root.pem", lambda: profiles.root_certificate(root_key, now(), number)), root_key
    )
    issuing_pem = _certificate_at(
        place / "issuing.pem", lambda: profiles.issuing_certificate(root, issuing_key.public_key(), now(), number)
    )
    cross_file = place / "cross.pem"
    cross = None
    if elder is not None:
        by = elder.root
        cross = _certificate_at(cross_file, lambda: profiles.cross_certificate(by, root.certificate, now()))
    elif cross_file.exists():
        cross = x509.load_pem_x509_certificate(cross_file.read_bytes())
    return Generation(number, root, Issuer(issuing_pem, issuing_key), cross)


def key_at(path: Path) -> ec.EllipticCurvePrivateKey:
    """The key in a file, created if it does not exist."""
    if not path.exists():
        save_private_key(path, new_private_key())
    return load_private_key(path)


def _certificate_at(path: Path, make: Callable[[], x509.Certificate]) -> x509.Certificate:
    if not path.exists():
        write_atomic(path, make().public_bytes(Encoding.PEM), PUBLIC)
    return x509.load_pem_x509_certificate(path.read_bytes())
