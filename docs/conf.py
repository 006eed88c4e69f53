"""How the documentation becomes pages: `make docs` (Sphinx, MyST, Furo), with every warning an error."""

project = "Lodgekey"
project_copyright = "the Lodgekey authors"
extensions = ["myst_parser"]
myst_heading_anchors = 4
html_theme = "furo"
html_title = "Lodgekey"
html_copy_source = False
exclude_patterns = ["_build"]
