"""What a person typed is checked and kept in one spelling: what cannot be seen is no fault of theirs."""

import unicodedata

import pytest

from gateway.domain.verification.as_typed import as_typed, plain_text


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("van\u00a0den\u202fBerg", "van den Berg"),
        ("\u200fכהן\u200e", "כהן"),
        ("\u202aNoa\u202c", "Noa"),
        ("Ra\u200djan \u200cKumar", "Rajan Kumar"),
        ("Müller\u00adLüdenscheidt", "MüllerLüdenscheidt"),
        ("ＪＡＮＳＥＮ\u3000Ｅｖａ", "JANSEN Eva"),
        ("ﬁona", "fiona"),
        ("Nguye\u0302\u0303n", "Nguyễn"),
        ("  a \t b\r\n", "a b"),
    ],
)
def test_what_is_not_seen_is_not_kept(typed: str, kept: str) -> None:
    assert plain_text(typed) == kept


@pytest.mark.parametrize("text", ["Mª José", "2º izquierda", "L·luc", "Ŀuís", "ſtraße", "Kaʻahumanu", "買買提·艾力"])
def test_letters_and_signs_that_are_seen_stay(text: str) -> None:
    assert plain_text(text) == text


def test_no_character_becomes_a_control_and_a_second_time_changes_nothing() -> None:
    for code in (*range(0x20, 0x7F), *range(0xA0, 0xD800), *range(0xE000, 0x20000)):
        once = plain_text(f"a{chr(code)}b")
        assert plain_text(once) == once
        assert all(unicodedata.category(sign) not in ("Cc", "Cf") for sign in once)


@pytest.mark.parametrize(
    ("name", "typed", "kept"),
    [
        ("nationality", "GBN", "GBR"),
        ("issuing_state", "D", "DEU"),
        ("issuing_state", "UNO", "UNO"),
        ("nationality", "XXA", "XXA"),
        ("nationality", "Dutch", "Dutch"),
        ("residence.country", "D", "D"),
        ("birth_date", "１９８５－０３－０３", "1985-03-03"),
    ],
)
def test_the_code_of_a_state_as_the_document_prints_it_is_that_of_the_country(name: str, typed: str, kept: str) -> None:
    assert as_typed({name: typed, "surname": " \u200b "}) == {name: kept}
