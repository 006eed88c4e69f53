"""Document numbers in one spelling, and the checks of the families that have one."""

import iso3166
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.domain.filings.codes.numeric_countries import ALPHA3_OF_NUMERIC
from gateway.domain.verification.china_id_number import check_character
from gateway.domain.verification.document_numbers import (
    chinese_kind,
    normalise_number,
    number_problem,
    permanent_residence,
)
from gateway.domain.verification.mrz import check_digit

FULL_WIDTH = {code: code + 0xFEE0 for code in range(0x21, 0x7F)}


@pytest.mark.parametrize(
    ("typed", "number"),
    [
        ("33010219880517005x", "33010219880517005X"),
        ("ca 00000 aa", "CA00000AA"),
        ("12345678-z", "12345678Z"),
        ("00766666 7 ZZ0", "007666667ZZ0"),
        ("592-2116921-74", "592211692174"),
        ("ＡＢ１２－３４", "AB1234"),
        ("XR\u00a01001\u2013R58", "XR1001R58"),
    ],
)
def test_outside_23_a_number_has_one_spelling(typed: str, number: str) -> None:
    assert normalise_number(typed) == number


@given(st.text("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789", min_size=3, max_size=20), st.sampled_from("- \u2011\u3000/."))
def test_case_width_and_separators_never_change_a_number(number: str, separator: str) -> None:
    spread = separator.join(number).lower()
    assert normalise_number(spread) == normalise_number(spread.translate(FULL_WIDTH)) == number
    assert normalise_number(normalise_number(spread)) == number


@pytest.mark.parametrize(
    ("number", "kind", "issuer", "right"),
    [
        ("12345678Z", "id_card", "ESP", True),
        ("12345678A", "id_card", "ESP", False),
        ("X1234567L", "residence_permit", "ESP", True),
        ("X1234567A", "residence_permit", "ESP", False),
        ("592211692174", "id_card", "BEL", True),
        ("592211692175", "id_card", "BEL", False),
        ("000024759ZZ7", "id_card", "PRT", True),
        ("000024759ZZ2", "id_card", "PRT", False),
        ("12345678A", "passport", "ESP", True),  # passports have no published check
        ("CA00000AA", "id_card", "ITA", True),
        ("H12345678", "cn_hm_travel_permit", "CHN", True),
        ("M1234567801", "cn_hm_travel_permit", "CHN", True),  # until 2013 with the number of renewals
        ("K12345678", "cn_hm_travel_permit", "CHN", False),
        ("12345678", "cn_tw_travel_permit", "CHN", True),
        ("1234567", "cn_tw_travel_permit", "CHN", False),
        ("810000199408230021", "cn_hmt_residence_permit", "CHN", True),
        ("830000199201300022", "cn_hmt_residence_permit", "CHN", True),
        ("830000199201300023", "cn_hmt_residence_permit", "CHN", False),
        ("93125019900214103X", "cn_permanent_residence", "CHN", True),
        ("931250199002141031", "cn_permanent_residence", "CHN", False),
        ("号123", "passport", "ITA", False),
    ],
)
def test_a_number_is_checked_by_its_family(number: str, kind: str, issuer: str, right: bool) -> None:
    assert (number_problem(number, kind, issuer) is None) == right


def test_a_permanent_residence_number_of_2023_says_country_birth_and_sex() -> None:
    card = permanent_residence("93125019900214103X")
    assert card is not None
    assert (card.nationality, str(card.birth_date), card.sex) == ("FRA", "1990-02-14", "M")


def test_a_permanent_residence_number_of_2017_leaves_the_century_open() -> None:
    number = "FRA310090021410"
    card = permanent_residence(number[:14] + check_digit(number[:14]))
    assert card is not None
    assert (card.nationality, card.birth_date) == ("FRA", None)
    wrong = "1" if check_digit(number[:14]) == "0" else "0"
    assert permanent_residence(number[:14] + wrong) is None
    assert permanent_residence("QQQ31009002141" + check_digit("QQQ31009002141")) is None


@given(st.sampled_from(sorted(ALPHA3_OF_NUMERIC)), st.dates(), st.integers(0, 999))
def test_every_country_of_a_permanent_residence_number_is_read(numeric: str, born: object, order: int) -> None:
    first = f"931{numeric}{str(born).replace('-', '')}{order:03d}"
    card = permanent_residence(first + check_character(first))
    assert card is not None
    assert (card.nationality, card.birth_date) == (ALPHA3_OF_NUMERIC[numeric], born)


def test_the_numeric_codes_are_those_of_the_standard() -> None:
    wanted = {country.numeric: country.alpha3 for country in iso3166.countries if country.alpha3 != "XKX"}
    assert dict(ALPHA3_OF_NUMERIC) == wanted


@pytest.mark.parametrize(
    ("number", "kind"),
    [
        ("33010219880517005X", "cn_resident_id"),
        ("93125019900214103X", "cn_permanent_residence"),
        ("820000199408230021", "cn_hmt_residence_permit"),
        ("H12345678", "cn_hm_travel_permit"),
        ("12345678", "cn_tw_travel_permit"),
        ("E12345678", "unknown"),
    ],
)
def test_the_number_of_a_chinese_card_tells_its_kind(number: str, kind: str) -> None:
    assert chinese_kind(number) == kind


@pytest.mark.parametrize(
    ("number", "code"),
    [
        ("591191706458", None),
        ("591191706459", "id_number_wrong"),
        ("59119170645", "id_number_wrong"),
        ("B012345678", None),
    ],
)
def test_only_the_numbers_of_belgian_citizens_have_the_published_check(number: str, code: str | None) -> None:
    assert number_problem(number, "id_card", "BEL") == code
