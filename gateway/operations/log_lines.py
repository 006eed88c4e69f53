"""How a line of the log is written: one line a record, with the time in UTC."""

import logging
from datetime import UTC, datetime
from typing import Final

LINE: Final = "%(asctime)s %(levelname)s %(name)s: %(message)s"
# C0 and C1 controls and the separators that end a line for some readers, as an escape that can be read.
ESCAPES: Final = {code: f"\\x{code:02x}" for code in (*range(0x20), *range(0x7F, 0xA0))} | {
    0x2028: "\\u2028",
    0x2029: "\\u2029",
}


class LogLines(logging.Formatter):
    """Formats records: what a stranger put into a message cannot begin a line of its own. Tracebacks keep theirs."""

    def __init__(self) -> None:
        super().__init__(LINE)

    def formatTime(self, record: logging.LogRecord, datefmt: str | None = None) -> str:  # noqa: ARG002, N802 - logging's
        """Return the time in UTC (RFC 3339), in milliseconds. `datefmt` is not used."""
        return datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")

    def formatMessage(self, record: logging.LogRecord) -> str:  # noqa: N802 - logging's name
        """Return the line without the traceback, with control characters escaped."""
        return super().formatMessage(record).translate(ESCAPES)
