"""The consent texts. Each has a version; the text of a version never changes."""

from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256

from gateway.domain.jurisdiction import Profile

PURPOSES = ("registration", "face", "guardian")
LANGUAGES = ("zh", "en")


class UnknownText(KeyError):
    """No consent text has this purpose, version and language."""


@dataclass(frozen=True, slots=True)
class ConsentText:
    """One consent text; its placeholders are filled in from the jurisdiction's profile."""

    purpose: str
    version: str
    language: str
    words: str

    @property
    def digest(self) -> str:
        """SHA-256 of the text, so that a record can prove which text was shown."""
        return sha256(self.words.encode()).hexdigest()


TEXTS: tuple[ConsentText, ...] = (
    ConsentText(
        "registration", "2026-11", "en",
        "To live here the law asks that you are registered. We read the fields listed above from your document or from "
        "what you type, report them to the registration authority, and show them only to those listed above. Pictures "
        "are not kept once your registration is decided. The record is kept for {registration_days} days after your "
        "stay and then erased. You may ask to see, correct or erase it.",
    ),
    ConsentText(
        "registration", "2026-11", "zh",
        "依照法律，在此居住须办理登记。我们从您的证件或您填写的内容中读取上方所列信息，报送登记机关，"
        "仅提供给上方所列人员。登记结果确定后不保留图片。登记记录在住宿结束后保存 {registration_days} 天，随后删除。"
        "您可以要求查阅、更正或删除。",
    ),
    ConsentText(
        "face", "2026-11", "en",
        "If you like, your face is compared once with the portrait on your document, so that no person has to look at "
        "them. This happens on this site; both pictures and what is computed from them are gone when the comparison "
        "ends, and only its result is kept, for {evidence_days} days. You need not agree: a person can look instead, "
        "and the key is the same. You may take this back at any time and keep your key.{guardian}",
    ),
    ConsentText(
        "face", "2026-11", "zh",
        "如您愿意，可将您的面部与证件照片比对一次，从而无需人工查看。比对在本站点内完成；"
        "比对结束后两张图片及由其计算的数据即被删除，仅保留结果 {evidence_days} 天。您可以不同意：改由工作人员查看，"
        "所得钥匙完全相同。您可随时撤回同意，钥匙不受影响。{guardian}",
    ),
    ConsentText(
        "guardian", "2026-11", "en",
        "For a tenant under {age}: a parent or guardian is here and agrees for them. A person confirms this before "
        "the key is given.",
    ),
    ConsentText(
        "guardian", "2026-11", "zh",
        "未满 {age} 周岁的住客：须由在场的父母或监护人代为同意，并由工作人员确认后发放钥匙。",
    ),
)  # fmt: skip
GUARDIAN = {
    "en": " Under {age} years of age a guardian has to agree.",
    "zh": "未满 {age} 周岁须由监护人同意。",
}
LATEST = "2026-11"


def consent_text(purpose: str, language: str, version: str = LATEST) -> ConsentText:
    """The text of a version in `zh` or `en`. Raises UnknownText."""
    for text in TEXTS:
        if (text.purpose, text.version, text.language) == (purpose, version, language):
            return text
    raise UnknownText(f"{purpose} {version} {language}")


def fill_in(text: ConsentText, profile: Profile) -> str:
    """The text with its placeholders filled in for this jurisdiction."""
    guardian = GUARDIAN[text.language].format(age=profile.face_guardian_under) if profile.face_guardian_under else ""
    facts: Mapping[str, object] = {
        "registration_days": profile.keep_registration_days,
        "evidence_days": profile.keep_evidence_days,
        "guardian": guardian,
        "age": profile.guardian_under,
    }
    return text.words.format_map(facts)
