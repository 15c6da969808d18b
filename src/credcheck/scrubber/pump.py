"""From one descriptor to another, through a scrubber: what `run` and the filter process do."""

from __future__ import annotations

import os
import sys
import time
from queue import Empty, Queue
from threading import Thread
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from credcheck.scrubber.stream import ScrubberStream

IDLE = 0.15  # seconds of silence after which a prompt is shown that may be the start of a secret
_CHUNK = 1 << 16
_QUEUED = 64  # chunks: a slow reader slows the writer down, as a pipe does


class Pump:
    """Copies what a descriptor gives, scrubbed, until nobody can write to it any more.

    It works in two threads of its own, so that reading has no time limit on any system.
    """

    def __init__(
        self,
        source: int,
        target: int,
        stream: ScrubberStream,
        *,
        on_data: Callable[[], None] | None = None,
        stops_with_reader: bool = False,
    ) -> None:
        """Start to copy.

        Args:
            source: the descriptor to read from; it is closed at the end.
            target: the descriptor to write to; it stays open. If its reader goes away, the rest
                is read and dropped, so that the writer is not stopped.
            stream: a stream of its own.
            on_data: called before each chunk is written.
            stops_with_reader: stop reading too if the target's reader goes away, so that the
                writer learns of it as it would have without us (`… | head`).
        """
        self._source = source
        self._target = target
        self._stream = stream
        self._on_data = on_data
        self._gone = False
        self._stops_with_reader = stops_with_reader
        self._active = time.monotonic()
        self._chunks: Queue[bytes | None] = Queue(_QUEUED)
        self._threads = [
            Thread(target=work, daemon=True, name=f"credcheck-{work.__name__}")
            for work in (self._read, self._write)
        ]
        for thread in self._threads:
            thread.start()

    def join(self, timeout: float | None = None) -> bool:
        """Wait for the end, so many seconds at most; tell whether it was reached."""
        self._threads[1].join(timeout)
        return not self._threads[1].is_alive()

    def quiet(self, seconds: float) -> bool:
        """Tell whether nothing has come for so long, and nothing is still to be written."""
        return self._chunks.empty() and time.monotonic() - self._active >= seconds

    def _read(self) -> None:
        while True:
            try:
                chunk = os.read(self._source, _CHUNK)
            except OSError:  # a pseudo-terminal ends so
                chunk = b""
            if not chunk or (self._gone and self._stops_with_reader):
                break
            self._active = time.monotonic()
            self._chunks.put(chunk)
        os.close(self._source)
        self._chunks.put(None)

    def _write(self) -> None:
        while True:
            try:
                chunk = self._chunks.get(timeout=IDLE if self._stream.held else None)
            except Empty:
                self._give(self._stream.release())
                if self._stream.held:  # the start of a secret, and more than a prompt: it waits
                    chunk = self._chunks.get()
                else:
                    continue
            if chunk is None:
                break
            if self._on_data is not None:
                self._on_data()
            self._give(self._stream.feed(chunk))
            self._active = time.monotonic()
        self._give(self._stream.flush())

    def _give(self, data: bytes) -> None:
        view = memoryview(data)
        while view and not self._gone:
            try:
                view = view[os.write(self._target, view) :]
            except BlockingIOError:
                _wait_until_writable(self._target)
            except OSError:
                self._gone = True


def _wait_until_writable(descriptor: int) -> None:
    from select import select

    select([], [descriptor], [])


def open_like(descriptor: int) -> tuple[int, int]:
    """Give the reading and the writing end of a pipe, or of a pseudo-terminal for a terminal.

    So a program that asks whether it writes to a terminal, and how wide that is, gets the answer
    that it would have got. Windows always gets a pipe.
    """
    if sys.platform == "win32" or not os.isatty(descriptor):
        return os.pipe()
    import termios

    reading, writing = os.openpty()
    settings = termios.tcgetattr(descriptor)
    settings[1] &= ~termios.OPOST  # line ends are made once, by the terminal itself
    termios.tcsetattr(writing, termios.TCSANOW, settings)
    copy_size(descriptor, writing)
    return reading, writing


def copy_size(source: int, target: int) -> None:
    """Give one terminal the size of another; nothing happens where either is none."""
    if sys.platform == "win32":
        return
    import fcntl
    import termios

    try:
        size = fcntl.ioctl(source, termios.TIOCGWINSZ, bytes(8))
        if size != fcntl.ioctl(target, termios.TIOCGWINSZ, bytes(8)):
            fcntl.ioctl(target, termios.TIOCSWINSZ, size)
    except OSError:
        return
