"""A device's certificate and the anchors it trusts: renewed in time, replaced only by what the gateway signed."""

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
    """Files of one device folder; `changed` says that a new connection is due."""

    folder: DeviceFolder
    clock: SimClock
    changed: bool = False

    @property
    def due(self) -> bool:
        """Whether it is time to ask for a new certificate."""
        own = read_certificates(self.folder.cert_file.read_bytes())[0]
        return self.clock.known and self.clock.now() >= renewal_time(own, self.folder.key.public_key())

    def request(self) -> bytes:
        """The request to send."""
        return certificate_request(self.folder.key, self.folder.device)

    def put_certificate(self, command: Command) -> Answer:
        """Present this chain from now on, if it is this device's and leads to an anchor it trusts."""
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
        """Trust these roots, and no others, from now on."""
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
        """What it says of its papers: read from the files, so that it is what the next connection will use."""
        serial = read_certificates(self.folder.cert_file.read_bytes())[0].serial_number
        trust = trust_digest(self.folder.ca_file.read_bytes())
        return {"trust": trust, "certificate": serial.to_bytes((serial.bit_length() + 7) // 8, "big")}

    def _replace(self, name: str, content: bytes) -> None:
        if (self.folder.path / name).read_bytes() != content:
            write_atomic(self.folder.path / name, content, PUBLIC)
            self.changed = True

    def _anchors(self) -> list[x509.Certificate]:
        return read_certificates(self.folder.ca_file.read_bytes())
