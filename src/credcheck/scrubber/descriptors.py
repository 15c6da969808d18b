"""The descriptor level: a process that scrubs what anybody writes to standard output and error.

A process and not a thread: what a program printed before it crashed is still in the pipe then, and
a process that lives on can write it. Child processes inherit the descriptors, so they are scrubbed
too.
"""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import sys
import time
from functools import partial
from threading import Lock, Semaphore, Thread
from typing import TYPE_CHECKING, Any, Self

from credcheck.scrubber.pump import Pump, copy_size, open_like

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from typing import BinaryIO

    from credcheck.scrubber import Scrubber

PATIENCE = 5.0  # seconds for the process to start, to take a value, or to write what is left
_QUIET = 0.1  # seconds without a byte after which nothing is left in the pipes
_BOOT = (
    "import sys, json; sys.path[:] = json.loads(sys.stdin.buffer.readline()); "
    "from credcheck.scrubber.descriptors import main; main(sys.argv[1:])"
)


class FilterFailed(RuntimeError):
    """The filter process did not start, or it does not answer."""


class DescriptorFilter:
    """Scrubs what is written to descriptors: ``with DescriptorFilter(scrubber): …``.

    It begins with what the scrubber knows; what becomes known later is told by :meth:`add`.
    """

    def __init__(self, scrubber: Scrubber, descriptors: Sequence[int] = (1, 2)) -> None:
        self._scrubber = scrubber
        self._descriptors = tuple(descriptors)
        self._originals: dict[int, int] = {}
        self._process: _Process | None = None
        self._lock = Lock()

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    @property
    def running(self) -> bool:
        """Tell whether the descriptors are filtered."""
        return self._process is not None

    def original(self, descriptor: int) -> int:
        """Give a descriptor that leads where this one led before: there nothing is scrubbed."""
        return self._originals.get(descriptor, descriptor)

    def start(self) -> None:
        """Start the process, and let the descriptors lead to it.

        Raises:
            FilterFailed: it did not start; the descriptors are as they were.
        """
        if self._process is not None:
            return
        _flush()
        originals = {number: os.dup(number) for number in self._descriptors}
        ends = {number: open_like(number) for number in self._descriptors}
        try:
            process = _Process([(ends[n][0], originals[n]) for n in self._descriptors])
            for name, value in self._scrubber.values():
                process.tell({"name": name, "value": value.reveal()})
        except FilterFailed:
            for number in (*originals.values(), *(writing for _, writing in ends.values())):
                os.close(number)
            raise
        finally:
            for reading, _ in ends.values():
                os.close(reading)
        self._originals, self._process = originals, process
        for number, (_, writing) in ends.items():
            os.dup2(writing, number)
            os.close(writing)

    def add(self, name: str, value: str) -> None:
        """Mask a value from now on: when this returns, the process knows it.

        Raises:
            FilterFailed: the process does not answer.
        """
        if self._process is not None:
            with self._lock:
                self._process.tell({"name": name, "value": value})

    def stop(self) -> None:
        """Give the descriptors back, and wait until all is written: a bounded time.

        A copy of a descriptor that a test has made and kept does not stop the run: what is written
        there later is still scrubbed.
        """
        process, self._process = self._process, None
        if process is None:
            return
        _flush()
        for number, original in self._originals.items():
            os.dup2(original, number)
            os.close(original)
        self._originals = {}
        with contextlib.suppress(FilterFailed):
            process.tell({"drain": True})
        process.leave()


class _Process:
    """The filter process, as its parent sees it."""

    def __init__(self, pairs: Sequence[tuple[int, int]]) -> None:
        numbers = [number for pair in pairs for number in pair]
        try:
            self._process = subprocess.Popen(  # noqa: S603  # this very interpreter
                [sys.executable, "-I", "-S", "-c", _BOOT, *_names_of(numbers)],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                bufsize=0,
                **_inheriting(numbers),
            )
        except OSError as error:
            raise FilterFailed("the filter process did not start") from error
        self._answers = Semaphore(0)
        self._ended = False
        Thread(target=self._listen, daemon=True, name="credcheck-answers").start()
        self.tell([path or os.curdir for path in sys.path])

    def tell(self, message: object) -> None:
        """Tell it something, and wait until it has done it.

        Raises:
            FilterFailed: it has ended, or does not answer in time.
        """
        assert self._process.stdin  # noqa: S101
        try:
            self._process.stdin.write(json.dumps(message).encode() + b"\n")
        except OSError:
            self._ended = True
        if self._ended or not self._answers.acquire(timeout=PATIENCE) or self._ended:
            self._process.kill()
            self._process.wait()
            with contextlib.suppress(OSError):
                self._process.stdin.close()
            raise FilterFailed("the filter process does not answer")

    def leave(self) -> None:
        """Let it end by itself: at once, or when nobody can write to it any more."""
        assert self._process.stdin  # noqa: S101
        with contextlib.suppress(OSError):
            self._process.stdin.close()
        try:
            self._process.wait(_QUIET)
        except subprocess.TimeoutExpired:
            self._process.returncode = 0  # so that nobody warns of a process that is left behind

    def _listen(self) -> None:
        answers = self._process.stdout
        assert answers  # noqa: S101
        while answers.read(1):
            self._answers.release()
        self._ended = True
        self._answers.release()
        answers.close()


def _flush() -> None:
    for stream in (sys.stdout, sys.stderr, sys.__stdout__, sys.__stderr__):
        with contextlib.suppress(OSError, ValueError, AttributeError):
            stream.flush()  # type: ignore[union-attr]  # None where there is no console


# ── how a descriptor reaches the process ──────────────────────────────────────────────────────

if sys.platform == "win32":
    import msvcrt

    def _names_of(numbers: Sequence[int]) -> list[str]:
        return [str(msvcrt.get_osfhandle(number)) for number in numbers]

    def _inheriting(numbers: Sequence[int]) -> Mapping[str, Any]:
        handles = [msvcrt.get_osfhandle(number) for number in numbers]
        for handle in handles:
            os.set_handle_inheritable(handle, True)
        options = subprocess.STARTUPINFO(lpAttributeList={"handle_list": handles})
        return {"startupinfo": options, "close_fds": False}

    def _opened(name: str) -> int:
        return msvcrt.open_osfhandle(int(name), os.O_BINARY)

else:

    def _names_of(numbers: Sequence[int]) -> list[str]:
        return list(map(str, numbers))

    def _inheriting(numbers: Sequence[int]) -> Mapping[str, Any]:
        return {"pass_fds": numbers}

    def _opened(name: str) -> int:
        return int(name)


# ── the process itself ────────────────────────────────────────────────────────────────────────


def main(names: Sequence[str]) -> None:
    """Filter, as the process: descriptors by name, what to mask from standard input."""
    import signal

    for name in ("SIGINT", "SIGTERM", "SIGHUP"):  # it ends when there is nothing left to filter
        if hasattr(signal, name):
            signal.signal(getattr(signal, name), signal.SIG_IGN)
    numbers = [_opened(name) for name in names]
    serve(numbers[::2], numbers[1::2], sys.stdin.buffer, sys.stdout.buffer)


def serve(
    sources: Sequence[int], targets: Sequence[int], orders: BinaryIO, answers: BinaryIO
) -> None:
    """Copy each source to its target, scrubbed; take orders, and answer each with one byte."""
    from credcheck.scrubber import Scrubber

    scrubber = Scrubber()
    pumps = [
        Pump(source, target, scrubber.stream(), on_data=partial(copy_size, target, source))
        for source, target in zip(sources, targets, strict=True)
    ]
    answers.write(b".")
    answers.flush()
    for line in orders:
        order = json.loads(line)
        if "drain" in order:
            _drain(pumps)
        else:
            scrubber.add(order["name"], order["value"])
            scrubber.index()
        answers.write(b".")
        answers.flush()
    answers.close()
    for pump in pumps:
        pump.join()


def _drain(pumps: Sequence[Pump]) -> None:
    """Wait until everything that was written is copied."""
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until and not all(
        pump.join(0.005) or pump.quiet(_QUIET) for pump in pumps
    ):
        pass
