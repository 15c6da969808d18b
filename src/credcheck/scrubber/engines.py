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
_SEED, _LONG_SEED = 5, 7  # bytes of a seed, and of one in a window of sixteen bytes and more
_SEEDED = 17  # bytes of a window in which its seed stands, so that BEFORE reaches
# pairs of bytes, those first that logs have least: small letters, capitals, digits, the rest
_KINDS = bytes(
    ord("a" if 97 <= n <= 122 else "A" if 65 <= n <= 90 else "0" if 48 <= n <= 57 else "-")
    for n in range(256)
)
_RAREST = b"0A A0 aA AA Aa a0 0a -A A- 0- -0 00 -- a- -a aa".split()


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
    """Looks for a seed of each window with `ahocorasick_rs`, the extra `fast`."""

    def __init__(self, windows: Iterable[bytes]) -> None:
        from ahocorasick_rs import BytesAhoCorasick, Implementation

        self._automaton = BytesAhoCorasick(
            sorted(seeds_of(windows)), implementation=Implementation.DFA
        )

    def candidates(self, data: bytes) -> list[int]:
        """Give the positions of the seeds; of two that overlap, the one that ends first."""
        return [begin for _, begin, _ in self._automaton.find_matches_as_indexes(data)]


def seeds_of(windows: Iterable[bytes]) -> set[bytes]:
    """Choose byte strings so that each window has one; those of one secret share theirs.

    The table of the automaton is far larger than a processor's cache. It is quick as long as
    the text does not lead into it, so a seed begins with two bytes that text seldom has.
    """
    seeds: set[bytes] = set()
    seed = bytes(_SEEDED + 1)  # in no window
    for window in windows:
        if seed in window[:_SEEDED]:  # windows of one secret follow each other
            continue
        size = _SEED if len(window) < 2 * WIDE else _LONG_SEED
        row = window[: min(len(window), _SEEDED)].translate(_KINDS)
        last = len(row) - size + 2
        at = next(n for n in (row.rfind(pair, 0, last) for pair in _RAREST) if n >= 0)
        seed = window[at : at + size]
        seeds.add(seed)
    return seeds


def choose_engine(windows: Collection[bytes], name: str | None = None) -> Engine:
    """Give the engine of that name, or the automaton where it is installed: it is always quicker.

    Raises:
        ValueError: there is no engine of that name.
        ImportError: the automaton was asked for and is not installed.
    """
    if name not in {None, "words", "automaton"}:
        raise ValueError(f"no engine {name!r}: words or automaton")
    if name == "words":
        return Words(windows)
    try:
        return Automaton(windows)
    except ImportError:
        if name is not None:
            raise
        return Words(windows)
