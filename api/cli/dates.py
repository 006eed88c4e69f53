"""Times in the output of the command line."""

from datetime import UTC, datetime


def format_time(at: int | None) -> str | None:
    """Return UTC seconds as YYYY-MM-DD HH:MM in UTC; None for None."""
    return None if at is None else datetime.fromtimestamp(at, UTC).strftime("%Y-%m-%d %H:%M")
