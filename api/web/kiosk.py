"""The kiosk's pages, written into its device folder; the kiosk serves them itself, also without a network."""

import json
import posixpath
import re
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from api.services.schemas import CodeShown
from api.web.shell.render import STATIC, render
from api.web.tenant.asked_facts import asked_facts
from devices.wire.kiosk.offer_code import ALPHABET
from gateway.domain.jurisdiction import Profile, profile_for
from gateway.domain.verification.consent import LATEST, PURPOSES, consent_language, consent_text, fill_in
from gateway.journey.filings.destinations import registries_of
from gateway.journey.tenants.kiosk_offers import summary_for
from gateway.registries import REGISTRIES
from gateway.registries.code_choices import all_names, short_tables
from gateway.store import Device, Unit
from gateway.texts.families import code_text, reason_text
from gateway.texts.languages import LANGUAGES, NAMES, SOURCE, Language
from gateway.texts.marks import N_
from gateway.texts.translator import translator

PAGE: Final = "page"
TABLES: Final = "tables"  # in page/static
REFUSALS: Final = (
    "offer_unknown", "offer_gone", "offer_expired", "offer_used", "conflict", "too_many_attempts", "input_refused",
    "busy",
)  # fmt: skip
SPOKEN_IN: Final[Mapping[str, Language]] = {"cn": "zh-CN", "es": "es", "it": "it", "pt": "pt"}
READY: Final = N_("Have the QR code or kiosk code from your landlord and your identity document ready.")
PICTURES: Final = (
    "too_large", "empty", "not_an_image", "disguised", "truncated", "too_many_pixels", "too_few_pixels", "animated",
    "no_face", "two_faces", "face_too_small", "too_many_frames", "too_few_frames", "chip_unreadable",
    "chip_issuer_unknown", "chip_signature_wrong", "chip_altered", "liveness_attempts_used", "liveness_other_challenge",
    "liveness_too_late",
)  # fmt: skip
"""Codes of what may be wrong with pictures, chips and clips."""
VERDICTS: Final = ("document_kind_not_accepted", "document_expired", "guardian_needed")
"""Codes of why a tenant needs another document or a guardian."""


def write_kiosk_page(folder: Path, jurisdiction: str, address: str, registries: Sequence[str] = ("sandbox",)) -> None:
    """Write a page for each language, the files they load, and kiosk.json (address, languages) into `folder`/page."""
    page = folder / PAGE
    shutil.rmtree(page, ignore_errors=True)
    (page / "static").mkdir(parents=True)
    profile, languages = profile_for(jurisdiction), local_first(jurisdiction)
    for language in languages:
        values = kiosk_values(profile, language, registries) | {"languages": {tag: NAMES[tag] for tag in languages}}
        html = render("kiosk/kiosk.html", language, values)
        (page / f"{language}.html").write_text(html)
        for name in loaded_by(html):
            (page / "static" / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(STATIC / name, page / "static" / name)
    write_tables(page / "static" / TABLES)
    (page / "kiosk.json").write_text(json.dumps({"address": address, "languages": languages}))


def write_tables(folder: Path) -> None:
    """Write the names of every authority's long table, for the search at the kiosk: <registry>.<path>.json."""
    folder.mkdir()
    today = datetime.now(UTC).date()
    for registry in REGISTRIES:
        for path, entries in short_tables([registry], today).items():
            if not entries:
                names = json.dumps(all_names(registry, path, today), ensure_ascii=False, separators=(",", ":"))
                (folder / f"{registry}.{path}.json").write_text(names)


def local_first(jurisdiction: str) -> list[Language]:
    """Return all languages, first that of the place, which the kiosk shows until a tenant chooses."""
    local = SPOKEN_IN.get(jurisdiction.partition("-")[0], SOURCE)
    return sorted(LANGUAGES, key=lambda language: language != local)


def loaded_by(html: str) -> set[str]:
    """Return the names of the files a page loads, and of every module that these import."""
    files = set(re.findall(r"/static/([\w./-]+)", html))
    while more := {module for name in files for module in modules_of(name)} - files:
        files |= more
    return files


def modules_of(name: str) -> list[str]:
    """Return the names of the modules that a static file imports by relative address."""
    if not name.endswith(".js"):
        return []
    imported = re.findall(r'(?:from|import) "(\.{1,2}/[\w./-]+)"', (STATIC / name).read_text())
    return [posixpath.normpath(posixpath.join(posixpath.dirname(name), module)) for module in imported]


def rules_at(session: Session, site: str) -> tuple[str, list[str]]:
    """Return jurisdiction and registries of a unit with a lock at the site; the sandbox if there is none yet."""
    query = select(Unit).join(Device, Device.unit_id == Unit.id).where(Device.site == site).order_by(Unit.code).limit(1)
    unit = session.scalars(query).first()
    return (unit.jurisdiction, registries_of(unit)) if unit else ("sandbox", ["sandbox"])


@dataclass(frozen=True, slots=True)
class EveryQuestion:
    """What any registry asks besides the document: a kiosk has an input for each, and shows those of the offer."""

    asks_besides: list[str]
    asks_codes: dict[str, list[CodeShown]]
    asks_one_of: list[str] = field(default_factory=list)
    asks_only_if: dict[str, dict[str, list[str]]] = field(default_factory=dict)
    asks_minors: list[str] = field(default_factory=list)


def every_question() -> EveryQuestion:
    """Return every registry's questions; which of them apply is known with the offer."""
    paths = dict.fromkeys(path for profile in REGISTRIES.values() for path in profile.facts.of_tenant)
    tables = short_tables([*REGISTRIES], datetime.now(UTC).date())
    codes = {path: [CodeShown(code=one.code, name=one.name) for one in entries] for path, entries in tables.items()}
    return EveryQuestion([*paths], codes)


def kiosk_values(profile: Profile, language: Language, registries: Sequence[str] = ("sandbox",)) -> dict[str, Any]:
    """Return the values of kiosk.html: required facts, consent texts, whether a face may be compared.

    `facts` are those of all registries; `offered` is what these ask, without a network or until the offer is known.
    """
    words = {"welcome": N_("Welcome"), "begin": N_("Start"), "hints": READY}
    everything = every_question()
    return {
        name: {tongue: translator(tongue).translate(text) for tongue in LANGUAGES} for name, text in words.items()
    } | {
        "alphabet": ALPHABET,
        "asks": translator(language).join(code_text(language, "onboarding.asks", name) for name in profile.fields),
        "words": {purpose: fill_in(consent_text(purpose, consent_language(language)), profile) for purpose in PURPOSES},
        "text_version": LATEST,
        "face": profile.face,
        "refusals": [(code, code_text(language, "error", code)) for code in REFUSALS]
        + [(code, reason_text(language, code)) for code in (*PICTURES, *VERDICTS)],
        "facts": asked_facts(everything, language, everything.asks_besides, prefix=""),
        "offered": asdict(summary_for(registries)),
    }
