from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from credcheck.model import Absent, Context, Empty, Found, Manifest, Request, SecretSpec
from credcheck.sources.environ import EnvironSource
from credcheck.testing import SourceContract

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from credcheck.model import Answer


class TestEnvironSource(SourceContract):
    def holding(self, values: Mapping[str, str], tmp_path: Path) -> EnvironSource:
        context = Context(kind="local", root=tmp_path, environ=values)
        return EnvironSource.open(Manifest(root=tmp_path), context)


def ask(environ: dict[str, str], *aliases: str) -> Answer:
    source = EnvironSource(environ)
    return source.fetch([Request(spec=SecretSpec(name="KEY", aliases=aliases))])["KEY"]


def test_an_alias_answers_when_the_name_is_unset() -> None:
    answer = ask({"OTHER": "value"}, "OTHER")
    assert isinstance(answer, Found)
    assert answer.location == "variable OTHER"


def test_the_name_goes_before_its_aliases() -> None:
    answer = ask({"OTHER": "second", "KEY": "first"}, "OTHER")
    assert isinstance(answer, Found)
    assert answer.secret.reveal() == "first"


def test_an_empty_name_does_not_hide_a_full_alias() -> None:
    assert isinstance(ask({"KEY": "", "OTHER": "value"}, "OTHER"), Found)


@pytest.mark.parametrize("blank", ["", "  ", "\n", '""', "''"])
def test_a_blank_variable_is_empty_and_says_which(blank: str) -> None:
    assert ask({"KEY": blank}) == Empty("KEY is set, but empty")


def test_names_are_compared_with_their_case() -> None:
    assert ask({"key": "value"}) == Absent()


def test_every_variable_is_listed() -> None:
    held = EnvironSource({"A": "1", "B": "2"}).holdings()
    assert [(h.name, h.secret.reveal(), h.location) for h in held] == [
        ("A", "1", "variable A"),
        ("B", "2", "variable B"),
    ]
