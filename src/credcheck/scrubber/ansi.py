"""Escape sequences inside a value: a text without them, and the way back."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right

ESCAPE = b"\x1b"
# CSI sequences (colours, cursor, erase): what tests' output has in the middle of words
ANSI = re.compile(rb"\x1b\[[0-?]{0,64}[ -/]{0,8}[@-~]")
_UNFINISHED = re.compile(rb"\x1b(?:\[[0-?]{0,64}[ -/]{0,8})?\Z")


def unfinished(data: bytes) -> int:
    """Give where an escape sequence begins that may go on behind the end, else the end."""
    found = _UNFINISHED.search(data, max(0, len(data) - 80))
    return found.start() if found else len(data)


class Plain:
    """Bytes without their escape sequences, and where each byte stood."""

    def __init__(self, data: bytes) -> None:
        pieces: list[bytes] = []
        self._plain: list[int] = []  # begin of each piece, in the plain bytes
        self._raw: list[int] = []  # and where it stood
        at = size = 0
        for found in ANSI.finditer(data):
            size = self._piece(pieces, data, at, found.start(), size)
            at = found.end()
        self._piece(pieces, data, at, len(data), size)
        self.data = b"".join(pieces)

    def _piece(self, pieces: list[bytes], data: bytes, begin: int, end: int, size: int) -> int:
        if begin == end:
            return size
        pieces.append(data[begin:end])
        self._plain.append(size)
        self._raw.append(begin)
        return size + end - begin

    def begin(self, position: int) -> int:
        """Give where a byte of the plain text stood."""
        piece = bisect_right(self._plain, position) - 1
        return self._raw[piece] + position - self._plain[piece]

    def span(self, begin: int, end: int) -> tuple[int, int]:
        """Give the stretch between two positions: up to the last byte, no code behind it."""
        piece = bisect_left(self._plain, end) - 1
        return self.begin(begin), self._raw[piece] + end - self._plain[piece]
