"""How the documentation becomes pages: `make docs` (Sphinx, MyST, Furo, mermaid), with every warning an error."""

from pathlib import Path

# `make docs` fetches mermaid by tooling/mermaid/package-lock.json; without it the diagrams are shown as their text.
MERMAID = "../tooling/mermaid/node_modules/@mermaid-js/tiny/dist"

project = "Lodgekey"
project_copyright = "the Lodgekey authors"
extensions = ["myst_parser", "sphinxcontrib.mermaid"]
myst_heading_anchors = 4
myst_fence_as_directive = ["mermaid"]
mermaid_use_local = "mermaid.mjs"
html_theme = "furo"
html_title = "Lodgekey"
html_copy_source = False
html_static_path = ["_static", *([MERMAID] if (Path(__file__).parent / MERMAID).is_dir() else [])]
exclude_patterns = ["_build"]
