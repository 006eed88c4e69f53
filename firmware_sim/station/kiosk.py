"""The simulated kiosk: shows what the gateway says, and sends sealed registrations. It opens no door.

What a tenant shows or types is sealed to the gateway's intake key at once; only the sealed form is stored, waits
while the network is away, and is deleted when the broker has taken it.
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
QUEUE_LIMIT = 200  # sealed registrations a kiosk holds; beyond it, it sends people to a person
ABILITIES = CERTIFICATE_ABILITIES | {"show", "set_time", "read_back"}


class QueueFull(Exception):
    """The kiosk holds as many registrations as it can; nothing was taken."""


class SimKiosk(SimDevice):
    """One kiosk; everything it needs to know or touch is given to it."""

    kind = "kiosk"

    def __init__(self, dialogue: Dialogue, intake: ec.EllipticCurvePublicKey, certificates: DeviceCertificates) -> None:
        super().__init__(dialogue, certificates, {"show": self._show})
        self._intake = intake
        self.screen: Body = {"screen": "welcome"}
        self.screens: list[Body] = []

    def register(self, registration: KioskRegistration) -> Spoken:
        """A tenant is done at the kiosk; raises QueueFull, or BadMessage for what no gateway could read."""
        if self.flash.waiting_count() >= QUEUE_LIMIT:
            raise QueueFull
        context = registration_context(self.dialogue.site, self.dialogue.device)
        sealed = seal(encode_registration(registration), self._intake, context=context)
        self.screen = {"screen": "wait", "registration": registration.registration}
        yield from self.dialogue.tell("registration", {"sealed": sealed, "registration": registration.registration})

    def request_challenge(self, offer_token: str, registration: bytes) -> Spoken:
        """Ask for the turns a tenant's head has to make; they come as the screen "turn", and hold for a minute."""
        context = turns_context(self.dialogue.site, self.dialogue.device)
        sealed = seal(offer_token.encode(), self._intake, context=context)
        yield from self.dialogue.tell("turns_wanted", {"sealed": sealed, "registration": registration})

    def ask_offer(self, question: OfferQuestion, name: bytes) -> Spoken:
        """Ask what may be said of an offer; it comes as the screen "offer" with this name, sealed to the reply key."""
        context = question_context(self.dialogue.site, self.dialogue.device)
        sealed = seal(encode_question(question), self._intake, context=context)
        yield from self.dialogue.tell("offer_shown", {"sealed": sealed, "registration": name})

    def factory_reset(self) -> Spoken:
        """Back to the factory; registrations that waited are gone with the flash."""
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
