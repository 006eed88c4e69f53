"""End a device's live session; a revocation list only prevents the next connection.

Client ids are certificate names, so a connection under the same name takes the session over (MQTT 5 §3.1.4-3) and a
clean start discards its queue. The certificate for it is issued here for one day, used once and not stored. Put the
device on the revocation list first, or it reconnects at once.
"""

import asyncio
import ssl
import tempfile
from pathlib import Path

from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from certs.authority.ca import Authority
from certs.keys import new_private_key
from devices.links.tls import CIPHERS

# MQTT 5 §3.1: clean start, keep alive 60 s, no session expiry, empty client id (the certificate's name counts)
CONNECT = bytes.fromhex("10 0d 0004 4d515454 05 02 003c 00 0000")
CONNACK, ACCEPTED = 0x20, 0
DISCONNECT = bytes.fromhex("e0 00")
BROKER_TIMEOUT_SECONDS = 10.0


class NotEnded(Exception):
    """The session could not be ended: the broker was unreachable or refused."""


async def end_session(host: str, port: int, authority: Authority, site: str, device: str) -> None:
    """Disconnect a device now and discard its queue; no effect where it is not connected.

    Raises NotEnded.
    """
    tls = _stand_in(authority, site, device)
    try:
        async with asyncio.timeout(BROKER_TIMEOUT_SECONDS):
            reader, writer = await asyncio.open_connection(host, port, ssl=tls)
            try:
                await _take_over(reader, writer)
            finally:
                writer.close()
    except (OSError, EOFError, TimeoutError) as error:
        raise NotEnded(f"the session of {device} could not be ended: {type(error).__name__}") from error


async def _take_over(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    writer.write(CONNECT)
    head = await reader.readexactly(4)  # packet type, length, flags, reason
    if head[0] != CONNACK or head[3] != ACCEPTED:
        raise NotEnded(f"the broker refused with reason {head[3]}")
    writer.write(DISCONNECT)
    await writer.drain()


def _stand_in(authority: Authority, site: str, device: str) -> ssl.SSLContext:
    """A TLS context with a client certificate in the device's name and a key that is discarded after use."""
    key = new_private_key()
    issued = authority.issue_device(key.public_key(), site, device, "lock", days=1)
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    tls.minimum_version = ssl.TLSVersion.TLSv1_2
    tls.set_ciphers(CIPHERS)
    tls.load_verify_locations(cadata=authority.ca_pem.decode())
    key_pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    with tempfile.TemporaryDirectory() as folder:  # mode 0700; ssl reads keys from files only
        path = Path(folder) / "stand-in.pem"
        path.write_bytes(key_pem + issued.chain_pem)
        tls.load_cert_chain(path)
    return tls
