"""The mosquitto configuration, ACL and files that restrict each device to its own topics."""

from __future__ import annotations

import os
import pwd
import shutil
from dataclasses import dataclass
from pathlib import Path

from devices.links.tls import CIPHERS

GATEWAY_NAME = "gateway-0"  # certs refuses device names that begin with "gateway"
MAX_MESSAGE_BYTES = (1 << 20) + (1 << 16)  # a kiosk's message of 1 MiB and its envelope
MAX_CONNECTIONS = 16_000  # of devices and strangers together; beyond it mosquitto closes new ones at once
TOOLS = Path(__file__).resolve().parents[2] / ".tools" / "bin"
CONFIG, ACL, PID = "mosquitto.conf", "acl", "pid"
CA, CERTIFICATE, KEY, CRL = "ca.pem", "server.pem", "server.key", "crl.pem"


class BrokerMissing(Exception):
    """No executable mosquitto was found on this machine."""


@dataclass(frozen=True, slots=True)
class BrokerSettings:
    """Listening address, the gateways' certificate names, and whether each change is written to disk at once."""

    port: int
    host: str = "127.0.0.1"
    gateways: tuple[str, ...] = (GATEWAY_NAME,)
    durable: bool = True  # the store is rewritten on each change: suits a building, slow beyond some hundred locks


@dataclass(frozen=True, slots=True)
class BrokerCertificates:
    """PEM files: the CA with its intermediates, the server's chain and key, the revocation list.

    mosquitto refuses every client once the revocation list is past its nextUpdate: replace it in time.
    """

    ca: bytes
    server: bytes
    key: bytes
    crl: bytes


def find_mosquitto(setting: Path | None = None) -> Path:
    """Path of mosquitto: the one set, else on PATH or Debian's, else the project's. Raises BrokerMissing."""
    on_path = shutil.which("mosquitto")
    places = [setting] if setting else [Path(on_path or "/usr/sbin/mosquitto"), TOOLS / "mosquitto"]
    for place in places:
        if place.is_file() and os.access(place, os.X_OK):
            return place
    message = f"mosquitto was not found at {' or '.join(map(str, places))}; install it or name it in the settings"
    raise BrokerMissing(message)


def render_config(settings: BrokerSettings, folder: Path = Path(), *, user: str | None = None) -> str:
    """mosquitto.conf(5) for 2.0, with file names under `folder`.

    `user`: the account mosquitto switches to from root.
    """
    lines = [
        f"listener {settings.port} {settings.host}",
        *(f"{option} {folder / name}" for option, name in _FILES.items()),
        "tls_version tlsv1.2",  # the lowest version accepted
        f"ciphers {CIPHERS}",
        "require_certificate true",
        "use_identity_as_username true",
        "use_username_as_clientid true",  # the client id comes from the certificate, so a device cannot use another's
        "allow_anonymous false",
        f"max_connections {MAX_CONNECTIONS}",
        "set_tcp_nodelay true",
        f"max_packet_size {MAX_MESSAGE_BYTES}",
        "max_inflight_messages 1000",
        # the queue for a gateway that is down: beyond it mosquitto drops acknowledged messages
        "max_queued_messages 100000",
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
    """The ACL: gateways write commands and read the rest; a device reads its commands and writes its other topics."""
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
    """Write all files mosquitto reads, with mode 0600.

    File names in them are relative to `folder`, the working folder, so that mosquitto needs no access to the parent
    folders (a clone under /root, for example). `absolute` writes full paths, for a broker started from anywhere.
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
    """File name -> content. The key comes first: mosquitto loads all of them together on SIGHUP."""
    return {
        KEY: certificates.key,
        CERTIFICATE: certificates.server,
        CA: certificates.ca,
        CRL: certificates.crl,
    }


def write_private(path: Path, content: bytes, user: str | None) -> None:
    """Replace a file atomically, with mode 0600 and owned by `user` (None: the current user)."""
    fresh = path.with_name(path.name + ".new")
    fresh.unlink(missing_ok=True)
    descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
    hand_over(fresh, user)
    fresh.replace(path)


def hand_over(path: Path, user: str | None) -> None:
    """Change a path's owner to the user mosquitto runs as; without a user nothing is changed."""
    if user:
        account = pwd.getpwnam(user)
        os.chown(path, account.pw_uid, account.pw_gid)


def broker_user() -> str | None:
    """The account mosquitto switches to when started as root; None where the gateway is not root."""
    if os.geteuid() != 0:
        return None
    known = {account.pw_name for account in pwd.getpwall()}
    return "mosquitto" if "mosquitto" in known else "nobody"
