"""Which files are looked at: tracked by git, staged for a commit, or below a path."""

from __future__ import annotations

import os
import stat
import subprocess
from typing import TYPE_CHECKING, NamedTuple

from credcheck.errors import CommandLineError
from credcheck.exposure import repository_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

MAX_BYTES = 200_000_000  # a longer file is named and not read
_NEVER = {".git", ".hg", ".svn"}
_GENERATED = {"node_modules", "__pycache__", ".venv", "venv", ".tox", ".nox", "site-packages"}


class Content(NamedTuple):
    """One file: how it is called, where it is, and what it holds (None: not readable, and why)."""

    label: str
    path: Path
    data: bytes | None
    problem: str = ""


def tracked(root: Path) -> Iterator[Content]:
    """Give every file that git tracks below a folder; outside a repository every file there."""
    if repository_of(root.absolute()) is None:
        yield from below(root, root)
        return
    for name in _git(root, "ls-files", "-z").split(b"\0"):
        if name:
            path = root / os.fsdecode(name)
            if path.is_symlink() or not path.exists():
                continue  # a link's target is its own file; a deleted one holds nothing
            yield read(path, root)


def staged(root: Path, paths: Sequence[Path] = ()) -> Iterator[Content]:
    """Give every file that the next commit changes, as it would be committed."""
    if repository_of(root.absolute()) is None:
        raise CommandLineError("this is no git repository, so nothing is staged", "git init")
    words = ("diff", "--cached", "--raw", "-z", "--no-renames", "--no-abbrev", "--relative")
    limits = ["--", *(str(path) for path in paths)] if paths else []
    fields = _git(root, *words, "--diff-filter=d", *limits).split(b"\0")
    for told, name in zip(fields[::2], fields[1::2], strict=False):
        _, mode, _, blob, *_ = told.split(b" ")
        if mode.startswith(b"100"):  # a file, and no link or submodule
            label = os.fsdecode(name)
            data = _git(root, "cat-file", "blob", blob.decode())
            yield Content(label.replace(os.sep, "/"), root / label, data)


def below(path: Path, root: Path) -> Iterator[Content]:
    """Give a file, or every file below a folder but what tools made there."""
    if not path.is_dir():
        content = read(path, root)
        if content.data is None and not content.problem:  # it was named: silence would say "safe"
            content = content._replace(problem="not a regular file")
        yield content
        return
    for folder, folders, names in os.walk(path):
        made = _NEVER if path != root else _NEVER | _GENERATED
        folders[:] = sorted(name for name in folders if name not in made)
        for name in sorted(names):
            found = path.__class__(folder, name)
            if not found.is_symlink():
                yield read(found, root)


def read(path: Path, root: Path) -> Content:
    """Read one file, if it is one."""
    label = path.relative_to(root).as_posix() if path.is_relative_to(root) else str(path)
    try:
        found = path.stat()
        if not stat.S_ISREG(found.st_mode):
            return Content(label, path, None)  # a pipe or a device holds nothing of ours
        if found.st_size > MAX_BYTES:
            return Content(label, path, None, f"longer than {MAX_BYTES // 1_000_000} MB")
        return Content(label, path, path.read_bytes())
    except OSError as error:
        return Content(label, path, None, os.strerror(error.errno or 0).lower())


def _git(root: Path, *words: str) -> bytes:
    try:
        done = subprocess.run(  # noqa: S603
            ["git", *words],  # noqa: S607
            cwd=root,
            capture_output=True,
            check=False,
        )
    except OSError:
        raise CommandLineError("git cannot be started", "name paths: credcheck scan .") from None
    if done.returncode:
        raise CommandLineError(
            f"git does not tell which files there are (status {done.returncode})", "git status"
        )
    return done.stdout
