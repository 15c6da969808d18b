"""Ends a writer at each of its lines in turn: `python killing.py FOLDER SIGNAL [named]`.

For every line that credcheck.envfile executes a child process is forked that gets SIGNAL just
before that line; then the folder is looked at. `named` does without files that have no name. Prints one JSON object a line: how the child ended,
what `.env.test` held, and which other files were left. The folder is as it was before each child.
"""

from __future__ import annotations

import json
import os
import signal
import sys
from pathlib import Path

from credcheck.envfile import store
from credcheck.secret import Secret

OLD = "# old\nA=old\n"


def write(folder: Path) -> None:
    path = folder / ".env.test"
    store(path, ".env.test", folder, {"A": Secret("new"), "B": Secret("more")})


def child(folder: Path, number: int, at: int) -> None:
    """Count the lines of the package, and end at one."""
    seen = 0

    def trace(frame, event, _):  # type: ignore[no-untyped-def]
        nonlocal seen
        if "envfile" not in frame.f_code.co_filename:
            return None
        if event == "line":
            seen += 1
            if seen == at:
                os.kill(os.getpid(), number)
        return trace

    code = 0
    try:
        sys.settrace(trace)
        write(folder)
    except KeyboardInterrupt:
        code = 130
    finally:
        sys.settrace(None)
    os._exit(code if seen >= at else 99)


def main() -> None:
    folder, number = Path(sys.argv[1]), getattr(signal, sys.argv[2])
    if sys.argv[3:] == ["named"] and hasattr(os, "O_TMPFILE"):
        del os.O_TMPFILE
    for existing in (True, False):
        at, code = 0, 0
        while code != 99:
            at += 1
            for path in folder.iterdir():
                path.unlink()
            if existing:
                (folder / ".env.test").write_text(OLD)
                (folder / ".env.test").chmod(0o644)
            pid = os.fork()
            if not pid:
                child(folder, number, at)
            code = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
            file = folder / ".env.test"
            text = file.read_text() if file.exists() else None
            left = {p.name: oct(p.stat().st_mode & 0o777) for p in folder.iterdir()}
            held = {p.name: p.read_text() for p in folder.iterdir() if p != file}
            write(folder)  # whatever was left, the next run works
            again = sorted(path.name for path in folder.iterdir())
            print(
                json.dumps(
                    {
                        "at": at,
                        "existing": existing,
                        "code": code,
                        "text": text,
                        "left": left,
                        "held": held,
                        "again": again,
                    }
                )
            )


if __name__ == "__main__":
    main()
