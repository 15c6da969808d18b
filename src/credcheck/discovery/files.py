"""Which files pytest would collect, and those beside them that may hold marks and fixtures."""

# Paths are strings here: thousands of them are made, and pathlib takes many times as long.
# ruff: noqa: PTH110, PTH112, PTH113, PTH116, PTH118, PTH119, PTH120, PTH123, PTH207

from __future__ import annotations

import os
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from credcheck.discovery.settings import Settings

_MAX_BYTES = 2_000_000
_DEPTH = 40  # folders; deeper trees are loops or accidents


class Files(NamedTuple):
    """What was found: ``tests`` by absolute path, each with the node ids it is narrowed to.

    ``helpers`` are the other Python files among the tests. An empty tuple narrows nothing.
    """

    tests: dict[str, tuple[tuple[str, ...], ...]]
    helpers: dict[str, None]


def relative(path: str, root: str) -> str:
    """Give a path as people know it: from the root if below, with forward slashes."""
    inside = path.startswith(root.rstrip(os.sep) + os.sep)
    return (os.path.relpath(path, root) if inside else path).replace(os.sep, "/")


def read_source(path: str, shown: str, problems: list[str]) -> bytes | None:
    """Read one file; None, and a problem, if that cannot be done."""
    try:
        with open(path, "rb") as file:
            data = file.read(_MAX_BYTES + 1)
    except OSError:
        problems.append(f"{shown}: cannot be read")
        return None
    if len(data) > _MAX_BYTES:
        problems.append(f"{shown}: is longer than 2 MB and was not read")
        return None
    return data


def matches(name: str, path: str, patterns: Iterable[str]) -> bool:
    """Tell whether a file or folder matches one of pytest's patterns."""
    for pattern in patterns:
        if not any(char in pattern for char in "*?["):
            if name == pattern or ("/" in pattern and path.endswith("/" + pattern)):
                return True
        elif pattern.count("*") == 1 and not any(char in pattern for char in "?[/"):
            head, _, tail = pattern.partition("*")
            if len(name) >= len(head + tail) and name.startswith(head) and name.endswith(tail):
                return True
        else:
            from fnmatch import fnmatch

            subject = path if "/" in pattern else name
            if fnmatch(subject, f"*/{pattern}" if "/" in pattern else pattern):
                return True
    return False


def find_files(
    root: str,
    settings: Settings,
    paths: Sequence[str],
    suite_paths: Sequence[str],
    problems: list[str],
) -> Files:
    """Find the test files and their helpers.

    Args:
        root: absolute.
        settings: pytest's configuration.
        paths: files, folders and node ids; empty for the project's test folders.
        suite_paths: folders and files, relative to the root, that are looked at besides.
        problems: gets a sentence for every path that does not exist.
    """
    walk = _Walk(settings)
    chosen: Sequence[str] = paths
    if not paths:
        chosen = _expand(root, settings)
        chosen = [*chosen, *(p for p in suite_paths if os.path.exists(os.path.join(root, p)))]
    for given in chosen:
        name, _, node = given.partition("::")
        path = os.path.normpath(os.path.join(root, name))
        if os.path.isdir(path):
            walk.folder(path, among_tests=path != root)
        elif os.path.isfile(path):
            parts = node.partition("[")[0].split("::")
            walk.file(path, tuple(part for part in parts if part))
        else:
            problems.append(f"{name}: there is no such file or folder")
    for path in tuple(walk.tests):
        walk.above(os.path.dirname(path), root)
    return Files(walk.tests, walk.helpers)


def _expand(root: str, settings: Settings) -> list[str]:
    """The folders that `testpaths` names; the root if it names none that exist."""
    if settings.home != root:
        return [root]
    found: list[str] = []
    for pattern in settings.testpaths:
        if any(char in pattern for char in "*?["):
            from glob import glob

            found += sorted(glob(pattern, root_dir=root, recursive=True))
        elif os.path.exists(os.path.join(root, pattern)):
            found.append(pattern)
    return found or [root]


class _Walk:
    """One walk through the folders; each real folder is entered once."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.tests: dict[str, tuple[tuple[str, ...], ...]] = {}
        self.helpers: dict[str, None] = {}
        self._seen: set[tuple[int, int]] = set()
        self._climbed: set[str] = set()

    def file(self, path: str, node: tuple[str, ...] = ()) -> None:
        """Add one test file, whole or narrowed to a node."""
        known = self.tests.get(path)
        if known is None:
            self.tests[path] = (node,) if node else ()
        elif known:
            self.tests[path] = (*known, node) if node else ()

    def above(self, folder: str, root: str) -> None:
        """Add the `conftest.py` and `__init__.py` files from a folder up to the root."""
        while folder.startswith(root) and folder not in self._climbed:
            self._climbed.add(folder)
            for name in ("conftest.py", "__init__.py"):
                path = os.path.join(folder, name)
                if path not in self.helpers and os.path.isfile(path):
                    self.helpers[path] = None
            if folder == root:
                return
            folder = os.path.dirname(folder)

    def folder(self, path: str, *, among_tests: bool, depth: int = 0) -> None:
        """Add the test files of a folder and of those below it."""
        try:
            self._enter(path)
            with os.scandir(path) as found:
                entries = sorted(found, key=lambda entry: entry.name)
        except OSError:
            return
        python = [e for e in entries if e.name.endswith(".py") and _is(e, folder=False)]
        tests = [e for e in python if matches(e.name, e.path, self.settings.python_files)]
        among_tests = among_tests or bool(tests) or os.path.basename(path) in {"test", "tests"}
        for entry in tests:
            self.file(entry.path)
        for entry in python:
            if entry.name == "conftest.py" or (among_tests and entry.path not in self.tests):
                self.helpers[entry.path] = None
        for entry in entries if depth < _DEPTH else ():
            if _is(entry, folder=True) and self._wanted(entry):
                # The root holds tests beside the package: only what lies in test folders helps.
                self.folder(entry.path, among_tests=among_tests and depth > 0, depth=depth + 1)

    def _enter(self, path: str) -> None:
        found = os.stat(path)
        self._seen.add((found.st_dev, found.st_ino))

    def _wanted(self, entry: os.DirEntry[str]) -> bool:
        if entry.name == "__pycache__":
            return False
        if matches(entry.name, entry.path.replace(os.sep, "/"), self.settings.norecursedirs):
            return False
        if entry.is_symlink():
            try:
                target = os.stat(entry.path)
            except OSError:
                return False
            if (target.st_dev, target.st_ino) in self._seen:
                return False
        return not (
            os.path.exists(os.path.join(entry.path, "pyvenv.cfg"))
            or os.path.exists(os.path.join(entry.path, "conda-meta", "history"))
        )


def _is(entry: os.DirEntry[str], *, folder: bool) -> bool:
    try:
        return entry.is_dir() if folder else entry.is_file()
    except OSError:
        return False
