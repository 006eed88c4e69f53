"""The simulator as a command line. It runs as a process, because nothing in the product may import it."""

import sys


def command_of(*arguments: str) -> list[str]:
    """`python -m firmware_sim` with these arguments."""
    return [sys.executable, "-m", "firmware_sim", *arguments]
