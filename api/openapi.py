"""The OpenAPI 3.1 document of the HTTP API, generated from its routes and schemas.

`python -m api.openapi` writes docs/openapi.json. Streams are described in docs/asyncapi.json.
"""

import json
import tempfile
from pathlib import Path
from typing import Any, Final

from api.app import create_app
from gateway.bootstrap import Gateway
from gateway.settings import Settings

PATH: Final = Path(__file__).parent.parent / "docs" / "openapi.json"


def build_document() -> dict[str, Any]:
    """Return the whole document as JSON values, from a gateway in a temporary folder."""
    with tempfile.TemporaryDirectory() as folder:
        gateway = Gateway(Settings(folder=Path(folder)))
        document: dict[str, Any] = create_app(gateway, run=False).openapi()
        gateway.vault.close()
        gateway.database.close()
    return document


def document_text() -> str:
    """Return the text of the file that is committed."""
    return json.dumps(build_document(), indent=2, ensure_ascii=False, sort_keys=True) + "\n"


if __name__ == "__main__":
    PATH.write_text(document_text(), encoding="utf-8")
