"""Requirements for a new password: length, and no commonly tried value (NIST SP 800-63B-4 §3.1.1.2)."""

from typing import Final

MIN_LENGTH: Final = 12
MAX_LENGTH: Final = 200
MIN_DIFFERENT_CHARACTERS: Final = 5  # different characters
COMMON_PASSWORDS: Final = ("password", "passwort", "lodgekey", "12345678", "87654321", "qwertyui", "letmein")


def is_weak(password: str, login: str) -> bool:
    """Whether it is too short or long, has too few different characters, or contains the login or a common password."""
    lowered = password.lower()
    return (
        not MIN_LENGTH <= len(password) <= MAX_LENGTH
        or len(set(lowered)) < MIN_DIFFERENT_CHARACTERS
        or any(word in lowered for word in (*COMMON_PASSWORDS, login.lower()))
    )
