"""Holder statements besides reading a key and unlocking: renew, end the stay, request dates, vouch for a nearby
key, register those who came along, say that everybody is registered, and ask for erasure."""

from typing import Final

from gateway.domain.keys.key import Proof

ALONG: Final = {True: "children", False: "alone"}  # whether the children whom the holder declared are meant too


def renew_statement(key_id: str, proof: Proof) -> bytes:
    """The bytes a holder signs to have the credential of a key renewed."""
    return f"lodgekey-renew\n{key_id}\n{proof.at}\n{proof.nonce}".encode()


def end_statement(key_id: str, proof: Proof) -> bytes:
    """The bytes a holder signs to end the stay of a key."""
    return f"lodgekey-end\n{key_id}\n{proof.at}\n{proof.nonce}".encode()


def dates_statement(key_id: str, proof: Proof, until: str) -> bytes:
    """The bytes a holder signs to request another end; `until` exactly as it is sent."""
    return f"lodgekey-dates\n{key_id}\n{proof.at}\n{proof.nonce}\n{until}".encode()


def offline_credential_statement(key_id: str, proof: Proof, x: str, y: str) -> bytes:
    """The bytes a holder signs to vouch for the key their phone uses near a lock; x and y are base64url coordinates."""
    return f"lodgekey-near\n{key_id}\n{proof.at}\n{proof.nonce}\n{x}\n{y}".encode()


def child_statement(key_id: str, proof: Proof, person: str) -> bytes:
    """The bytes a holder signs to declare a child; `person` is the JSON text exactly as it is sent."""
    return f"lodgekey-child\n{key_id}\n{proof.at}\n{proof.nonce}\n{person}".encode()


def companion_statement(key_id: str, proof: Proof) -> bytes:
    """The bytes a holder signs to have a link made for another adult of the party."""
    return f"lodgekey-companion\n{key_id}\n{proof.at}\n{proof.nonce}".encode()


def hand_over_statement(key_id: str, proof: Proof, offer_id: str) -> bytes:
    """The bytes a holder signs to be shown the link to the key of an adult who registered on their phone."""
    return f"lodgekey-hand-over\n{key_id}\n{proof.at}\n{proof.nonce}\n{offer_id}".encode()


def arrival_statement(key_id: str, proof: Proof, arrived: str, *, children: bool) -> bytes:
    """The bytes a holder signs to say when they arrived; `arrived` exactly as it is sent, and whether children too."""
    return f"lodgekey-arrival\n{key_id}\n{proof.at}\n{proof.nonce}\n{arrived}\n{ALONG[children]}".encode()


def departure_statement(key_id: str, proof: Proof, leaves: str, *, children: bool) -> bytes:
    """The bytes a holder signs to say when they leave; `leaves` exactly as it is sent, and whether children too."""
    return f"lodgekey-departure\n{key_id}\n{proof.at}\n{proof.nonce}\n{leaves}\n{ALONG[children]}".encode()


def erase_statement(key_id: str, proof: Proof) -> bytes:
    """The bytes a holder signs to ask for erasure."""
    return f"lodgekey-erase\n{key_id}\n{proof.at}\n{proof.nonce}".encode()


def party_statement(key_id: str, proof: Proof) -> bytes:
    """The bytes a holder signs to say that everybody of the party is registered."""
    return f"lodgekey-party\n{key_id}\n{proof.at}\n{proof.nonce}".encode()
