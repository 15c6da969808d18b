"""Commands in a pseudo-terminal, with an environment that holds what a test gives it."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pathlib import Path

    import pexpect


def bare_environ(**more: str) -> dict[str, str]:
    """What a Python program needs to start, and to be measured."""
    kept = {
        name: value
        for name, value in os.environ.items()
        if name in {"PATH", "HOME", "PYTHONPATH", "SYSTEMROOT"} or name.startswith("COVERAGE")
    }
    return {**kept, "TERM": "xterm", **more}


def spawn(root: Path, *words: str, **environ: str) -> pexpect.spawn[str]:
    """Start `python -m WORDS…` in a pseudo-terminal of 100 columns."""
    import pexpect

    options: dict[str, Any] = {"encoding": "utf-8", "timeout": 30, "dimensions": (40, 100)}
    return pexpect.spawn(
        sys.executable, ["-m", *words], cwd=str(root), env=bare_environ(**environ), **options
    )


def finish(child: pexpect.spawn[str]) -> tuple[int, str]:
    """Read to the end; give the exit code (128 + n for a signal) and what was printed."""
    import pexpect

    child.expect(pexpect.EOF)
    child.close()
    code = child.exitstatus if child.exitstatus is not None else 128 + (child.signalstatus or 0)
    return code, child.before or ""
