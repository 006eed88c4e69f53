"""Which release this is, and until when weaknesses in it are mended."""

from importlib.metadata import version
from typing import Final

VERSION: Final = version("lodgekey")
# The support period is published (ETSI EN 303 645, provision 5.3-13): SECURITY.md and the README name the same day.
SUPPORTED_UNTIL: Final = "2028-12-31"
