"""One sentence in both languages of the pages."""

from typing import Literal, NamedTuple

Language = Literal["zh-CN", "en"]
LANGUAGES: tuple[Language, ...] = ("zh-CN", "en")


class Text(NamedTuple):
    zh: str
    en: str

    def spoken_in(self, language: Language) -> str:
        """One of the two."""
        return self.zh if language == "zh-CN" else self.en
