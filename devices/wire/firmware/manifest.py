"""The one form of manifest that locks and kiosks take: a whole image for one model, fetched in chunks by its digest.

Shared: vendor id, class id, digest and size of the image, and the two conditions on the ids. Install: fetch the image
named by a URI of RFC 6920 and compare it. Validate: compare it again. Invoke: start it. The text names vendor, model
and version; the ids are derived from it (draft-ietf-suit-manifest-37 §8.4.8.2), so that no manifest says two things.
"""

import base64
import uuid
from dataclasses import dataclass
from typing import Any, Final

from cryptography.hazmat.primitives.asymmetric import ec

from devices.wire.errors import BadManifest
from devices.wire.fields import octets, text, whole
from devices.wire.firmware.suit import Component, Manifest, encode_manifest, read_envelope, sign_envelope
from devices.wire.firmware.suit_commands import Sequence

IMAGE: Final[Component] = (b"\x00",)
LANGUAGE: Final = "en"
MODEL_NAME, VENDOR_DOMAIN, COMPONENT_VERSION = 2, 3, 6  # SUIT_Text_Component_Keys
MAX_IMAGE: Final = 8 * 1024 * 1024
REPORT_ALL: Final = 15  # reporting policy: a record of success and of failure
REPORT_FAILURE: Final = 2
MATCH: Final = ("image_match", REPORT_ALL)


@dataclass(frozen=True, slots=True)
class Firmware:
    """One release of firmware. `sequence` only rises: it is the rollback counter. `digest`: SHA-256 of the image."""

    vendor: str
    model: str
    version: str
    sequence: int
    digest: bytes
    size: int

    @property
    def vendor_id(self) -> bytes:
        """Vendor id: UUID version 5 of the vendor's domain."""
        return uuid.uuid5(uuid.NAMESPACE_DNS, self.vendor).bytes

    @property
    def class_id(self) -> bytes:
        """Class id: UUID version 5 of the model, within the vendor's."""
        return class_id_of(self.vendor, self.model)


def class_id_of(vendor: str, model: str) -> bytes:
    """Class id of a vendor's model."""
    return uuid.uuid5(uuid.uuid5(uuid.NAMESPACE_DNS, vendor), model).bytes


def sign_firmware(firmware: Firmware, key: ec.EllipticCurvePrivateKey) -> bytes:
    """The signed envelope of a release. Raises BadManifest for values that no device takes."""
    _require_bounds(firmware)
    return sign_envelope(_manifest_of(firmware), key)


def read_firmware(raw: bytes, public: ec.EllipticCurvePublicKey) -> Firmware:
    """The release in an envelope that this publisher signed. Raises BadSignature, or BadManifest for any other form."""
    manifest = read_envelope(raw, public)
    firmware = _firmware_in(manifest)
    _require_bounds(firmware)
    if manifest.severed or encode_manifest(manifest) != encode_manifest(_manifest_of(firmware)):
        raise BadManifest("another form of manifest than devices take")
    return firmware


def uri_of(digest: bytes) -> str:
    """Name of an image by its digest (RFC 6920 §3)."""
    return "ni:///sha-256;" + base64.urlsafe_b64encode(digest).rstrip(b"=").decode()


def _manifest_of(firmware: Firmware) -> Manifest:
    about: dict[str, Any] = {"vendor_id": firmware.vendor_id, "class_id": firmware.class_id}
    about |= {"image_digest": firmware.digest, "image_size": firmware.size}
    shared: Sequence = (
        ("override_parameters", about),
        ("vendor_identifier", REPORT_ALL),
        ("class_identifier", REPORT_ALL),
    )
    fetch = ("override_parameters", {"uri": uri_of(firmware.digest)}), ("fetch", REPORT_FAILURE), MATCH
    named = {MODEL_NAME: firmware.model, VENDOR_DOMAIN: firmware.vendor, COMPONENT_VERSION: firmware.version}
    sequences: dict[str, Sequence] = {"shared": shared, "validate": (MATCH,), "install": fetch}
    sequences["invoke"] = (("invoke", REPORT_FAILURE),)
    return Manifest(firmware.sequence, (IMAGE,), sequences, text={LANGUAGE: {IMAGE: named}})


def _firmware_in(manifest: Manifest) -> Firmware:
    """What a manifest of our form says; of another form, something that does not lead back to the same manifest."""
    shared = manifest.sequences.get("shared", ())
    about: dict[str, Any] = next((argument for name, argument in shared if name == "override_parameters"), {})
    named = manifest.text.get(LANGUAGE, {}).get(IMAGE)
    if not isinstance(named, dict):
        raise BadManifest("no text that names model and version")
    said = (named.get(VENDOR_DOMAIN), named.get(MODEL_NAME), named.get(COMPONENT_VERSION))
    vendor, model, version = (part if type(part) is str else "" for part in said)
    digest, size = about.get("image_digest", b""), about.get("image_size", 0)
    return Firmware(vendor, model, version, manifest.number, digest, size)


def _require_bounds(firmware: Firmware) -> None:
    named = all(name and text(limit)(name) for name, limit in (
        (firmware.vendor, 64), (firmware.model, 32), (firmware.version, 20),
    ))  # fmt: skip
    numbered = whole(1, 2**32 - 1)(firmware.sequence) and whole(1, MAX_IMAGE)(firmware.size)
    if not named or not numbered or not octets(32, 32)(firmware.digest):
        raise BadManifest("a name, number or digest outside its bounds")
