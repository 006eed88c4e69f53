"""Offer links: only a token created by the gateway, byte for byte, identifies an offer."""

from base64 import b64encode, urlsafe_b64decode, urlsafe_b64encode
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.domain.errors import OfferUnknown
from gateway.domain.stays.offer import OFFER_STATES, offer_of, token_of

SECRET = bytes(range(32))
OFFER = "0193f0c2-7d5e-7c3a-9b1f-0c9d8e7f6a5b"
ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"


@given(st.uuids(), st.binary(min_size=32, max_size=32))
def test_a_token_names_its_offer(offer: UUID, secret: bytes) -> None:
    assert offer_of(token_of(str(offer), secret), secret) == str(offer)


def test_a_token_fits_a_link_and_says_nothing() -> None:
    token = token_of(OFFER, SECRET)
    assert len(token) == 43
    assert set(token) <= set(ALPHABET)


@given(st.uuids(), st.binary(min_size=32, max_size=32).filter(lambda secret: secret != SECRET))
def test_a_token_made_with_another_secret_is_unknown(offer: UUID, secret: bytes) -> None:
    with pytest.raises(OfferUnknown):
        offer_of(token_of(str(offer), secret), SECRET)


@given(position=st.integers(0, 42), letter=st.sampled_from(ALPHABET))
def test_a_token_altered_in_one_letter_is_unknown(position: int, letter: str) -> None:
    token = token_of(OFFER, SECRET)
    altered = token[:position] + letter + token[position + 1 :]
    if altered != token:
        with pytest.raises(OfferUnknown):
            offer_of(altered, SECRET)


def re_encoded(token: str) -> list[str]:
    """The same bytes in another encoding: standard alphabet, padding, spare bits, spaces."""
    raw = urlsafe_b64decode(token + "=")
    spare = token[:-1] + ALPHABET[ALPHABET.index(token[-1]) ^ 1]
    return [token + "=", b64encode(raw).decode(), spare, token + "\n", " " + token, token[:20] + "\n" + token[20:]]


@pytest.mark.parametrize("index", range(6))
def test_a_token_written_otherwise_is_unknown(index: int) -> None:
    for number in range(20):
        token = token_of(str(UUID(int=number)), SECRET)
        altered = re_encoded(token)[index]
        if altered != token:
            with pytest.raises(OfferUnknown):
                offer_of(altered, SECRET)


@given(st.one_of(st.text(max_size=60), st.binary(max_size=48).map(lambda raw: urlsafe_b64encode(raw).decode())))
def test_any_other_text_is_unknown_with_a_sentence_to_act_on(text: str) -> None:
    with pytest.raises(OfferUnknown, match="Ask your landlord"):
        offer_of(text, SECRET)


def test_a_used_or_withdrawn_offer_leads_nowhere_and_every_other_can_be_used_and_withdrawn() -> None:
    final = {state for state, following in OFFER_STATES.items() if not following}
    assert final == {"used", "withdrawn"}
    for state in OFFER_STATES.keys() - final:
        assert final <= OFFER_STATES[state] <= OFFER_STATES.keys()
