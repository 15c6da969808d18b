"""The manifest: `[tool.credcheck]` or `credcheck.toml` -> :class:`~credcheck.model.Manifest`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from credcheck.manifest.files import Document, find, name_project, open_explicit
from credcheck.manifest.scope import Scope
from credcheck.manifest.tables import build
from credcheck.model import SOURCE_NAMES, Manifest

if TYPE_CHECKING:
    from collections.abc import Callable, Collection
    from pathlib import Path

__all__ = ["check_text", "load_manifest"]


def load_manifest(
    context_root: Path,
    *,
    explicit: Path | None = None,
    known_services: Collection[str],
    known_sources: Collection[str] = SOURCE_NAMES,
    installed_sources: Callable[[], Collection[str]] = tuple,
) -> Manifest:
    """Find, read and check the manifest.

    Args:
        context_root: Where the search begins, an absolute path: the working directory, or pytest's
            root folder. It goes up to the folder that holds `.git`; outside a repository this
            folder alone is looked at.
        explicit: What `--manifest` or `CREDCHECK_MANIFEST` names; no search then. A relative path
            counts from ``context_root``.
        known_services: The ids of the shipped services.
        known_sources: The names that `sources` may list.
        installed_sources: Gives more such names; asked when the list holds another name.

    Returns:
        The manifest; for a project without one an empty one, whose ``path`` is None.

    Raises:
        ManifestError: With every mistake of the file, each with file, line and key path.
    """
    if explicit is None:
        document = find(context_root)
        if document is None:
            return Manifest(root=context_root)
    else:
        document = open_explicit(context_root, context_root / explicit)
    scope = Scope(
        file=document.shown,
        text=document.text,
        prefix=document.prefix,
        known_services=known_services,
        known_sources=known_sources,
        installed_sources=installed_sources,
    )
    fields = build(scope, document.table)
    scope.finish()
    root = document.path.parent
    return Manifest(root=root, path=document.path, project=name_project(document), **fields)


def check_text(
    text: str,
    path: Path,
    *,
    known_services: Collection[str],
    known_sources: Collection[str] = SOURCE_NAMES,
) -> None:
    """Make sure that a text would be a good manifest at a path; nothing is read or written.

    Raises:
        ManifestError: With every mistake of the text.
    """
    document = Document(path, path.name, text)
    scope = Scope(
        file=document.shown,
        text=text,
        prefix=document.prefix,
        known_services=known_services,
        known_sources=known_sources,
    )
    build(scope, document.table)
    scope.finish()
