"""Where a value comes from: the register of the sources, in asking order."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from credcheck.model import Context, Manifest
    from credcheck.sources.base import Source

# name -> module and class; imported when a manifest asks for it.
SOURCES = {
    "dotenv": ("credcheck.sources.dotenv", "DotenvSource"),
    "env": ("credcheck.sources.environ", "EnvironSource"),
}


def open_source(name: str, manifest: Manifest, context: Context) -> Source | None:
    """Open the source of that name; None when this version has none."""
    if name not in SOURCES:
        return None
    module, attribute = SOURCES[name]
    source: Source = getattr(import_module(module), attribute).open(manifest, context)
    return source
