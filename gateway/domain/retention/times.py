"""Until when what is known of one ended stay is kept, by the profile of its jurisdiction. Pure."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from gateway.domain.jurisdiction import Profile

DAY: Final = 86_400
USE_DAYS: Final = 30  # no law asks for what a door, a key or a code was used for: the time to answer a dispute
UNDECIDED_DAYS: Final = 90  # the longest that a request for erasure may take: GDPR article 12(3)
ACCOUNT_DAYS: Final = 730  # what was done by an account, and its name once it has ended
MONTHS: Final = 12


@dataclass(frozen=True, slots=True)
class Times:
    """UTC seconds from which something of an ended stay is not kept any more.

    `checked`: results of documents and faces. `used`: what doors, keys and codes were used for. `registered`: the
    records. `lapses`: the records of which a registry has not taken all, because nobody decided on what it refused:
    the duty to report has them kept until then and no longer (GDPR article 17(3)(b)). `filed`: the receipts of records.
    """

    checked: int
    used: int
    registered: int
    lapses: int
    filed: int


def times_of(profile: Profile, arrived: int, ended: int, asked: int | None = None) -> Times:
    """The times of one person of a stay. `asked`: when they asked for erasure, which ends what no law has kept.

    `arrived` and `ended` are the stay's.
    """
    registered = ended + profile.keep_registration_days * DAY
    last = arrived + profile.erase_days_after_arrival * DAY if profile.erase_days_after_arrival else None
    registered = registered if last is None else min(registered, last)
    checked, used = ended + profile.keep_evidence_days * DAY, ended + USE_DAYS * DAY
    filed = ended + profile.keep_receipt_days * DAY
    if asked is not None:
        effect = max(asked, ended)
        checked, used = min(checked, effect), min(used, effect)
        registered = registered if profile.registration_ground else min(registered, effect)
        filed = filed if profile.receipt_ground else min(filed, effect)
    lapses = registered + UNDECIDED_DAYS * DAY
    lapses = lapses if last is None else max(ended, min(lapses, last))
    return Times(checked, used, registered, lapses, max(registered, filed))


def answer_by(asked: int) -> int:
    """By when a request of this time is to be answered: within one month (GDPR article 12(3)), at the same hour.

    The last day of a month that has no such day (Regulation 1182/71 article 3(2)(c)).
    """
    at = datetime.fromtimestamp(asked, UTC)
    month = at.month % MONTHS + 1
    year = at.year + (month == 1)
    for day in (at.day, 30, 29, 28):
        if day <= at.day:
            try:
                return int(at.replace(year=year, month=month, day=day).timestamp())
            except ValueError:
                continue
    raise AssertionError(at)
