"""Asking one source, as the broker does."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from credcheck.model import Context, Found, Manifest, Request, SecretSpec
from credcheck.sources import open_source

if TYPE_CHECKING:
    from collections.abc import Mapping

    from credcheck.model import Answer, ContextKind
    from credcheck.sources.base import Source


def opened(
    name: str,
    environ: Mapping[str, str] | None = None,
    kind: ContextKind = "local",
    root: Path = Path(),
    **options: Any,
) -> Source:
    """Open a source; the options are those of its table, with underscores."""
    table = {key.replace("_", "-"): value for key, value in options.items()}
    manifest = Manifest(root=root, project="shop", options={name: table} if table else {})
    return open_source(name, manifest, Context(kind=kind, root=root, environ=environ or {}))


def ask(source: Source, *places: str) -> list[Answer]:
    """Ask for one secret a place, in one batch."""
    requests = [
        Request(spec=SecretSpec(name=f"S{number}"), place=place)
        for number, place in enumerate(places)
    ]
    answers = source.fetch(requests)
    return [answers[request.name] for request in requests]


def value_of(answer: Answer) -> str:
    """Give the value that was found."""
    assert isinstance(answer, Found), answer
    return answer.secret.reveal()


def detail_of(answer: Answer) -> str:
    """Give what is said instead of a value."""
    assert not isinstance(answer, Found)
    return answer.detail


def hint_of(answer: Answer) -> str:
    """Give what to do, as the answer says."""
    return str(getattr(answer, "hint", ""))
