"""The tests that every source must pass, for the sources here and those of third parties.

Subclass :class:`SourceContract` in a test module, and say how to make a source that holds some
values; pytest collects the rest::

    class TestMySource(SourceContract):
        def holding(self, values, tmp_path):
            return MySource(fill_my_server(values))
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import TYPE_CHECKING

from credcheck.model import Absent, Empty, Found, Request, SecretSpec

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from credcheck.model import Answer
    from credcheck.sources.base import Source

# Values that naive readers damage: interpolation, quotes, comments, spaces, other scripts.
ODD_VALUES = {
    "PLAIN": "plain-value-1",
    "DOLLARS": "pa$$word-${HOME}-$HOME",
    "HASH": "before#after # not a comment",
    "QUOTES": 'it\'s a "value"',
    "BACKSLASH": r"C:\new\table",
    "EQUALS": "a=b==",
    "UNICODE": "pässwörd-日本",
    "SPACES": "  two leading, two trailing  ",
}


class SourceContract(ABC):
    """What a source promises; each method is a test."""

    @abstractmethod
    def holding(self, values: Mapping[str, str], tmp_path: Path) -> Source:
        """Make a source that holds these values under these names, and nothing else."""

    def spec(self, name: str) -> SecretSpec:
        """Give the declaration that finds ``name``; override it where a place is needed."""
        return SecretSpec(name=name)

    def _fetch(self, source: Source, *names: str) -> Mapping[str, Answer]:
        specs = [self.spec(name) for name in names]
        return source.fetch(
            [Request(spec=spec, place=spec.place_in(source.name)) for spec in specs]
        )

    def test_values_come_back_byte_for_byte(self, tmp_path: Path) -> None:
        """No interpolation, no stripping, no other encoding."""
        answers = self._fetch(self.holding(ODD_VALUES, tmp_path), *ODD_VALUES)
        got = {n: a.secret.reveal() for n, a in answers.items() if isinstance(a, Found)}
        assert got == ODD_VALUES  # noqa: S101

    def test_what_it_does_not_hold_is_absent(self, tmp_path: Path) -> None:
        """One missing secret costs that secret, not the batch."""
        answers = self._fetch(self.holding({"A": "value-of-a"}, tmp_path), "A", "B")
        assert isinstance(answers["A"], Found)  # noqa: S101
        assert isinstance(answers["B"], Absent)  # noqa: S101

    def test_an_empty_value_is_empty(self, tmp_path: Path) -> None:
        """A name without a value is told apart from a missing name."""
        answers = self._fetch(self.holding({"A": "", "B": "value-of-b"}, tmp_path), "A")
        assert isinstance(answers["A"], Empty)  # noqa: S101

    def test_nothing_asked_is_nothing_answered(self, tmp_path: Path) -> None:
        """An empty batch is no error."""
        assert self._fetch(self.holding({"A": "value-of-a"}, tmp_path)) == {}  # noqa: S101

    def test_asking_twice_gives_the_same(self, tmp_path: Path) -> None:
        """A second batch is answered like the first."""
        source = self.holding({"A": "value-of-a"}, tmp_path)
        for _ in range(2):
            answer = self._fetch(source, "A")["A"]
            assert isinstance(answer, Found)  # noqa: S101
            assert answer.secret.reveal() == "value-of-a"  # noqa: S101

    def test_nothing_it_prints_holds_a_value(self, tmp_path: Path) -> None:
        """Answers, health and the source itself can be shown."""
        source = self.holding({"A": "value-of-a"}, tmp_path)
        shown = [source, self._fetch(source, "A", "B"), source.health()]
        assert not any("value-of-a" in text for s in shown for text in (repr(s), str(s)))  # noqa: S101

    def test_a_source_that_answers_is_healthy(self, tmp_path: Path) -> None:
        """Its health is `ok` and its name is a word of the manifest's list."""
        source = self.holding({"A": "value-of-a"}, tmp_path)
        assert source.health().status == "ok"  # noqa: S101
        assert source.name == source.name.lower()  # noqa: S101
        assert source.name  # noqa: S101
