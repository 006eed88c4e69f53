"""Requirements for a new password: length, and that it is not easy to guess.

NIST SP 800-63B-4 §3.1.1.2 and OWASP ASVS 5.0 V6.2: any characters, no composition rules, compared with passwords that
are common and with words of this service and the account.
"""

from typing import Final

MIN_LENGTH: Final = 10  # ASVS 6.2.1 asks for 8; fewer than 9 random characters do not reach MIN_SCORE
MAX_LENGTH: Final = 128
MIN_SCORE: Final = 3  # of 4: more than 10^8 guesses, out of reach at Argon2id's and the sign-in page's rates
EXAMINED: Final = 24  # characters at a time: zxcvbn takes seconds for a long text of many symbols
WORDS: Final = ("lodgekey", "landlord", "officer", "tester", "tenant", "registry")


def has_length(password: str) -> bool:
    """Whether it has as many characters as a password must and can have."""
    return MIN_LENGTH <= len(password) <= MAX_LENGTH


def is_guessable(password: str, *known: str) -> bool:
    """Whether zxcvbn's estimate of its beginning and of its end are both below MIN_SCORE. Takes up to a few seconds.

    `known` are words that a guesser tries first, such as the login.
    """
    from zxcvbn import zxcvbn  # noqa: PLC0415 - its word lists take memory, and passwords change seldom

    words = [*WORDS, *known, *(part for one in known for part in one.split())]
    pieces = {password[:EXAMINED], password[-EXAMINED:]}
    return all(int(zxcvbn(piece, words)["score"]) < MIN_SCORE for piece in pieces)
