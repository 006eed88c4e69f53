"""One file per registry, each with its CASE; the contract suite runs all files of this folder."""

from importlib import import_module
from pathlib import Path

from tests.contract.registry_cases import RegistryCase

CASES: tuple[RegistryCase, ...] = tuple(
    import_module(f"{__name__}.{file.stem}").CASE
    for file in sorted(Path(__file__).parent.glob("*.py"))
    if file.stem != "__init__"
)
