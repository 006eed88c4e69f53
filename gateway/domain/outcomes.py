"""What became of a delivery or of a record is a code with arguments; gateway.texts.outcomes has the sentences.

The database keeps codes and arguments only. An argument is an id, a number, another code, or (`text`, and a registry's
`code`) another party's own words, which are data: they are kept as they came and never translated. An argument `cause`
is a code of the same table, whose sentence takes the same arguments.
"""

from typing import Final

from gateway.texts.outcomes import Args, outcome_text

# Codes that logic compares: what came of asking a lock.
LINK_DOWN: Final = "link_down"
NOT_LISTENING: Final = "lock_not_listening"
WAITING_FOR_LOCK: Final = "waiting_for_lock"
LOCK_REFUSED: Final = "lock_refused"


class CodedFailure(Exception):
    """A failure that is stored: an outcome's code and the arguments of its sentence; no personal data in either."""

    def __init__(self, code: str, /, **details: str | int) -> None:
        super().__init__(outcome_text("en", code, details))
        self.code, self.details = code, details


def caused_by(code: str, details: Args) -> Args:
    """The arguments of an outcome that has a cause: the cause's code and the cause's own arguments."""
    return {**details, "cause": code}
