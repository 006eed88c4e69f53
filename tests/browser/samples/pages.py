"""Every page with realistic values, for rendering, measurement and screenshots."""

from datetime import date
from typing import Any

from api.services.account.alerts import AlertsShown
from api.services.account.second_factor import SecondFactorShown
from api.services.schemas import RecordOpened
from api.web.account.second_factor import enrolment_values
from api.web.account.settings import NEW_MEMBER
from api.web.kiosk import kiosk_values
from api.web.landlord.bookings import WRONG, booking_values
from api.web.landlord.calendar import calendar_values
from api.web.officer.area_map import map_values
from api.web.officer.console import PURPOSES
from api.web.officer.filings import CORRECTABLE, Sent
from api.web.shell.countries import country_choices, issuer_choices, nationality_choices
from api.web.shell.fault import Fault
from api.web.shell.forms import FormRefused, Wrong, fault_values
from api.web.tester.console import ACTS, FAULTS, ONLY_LOCKS
from gateway.domain.accounts.staff_rights import RIGHTS
from gateway.domain.alerts import KINDS
from gateway.domain.documents import DOCUMENT_KINDS
from gateway.domain.filings.printed_form import FormLine, PrintedForm
from gateway.domain.jurisdiction import profile_for
from gateway.domain.verification.liveness import LEVELS
from gateway.texts.alerts import alert_text
from gateway.texts.families import code_text
from tests.browser.samples.accounts import (
    ATTEMPTS,
    EMAIL,
    ENROLMENT,
    FACTOR,
    NO_EMAIL,
    PASSKEY,
    RECOVERY_CODES,
    SESSIONS,
    STAFF,
    TAKEN_ON,
)
from tests.browser.samples.by_hand import BY_HAND, DATA_PAGE, KEY_BY_HAND, STAY_BY_HAND
from tests.browser.samples.corrections import CASE_TO_COMPLETE, KEY_TO_CORRECT, UNIT_FACTS, case_in
from tests.browser.samples.facts import (
    ARRIVED,
    ATTENTION,
    AWAY,
    BEHAVIOURS,
    CODE,
    DATE_REQUEST,
    DELIVERY,
    EXPORTS,
    FACES,
    HAND_OVER,
    ITEMS,
    JAMMED,
    KEY_PAGE,
    LEAVING,
    LOCK,
    MESSAGES,
    MONTH,
    NEW,
    OFFERED,
    ONCE_MADE,
    PREVIEW,
    TYPED_CASE,
    UNIT_STATES,
    UNITS,
    ZONE,
    case,
    key,
    onboarding,
    record,
    stay_values,
)
from tests.browser.samples.firmware import FIRMWARE_PAGE
from tests.browser.samples.forms import form_in

GERMAN_FORM = PrintedForm(
    "Besonderer Meldeschein für Beherbergungsstätten",
    "§ 29 Absatz 2 und § 30 Absatz 2 des Bundesmeldegesetzes (BMG)",
    (FormLine("Familienname", "Miller"), FormLine("Seriennummer des Passes oder Passersatzpapiers", "C01X00T47")),
    "Datum und Unterschrift der beherbergten Person (§ 29 Absatz 2 Satz 1 BMG)",
)
CASE_PAGE: dict[str, Any] = {
    "role": "officer",
    "home": "/officer",
    "reason": "",
    "asked": {},
    "code_tables": {},
    "documents": DOCUMENT_KINDS,
    "countries": country_choices("zh-CN"),
    "issuers": issuer_choices("zh-CN"),
    "nationalities": nationality_choices("zh-CN"),
}
SAMPLES: dict[str, tuple[str, dict[str, Any]]] = {
    "login": (
        "account/sign_in.html",
        {"login": "", "next": "", "single_sign_on": True, "passkeys": True, "mail": True},
    ),
    "forgotten": ("account/by_email/forgotten.html", {"login": "", "sent": False, "able": True}),
    "forgotten-sent": ("account/by_email/forgotten.html", {"login": "", "sent": True, "able": True}),
    "new-password-by-link": ("account/by_email/new_password.html", {"login": "chen", "shortest": 10}),
    "email-confirm": (
        "account/by_email/confirm.html",
        {"role": "landlord", "login": "chen", "token": "t", "email": EMAIL.email},
    ),
    "signed-in": ("account/signed_in.html", {"home": "#main"}),  # its redirect to its own anchor keeps the page open
    "to-provider": ("account/to_provider.html", {"url": "#main"}),
    "error": (
        "shared/error.html",
        {
            "sentence": "链接已过期，请向房东索取新链接。",
            "code": "offer_expired",
            "again": None,
            "of_tenant": True,
            "back": False,
        },
    ),
    "onboarding": ("tenant/onboarding.html", form_in("zh-CN")),
    "onboarding-missing": ("tenant/onboarding.html", form_in("zh-CN", wrong=True)),
    "companion": (
        "tenant/companion.html",
        {"onboarding": onboarding("verified"), "stage": "verified", "link": HAND_OVER},
    ),
    "review": (
        "tenant/wait.html",
        {"onboarding": onboarding("review", reasons=["face_without_liveness"]), "stage": "review"},
    ),
    "refused": (
        "tenant/wait.html",
        {"onboarding": onboarding("refused", reasons=["document_expired"]), "stage": "refused"},
    ),
    "asked-again": (
        "tenant/wait.html",
        {
            "onboarding": onboarding("asked_again", reasons=["face_unsure"], decision_reason="照片反光"),
            "stage": "asked_again",
        },
    ),
    "verified": ("tenant/wait.html", {"onboarding": onboarding("verified", passcodes=[CODE]), "stage": "verified"}),
    "taken-back": ("tenant/wait.html", {"onboarding": onboarding("verified"), "stage": "taken_back"}),
    "ended": ("tenant/wait.html", {"onboarding": onboarding("ended"), "stage": "ended"}),
    "key": ("tenant/key.html", KEY_PAGE),
    "key-refused": ("tenant/key.html", KEY_TO_CORRECT),
    "key-by-hand": ("tenant/key.html", KEY_BY_HAND),
    "key-waiting": (
        "tenant/key.html",
        KEY_PAGE | {"keys": [(key("delivering", LOCK, on_lock_at=None), LOCK)], "readers": []},
    ),
    "offline": ("tenant/offline.html", {}),
    "away": ("landlord/offline.html", {}),
    "kiosk": ("kiosk/kiosk.html", kiosk_values(profile_for("cn"), "zh-CN")),
    "landlord": (
        "landlord/home.html",
        {
            "role": "landlord",
            "units": UNITS,
            "stays": [OFFERED, ARRIVED, LEAVING],
            "cases": [case()],
            "attention": ATTENTION,
            "rights": RIGHTS["owner"],
            "alerts": [
                (unit, alert_text("zh-CN", code, number))
                for unit, code, number in (("301", "jam", 0), ("301", "exposed", 2880), ("302", "battery", 18))
            ],
        },
    ),
    "unit": (
        "landlord/unit.html",
        {
            "role": "landlord",
            "unit": UNITS[0],
            "levels": {level: code_text("zh-CN", "level_limits", level) for level in LEVELS},
            "facts": UNIT_FACTS,
            "faults": [Fault("landlord.email", "房东邮箱：请填写。")],
            "wrong": {"landlord.email": "房东邮箱：请填写。"},
        },
    ),
    "calendar": (
        "landlord/calendar.html",
        {"role": "landlord"} | calendar_values(UNITS, MONTH, date(2026, 11, 1), date(2026, 12, 1), date(2026, 11, 21)),
    ),
    "account": (
        "account/settings.html",
        {
            "role": "landlord",
            "name": "陈美兰",
            "able": True,
            "passkeys": [PASSKEY],
            "login": "chen",
            "shortest": 10,
            "factor": True,
            "mail": True,
            "email": EMAIL,
        },
    ),
    "account-without-password": (
        "account/settings.html",
        {
            "role": "officer",
            "name": "沈警官",
            "able": False,
            "passkeys": [],
            "login": None,
            "shortest": 10,
            "factor": False,
            "mail": True,
            "email": NO_EMAIL,
        },
    ),
    "first-password": (
        "account/first_password.html",
        {"role": "landlord", "login": "chen", "next": "/landlord", "shortest": 10},
    ),
    "second-factor": (
        "account/second_factor.html",
        {"role": "landlord", "login": "chen", "factor": FACTOR, "next": ""},
    ),
    "second-factor-missing": (
        "account/second_factor.html",
        {"role": "officer", "login": "shen", "factor": SecondFactorShown(required=True), "next": "/officer"},
    ),
    "second-factor-new": (
        "account/second_factor_new.html",
        {"role": "officer", "next": "/officer"} | enrolment_values(ENROLMENT),
    ),
    "recovery-codes": (
        "account/recovery_codes.html",
        {"role": "officer", "codes": RECOVERY_CODES, "next": "/officer"},
    ),
    "sign-in-code": ("account/sign_in_code.html", {"next": "/landlord"}),
    "sessions": (
        "account/sessions.html",
        {"role": "landlord", "sessions": SESSIONS, "attempts": ATTEMPTS, "idle_minutes": 60},
    ),
    "alerts": (
        "account/alert_settings.html",
        {
            "role": "landlord",
            "subscription": AlertsShown(
                email="chen@example.org", webhook_url="", codes=["battery", "jam"], language="zh-CN", webhook_secret=""
            ),
            "codes": list(KINDS),
        },
    ),
    "staff": (
        "account/staff.html",
        {"role": "landlord", "me": "a1", "staff": STAFF, "roles": tuple(RIGHTS), "taken_on": TAKEN_ON}
        | {"typed": NEW_MEMBER, "days": 7},
    ),
    "offer": (
        "landlord/offer.html",
        {
            "role": "landlord",
            "unit": UNITS[0],
            "idempotency_key": "i",
            "start": "2026-11-22T14:00",
            "end": "2026-11-23T11:00",
        },
    ),
    "offer-booking": (
        "landlord/offer.html",
        {
            "role": "landlord",
            "unit": UNITS[0].model_copy(update={"reports_bookings": True}),
            "idempotency_key": "i",
            "start": "2026-11-22T14:00",
            "end": "2026-11-23T11:00",
            **booking_values({}),
        },
    ),
    "booking": (
        "landlord/booking.html",
        {
            "role": "landlord",
            "stay_id": "s1",
            **fault_values("zh-CN", FormRefused([Wrong("booking.people", WRONG["people"], {})])),
            **booking_values({"surname": "Núñez", "given_names": "José", "phone": "+34600000000", "people": "x"}),
        },
    ),
    "stay-offered": ("landlord/stay.html", stay_values(OFFERED, LOCK)),
    "stay-arrived": (
        "landlord/stay.html",
        stay_values(ARRIVED.model_copy(update={"date_request": DATE_REQUEST}), LOCK),
    ),
    "stay-leaving": ("landlord/stay.html", stay_values(LEAVING, AWAY)),
    "stay-by-hand": ("landlord/stay.html", STAY_BY_HAND),
    "once": (
        "landlord/one_time_codes.html",
        {"role": "landlord", "stay": ARRIVED, "made": ONCE_MADE, "lock": LOCK.label, "zone": ZONE},
    ),
    "officer": (
        "officer/console.html",
        {
            "role": "officer",
            "area": "330106",
            "items": ITEMS,
            "cases": [case(), TYPED_CASE],
            "attention": ATTENTION,
            "after": 43,
            "faces": [FACES],
        },
    ),
    "map": ("officer/map.html", {"role": "officer", "area": "330106"} | map_values(UNIT_STATES)),
    "exports": (
        "officer/exports.html",
        {
            "role": "officer",
            "exports": EXPORTS,
            "typed": {"area": "330106", "first": "2026-11-15", "last": "2026-11-21", "purpose": ""},
        },
    ),
    "opening": (
        "officer/open_record.html",
        {"role": "officer", "opened": None, "purposes": PURPOSES, "typed": {"purpose": "", "note": ""}},
    ),
    "opened": (
        "officer/open_record.html",
        {"role": "officer", "opened": RecordOpened(record=record("r1"), person=case().fields)},
    ),
    "form": (
        "officer/form.html",
        {"role": "landlord", "home": "/landlord", "record": "r1", "forms": (GERMAN_FORM,)},
    ),
    "filing": (
        "officer/filing.html",
        {
            "role": "officer",
            "home": "/officer",
            "shown": PREVIEW,
            "differs": False,
            "printed": True,
            "correctable": (*CORRECTABLE, "residence.country"),
            "sent": Sent("nationality"),
            "code_tables": {},
            "countries": country_choices("zh-CN"),
            "issuers": issuer_choices("zh-CN"),
            "nationalities": nationality_choices("zh-CN"),
            "documents": DOCUMENT_KINDS,
        },
    ),
    "filing-by-hand": (
        "officer/filing.html",
        {
            "role": "landlord",
            "home": "/landlord",
            "shown": BY_HAND,
            "differs": False,
            "printed": False,
            "correctable": CORRECTABLE,
            "sent": Sent(),
            "code_tables": {},
        },
    ),
    "by-hand-data": ("officer/by_hand.html", DATA_PAGE),
    "case": ("officer/case.html", CASE_PAGE | {"case": case()}),
    "case-typed": (
        "officer/case.html",
        CASE_PAGE
        | {
            "role": "landlord",
            "home": "/landlord",
            "reason": "as on the phone",
            "asked": {"residence.country": "", "birth_date": "2090"},
            "case": TYPED_CASE,
            "faults": [Fault("birth_date", "出生日期：请核对。")],
            "wrong": {"birth_date": "出生日期：请核对。"},
        },
    ),
    "case-missing": (
        "officer/case.html",
        CASE_PAGE
        | {"asked": {"residence.country": "", "residence.municipality_code": "", "id_number": ""}}
        | {"code_tables": {"residence.municipality_code": []}}
        | case_in("zh-CN", CASE_TO_COMPLETE),
    ),
    "tester": (
        "tester/console.html",
        {
            "role": "tester",
            "locks": [LOCK, AWAY, JAMMED, NEW],
            "fault_names": tuple(FAULTS),
            "acts": ACTS,
            "only_locks": ONLY_LOCKS,
            "registry": {"registry": "sandbox", "behaviour": "silent", "behaviours": BEHAVIOURS},
            "recording": {"running": True, "steps": 4, "seed": 4711},
            "devices": {"lock-302": {"active": ["offline"], "faulty": 1}},
            "opened": "lock-302",
            "deliveries": [DELIVERY],
        },
    ),
    "firmware": ("tester/firmware.html", FIRMWARE_PAGE),
    "messages": (
        "tester/messages.html",
        {"role": "tester", "device_log": {"device": "lock-302"}, "messages": MESSAGES},
    ),
}
