"""What is said of each requirement: one TOML file a chapter in docs/standards, one table a requirement."""

import tomllib
from pathlib import Path
from typing import Final, Literal, get_args

from pydantic import BaseModel, ConfigDict, Field

from tests.architecture.source import ROOT
from tests.architecture.standards.requirements import Chapter

FOLDER: Final = ROOT / "docs" / "standards"
Verdict = Literal["met", "partly", "not met", "does not apply"]
VERDICTS: Final[tuple[Verdict, ...]] = get_args(Verdict)


class Row(BaseModel):
    """What the product does about one requirement.

    `about` is what is required, in our own few words; `tests` are named as file::name below tests/, `settings` by
    their field in gateway/settings.py, `pages` as path or path#Heading for what has to be documented.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    about: str = Field(min_length=8, max_length=80)
    verdict: Verdict
    tests: tuple[str, ...] = ()
    settings: tuple[str, ...] = ()
    pages: tuple[str, ...] = ()
    why: str = ""

    @property
    def proofs(self) -> tuple[str, ...]:
        """Everything that the row names as proof."""
        return self.tests + self.settings + self.pages


def rows_of(chapter: Chapter) -> dict[str, Row]:
    """Rows of a chapter by the number of the requirement. pydantic.ValidationError for a row of another form."""
    path = Path(FOLDER, f"{chapter.file}.toml")
    return {number: Row.model_validate(row) for number, row in tomllib.loads(path.read_text(encoding="utf-8")).items()}
