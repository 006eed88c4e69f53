"""Simulated kiosk: shows the gateway's screens and sends sealed registrations. It opens no door.

A tenant's input is sealed to the gateway's intake key at once; only the sealed form is stored, queued while the
network is down, and deleted when the broker has confirmed it.
"""

from cryptography.hazmat.primitives.asymmetric import ec

from certs.sealing import question_context, registration_context, seal, turns_context
from devices.wire.kiosk.offer_question import OfferQuestion, encode_question
from devices.wire.kiosk.registration import KioskRegistration, encode_registration
from devices.wire.messages import Body, Command, State
from firmware_sim.device.certificates import ABILITIES as CERTIFICATE_ABILITIES
from firmware_sim.device.certificates import DeviceCertificates
from firmware_sim.device.device import SimDevice
from firmware_sim.device.dialogue import Answer, Dialogue, Spoken

FIRMWARE = "lodgekey-sim-kiosk 1"
QUEUE_LIMIT = 200  # sealed registrations stored at most; a full kiosk refers tenants to a person
ABILITIES = CERTIFICATE_ABILITIES | {"show", "set_time", "read_back"}


class QueueFull(Exception):
    """The kiosk's queue of registrations is full; nothing was stored."""


class SimKiosk(SimDevice):
    """One kiosk; all its dependencies are passed in."""

    kind = "kiosk"

    def __init__(self, dialogue: Dialogue, intake: ec.EllipticCurvePublicKey, certificates: DeviceCertificates) -> None:
        super().__init__(dialogue, certificates, {"show": self._show})
        self._intake = intake
        self.screen: Body = {"screen": "welcome"}
        self.screens: list[Body] = []

    def register(self, registration: KioskRegistration) -> Spoken:
        """Send a tenant's registration. Raises QueueFull, or BadMessage for a form that no gateway could read."""
        if self.flash.waiting_count() >= QUEUE_LIMIT:
            raise QueueFull
        context = registration_context(self.dialogue.site, self.dialogue.device)
        sealed = seal(encode_registration(registration), self._intake, context=context)
        self.screen = {"screen": "wait", "registration": registration.registration}
        yield from self.dialogue.tell("registration", {"sealed": sealed, "registration": registration.registration})

    def request_challenge(self, offer_token: str, registration: bytes) -> Spoken:
        """Request the head turns; they arrive as the screen "turn" and are valid for a minute."""
        context = turns_context(self.dialogue.site, self.dialogue.device)
        sealed = seal(offer_token.encode(), self._intake, context=context)
        yield from self.dialogue.tell("turns_wanted", {"sealed": sealed, "registration": registration})

    def ask_offer(self, question: OfferQuestion, name: bytes) -> Spoken:
        """Request an offer's summary; it arrives as the screen "offer" with this name, sealed to the reply key."""
        context = question_context(self.dialogue.site, self.dialogue.device)
        sealed = seal(encode_question(question), self._intake, context=context)
        yield from self.dialogue.tell("offer_shown", {"sealed": sealed, "registration": name})

    def factory_reset(self) -> Spoken:
        """Reset to the factory state; queued registrations are deleted with the flash."""
        self.screen = {"screen": "welcome"}
        yield from super().factory_reset()

    def _show(self, command: Command) -> Answer:
        self.screen = command.body
        self.screens = [*self.screens[-49:], command.body]
        return Answer()

    def _read_back(self, _: Command) -> Answer:
        return Answer(body={"clock": self._clock_word()} | self.certificates.report())

    def _state(self, seq: int, at: int) -> State:
        return State(
            seq, at, "unknown", "unknown", None, (), self._clock_word(), self.clock.nonce, 0,
            FIRMWARE, self.flash.waiting_count(),
        )  # fmt: skip
