"""Where in a text a secret may stand: two ways to find the places, compared by the tests.

Every window (a byte string that is to be masked) has at least eight bytes. Whatever contains one
contains, at a position that is a multiple of four, one of the window's first four-byte words; for
windows of fifteen bytes and more the same holds of eight-byte words. A place that is found is
only a candidate.
"""

from __future__ import annotations

from array import array
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

SHORT, WIDE = 4, 8  # bytes of a word
WIDE_FROM = 2 * WIDE - 1  # bytes of a window that contains an aligned wide word, wherever it stands
BEFORE, AFTER = 14, 7  # bytes: a window begins at most so far before a candidate, or after it
_BLOCK = 256
_MANY = 100  # windows of that many secrets, about: from there on the automaton is quicker
_LARGEST_TABLE = 400_000  # bytes of patterns up to which the automaton gets its fastest table


class Engine(Protocol):
    """Finds the places where a window may stand."""

    def candidates(self, data: bytes) -> list[int]:
        """Give positions, ascending, so that each window begins within BEFORE and AFTER of one."""
        ...


class Words:
    """Looks up every fourth byte's word in a set; no dependency."""

    def __init__(self, windows: Iterable[bytes]) -> None:
        short: set[bytes] = set()
        wide: set[bytes] = set()
        for window in windows:
            if len(window) < WIDE_FROM:
                short.update(window[n : n + SHORT] for n in range(SHORT))
            else:
                wide.update(window[n : n + WIDE] for n in range(WIDE))
        self._tables = [
            (kind, size, frozenset(array(kind, b"".join(words))))
            for kind, size, words in (("I", SHORT, short), ("Q", WIDE, wide))
            if words
        ]

    def candidates(self, data: bytes) -> list[int]:
        """Give the aligned positions at which a word of a window stands."""
        found: list[int] = []
        for kind, size, words in self._tables:
            row = array(kind)
            row.frombytes(memoryview(data)[: len(data) // size * size])
            if len(row) <= _BLOCK:
                if not words.isdisjoint(row):
                    found += [n * size for n, word in enumerate(row) if word in words]
                continue
            for begin in range(0, len(row), _BLOCK):
                block = row[begin : begin + _BLOCK]
                if not words.isdisjoint(block):
                    found += [n * size for n, word in enumerate(block, begin) if word in words]
        if len(self._tables) > 1:
            found.sort()
        return found


class Automaton:
    """Looks for a few words of each secret with `ahocorasick_rs`, the extra `fast`."""

    def __init__(self, windows: Collection[bytes]) -> None:
        from ahocorasick_rs import BytesAhoCorasick, Implementation

        words: set[bytes] = set()
        for window in windows:  # those of one secret follow each other: one word in five is enough
            size = SHORT if len(window) < WIDE_FROM else WIDE
            parts = [window[n : n + size] for n in range(size + (size == SHORT))]
            if words.isdisjoint(parts):
                words.add(parts[-1])
        small = sum(map(len, words)) <= _LARGEST_TABLE
        self._automaton = BytesAhoCorasick(
            sorted(words),
            implementation=Implementation.DFA if small else Implementation.ContiguousNFA,
        )

    def candidates(self, data: bytes) -> list[int]:
        """Give the positions of the words; of two that overlap, the one that ends first."""
        return [begin for _, begin, _ in self._automaton.find_matches_as_indexes(data)]


def choose_engine(windows: Collection[bytes], secrets: int, name: str | None = None) -> Engine:
    """Give the engine of that name, or the one that suits the number of secrets.

    Raises:
        ValueError: there is no engine of that name.
        ImportError: the automaton was asked for and is not installed.
    """
    if name not in {None, "words", "automaton"}:
        raise ValueError(f"no engine {name!r}: words or automaton")
    if name == "automaton":
        return Automaton(windows)
    if name is None and secrets >= _MANY:
        try:
            return Automaton(windows)
        except ImportError:
            pass
    return Words(windows)
