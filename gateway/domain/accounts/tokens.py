"""Bearer tokens as they are stored."""

import hashlib


def token_hash(token: str) -> str:
    """SHA-256 of a bearer token, in hex: the token itself (32 random bytes) is never stored."""
    return hashlib.sha256(token.encode()).hexdigest()
