"""Who else can see the `.env.test` file: git, and the other users of the machine."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Literal, NamedTuple

if TYPE_CHECKING:
    from pathlib import Path
    from subprocess import CompletedProcess

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


def git_state_of(path: Path) -> tuple[GitState, str]:
    """Find out what git makes of a file that need not be there, and why that is not known."""
    if repository_of(path.parent.absolute()) is None:
        return "no-repository", ""
    listed = _git(path, "ls-files", "--cached", "--", path.name)
    if isinstance(listed, str):
        return "unknown", listed
    if listed.returncode == 0 and listed.stdout:
        return "tracked", ""
    ignored = _git(path, "check-ignore", "--quiet", "--", path.name)
    if isinstance(ignored, str):
        return "unknown", ignored
    states: dict[int, GitState] = {0: "ignored", 1: "exposed"}
    state = states.get(ignored.returncode, "unknown")
    return state, f"git ended with status {ignored.returncode}" if state == "unknown" else ""


def _git_state(path: Path) -> tuple[GitState, str]:
    if repository_of(path.parent.absolute()) is None:
        return "no-repository", ""
    # `check-ignore` says "not ignored" of a tracked file, and a file can be both: list it instead.
    words = ("ls-files", "-t", "--cached", "--others", "--exclude-standard", "--", path.name)
    done = _git(path, *words)
    if isinstance(done, str):
        return "unknown", done
    if done.returncode != 0:
        return "unknown", f"git ended with status {done.returncode}"
    if not done.stdout:
        return "ignored", ""
    return ("exposed" if done.stdout.startswith(b"?") else "tracked"), ""


def _git(path: Path, *words: str) -> CompletedProcess[bytes] | str:
    """Ask git in the file's folder; a sentence where it cannot be asked."""
    import subprocess

    try:
        return subprocess.run(  # noqa: S603
            ["git", *words],  # noqa: S607
            cwd=path.parent,
            capture_output=True,
            timeout=5,
            check=False,
        )
    except FileNotFoundError:
        return "git is not installed"
    except (OSError, subprocess.TimeoutExpired):
        return "git did not answer"
