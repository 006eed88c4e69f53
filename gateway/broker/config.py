"""What mosquitto must be told so that a device can touch its own topics only: configuration, ACL, files."""

from __future__ import annotations

import os
import pwd
import shutil
from dataclasses import dataclass
from pathlib import Path

GATEWAY_NAME = "gateway-0"  # certs refuses devices a name that begins with gateway
MAX_MESSAGE_BYTES = (1 << 20) + (1 << 16)  # a kiosk's 1 MiB and its envelope
TOOLS = Path(__file__).resolve().parents[2] / ".tools" / "bin"
CONFIG, ACL, PID = "mosquitto.conf", "acl", "pid"
CA, CERTIFICATE, KEY, CRL = "ca.pem", "server.pem", "server.key", "crl.pem"


class BrokerMissing(Exception):
    """There is no mosquitto on this machine."""


@dataclass(frozen=True, slots=True)
class BrokerSettings:
    """Where to listen, under which certificate names gateways come, and how eagerly to write to disk."""

    port: int
    host: str = "127.0.0.1"
    gateways: tuple[str, ...] = (GATEWAY_NAME,)
    durable: bool = True  # rewrites the store on each change: right for a building, slow beyond some hundred locks


@dataclass(frozen=True, slots=True)
class BrokerCertificates:
    """PEM: the CA (with what stands between it and a leaf), the server's chain and key, the revocation list.

    A revocation list past its nextUpdate makes mosquitto refuse everybody: replace it in time.
    """

    ca: bytes
    server: bytes
    key: bytes
    crl: bytes


def find_mosquitto(setting: Path | None = None) -> Path:
    """The mosquitto to run: the one named by the setting, on PATH, Debian's, or the one in the project's folder."""
    on_path = shutil.which("mosquitto")
    places = [setting] if setting else [Path(on_path or "/usr/sbin/mosquitto"), TOOLS / "mosquitto"]
    for place in places:
        if place.is_file() and os.access(place, os.X_OK):
            return place
    message = f"mosquitto was not found at {' or '.join(map(str, places))}; install it or name it in the settings"
    raise BrokerMissing(message)


def render_config(settings: BrokerSettings, folder: Path = Path(), *, user: str | None = None) -> str:
    """mosquitto.conf(5) for 2.0; file names are under `folder`. `user`: whom mosquitto becomes when started as root."""
    lines = [
        f"listener {settings.port} {settings.host}",
        *(f"{option} {folder / name}" for option, name in _FILES.items()),
        "tls_version tlsv1.2",  # the lowest accepted
        "require_certificate true",
        "use_identity_as_username true",
        "use_username_as_clientid true",  # a client id taken from the certificate cannot be another's
        "allow_anonymous false",
        "set_tcp_nodelay true",
        f"max_packet_size {MAX_MESSAGE_BYTES}",
        "max_inflight_messages 1000",
        "max_queued_messages 100000",  # what waits for a gateway that is down: beyond it mosquitto drops what it acked
        f"max_queued_bytes {256 << 20}",
        "persistent_client_expiration 14d",
        "persistence true",
        f"persistence_location {folder}/",
        f"autosave_interval {1 if settings.durable else 5}",
        f"autosave_on_changes {'true' if settings.durable else 'false'}",
        "connection_messages false",
        "log_dest stderr",
        "log_timestamp false",
        *(f"log_type {kind}" for kind in ("error", "warning", "notice", "information")),
        *([f"user {user}"] if user else []),
    ]
    return "\n".join(lines) + "\n"


_FILES = {"cafile": CA, "certfile": CERTIFICATE, "keyfile": KEY, "crlfile": CRL, "acl_file": ACL}


def render_acl(settings: BrokerSettings) -> str:
    """Gateways write commands and read the rest; a device reads its own commands and writes its own rest."""
    channels = ("ack", "event", "state", "online")
    lines: list[str] = []
    for name in settings.gateways:
        lines += [f"user {name}", "topic write lodgekey/v1/+/+/cmd"]
        lines += [f"topic read lodgekey/v1/+/+/{channel}" for channel in channels]
    lines += ["pattern read lodgekey/v1/+/%u/cmd"]
    lines += [f"pattern write lodgekey/v1/+/%u/{channel}" for channel in channels]
    return "\n".join(lines) + "\n"


def write_files(
    folder: Path, settings: BrokerSettings, certificates: BrokerCertificates, *, absolute: bool = False
) -> None:
    """Write everything mosquitto reads, for its own eyes only.

    File names in it are relative to `folder`, as its working folder, so that it needs no way through the folders
    above (a clone under /root, say); `absolute` names them in full, for a broker that is started from anywhere.
    """
    user = broker_user()
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    hand_over(folder, user)
    contents = {
        CONFIG: render_config(settings, folder.resolve() if absolute else Path(), user=user).encode(),
        ACL: render_acl(settings).encode(),
    }
    for name, content in (contents | certificate_files(certificates)).items():
        write_private(folder / name, content, user)


def certificate_files(certificates: BrokerCertificates) -> dict[str, bytes]:
    """File name -> content. The key comes first: mosquitto reads them together, once told to."""
    return {
        KEY: certificates.key,
        CERTIFICATE: certificates.server,
        CA: certificates.ca,
        CRL: certificates.crl,
    }


def write_private(path: Path, content: bytes, user: str | None) -> None:
    """Replace a file at once (old or new, never half), readable by its owner `user` only."""
    fresh = path.with_name(path.name + ".new")
    fresh.unlink(missing_ok=True)
    descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
    hand_over(fresh, user)
    fresh.replace(path)


def hand_over(path: Path, user: str | None) -> None:
    """Give a path to the user mosquitto runs as; nothing to do unless we are root."""
    if user:
        account = pwd.getpwnam(user)
        os.chown(path, account.pw_uid, account.pw_gid)


def broker_user() -> str | None:
    """Whom mosquitto becomes: None unless started as root, which it must not stay."""
    if os.geteuid() != 0:
        return None
    known = {account.pw_name for account in pwd.getpwall()}
    return "mosquitto" if "mosquitto" in known else "nobody"
