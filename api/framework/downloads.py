"""Files that an answer hands to the browser to save."""

from fastapi import Response


def csv_download(content: str, name: str) -> Response:
    """Return an answer that is saved under `name` as CSV in UTF-8 and that no cache keeps."""
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"}
    return Response(content, media_type="text/csv; charset=utf-8", headers=headers)
