"""Bytes that come in pieces: nothing is held back that can no longer become a secret."""

from __future__ import annotations

from typing import TYPE_CHECKING

from credcheck.scrubber.index import HEAD, codes_in

if TYPE_CHECKING:
    from credcheck.scrubber import Scrubber
    from credcheck.scrubber.index import Index

_FAILED = b"[REDACTED: credcheck could not scrub this text]"


class ScrubberStream:
    """Scrubs one stream; what it gives, put together, is what the whole text would give.

    It holds back the bytes with which a secret may begin, and not one more. Not for several
    threads at once.
    """

    def __init__(self, scrubber: Scrubber) -> None:
        self._scrubber = scrubber
        self.pending = b""  # what was taken and is not decided
        self._done = 0  # bytes at the begin of what is pending that were masked or shown already
        self._shown = False  # they were shown, by `release`

    @property
    def held(self) -> int:
        """The number of bytes that are held back."""
        return len(self.pending) - self._done

    def feed(self, chunk: bytes) -> bytes:
        """Take some bytes, and give all that is decided."""
        if not self.pending and len(chunk) < HEAD:  # a test's dot
            index = self._scrubber.index()
            if index is None or index.first_bytes.isdisjoint(chunk):
                return chunk
        return self._advance(chunk, more=True)

    def flush(self) -> bytes:
        """Give the rest, at the end of the stream; it may be used for another one then."""
        rest = self._advance(b"", more=False)
        self.pending, self._done, self._shown = b"", 0, False
        return rest

    def release(self) -> bytes:
        """Give what is held back, for a reader that waits: a prompt may end like a secret begins.

        Nothing is given that shows eight bytes of a secret. What comes afterwards is recognised
        as if this had not been called.
        """
        if not 0 < self.held < HEAD:
            return b""
        shown = self.pending[self._done :]
        self._done = len(self.pending)
        self._shown = True
        return shown

    def _advance(self, chunk: bytes, *, more: bool) -> bytes:
        index = self._scrubber.index()
        data = self.pending + chunk
        if index is None:
            done, self.pending, self._done = self._done, b"", 0
            return data[done:]
        try:
            return self._scrub(index, data, more=more)
        except Exception:  # noqa: BLE001  # fail closed: whatever went wrong, no byte may pass
            self._scrubber.failures += 1
            self.pending, self._done, self._shown = b"", 0, False
            return _FAILED

    def _scrub(self, index: Index, data: bytes, *, more: bool) -> bytes:
        spans, hold = index.find(data, more=more)
        if not more:
            hold = len(data)
        pieces: list[bytes] = []
        at = self._done
        shown = self._shown
        for begin, end, mask in spans:
            if begin >= hold:
                break
            if begin >= self._done or (shown and end > self._done):
                pieces += (data[at : max(begin, at)], mask)
                shown = False
            if end > at:
                pieces.append(codes_in(data[max(begin, at) : end]))
                at = end
        if at < hold:
            pieces.append(data[at:hold])
            at = hold
        self.pending = data[hold:]
        self._done = at - hold
        self._shown = shown and self._done > 0
        return b"".join(pieces)
