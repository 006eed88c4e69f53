"""Codes of a second factor: time-based one-time passwords (RFC 6238), and recovery codes for a lost phone.

Six digits of HMAC-SHA-1 and steps of 30 s are what authenticator apps take. A recovery code has 120 random bits, so a
plain hash of it may be stored (OWASP ASVS 5.0 V6.5.2).
"""

import secrets
from base64 import b32encode
from typing import Final

from cryptography.hazmat.primitives.constant_time import bytes_eq
from cryptography.hazmat.primitives.hashes import SHA1
from cryptography.hazmat.primitives.twofactor.totp import TOTP

SECRET_BYTES: Final = 20  # RFC 4226 §4 R6
DIGITS: Final = 6
STEP_SECONDS: Final = 30
WINDOW: Final = 1  # steps before and after the present one: RFC 6238 §5.2
ISSUER: Final = "Lodgekey"
RECOVERY_CODES: Final = 10
RECOVERY_LENGTH: Final = 24
GROUP: Final = 4
LETTERS: Final = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"  # 32 that are not taken for one another


def new_secret() -> bytes:
    """Return a random secret."""
    return secrets.token_bytes(SECRET_BYTES)


def generator(secret: bytes) -> TOTP:
    """Return the generator of the secret's codes."""
    return TOTP(secret, DIGITS, SHA1(), STEP_SECONDS)  # noqa: S303 - the HMAC that the apps know


def secret_text(secret: bytes) -> str:
    """Return the secret as people type it into an app: base32 (RFC 4648 §6)."""
    return b32encode(secret).decode()


def enrolment_uri(secret: bytes, login: str) -> str:
    """Return the otpauth:// address that an app reads from a QR code."""
    return generator(secret).get_provisioning_uri(login, ISSUER)


def tidied(typed: str) -> str:
    """Return a code without the spaces and hyphens that it was typed with, in capitals."""
    return "".join(sign for sign in typed.upper() if sign.isalnum())


def step_of(secret: bytes, code: str, now: int, after: int) -> int | None:
    """Return the step that a tidied code belongs to; None for a wrong code, and for one of a step up to `after`.

    Whoever notes the step as the next `after` takes each code once (RFC 6238 §5.2).
    """
    present = now // STEP_SECONDS
    for step in range(max(present - WINDOW, after + 1), present + WINDOW + 1):
        if bytes_eq(generator(secret).generate(step * STEP_SECONDS), code.encode()):
            return step
    return None


def is_recovery_code(code: str) -> bool:
    """Whether a tidied code has the form of a recovery code."""
    return len(code) == RECOVERY_LENGTH


def new_recovery_code() -> str:
    """Return a random recovery code in groups of four: ABCD-EFGH-…."""
    code = "".join(secrets.choice(LETTERS) for _ in range(RECOVERY_LENGTH))
    return "-".join(code[start : start + GROUP] for start in range(0, RECOVERY_LENGTH, GROUP))
