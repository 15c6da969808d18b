"""Who else can see the `.env.test` file: git, and the other users of the machine."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Literal, NamedTuple

if TYPE_CHECKING:
    from pathlib import Path

GitState = Literal["ignored", "exposed", "tracked", "unknown", "no-repository"]

_OPEN_TO_OTHERS = 0o077


class Exposure(NamedTuple):
    """What could be found out about one file."""

    git: GitState
    readable_by_others: bool
    detail: str = ""


def exposure_of(path: Path) -> Exposure:
    """Find out whether git knows the file and whether others can read it."""
    try:
        mode = path.stat().st_mode
    except OSError:
        return Exposure(git="no-repository", readable_by_others=False)
    # Windows has access lists instead, and reports the same mode for every file
    loose = os.name == "posix" and bool(mode & _OPEN_TO_OTHERS)
    git, detail = _git_state(path)
    return Exposure(git=git, readable_by_others=loose, detail=detail)


def repository_of(folder: Path) -> Path | None:
    """Give the nearest folder upward that holds `.git` (a folder, or a worktree's file)."""
    for candidate in (folder, *folder.parents):
        if os.path.lexists(candidate / ".git"):
            return candidate
    return None


def _git_state(path: Path) -> tuple[GitState, str]:
    if repository_of(path.parent.absolute()) is None:
        return "no-repository", ""
    import subprocess

    # `check-ignore` says "not ignored" of a tracked file, and a file can be both: list it instead.
    command = ["git", "ls-files", "-t", "--cached", "--others", "--exclude-standard"]
    try:
        done = subprocess.run(  # noqa: S603
            [*command, "--", path.name],
            cwd=path.parent,
            capture_output=True,
            timeout=5,
            check=False,
        )
    except FileNotFoundError:
        return "unknown", "git is not installed"
    except (OSError, subprocess.TimeoutExpired):
        return "unknown", "git did not answer"
    if done.returncode != 0:
        return "unknown", f"git ended with status {done.returncode}"
    if not done.stdout:
        return "ignored", ""
    return ("exposed" if done.stdout.startswith(b"?") else "tracked"), ""
