"""What is looked for, prepared for quick answers; immutable."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from itertools import accumulate
from typing import TYPE_CHECKING, NamedTuple

from credcheck.scrubber.ansi import ANSI, ESCAPE, Plain, unfinished
from credcheck.scrubber.cores import MINIMUM
from credcheck.scrubber.engines import AFTER, BEFORE, WIDE_FROM, choose_engine
from credcheck.scrubber.forms import EIGHT_IN_BASE64, forms_of, whole_base64

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from credcheck.scrubber.cores import Core
    from credcheck.scrubber.forms import Form

HEAD = 8  # bytes: by these a window is looked up, and none is shorter
_SECRET_BESIDE_MARKER = 4  # characters of a key behind its public marker that give it away
_PROTECTED = b""  # the name of the masks themselves


class Span(NamedTuple):
    """A stretch that is to be masked."""

    begin: int
    end: int
    mask: bytes


class Found(NamedTuple):
    """The stretches of some bytes, ascending and apart, and from where on more is to be known."""

    spans: Sequence[Span]
    hold: int


def mask_of(name: str) -> bytes:
    """Give what stands for a value; brackets and control characters of the name do not pass."""
    plain = re.sub(r"[^\w.\- /:]", "_", name)
    return f"[REDACTED:{plain}]".encode("utf-8", "replace")


class Index:
    """The windows: every byte string that is masked, with the mask that stands for it."""

    def __init__(
        self,
        named: Sequence[tuple[bytes, Core]],
        masks: Sequence[bytes],
        engine: str | None = None,
    ) -> None:
        windows: dict[bytes, bytes] = {}
        for mask, core in named:
            for window in windows_of(core):
                # of two secrets that share a window the first by name has it, in any order
                known = windows.get(window)
                if known is None or mask < known:
                    windows[window] = mask
        heads = {mask[n : n + HEAD] for mask in masks for n in range(len(mask) - HEAD + 1)}
        for window in [w for w in windows if w[:HEAD] in heads and any(w in m for m in masks)]:
            del windows[window]  # a mask is never changed
        windows.update(dict.fromkeys(masks, _PROTECTED))
        self._windows = windows
        self._lengths = _lengths(windows)
        self._ordered: list[bytes] = []  # made when a stream needs it
        # what neither begins a window nor an escape sequence decides itself
        self.first_bytes = frozenset({ESCAPE[0], *(head[0] for head in self._lengths)})
        self._engine = choose_engine(windows, engine)

    def scrub(self, data: bytes) -> bytes:
        """Give the bytes with every value masked; the same object if there is none."""
        spans = self.find(data).spans
        if not spans:
            return data
        pieces: list[bytes] = []
        at = 0
        for begin, end, mask in spans:
            pieces += (data[at:begin], mask, codes_in(data[begin:end]))
            at = end
        pieces.append(data[at:])
        return b"".join(pieces)

    def find(self, data: bytes, *, more: bool = False) -> Found:
        """Find what is to be masked, also with colour codes inside.

        Args:
            data: any bytes.
            more: more bytes may follow; then :attr:`Found.hold` says from where on they decide.
        """
        found = self._windows_in(data, more=more)
        if ESCAPE in data:
            tail = unfinished(data) if more else len(data)
            plain = Plain(data[:tail])
            inner = self._windows_in(plain.data, more=more)
            spans = [Span(*plain.span(s.begin, s.end), s.mask) for s in inner.spans]
            hold = plain.begin(inner.hold) if inner.hold < len(plain.data) else tail
            found = Found([*found.spans, *spans], min(found.hold, hold))
        if not found.spans:
            return found
        spans = _apart(found.spans)
        return Found(spans, _hold_masks(data, spans, found.hold))

    def _windows_in(self, data: bytes, *, more: bool) -> Found:
        """Find every window, and the first place where an unfinished one may stand."""
        size = len(data)
        if size < HEAD and not more:
            return Found((), size)
        spans: list[Span] = []
        hold = self._first_start(data) if more else size
        heads = self._lengths
        for places in self._places(data, more=more):
            for begin in [n for n in places if data[n : n + HEAD] in heads]:
                for length in heads[data[begin : begin + HEAD]]:  # the longest first
                    if begin + length > size:
                        if begin < hold and self._may_become(data[begin:]):
                            hold = begin
                        continue
                    mask = self._windows.get(data[begin : begin + length])
                    if mask is not None:
                        spans.append(Span(begin, begin + length, mask))
                        break
        return Found(spans, hold)

    def _first_start(self, data: bytes) -> int:
        """Give where the last few bytes may be the first of a window, else the end."""
        size = len(data)
        begins = range(max(0, size - HEAD + 1), size)
        return next((n for n in begins if self._may_become(data[n:])), size)

    def _places(self, data: bytes, *, more: bool) -> Iterator[range]:
        """Give the positions at which a window may begin, ascending, each once."""
        last = len(data) - HEAD
        after = 0
        for place in self._engine.candidates(data):
            yield range(max(after, place - BEFORE), min(place + AFTER, last) + 1)
            after = max(after, place + AFTER + 1)
        if more:  # the engine knows a long window by its first fifteen bytes
            yield range(max(after, last - WIDE_FROM, 0), last + 1)

    def _may_become(self, tail: bytes) -> bool:
        """Tell whether a longer window begins so."""
        if not self._ordered:
            self._ordered = sorted(self._windows)
        at = bisect_right(self._ordered, tail)
        return at < len(self._ordered) and self._ordered[at].startswith(tail)


def windows_of(core: Core) -> Iterator[bytes]:
    """Give every byte string that shows a secret: whole in each form, and its secret pieces."""
    for form in forms_of(core.text):
        whole = b"".join(form.units)
        if len(whole) >= HEAD:
            yield whole
        if core.pieces:
            yield from _pieces(core, form)
    for whole in whole_base64(core.text):
        if len(whole) >= HEAD:
            yield whole


def _pieces(core: Core, form: Form) -> list[bytes]:
    units, size = form.units, form.piece
    marker = core.marker + _SECRET_BESIDE_MARKER if core.marker else 0
    if form.by_character:
        starts: Sequence[int] = core.pieces
    else:
        starts = range(len(units) - EIGHT_IN_BASE64 + 1)
        marker = marker * 4 // 3
    whole = b"".join(units)
    at = [*accumulate(map(len, units), initial=0)]
    at += [len(whole)] * marker
    # a piece that begins in the marker reaches a few characters beyond it
    pieces = [whole[at[n] : at[max(marker, n + size)]] for n in starts]
    return pieces if form.by_character else [piece for piece in pieces if len(set(piece)) >= 3]


def _lengths(windows: Iterable[bytes]) -> dict[bytes, tuple[int, ...]]:
    """Give, for each first eight bytes, the lengths of windows that occur, the longest first."""
    lengths: dict[bytes, tuple[int, ...]] = {}
    shared: dict[tuple[int, ...], tuple[int, ...]] = {}
    for window in windows:
        head, size = window[:HEAD], len(window)
        known = lengths.get(head, ())
        if size not in known:
            row = tuple(sorted((*known, size), reverse=True))
            lengths[head] = shared.setdefault(row, row)
    return lengths


def _apart(spans: Iterable[Span]) -> list[Span]:
    """Join what overlaps under the mask that begins first; leave masks that stand there alone."""
    ordered = sorted(set(spans), key=lambda s: (s.begin, -s.end, s.mask))
    ends = {span.begin: span.end for span in ordered if span.mask == _PROTECTED}
    begins = sorted(ends)
    joined: list[Span] = []
    for span in ordered:
        before = bisect_left(begins, span.end)  # masks that begin before the span ends
        if before and ends[begins[before - 1]] > span.begin:
            continue
        if joined and span.begin < joined[-1].end:
            if span.end > joined[-1].end:
                joined[-1] = joined[-1]._replace(end=span.end)
        else:
            joined.append(span)
    return joined


def _hold_masks(data: bytes, spans: Sequence[Span], hold: int) -> int:
    """Hold back a stretch whose end may turn out to be the beginning of a mask."""
    if data[hold : hold + 1] != b"[":
        return hold
    return min([hold, *(s.begin for s in spans if s.begin < hold < s.end)])


def codes_in(data: bytes) -> bytes:
    """Give the colour codes inside a stretch, so that the text behind it keeps its colour."""
    return b"".join(ANSI.findall(data)) if ESCAPE in data else b""


assert HEAD == MINIMUM  # noqa: S101  # a character has at least one byte
