"""Limits of how often one name may do something, counted in memory, for one gateway process."""

from typing import Final

from limits import RateLimitItem, parse
from limits.storage import MemoryStorage
from limits.strategies import MovingWindowRateLimiter

from gateway.domain.errors import TooManyAttempts
from gateway.texts.marks import N_

RATES: Final = {
    "sign_in": parse("10/5minutes"),
    "limited_sign_in": parse("1/5minutes"),  # the log names it once
    "sign_on": parse("30/5minutes"),
    "password": parse("5/10minutes"),
    "passkey": parse("30/5minutes"),
    "code": parse("10/hour"),
    "enrol_factor": parse("30/hour"),
    "recovery_code": parse("30/5minutes"),
    "email": parse("5/hour"),
    "forgotten": parse("3/30minutes"),  # no more than a link lives: whoever waits has one that is valid
    "forgotten_from": parse("20/hour"),
    "account_mail": parse("6/30minutes"),
    "offer": parse("60/minute"),
    "verification": parse("10/10minutes"),
    "feed": parse("60/minute"),
    "date_request": parse("6/hour"),
    "companion": parse("30/hour"),
    "child_document": parse("20/10minutes"),
    "once_code": parse("12/hour"),
    "onboarding": parse("60/minute"),
    "codes": parse("120/minute"),
    "log": parse("30/minute"),
    "enrolment": parse("10/minute"),
    "wrong_kiosk_code": parse("20/hour"),
}


class AttemptLimiter:
    """Counts attempts per action and name in a moving window."""

    def __init__(self, unlocks_per_minute: int) -> None:
        self._limiter = MovingWindowRateLimiter(MemoryStorage())
        self._rates: dict[str, RateLimitItem] = {**RATES, "unlock": parse(f"{unlocks_per_minute}/minute")}

    def hit(self, action: str, name: str) -> None:
        """Count one attempt. Raises TooManyAttempts where `name` is over the limit of `action`."""
        if not self._limiter.hit(self._rates[action], action, name):
            raise TooManyAttempts(N_("Too many attempts. Wait a few minutes and try again."), retry_after=60)

    def is_first(self, action: str, name: str) -> bool:
        """Count one occurrence; whether it is within the limit of `action`."""
        return self._limiter.hit(self._rates[action], action, name)

    def check(self, action: str, name: str) -> None:
        """Raise TooManyAttempts where `name` is over the limit of `action`, without counting an attempt."""
        if not self._limiter.test(self._rates[action], action, name):
            raise TooManyAttempts(N_("Too many wrong codes. Scan the QR code, or try again later."))
