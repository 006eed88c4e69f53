"""`lodgekey` on a machine whose system clock is set: by the seconds in the file that LODGEKEY_CHAOS_CLOCK names.

Everything in the process that asks Python for the time is given the time that was set; OpenSSL, which looks at the
dates of certificates, is not.
"""

import os
import time
from contextlib import suppress
from pathlib import Path
from typing import Final

from api.cli.main import app

FILE: Final = "LODGEKEY_CHAOS_CLOCK"


def off(file: Path) -> float:
    """Seconds by which the clock is set ahead; 0 without a file."""
    with suppress(FileNotFoundError):
        return float(file.read_text())
    return 0.0


def step() -> None:
    """Have `time.time` follow the file from now on."""
    true, file = time.time, Path(os.environ[FILE])
    time.time = lambda: true() + off(file)


if __name__ == "__main__":
    step()
    app()
