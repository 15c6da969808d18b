"""`.env*` files: the names in them, and whose values they look like; no value leaves here."""

from __future__ import annotations

from typing import TYPE_CHECKING

from credcheck.classifier import classify
from credcheck.drafting.clues import Clue, address, prose
from credcheck.drafting.names import is_credential, is_path
from credcheck.errors import DotenvError
from credcheck.sources.dotenv import parse, read_text

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from credcheck.sources.dotenv import Line

_TEMPLATES = (".example", ".sample", ".template", ".dist", ".schema", ".default", ".defaults")


def env_files(root: Path) -> list[Path]:
    """Give the `.env*` files of a folder, those for tests and the templates first."""
    found = [
        path
        for path in sorted(root.iterdir())
        if (path.name.startswith(".env") or path.name in {"env.example", "env.sample"})
        and not path.name.startswith(".envrc")
        and path.name != ".env.schema"
        and path.is_file()
    ]
    return sorted(found, key=lambda path: (not is_template(path.name), ".test" not in path.name))


def is_template(name: str) -> bool:
    """Tell whether a file is there to be copied, so that its comments are for everybody."""
    return name.endswith(_TEMPLATES)


def read_env_file(path: Path, root: Path, problems: list[str]) -> list[Clue]:
    """Give a clue for every credential that the file names.

    Args:
        path: the file.
        root: the project, for the place that a clue names.
        problems: gets a sentence if it cannot be read.
    """
    label = path.relative_to(root).as_posix()
    try:
        lines = parse(read_text(path, label, root), label)
    except DotenvError as error:
        problems.append(error.message)
        return []
    return list(_clues(lines, label))


def _clues(lines: Sequence[Line], label: str) -> Iterator[Clue]:
    comments: list[str] = []
    last = 0
    for line in lines:
        if line.name is None:
            comments = [*comments, line.comment] if line.number == last + 1 else [line.comment]
        else:
            above = " ".join(comments) if line.number == last + 1 else ""
            clue = _clue(line, f"{label}:{line.number}", f"{above} {line.comment}")
            if clue is not None:
                yield clue if is_template(label) else clue._replace(description=None, obtain=None)
            comments = []
        last = line.number + line.text.count("\n")


def _clue(line: Line, where: str, comment: str) -> Clue | None:
    name = line.name or ""
    plain = name.isascii() and name.isidentifier()
    verdict = classify(line.text) if line.text.strip() else None
    shown = verdict is not None and verdict.service is not None and verdict.mode != "unknown"
    if not plain or not (is_credential(name) or shown):
        return None
    return Clue(
        name=name,
        where=where,
        service=verdict.service if verdict and shown else None,
        description=prose(comment),
        obtain=address(comment),
        file=is_path(name),
        is_live=verdict is not None and verdict.mode == "live",
    )
