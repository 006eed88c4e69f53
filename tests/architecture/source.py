"""Source files for the architecture tests: files under git, read and parsed."""

import ast
import subprocess
from functools import cache
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).resolve().parents[2]
PRODUCT: Final = ("api", "certs", "devices", "firmware_sim", "gateway")
Function = ast.FunctionDef | ast.AsyncFunctionDef


@cache
def tracked(pattern: str = "*") -> tuple[Path, ...]:
    """Files under git, relative to the project's folder."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", pattern], cwd=ROOT, capture_output=True, check=True, text=True
    ).stdout
    return tuple(path for name in listed.split("\0") if name and (ROOT / (path := Path(name))).is_file())


def python_files(*folders: str) -> list[Path]:
    """Python files under git in these top-level folders; all of them where none is given."""
    return [path for path in tracked("*.py") if not folders or path.parts[0] in folders]


@cache
def text_of(path: Path) -> str:
    """Content of a file under git."""
    return (ROOT / path).read_text(encoding="utf-8", errors="replace")


@cache
def tree_of(path: Path) -> ast.Module:
    """Syntax tree of a Python file under git."""
    return ast.parse(text_of(path))


def functions_in(path: Path) -> list[Function]:
    """All functions and methods of a file."""
    return [node for node in ast.walk(tree_of(path)) if isinstance(node, Function)]


def imported_by(path: Path) -> set[str]:
    """Names of the modules a file imports, as written."""
    names: set[str] = set()
    for node in ast.walk(tree_of(path)):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            names.add(node.module)
    return names
