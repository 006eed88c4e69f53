"""Samples of the pages about a person whom the registry cannot take, so that somebody registers them by hand."""

from typing import Any

from api.services.officer.by_hand import ByHandShown
from api.services.tenant.key_overview import FilingLine
from api.web.officer.by_hand import in_words
from gateway.domain.filings.ways_out import actions_for
from tests.browser.samples.facts import ARRIVED, END, KEY_PAGE, LOCK, PREVIEW, START, filing, stay_values

TO_REGISTER = filing("check_in", "by_hand").model_copy(
    update={
        "registry": "si",
        "standing": "warn",
        "code": "no_citizenship",
        "args": {"field": "people[0].nationality"},
        "sentence": "The registry does not take a person without a citizenship, so nothing was sent.",
        "actions": list(actions_for("by_hand", replaced=False)),
    }
)
BY_HAND = PREVIEW.model_copy(
    update={
        "filing": TO_REGISTER,
        "others": [],
        "people": 1,
        "registry": "si",
        "registry_ready": True,
        "problems": [],
        "differences": [],
        "correction": None,
    }
)
ENTERED = ByHandShown(
    registration="f-check_in",
    registry="si",
    kind="check_in",
    registered_as="20037",
    start=START,
    end=END,
    people=(
        {
            "surname": "Konstantinidou-Papadopoulou",
            "given_names": "Anna Maria",
            "birth_date": "1988-04-12",
            "sex": "F",
            "nationality": "XXA",
            "document_kind": "passport",
            "id_number": "X1234567",
            "issuing_state": "D",
        },
        {"surname": "Konstantinidou-Papadopoulou", "given_names": "Leo", "birth_date": "2019-05-04", "sex": "M"},
    ),
)
DATA_PAGE: dict[str, Any] = {
    "role": "landlord",
    "home": "/landlord",
    "shown": ENTERED,
    "people": [list(in_words(fields, {}, "zh-CN")) for fields in ENTERED.people],
}
KEY_BY_HAND = KEY_PAGE | {"filings": [FilingLine("check_in", "by_hand", "si", None)]}
STAY_BY_HAND = stay_values(ARRIVED.model_copy(update={"registrations": [TO_REGISTER]}), LOCK)
