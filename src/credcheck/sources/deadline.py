"""Bounded waiting: jobs in threads of their own, and one point in time for all of them.

No time limit of a library bounds a whole fetch: that of requests begins anew with every byte, name
resolution has none, a credential helper has none. So what waits runs in daemon threads, and
whoever asked goes on when the time is over; such a thread cannot keep the process from ending.
"""

from __future__ import annotations

from collections import deque
from threading import Condition, Thread
from time import monotonic
from typing import TYPE_CHECKING, Generic, TypeVar

from credcheck.sources.quiet import silent_thread

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

THREADS = 16
V = TypeVar("V")


class Deadline:
    """A point of the monotonic clock, ``seconds`` from now."""

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        self._end = monotonic() + seconds

    def left(self) -> float:
        """Give the seconds until then, 0 when it is over."""
        return max(0.0, self._end - monotonic())


class Crash(Exception):
    """A job raised what it should not have; ``kind`` names the type, never its text."""

    def __init__(self, kind: str) -> None:
        super().__init__(kind)
        self.kind = kind


class _Jobs(Generic[V]):
    """Jobs that wait, and what became of those that ran."""

    def __init__(self, jobs: Mapping[str, Callable[[], V]]) -> None:
        self._waiting = deque(jobs.items())
        self._wanted = len(jobs)
        self._results: dict[str, V | Crash] = {}
        self._changed = Condition()

    def work(self) -> None:
        """Run jobs until there is none; one that raises is filed as a :class:`Crash`."""
        with silent_thread():
            while True:
                with self._changed:
                    if not self._waiting:
                        return
                    name, job = self._waiting.popleft()
                result: V | Crash
                try:
                    result = job()
                except BaseException as error:  # noqa: BLE001  # there is nobody above a thread
                    result = Crash(type(error).__name__)
                with self._changed:
                    self._results[name] = result
                    self._changed.notify_all()

    def wait(self, deadline: Deadline) -> dict[str, V | Crash]:
        """Wait for all of them; what is not done when the time is over is left out."""
        with self._changed:
            self._changed.wait_for(lambda: len(self._results) == self._wanted, deadline.left())
            self._waiting.clear()
            return dict(self._results)


def in_time(
    jobs: Mapping[str, Callable[[], V]], deadline: Deadline, *, threads: int = THREADS
) -> dict[str, V | Crash]:
    """Run jobs side by side, and give what they returned by the deadline.

    Args:
        jobs: what is to be run, by any name.
        deadline: when to stop waiting. A job that is not done then goes on unseen.
        threads: how many run at once.

    Returns:
        The results by name; a job without one is missing, one that raised is a :class:`Crash`.
    """
    pool = _Jobs(jobs)
    for _ in range(min(threads, len(jobs))):
        Thread(target=pool.work, name="credcheck-fetch", daemon=True).start()
    return pool.wait(deadline)
