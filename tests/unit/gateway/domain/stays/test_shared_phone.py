"""Tokens for a phone that was lent, and for the adult's own: each for one purpose, one offer and a bounded time."""

from typing import Final

import pytest

from gateway.domain.errors import OfferExpired, OfferUnknown
from gateway.domain.stays.offer import offer_of, token_of
from gateway.domain.stays.shared_phone import Purpose, timed_offer, timed_token

OFFER: Final = "7c1de5b0-54a2-4b5c-9a3a-0d4c7f1f2e11"
SECRET: Final = bytes(32)
NOW: Final = 1_790_000_000


@pytest.mark.parametrize("purpose", ["register", "take_key"])
def test_a_token_names_its_offer_until_it_expires(purpose: Purpose) -> None:
    token = timed_token(OFFER, purpose, NOW + 60, SECRET)
    assert timed_offer(token, purpose, SECRET, NOW + 59) == (OFFER, NOW + 60)
    with pytest.raises(OfferExpired):
        timed_offer(token, purpose, SECRET, NOW + 60)


def test_a_token_serves_one_purpose_and_is_no_link_of_the_offer() -> None:
    here, key = (timed_token(OFFER, purpose, NOW + 60, SECRET) for purpose in ("register", "take_key"))
    for token, purpose in ((here, "take_key"), (key, "register"), (token_of(OFFER, SECRET), "take_key")):
        with pytest.raises(OfferUnknown):
            timed_offer(token, purpose, SECRET, NOW)  # type: ignore[arg-type]
    for token in (here, key):
        with pytest.raises(OfferUnknown):
            offer_of(token, SECRET)


def test_whatever_is_altered_is_refused() -> None:
    token = timed_token(OFFER, "take_key", NOW + 60, SECRET)
    for place in range(len(token)):
        for letter in ("A", "_"):
            if token[place] != letter:
                with pytest.raises(OfferUnknown):
                    timed_offer(token[:place] + letter + token[place + 1 :], "take_key", SECRET, NOW)
    for wrong in ("", "x", token[:-1], token + "A", token + "=", "ü" * 54):
        with pytest.raises(OfferUnknown):
            timed_offer(wrong, "take_key", SECRET, NOW)
    with pytest.raises(OfferUnknown):
        timed_offer(token, "take_key", b"\1" * 32, NOW)
