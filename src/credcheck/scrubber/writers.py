"""Python's own streams: what is written to them is scrubbed on its way out.

The object stays the same, so whoever took hold of `sys.stdout` before is scrubbed too: pytest's
terminal writer does that, `logging` and `rich` do. What is written to the descriptor itself is the
matter of :mod:`credcheck.scrubber.descriptors`.
"""

from __future__ import annotations

import atexit
import contextlib
from threading import RLock
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

    from credcheck.scrubber import Scrubber

_MARK = "_credcheck_writer"


def scrub_writes(stream: Any, scrubber: Scrubber) -> bool:
    """Scrub what is written to a text stream from now on; tell whether that is possible.

    A stream that is scrubbed already only changes its scrubber.
    """
    if stream is None:
        return False
    target = getattr(stream, "buffer", stream)
    known: _Writer | None = getattr(target, _MARK, None)
    if known is not None:
        known.use(scrubber)
        return True
    with contextlib.suppress(OSError, ValueError):
        stream.flush()  # what was written before is not ours
    writer = _Writer(target, scrubber, binary=target is not stream)
    try:
        setattr(target, _MARK, writer)
        target.write, target.flush = writer.write, writer.flush
    except (AttributeError, TypeError):  # a stream of another make: it has no room for attributes
        return False
    atexit.register(writer.finish, stream)
    return True


class _Writer:
    """Stands before the `write` and the `flush` of one stream."""

    def __init__(self, target: Any, scrubber: Scrubber, *, binary: bool) -> None:
        self._write: Callable[[Any], object] = target.write
        self._flush: Callable[[], object] = target.flush
        self._binary = binary
        self._scrubber = scrubber
        self._stream = scrubber.stream()
        self._lock = RLock()  # a signal handler may write in the middle of a write

    def use(self, scrubber: Scrubber) -> None:
        """Take another scrubber."""
        if scrubber is not self._scrubber:
            with self._lock:
                self._give(self._stream.flush())
                self._scrubber, self._stream = scrubber, scrubber.stream()

    def write(self, data: Any) -> int:
        """Write what is decided of it."""
        with self._lock:
            if self._binary:
                out = self._stream.feed(bytes(data))
                if out:
                    self._write(out)
            else:
                self._give(self._stream.feed(data.encode("utf-8", "surrogatepass")))
        return len(data)

    def flush(self) -> None:
        """Flush, with what the stream holds back of a prompt."""
        with self._lock:
            if self._stream.pending:
                self._give(self._stream.release())
            self._flush()

    def finish(self, stream: Any) -> None:
        """Write the rest, at the end of the process."""
        with contextlib.suppress(OSError, ValueError), self._lock:
            stream.flush()
            self._give(self._stream.flush())

    def _give(self, data: bytes) -> None:
        if data:
            self._write(data if self._binary else data.decode("utf-8", "surrogatepass"))
