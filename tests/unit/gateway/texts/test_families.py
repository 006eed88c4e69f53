"""Every code of a rule, a state or an error has a text in each required language."""

from collections.abc import Collection, Iterator
from typing import get_args

import pytest

from gateway.domain.documents import DOCUMENT_KINDS, FIELDS
from gateway.domain.errors import LodgekeyError
from gateway.domain.events import FEED_EVENTS
from gateway.domain.filings.deadlines import Standing
from gateway.domain.keys.key import KEY_STATES, DelayReason
from gateway.domain.stays.offer import OFFER_STATES
from gateway.domain.stays.stay import STAY_STATES
from gateway.domain.verification.liveness import LEVELS
from gateway.registries import REGISTRIES
from gateway.texts.families import FAMILIES, code_text, purpose_text, reason_text
from gateway.texts.translator import translator


def errors(cls: type[LodgekeyError] = LodgekeyError) -> Iterator[type[LodgekeyError]]:
    yield cls
    for child in cls.__subclasses__():
        yield from errors(child)


@pytest.mark.parametrize(
    ("family", "codes"),
    [
        ("stay", STAY_STATES),
        ("offerstate", OFFER_STATES),
        ("key", {*KEY_STATES.values(), "expiring", "expired"}),
        ("delay_reason", get_args(DelayReason)),
        ("standing", get_args(Standing)),
        ("kind", FEED_EVENTS.values()),
        ("onboarding.asks", FIELDS),
        ("document", DOCUMENT_KINDS),
        ("level", LEVELS),
        ("fact", {path for registry in REGISTRIES.values() for path in registry.facts.of_tenant}),
        ("error", {error.code for error in errors()}),
    ],
)
def test_every_code_of_the_rules_has_a_text(family: str, codes: Collection[str]) -> None:
    assert set(codes) - FAMILIES[family].keys() == set()


def test_a_code_nobody_named_is_shown_and_not_hidden() -> None:
    assert code_text("en", "key", "melted_away") == "melted away"
    assert code_text("zh-CN", "key", None) == "未知"
    with pytest.raises(KeyError):
        code_text("en", "no_such_family", "locked")


def test_a_purpose_keeps_the_note_behind_it() -> None:
    complaint = translator("zh-CN").translate(FAMILIES["opening.purpose"]["complaint"])
    assert purpose_text("zh-CN", "complaint: 14/2026") == f"{complaint}: 14/2026"
    assert purpose_text("en", "an inspector's own words") == "an inspector's own words"


def test_a_reason_comes_with_what_to_do() -> None:
    assert reason_text("en", "face_unsure") == FAMILIES["reason"]["face_unsure"]
    assert reason_text("zh-CN", "face_unsure") != reason_text("en", "face_unsure")
