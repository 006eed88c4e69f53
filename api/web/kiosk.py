"""The kiosk's page, written into its device folder: the kiosk serves it itself, so that it works without a network."""

import json
import re
import shutil
from pathlib import Path
from typing import Any, Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from api.web.render import STATIC, render
from api.web.text import say, say_code
from api.web.text.pair import LANGUAGES, Language
from devices.wire.offer_code import ALPHABET
from gateway.domain.consent import LATEST, PURPOSES, consent_text, fill_in
from gateway.domain.jurisdiction import Profile, profile_for
from gateway.store import Device, Unit

PAGE: Final = "page"
REFUSALS: Final = (
    "offer_unknown", "offer_gone", "offer_expired", "offer_used", "conflict", "too_many_tries", "input_refused", "busy",
)  # fmt: skip


def write_kiosk_page(folder: Path, jurisdiction: str, address: str) -> None:
    """Both languages, what they load, and the address of the tenants' links, into `folder`/page."""
    page = folder / PAGE
    shutil.rmtree(page, ignore_errors=True)
    (page / "static").mkdir(parents=True)
    profile = profile_for(jurisdiction)
    for language in LANGUAGES:
        html = render("kiosk.html", language, kiosk_values(profile, language))
        (page / f"{language}.html").write_text(html)
        for name in set(re.findall(r"/static/([\w.-]+)", html)):
            shutil.copyfile(STATIC / name, page / "static" / name)
    (page / "kiosk.json").write_text(json.dumps({"address": address}))


def jurisdiction_at(session: Session, site: str) -> str:
    """The law of the place: that of the units whose locks are at the site; `sandbox` where there is none yet."""
    query = select(Unit.jurisdiction).join(Device, Device.unit_id == Unit.id).where(Device.site == site).limit(1)
    return session.scalars(query).first() or "sandbox"


def kiosk_values(profile: Profile, language: Language) -> dict[str, Any]:
    """What the page says of the place: what is asked, the texts agreed to, whether a face may be compared."""
    return {
        "welcome": {tongue: say(tongue, "kiosk.welcome") for tongue in LANGUAGES},
        "begin": {tongue: say(tongue, "kiosk.begin") for tongue in LANGUAGES},
        "hints": {tongue: say(tongue, "kiosk.welcome.hint") for tongue in LANGUAGES},
        "alphabet": ALPHABET,
        "asks": say(language, "common.comma").join(say_code(language, "door.asks", field) for field in profile.fields),
        "words": {purpose: fill_in(consent_text(purpose, language[:2]), profile) for purpose in PURPOSES},
        "text_version": LATEST,
        "face": profile.face,
        "refusals": REFUSALS,
    }
