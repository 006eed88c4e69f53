"""Short code of an offer for typing at a kiosk: 9 characters of Crockford's base 32, the last one a check character.

Only the gateway can resolve it, and only when a kiosk of the unit's own site sends it.
"""

from typing import Final

ALPHABET: Final = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"  # without I, L, O, U, which are easily misread
LENGTH: Final = 9
_READ_AS: Final = str.maketrans({"O": "0", "I": "1", "L": "1", "-": "", " ": ""})
_MAX_TYPED_LENGTH: Final = 20


def code_of(digest: bytes) -> str:
    """Three groups of three (`AB2-CD3-EF4`) of the first 40 bits of a digest."""
    number = int.from_bytes(digest[:5], "big")
    signs = "".join(ALPHABET[number >> shift & 31] for shift in range(35, -1, -5))
    whole = signs + _check(signs)
    return "-".join(whole[start : start + 3] for start in range(0, LENGTH, 3))


def read_code(typed: str) -> str | None:
    """The code in the form of `code_of`, however it was typed; None if it cannot be one."""
    signs = typed.upper().translate(_READ_AS) if len(typed) <= _MAX_TYPED_LENGTH else ""
    if len(signs) != LENGTH or not set(signs) <= set(ALPHABET) or _check(signs[:-1]) != signs[-1]:
        return None
    return "-".join(signs[start : start + 3] for start in range(0, LENGTH, 3))


def _check(signs: str) -> str:
    """Check character that changes with any single wrong character (odd weights, modulo 32)."""
    return ALPHABET[sum((2 * place + 1) * ALPHABET.index(sign) for place, sign in enumerate(signs)) % 32]
