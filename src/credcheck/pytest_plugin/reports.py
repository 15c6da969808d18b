"""What pytest's objects hold: strings anywhere in a report are scrubbed in place."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import pytest
from _pytest._code.code import TerminalRepr

from credcheck.secret import noted

if TYPE_CHECKING:
    from collections.abc import Iterable

    from credcheck.scrubber import Scrubber

_ATOMS = frozenset({int, float, bool, type(None)})
# no test can put a text into these; the rest of a report is looked through
_OWN = frozenset({"outcome", "when", "duration", "start", "stop", "node", "result"})
_OWN |= {"_id", "nodeid"}
_USUAL = _OWN | {"location", "keywords", "longrepr", "user_properties", "sections"}
_USUAL |= {"worker_id", "testrun_uid", "item_index"}
# where an object of another plugin is printed as it is; elsewhere objects are no texts
_PRINTED = frozenset({"longrepr", "sections", "user_properties"})
_FAILED = "[REDACTED: credcheck could not scrub this report]"


class Cleaner:
    """Scrubs reports and what they are made of."""

    def __init__(self, scrubber: Scrubber, *, node_ids: bool = True) -> None:
        """Make one.

        Args:
            scrubber: the scrubber.
            node_ids: scrub a report's node id too. An xdist worker must leave it as its item has
                it; the controller scrubs it.
        """
        self._known = noted()
        self._fields = len(vars(pytest.TestReport("", ("", 0, ""), {}, "passed", None, "call")))
        self._text = scrubber.text
        self._data = scrubber.data
        self._node_ids = node_ids
        self._ids = ""  # the node ids of the run
        self._looked_at = -1  # how many secrets were known when they were looked at
        self._trusts = False
        self._prints = True
        self.failures = 0

    def trust(self, node_ids: Iterable[str]) -> None:
        """Look at the node ids of a run, so that not every report's has to be looked at.

        They hold no value as a rule: ids are scrubbed where they are made. What becomes known
        later is looked for in all of them, once.
        """
        self._ids = "\n".join(node_ids)
        self._looked_at = -1

    def _is_clean(self, node_id: str) -> bool:
        if self._looked_at != len(self._known):
            self._looked_at = len(self._known)
            self._trusts = bool(self._ids) and self._text(self._ids) is self._ids
        return self._trusts or self._text(node_id) is node_id

    def is_plain(self, report: Any) -> bool:
        """Tell whether it is the report of a test that passes and has nothing to tell.

        Asked three times for each of ten thousand tests.
        """
        fields = report.__dict__
        return (
            fields["outcome"] == "passed"
            and not fields["sections"]
            and fields["longrepr"] is None
            and not fields.get("user_properties")
            and (len(fields) <= self._fields or _USUAL.issuperset(fields))
            and self._is_clean(report.nodeid)
        )

    def report(self, report: Any) -> None:
        """Scrub a test's or a collector's report; if that fails, it loses all its texts."""
        if self.is_plain(report):
            return
        fields = report.__dict__
        try:
            if self._node_ids and not self._is_clean(report.nodeid):
                report.nodeid = self._text(report.nodeid)
            for name, value in list(fields.items()):
                if name not in _OWN:
                    clean = self.value(value, prints=name in _PRINTED)
                    if clean is not value:
                        setattr(report, name, clean)
        except Exception:  # noqa: BLE001  # fail closed: nothing of it may pass
            self.failures += 1
            report.longrepr = _FAILED if report.longrepr is not None else None
            report.sections = [("credcheck", _FAILED)]
            report.user_properties = []

    def value(self, value: Any, *, prints: bool = True) -> Any:
        """Give a value with every text in it scrubbed; the same object if nothing changed.

        Lists and dicts are changed in place, pytest's own representations too. Any other object
        that prints a secret is replaced by its scrubbed text, if ``prints``.
        """
        self._prints = prints
        return self._value(value)

    def _value(self, value: Any) -> Any:
        kind = type(value)
        if kind in _ATOMS:
            return value
        if kind is str:
            return self._text(value)
        if isinstance(value, bytes):
            return self._data(value)
        if isinstance(value, str):
            clean = self._text(str(value))
            return clean if clean != value else value
        if isinstance(value, list):
            value[:] = map(self._value, value)
            return value
        if isinstance(value, tuple):
            return self._tuple(value)
        if isinstance(value, Mapping):
            return self._mapping(value)
        return self._object(value)

    def _tuple(self, value: tuple[Any, ...]) -> tuple[Any, ...]:
        clean = [self._value(part) for part in value]
        if all(new is old for new, old in zip(clean, value, strict=True)):
            return value
        make = getattr(type(value), "_make", tuple)
        made: tuple[Any, ...] = make(clean)
        return made

    def _mapping(self, value: Mapping[Any, Any]) -> Mapping[Any, Any]:
        pairs = [(self._value(key), self._value(part)) for key, part in value.items()]
        if all(
            new_key is key and new is part
            for (new_key, new), (key, part) in zip(pairs, value.items(), strict=True)
        ):
            return value
        if isinstance(value, dict):
            value.clear()
            value.update(pairs)
            return value
        return dict(pairs)

    def _object(self, value: Any) -> Any:
        if isinstance(value, TerminalRepr) or type(value).__name__.lower() == "subtestcontext":
            for name, part in list(vars(value).items()):
                clean = self._value(part)
                if clean is not part:
                    object.__setattr__(value, name, clean)  # some of them are frozen
            return value
        if not self._prints:
            return value
        text = str(value)
        clean = self._text(text)
        return value if clean is text else clean
