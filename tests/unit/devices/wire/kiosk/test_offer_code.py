"""Offer codes as people type them: variant spellings are accepted, a wrong character is refused."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from devices.wire.kiosk.offer_code import ALPHABET, code_of, read_code

digests = st.binary(min_size=5, max_size=32)


@given(digests)
def test_a_code_is_read_however_it_is_typed(digest: bytes) -> None:
    code = code_of(digest)
    for typed in (code, code.lower(), code.replace("-", ""), code.replace("-", " "), code.replace("0", "o")):
        assert read_code(typed) == code


@given(digests, st.integers(0, 8), st.sampled_from(ALPHABET))
def test_one_wrong_sign_is_noticed(digest: bytes, place: int, sign: str) -> None:
    signs = code_of(digest).replace("-", "")
    wrong = signs[:place] + sign + signs[place + 1 :]
    assert (read_code(wrong) is None) == (wrong != signs)


@pytest.mark.parametrize(
    "typed", ["", "---", "%", "*", "_________", "%%%%%%%%%", "*********", "0", "000-000-00", "U00-000-000", "0" * 200]
)
def test_what_can_be_no_code_is_none(typed: str) -> None:
    assert read_code(typed) is None
