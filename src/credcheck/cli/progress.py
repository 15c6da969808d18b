"""A line on the terminal while a remote source keeps us waiting; never in a log."""

from __future__ import annotations

import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rich.status import Status

    from credcheck.model import Context
    from credcheck.resolver import Watch

PATIENCE = 0.5  # seconds before anything is shown


def watch_for(context: Context) -> Watch | None:
    """Give what shows the line: for a person at a terminal only."""
    if context.kind != "local" or context.ci is not None:
        return None
    return watching if sys.stderr is not None and sys.stderr.isatty() else None


@contextmanager
def watching(name: str) -> Iterator[None]:
    """Show that a source is being asked, if the block takes long."""
    from threading import Timer

    line = _Line(name)
    timer = Timer(PATIENCE, line.show)
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()
        line.end()


class _Line:
    """The line; shown by the timer's thread, ended by the one that waits."""

    def __init__(self, name: str) -> None:
        from threading import Lock

        self._name = name
        self._lock = Lock()
        self._ended = False
        self._status: Status | None = None

    def show(self) -> None:
        from rich.console import Console

        with self._lock:
            if not self._ended:
                self._status = Console(stderr=True).status(f"asking {self._name} …")
                self._status.start()

    def end(self) -> None:
        with self._lock:
            self._ended = True
            if self._status is not None:
                self._status.stop()
