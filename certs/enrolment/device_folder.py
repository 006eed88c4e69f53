"""A device's folder: device.json, key.pem (0600), cert.pem (leaf and issuing), ca.pem.

The command line writes it for simulated devices; firmware_sim reads it. device.json:
{"site", "device", "kind", "broker": {"host", "port"}, "gateway": {name: JWK for each of GATEWAY_KEYS}}, and "publisher"
(JWK), whose firmware the device takes, where there is one.
It names no unit, no address and no person.
"""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

from cryptography.hazmat.primitives.asymmetric import ec

from certs.authority.ca import DEVICE_DAYS, Authority, Issued
from certs.authority.profiles import IDENTIFIER, Kind
from certs.errors import BadFolder, BadKey
from certs.files import PUBLIC, write_atomic
from certs.keys import jwk_of, load_private_key, new_private_key, public_from_jwk, save_private_key

GATEWAY_KEYS = ("command", "credential", "intake", "passcode")


@dataclass(frozen=True, slots=True)
class GatewayKeys:
    """The gateway's four public keys that a device stores."""

    command: ec.EllipticCurvePublicKey
    credential: ec.EllipticCurvePublicKey
    intake: ec.EllipticCurvePublicKey
    passcode: ec.EllipticCurvePublicKey


@dataclass(frozen=True, slots=True)
class DeviceFolder:
    """A device's identity and its gateway; `path` also holds the device's durable state."""

    path: Path
    site: str
    device: str
    kind: Kind
    host: str
    port: int
    gateway: GatewayKeys
    key: ec.EllipticCurvePrivateKey
    publisher: ec.EllipticCurvePublicKey | None = None

    @property
    def key_file(self) -> Path:
        """Private key, PEM."""
        return self.path / "key.pem"

    @property
    def cert_file(self) -> Path:
        """Certificate chain to present, PEM."""
        return self.path / "cert.pem"

    @property
    def ca_file(self) -> Path:
        """Certificate to trust, PEM."""
        return self.path / "ca.pem"


def gateway_keys_of(authority: Authority) -> GatewayKeys:
    """The public halves of an authority's four keys."""
    return GatewayKeys(**{name: getattr(authority, f"{name}_key").public_key() for name in GATEWAY_KEYS})


def write_device_folder(
    path: Path, authority: Authority, site: str, device: str, kind: Kind, *, host: str, port: int,
    days: int = DEVICE_DAYS,
) -> Issued:  # fmt: skip
    """Create or refresh a device's folder: an existing key is kept, the certificate is always new."""
    path.mkdir(mode=0o700, parents=True, exist_ok=True)
    path.chmod(0o700)
    key_file = path / "key.pem"
    if not key_file.exists():
        save_private_key(key_file, new_private_key())
    issued = authority.issue_device(load_private_key(key_file).public_key(), site, device, kind, days)
    described = describe_device(authority, site, device, kind, host=host, port=port)
    write_atomic(path / "cert.pem", issued.chain_pem, PUBLIC)
    write_atomic(path / "ca.pem", authority.ca_pem, PUBLIC)
    write_atomic(path / "device.json", json.dumps(described, indent=2).encode(), PUBLIC)
    return issued


def describe_device(
    authority: Authority, site: str, device: str, kind: Kind, *, host: str, port: int
) -> dict[str, Any]:
    """Contents of device.json."""
    keys, publisher = gateway_keys_of(authority), authority.publisher
    trusted = {} if publisher is None else {"publisher": jwk_of(publisher)}
    return {
        "site": site,
        "device": device,
        "kind": kind,
        "broker": {"host": host, "port": port},
        "gateway": {name: jwk_of(getattr(keys, name)) for name in GATEWAY_KEYS},
        **trusted,
    }


def read_device_folder(path: Path) -> DeviceFolder:
    """The folder's contents, validated; raises BadFolder with the reason."""
    try:
        described = json.loads((path / "device.json").read_text())
        site, device, kind = described["site"], described["device"], described["kind"]
        broker, keys = described["broker"], described["gateway"]
        gateway = GatewayKeys(**{name: public_from_jwk(keys[name]) for name in GATEWAY_KEYS})
        publisher = public_from_jwk(described["publisher"]) if "publisher" in described else None
        host, port, key = str(broker["host"]), int(broker["port"]), load_private_key(path / "key.pem")
    except (OSError, ValueError, KeyError, TypeError, AttributeError, BadKey) as error:
        raise BadFolder(f"{path.name} is not a device folder: {type(error).__name__}") from error
    _require_names(path, site, device, kind)
    return DeviceFolder(path, site, device, cast("Kind", kind), host, port, gateway, key, publisher)


def find_device_folders(path: Path) -> list[Path]:
    """Folders directly under `path` that hold a device, sorted by name."""
    return sorted(file.parent for file in path.glob("*/device.json"))


def _require_names(path: Path, site: Any, device: Any, kind: Any) -> None:
    named = isinstance(site, str) and isinstance(device, str) and IDENTIFIER.match(site) and IDENTIFIER.match(device)
    if not named or kind not in ("lock", "kiosk"):
        raise BadFolder(f"{path.name} names no lock or kiosk")
