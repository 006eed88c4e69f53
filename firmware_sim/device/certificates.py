"""A device's certificate and trust anchors: renewed before expiry, replaced only by messages the gateway signed."""

from dataclasses import dataclass

from cryptography import x509

from certs.enrolment.device_folder import DeviceFolder
from certs.enrolment.renewal import certificate_request, check_chain, read_certificates, renewal_time, trust_digest
from certs.errors import BadRequest
from certs.files import PUBLIC, write_atomic
from devices.wire.messages import Body, Command
from firmware_sim.device.clock import SimClock
from firmware_sim.device.dialogue import Answer, refused

ABILITIES = frozenset({"put_certificate", "put_trust"})


@dataclass(slots=True)
class DeviceCertificates:
    """Certificate files of one device folder; `changed` is set when a reconnect is needed."""

    folder: DeviceFolder
    clock: SimClock
    changed: bool = False

    @property
    def due(self) -> bool:
        """Whether the certificate should be renewed."""
        own = read_certificates(self.folder.cert_file.read_bytes())[0]
        return self.clock.known and self.clock.now() >= renewal_time(own, self.folder.key.public_key())

    def request(self) -> bytes:
        """Return the certificate request to send."""
        return certificate_request(self.folder.key, self.folder.device)

    def put_certificate(self, command: Command) -> Answer:
        """Use this chain from now on if it is for this device's key and leads to a trusted anchor."""
        folder = self.folder
        urn = f"urn:lodgekey:{folder.kind}:{folder.site}:{folder.device}"
        try:
            chain = read_certificates(command.body["chain"])
            check_chain(chain, self._anchors(), folder.key.public_key(), urn, self.clock.now())
        except (BadRequest, x509.ExtensionNotFound):
            return refused("bad_certificate", command)
        self._replace("cert.pem", command.body["chain"])
        return Answer(body={"certificate": self.report()["certificate"]})

    def put_trust(self, command: Command) -> Answer:
        """Replace the trusted roots."""
        try:
            anchors = read_certificates(command.body["anchors"])
            roots = all(found.extensions.get_extension_for_class(x509.BasicConstraints).value.ca for found in anchors)
        except (BadRequest, x509.ExtensionNotFound):
            roots = False
        if not roots:
            return refused("bad_certificate", command)
        self._replace("ca.pem", command.body["anchors"])
        return Answer(body={"trust": self.report()["trust"]})

    def report(self) -> Body:
        """Return the certificate report, read from the files that the next connection will use."""
        serial = read_certificates(self.folder.cert_file.read_bytes())[0].serial_number
        trust = trust_digest(self.folder.ca_file.read_bytes())
        return {"trust": trust, "certificate": serial.to_bytes((serial.bit_length() + 7) // 8, "big")}

    def _replace(self, name: str, content: bytes) -> None:
        if (self.folder.path / name).read_bytes() != content:
            write_atomic(self.folder.path / name, content, PUBLIC)
            self.changed = True

    def _anchors(self) -> list[x509.Certificate]:
        return read_certificates(self.folder.ca_file.read_bytes())
