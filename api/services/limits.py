"""How often somebody may do something, counted in this process's memory."""

from typing import Final

from limits import RateLimitItem, parse
from limits.storage import MemoryStorage
from limits.strategies import MovingWindowRateLimiter

from gateway.bootstrap import Gateway
from gateway.domain.errors import TooManyAttempts
from gateway.texts.marks import N_

RATES: Final = {
    "sign_in": parse("10/5minutes"),
    "sign_on": parse("30/5minutes"),
    "password": parse("5/10minutes"),
    "passkey": parse("30/5minutes"),
    "offer": parse("60/minute"),
    "verification": parse("10/10minutes"),
    "feed": parse("60/minute"),
    "date_request": parse("6/hour"),
    "once_code": parse("12/hour"),
    "door": parse("60/minute"),
    "log": parse("30/minute"),
    "enrolment": parse("10/minute"),
}

_limiter = MovingWindowRateLimiter(MemoryStorage())


def limit_rate(what: str, who: str) -> None:
    """TooManyAttempts where `who` did `what` too often. In memory, per process."""
    _hit(RATES[what], what, who)


def limit_unlocks(gateway: Gateway, key_id: str) -> None:
    """TooManyAttempts where one key asks for more unlocks a minute than the settings allow."""
    _hit(parse(f"{gateway.settings.unlocks_per_minute}/minute"), "unlock", key_id)


def _hit(rate: RateLimitItem, what: str, who: str) -> None:
    if not _limiter.hit(rate, what, who):
        raise TooManyAttempts(N_("Too many attempts. Wait a few minutes and try again."), retry_after=60)
