"""Times as the command line tells them."""

from datetime import UTC, datetime


def format_time(at: int | None) -> str | None:
    """UTC seconds as RFC 3339 without the zone; None stays None."""
    return None if at is None else datetime.fromtimestamp(at, UTC).strftime("%Y-%m-%d %H:%M")
