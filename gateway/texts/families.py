"""The families of codes that have texts: states, reasons, errors, kinds. Each is a table in its own module."""

from collections.abc import Mapping
from typing import Final

from gateway.texts.alerts import ALERT_NAME
from gateway.texts.bookings import BOOKED, PAYMENT
from gateway.texts.errors import ERROR
from gateway.texts.identity import REASON
from gateway.texts.languages import SOURCE
from gateway.texts.marks import NP_
from gateway.texts.record import ASKED, DOCUMENT, FACT, FACT_HINT, FIELD, RELATION, SEEN_BY, SEX, SIGN_IN, UNIT
from gateway.texts.review import (
    ALARM,
    BAND,
    CASE_PICTURE,
    CASE_REASON,
    DELAY_REASON,
    DELIVERY_STATE,
    EXPORT_STATE,
    LEVEL,
    LEVEL_LIMITS,
    MAP_STATE,
    MENDER,
    OFFER,
    RECORD,
    STAFF_RIGHTS,
    STAFF_ROLE,
    STANDING,
    STAY,
    STORED_FACES,
)
from gateway.texts.staff import (
    ACTION,
    BEHAVIOUR,
    FAULT,
    FIRMWARE_REASON,
    FIRMWARE_STATE,
    MESSAGE_WAY,
    ROLL_OUT_STATE,
    SIGN_IN_METHOD,
    SIGN_IN_OUTCOME,
    STAFF_ERROR,
    STAFF_INPUT,
)
from gateway.texts.states import BOLT, CONSUMER, FILING, FILING_KIND, KEY, ONE_TIME_CODE, PURPOSE, STAGE, STAGE_TEXT
from gateway.texts.translator import translator

FAMILIES: Final[Mapping[str, Mapping[str, str]]] = {
    "bolt": BOLT,
    "key": KEY,
    "once": ONE_TIME_CODE,
    "stay": STAY,
    "offerstate": OFFER,
    "stage": STAGE,
    "stage_text": STAGE_TEXT,
    "filing": FILING,
    "kind": FILING_KIND,
    "delay_reason": DELAY_REASON,
    "consumer": CONSUMER,
    "opening.purpose": PURPOSE,
    "record": RECORD,
    "onboarding.asks": ASKED,
    "field": FIELD,
    "fact": FACT,
    "fact_hint": FACT_HINT,
    "document": DOCUMENT,
    "relation": RELATION,
    "sex": SEX,
    "onboarding.seen_by": SEEN_BY,
    "error": {**ERROR, **STAFF_ERROR},
    "reason": REASON,
    "standing": STANDING,
    "mender": MENDER,
    "unit_fact": UNIT,
    "booked": BOOKED,
    "payment": PAYMENT,
    "band": BAND,
    "alarm": ALARM,
    "case.picture": CASE_PICTURE,
    "case.reason": CASE_REASON,
    "faces": STORED_FACES,
    "mapstate": MAP_STATE,
    "exportstate": EXPORT_STATE,
    "level": LEVEL,
    "level_limits": LEVEL_LIMITS,
    "deliverystate": DELIVERY_STATE,
    "sign_in_outcome": SIGN_IN_OUTCOME,
    "sign_in_method": SIGN_IN_METHOD,
    "staffrole": STAFF_ROLE,
    "staffmay": STAFF_RIGHTS,
    "alert_name": ALERT_NAME,
    "way": MESSAGE_WAY,
    "act": ACTION,
    "rolloutstate": ROLL_OUT_STATE,
    "firmwarestate": FIRMWARE_STATE,
    "firmwarereason": FIRMWARE_REASON,
    "behaviour": BEHAVIOUR,
    "fault": FAULT,
    "input": {
        **SIGN_IN,
        **STAFF_INPUT,
        **UNIT,
        **{f"booking.{name}": text for name, text in BOOKED.items()},
    },
}
UNKNOWN: Final = NP_("value", "unknown")


def code_text(language: str, family: str, code: str | None, /, **values: object) -> str:
    """The text of a code; a code without a text is returned unchanged, never hidden.

    KeyError for an unknown family.
    """
    if code is None:
        return translator(language).translate(UNKNOWN)
    message = FAMILIES[family].get(code)
    return code.replace("_", " ") if message is None else translator(language).translate(message, **values)


def message_text(language: str, message: str, values: Mapping[str, object], code: str) -> str:
    """An error's own text, or where that is not translated the text of its code, or that of any error."""
    reader = translator(language)
    if language == SOURCE or reader.has(message):
        return reader.translate(message, **values)
    return code_text(language, "error", code if code in FAMILIES["error"] else "error")


def reason_text(language: str, code: str) -> str:
    """Why a case is in review or was refused, and what to do."""
    return code_text(language, "reason", code)


def purpose_text(language: str, purpose: str) -> str:
    """A stated purpose: one of the console's codes, optionally with a note after it, or free text."""
    code, separator, note = purpose.partition(": ")
    return code_text(language, "opening.purpose", code) + separator + note
