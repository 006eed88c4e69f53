"""Requirements for a new password: length, and no commonly tried value (NIST SP 800-63B-4 §3.1.1.2)."""

from typing import Final

SHORTEST: Final = 12
LONGEST: Final = 200
FEWEST_LETTERS: Final = 5  # different characters
TRIED_FIRST: Final = ("password", "passwort", "lodgekey", "12345678", "87654321", "qwertyui", "letmein")


def is_weak(password: str, login: str) -> bool:
    """Whether it is too short or long, has too few different characters, or contains the login or a common password."""
    lowered = password.lower()
    return (
        not SHORTEST <= len(password) <= LONGEST
        or len(set(lowered)) < FEWEST_LETTERS
        or any(word in lowered for word in (*TRIED_FIRST, login.lower()))
    )
