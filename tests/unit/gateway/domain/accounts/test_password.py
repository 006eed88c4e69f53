"""How long a password must and can be, apart from how easy it is to guess."""

import pytest

from gateway.domain.accounts.password import has_length


@pytest.mark.parametrize(("length", "fits"), [(8, False), (9, False), (10, True), (128, True), (129, False)])
def test_a_password_has_ten_to_128_characters(length: int, fits: bool) -> None:
    assert has_length("壶" * length) is fits
