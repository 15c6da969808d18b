"""Take values out of text, bytes, streams, log records and cassettes, in every encoding.

What is masked and what cannot be: docs/explanation/scrubbing.md.
"""

from __future__ import annotations

from threading import Lock
from typing import TYPE_CHECKING

from credcheck.scrubber.cores import MINIMUM, cores_of, weak_inside, why_unmaskable
from credcheck.scrubber.index import Index, mask_of
from credcheck.scrubber.stream import ScrubberStream
from credcheck.secret import Secret, noted, remember

if TYPE_CHECKING:
    import logging
    from typing import Any, Self

__all__ = ["MINIMUM", "Scrubber", "ScrubberStream"]

FAILED = "[REDACTED: credcheck could not scrub this text]"


class Scrubber:
    """Replaces the values that it was told by ``[REDACTED:NAME]``.

    A value is found whole, in the encodings of :mod:`credcheck.scrubber.forms`, in pieces of eight
    characters and more, and with colour codes inside. Nothing that does not hold a value is
    changed, and what was scrubbed once is not changed again. Safe to use from several threads.
    """

    def __init__(self, engine: str | None = None) -> None:
        """Make an empty scrubber; what it is told, the pytest plugin scrubs too.

        Args:
            engine: ``"words"`` (no dependency), ``"automaton"`` (`ahocorasick_rs`, the extra
                `fast`); if not said, the second where it is installed.
        """
        self._engine = engine
        self._values: dict[str, dict[str, None]] = {}
        self._warnings: dict[str, str] = {}
        self._index: Index | None = None
        self._stale = False
        self._lock = Lock()
        self._known = noted()
        self._follows = False
        self._followed = 0
        self.failures = 0  # texts that were replaced as a whole, because scrubbing failed

    @classmethod
    def of_process(cls) -> Self:
        """Give a scrubber for all that this process knows, now and later.

        That is what any `Broker` resolved, what `provide` was given and what any scrubber was told.
        """
        scrubber = cls()
        scrubber._follows = True
        return scrubber

    def __repr__(self) -> str:
        return f"<Scrubber: {', '.join(self._values) or 'nothing'}>"

    # ── what is to be masked ──────────────────────────────────────────────────────────────────

    def add(self, name: str, value: str | Secret) -> None:
        """Mask a value from now on, and the secrets inside it if it is an address, JSON or PEM.

        A value of fewer than eight characters, or a common word, would be masked all over the
        place: it is left alone, and :attr:`warnings` has a sentence about it. An earlier value of
        the same name stays masked.

        Args:
            name: what the mask says.
            value: the value; an empty one is nothing to mask.

        Raises:
            ValueError: the name is empty.
        """
        if not name:
            raise ValueError("a value to be masked needs a name")
        secret = value if isinstance(value, Secret) else Secret(value)
        if not secret.is_blank():
            self._add(name, secret.reveal())
            remember(name, secret)

    def _add(self, name: str, text: str) -> None:
        with self._lock:
            known = self._values.setdefault(name, {})
            if text not in known:
                known[text] = None
                self._note(name, text)
                self._stale = True

    def _follow_if_asked(self) -> None:
        """Take what the process has come to know since the last time."""
        while self._follows and self._followed < len(self._known):
            name, secret = self._known[self._followed]
            self._followed += 1
            self._add(name, secret.reveal())

    def _note(self, name: str, value: str) -> None:
        reason = why_unmaskable(value)
        if reason:
            self._warnings[name] = f"{name} is not masked in output: {reason}"
        elif reason := weak_inside(value):
            self._warnings[name] = f"the password inside {name} is not masked alone: {reason}"

    @property
    def names(self) -> tuple[str, ...]:
        """The names that were added, in order."""
        self._follow_if_asked()
        return tuple(self._values)

    def values(self) -> tuple[tuple[str, Secret], ...]:
        """Give every name with each of its values, wrapped."""
        self._follow_if_asked()
        with self._lock:
            return tuple(
                (name, Secret(value)) for name, known in self._values.items() for value in known
            )

    @property
    def warnings(self) -> tuple[str, ...]:
        """One sentence for each name whose value is not masked, and why not."""
        self._follow_if_asked()
        return tuple(self._warnings.values())

    # ── scrubbing ─────────────────────────────────────────────────────────────────────────────

    def text(self, text: str) -> str:
        """Give the text with every value masked; the same object if there is none in it.

        If scrubbing fails, one sentence replaces the whole text, and :attr:`failures` counts it.
        """
        index = self.index()
        if index is None or not text:
            return text
        try:
            data = text.encode("utf-8", "surrogatepass")
            clean = index.scrub(data)
            return text if clean is data else clean.decode("utf-8", "surrogatepass")
        except Exception:  # noqa: BLE001  # fail closed: whatever went wrong, no text may pass
            self.failures += 1
            return FAILED

    def data(self, data: bytes) -> bytes:
        """Give the bytes with every value masked; the same object if there is none in it."""
        index = self.index()
        if index is None:
            return data
        try:
            return index.scrub(data)
        except Exception:  # noqa: BLE001  # fail closed
            self.failures += 1
            return FAILED.encode()

    def stream(self) -> ScrubberStream:
        """Give a scrubber for bytes that come in pieces; values added later count from then on."""
        return ScrubberStream(self)

    def logging_filter(self) -> logging.Filter:
        """Give a filter for the handlers (or loggers) of :mod:`logging`: it scrubs each record."""
        from credcheck.scrubber.logs import ScrubbingFilter

        return ScrubbingFilter(self)

    def before_record_request(self, request: Any) -> Any:
        """Scrub a request before vcr.py stores it: for `vcr_config` and `VCR(…)`."""
        from credcheck.scrubber.cassettes import scrub_request

        return scrub_request(self, request)

    def before_record_response(self, response: dict[str, Any]) -> dict[str, Any]:
        """Scrub a response before vcr.py stores it: for `vcr_config` and `VCR(…)`."""
        from credcheck.scrubber.cassettes import scrub_response

        return scrub_response(self, response)

    # ── inside ────────────────────────────────────────────────────────────────────────────────

    def index(self) -> Index | None:
        """Give what is looked for, prepared; None as long as there is nothing."""
        if self._follows and self._followed < len(self._known):
            self._follow_if_asked()
        if self._stale:
            with self._lock:
                if self._stale:
                    self._index = self._build()
                    self._stale = False
        return self._index

    def _build(self) -> Index | None:
        masks = {name: mask_of(name) for name in self._values}
        named = [
            (masks[name], core)
            for name, values in self._values.items()
            for value in values
            if not why_unmaskable(value)
            for core in cores_of(value)
        ]
        return Index(named, tuple(masks.values()), self._engine) if named else None
