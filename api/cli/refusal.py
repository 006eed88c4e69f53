"""A command that says no, and the exit codes that every command ends with."""

from typing import Final

NOT_IN_ORDER: Final = 1  # done; what was looked at, or played, is not as it must be
NOT_POSSIBLE: Final = 2  # what was typed or set cannot be
NOT_THERE: Final = 3  # something it needs is missing or taken: put that right, then the same command again
INTERRUPTED: Final = 130


class Refused(Exception):
    """A command that cannot be carried out: `code` as in cli.texts.sentences, `facts` for its blanks."""

    def __init__(self, code: str, exit_code: int = NOT_POSSIBLE, /, **facts: object) -> None:
        super().__init__(code)
        self.code, self.exit_code, self.facts = code, exit_code, facts
