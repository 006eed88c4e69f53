"""The refusal of a command, and the exit codes of all commands."""

from typing import Final

NOT_IN_ORDER: Final = 1  # the command ran; what it checked or played is not as it must be
NOT_POSSIBLE: Final = 2  # an argument or setting is invalid
NOT_THERE: Final = 3  # something it needs is missing or in use; run it again after correcting that
INTERRUPTED: Final = 130


class Refused(Exception):
    """A command that cannot be carried out: `code` as in api.cli.texts.problems, `facts` for its placeholders."""

    def __init__(self, code: str, exit_code: int = NOT_POSSIBLE, /, **facts: object) -> None:
        super().__init__(code)
        self.code, self.exit_code, self.facts = code, exit_code, facts
