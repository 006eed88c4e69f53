"""Files that an answer hands to the browser to save."""

from fastapi import Response


def csv_download(content: str, name: str) -> Response:
    """Return an answer that is saved under `name` as CSV in UTF-8 and that no cache keeps.

    It begins with a byte order mark: without one, spreadsheets take the text for the system's old code page.
    """
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"}
    return Response(f"\ufeff{content}", media_type="text/csv; charset=utf-8", headers=headers)
