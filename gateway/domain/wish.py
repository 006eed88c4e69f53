"""What a holder signs to end their stay or to ask for other dates."""

from gateway.domain.key import Proof


def end_statement(key_id: str, proof: Proof) -> bytes:
    """The bytes a holder signs to end the stay of a key."""
    return f"lodgekey-end\n{key_id}\n{proof.at}\n{proof.nonce}".encode()


def dates_statement(key_id: str, proof: Proof, until: str) -> bytes:
    """The bytes a holder signs to ask for another end; `until` exactly as it is sent."""
    return f"lodgekey-dates\n{key_id}\n{proof.at}\n{proof.nonce}\n{until}".encode()
