"""Which file is the manifest, and reading it in bounded time."""

from __future__ import annotations

import stat
import tomllib
from typing import TYPE_CHECKING, Any

from credcheck.errors import ManifestError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

MAX_BYTES = 1_000_000
PREFIX = ("tool", "credcheck")

# What tomllib says without quoting the file. Its other sentences hold keys or characters of it.
_SAFE_REASONS = frozenset(
    {
        "Expected '=' after a key in a key/value pair",
        "Expected ']' at the end of a table declaration",
        "Expected ']]' at the end of an array declaration",
        "Expected newline or end of document after a statement",
        "Cannot overwrite a value",
        "Invalid initial character for a key part",
        "Invalid statement",
        "Invalid value",
        "Unclosed array",
        "Unclosed inline table",
        "Unterminated string",
    }
)


class Document:
    """One manifest as read: the file, how messages call it, its text and its table."""

    __slots__ = ("path", "prefix", "shown", "table", "text", "toml")

    def __init__(self, path: Path, shown: str, text: str) -> None:
        self.path = path
        self.shown = shown
        self.text = text
        self.toml = _parse(shown, text)
        self.prefix: tuple[str, ...] = PREFIX if path.name == "pyproject.toml" else ()
        self.table: object = self.toml
        if self.prefix:
            tool = self.toml.get("tool")
            self.table = tool.get("credcheck") if isinstance(tool, dict) else None


def find(start: Path) -> Document | None:
    """Give the nearest manifest at or above ``start``, or None."""
    for folder in _folders(start):
        own = folder / "credcheck.toml"
        shared = folder / "pyproject.toml"
        data = _read(own, _shown(own, start))
        found = Document(own, _shown(own, start), data) if data is not None else None
        in_shared = _open_shared(shared, _shown(shared, start))
        if found and in_shared:
            message = (
                f"{in_shared.shown} has a [tool.credcheck] table, and there is {found.shown} too"
            )
            raise ManifestError([message], "keep one of the two")
        if found or in_shared:
            return found or in_shared
    return None


def open_explicit(start: Path, path: Path) -> Document:
    """Read the manifest that the user named."""
    shown = _shown(path, start)
    text = _read(path, shown)
    if text is None:
        raise ManifestError([f"{shown}: there is no such file"], "credcheck init")
    document = Document(path, shown, text)
    if document.table is None:
        raise ManifestError([f"{shown}: there is no [tool.credcheck] table"], "credcheck init")
    return document


def name_project(document: Document) -> str:
    """Give `[project].name` of the `pyproject.toml` beside the manifest, else the folder's name."""
    toml = document.toml
    folder = document.path.parent
    if document.path.name != "pyproject.toml":
        try:
            text = _read(folder / "pyproject.toml", "")
            toml = _parse("", text) if text else {}
        except ManifestError:
            toml = {}  # that file is not the manifest: what is wrong with it, other tools will say
    project = toml.get("project")
    name = project.get("name") if isinstance(project, dict) else None
    return name if isinstance(name, str) and name.strip() else folder.name


def _folders(start: Path) -> Iterator[Path]:
    """Give ``start`` and the folders above it up to the repository's root, if there is one."""
    above = [start, *start.parents]
    for index, folder in enumerate(above):
        if _exists(folder / ".git"):
            yield from above[: index + 1]
            return
    yield start


def _exists(path: Path) -> bool:
    try:
        return path.exists()
    except OSError:  # a folder above us that we may not look into
        return False


def _open_shared(path: Path, shown: str) -> Document | None:
    """Read a `pyproject.toml`; None if it holds no table of ours."""
    text = _read(path, shown, only_if=b"credcheck")
    if text is None:
        return None
    document = Document(path, shown, text)
    return document if document.table is not None else None


def _read(path: Path, shown: str, only_if: bytes = b"") -> str | None:
    """Give the text of a file; None where there is none, or where it does not hold ``only_if``."""
    try:
        if not stat.S_ISREG(path.stat().st_mode):  # opening a FIFO would wait for a writer
            what = "a folder" if path.is_dir() else "not a regular file"
            raise ManifestError([f"{shown}: this is {what}"])
        with path.open("rb") as file:
            data = file.read(MAX_BYTES + 1)
    except (FileNotFoundError, NotADirectoryError):
        if path.is_symlink() and not only_if:
            raise ManifestError([f"{shown}: a link to nothing"], f"rm {shown}") from None
        return None
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or "bad path"
        raise ManifestError([f"{shown}: cannot be read: {reason}"]) from None
    if len(data) > MAX_BYTES:
        raise ManifestError([f"{shown}: larger than 1 MB, which is no manifest"])
    if only_if not in data:
        return None
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        message = f"{shown}:{line}: not UTF-8 text"
    raise ManifestError([message], "save the file as UTF-8")


def _parse(shown: str, text: str) -> dict[str, Any]:
    """Parse TOML; what the parser says of a mistake is passed on without content."""
    try:
        return tomllib.loads(text)
    except RecursionError:
        message = f"{shown}: nested too deeply"
    except ValueError as error:  # TOMLDecodeError, and int() for a number of 5,000 digits
        reason, _, place = str(error).partition(" (at ")
        number = place.removeprefix("line ").partition(",")[0]
        if place.startswith("end of document"):
            number = str(text.rstrip("\n").count("\n") + 1)
        where = f"{shown}:{number}" if number.isdecimal() else shown
        detail = f": {reason[0].lower()}{reason[1:]}" if reason in _SAFE_REASONS else ""
        message = f"{where}: not valid TOML{detail}"
    raise ManifestError([message])


def _shown(path: Path, start: Path) -> str:
    """Give the path as messages call it: relative where it is below the start."""
    return path.relative_to(start).as_posix() if path.is_relative_to(start) else str(path)
