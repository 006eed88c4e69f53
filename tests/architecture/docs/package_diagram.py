"""Draws the package diagram of docs/architecture.md from the import contracts.

`python -m tests.architecture.docs.package_diagram` writes it.
"""

import tomllib
from itertools import pairwise
from typing import Any, Final

from tests.architecture.source import ROOT

PAGE: Final = ROOT / "docs" / "architecture.md"
BEGIN: Final = "<!-- packages -->\n"
END: Final = "<!-- end of packages -->\n"


def contract(name: str) -> dict[str, Any]:
    """The import contract of this name in pyproject.toml; KeyError where there is none."""
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    contracts = settings["tool"]["importlinter"]["contracts"]
    found: dict[str, dict[str, Any]] = {one["name"]: one for one in contracts}
    return found[name]


def downwards(nodes: list[str]) -> list[str]:
    """An arrow from each node to the next."""
    return [f"  {above} --> {below}" for above, below in pairwise(nodes)]


def diagram() -> str:
    """Packages and the gateway's layers as a mermaid flowchart; an arrow points at a permitted import."""
    packages = contract("who may ask whom")["layers"]
    layers = contract("inside the gateway, one way")["layers"]
    inner = [f"layer{number}" for number in range(len(layers))]
    lines = ["flowchart TB"]
    for package in packages:
        if package == "gateway":
            lines.append("  subgraph gateway")
            names = (layer.replace(" | ", " · ") for layer in layers)
            lines += [f'    {node}["{name}"]' for node, name in zip(inner, names, strict=True)]
            lines += [f"  {line}" for line in downwards(inner)]
            lines.append("  end")
        else:
            lines.append(f'  {package}["{package}"]')
    lines += downwards(packages)
    # The simulator is outside the layers: nothing imports it, and it imports these two product packages only.
    lines += ['  firmware_sim["firmware_sim"]', "  firmware_sim -->|devices.wire| devices", "  firmware_sim --> certs"]
    return "```mermaid\n" + "\n".join(lines) + "\n```\n"


def write_page() -> None:
    """Replace the diagram on its page."""
    head, _, rest = PAGE.read_text(encoding="utf-8").partition(BEGIN)
    PAGE.write_text(head + BEGIN + diagram() + END + rest.partition(END)[2], encoding="utf-8")


if __name__ == "__main__":
    write_page()
