"""How Sphinx builds these pages: `uv run --group docs sphinx-build -W -n docs docs/_build`."""

from __future__ import annotations

from credcheck import __version__

project = "credcheck"
author = "The credcheck authors"
copyright = f"2026, {author}"
version = release = __version__

extensions = ["myst_parser"]
exclude_patterns = ["_build"]
html_theme = "furo"
html_title = f"credcheck {release}"

myst_enable_extensions = ["colon_fence", "deflist"]
myst_heading_anchors = 3

# `scripts/build_man.sh` makes the manual page that the wheel brings
man_pages = [
    ("reference/command", "credcheck", "a credential broker for test runs", author, 1),
]
