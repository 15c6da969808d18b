"""Where a value comes from: the register of the sources, in asking order."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

from credcheck.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Collection

    from credcheck.model import Context, Manifest
    from credcheck.sources.base import Source

# name -> module and class; imported when a manifest asks for it.
SOURCES = {
    "dotenv": ("credcheck.sources.dotenv", "DotenvSource"),
    "env": ("credcheck.sources.environ", "EnvironSource"),
    "keyring": ("credcheck.sources.keyring.source", "KeyringSource"),
    "vault": ("credcheck.sources.vault.source", "VaultSource"),
    "aws": ("credcheck.sources.aws.source", "AwsSource"),
}


REMOTE = ("keyring", "vault", "aws")  # asked only for what names a place there
GROUP = "credcheck.sources"  # the entry points of third parties


def open_source(name: str, manifest: Manifest, context: Context) -> Source:
    """Open the source of that name.

    One of a third party is imported here, so only when the manifest names it.

    Raises:
        UsageError: a third party's source cannot be imported.
    """
    if name in SOURCES:
        module, attribute = SOURCES[name]
        kind = getattr(import_module(module), attribute)
    else:
        kind = _load_third_party(name)
    source: Source = kind.open(manifest, context)
    return source


def third_party_names() -> Collection[str]:
    """Give the names of the sources that installed packages offer; none of them is imported."""
    from importlib.metadata import entry_points

    return entry_points(group=GROUP).names - SOURCES.keys()


def _load_third_party(name: str) -> type[Source]:
    from importlib.metadata import entry_points

    for entry in entry_points(group=GROUP, name=name):
        try:
            kind: type[Source] = entry.load()
        except Exception as error:  # noqa: BLE001  # a foreign module can raise anything
            raise UsageError(
                f"the source {name!r} cannot be imported ({type(error).__name__})",
                f'python -c "import {entry.module}"',
            ) from None
        return kind
    raise UsageError(f"there is no source {name!r}", f"install the package that offers {name!r}")
