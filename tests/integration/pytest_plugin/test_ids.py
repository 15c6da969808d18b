"""Ids of parametrized tests."""

from __future__ import annotations

import sys
from typing import Any

import pytest

from credcheck import Scrubber
from credcheck.pytest_plugin.ids import IdHooks
from support.keys import tail

KEY, OTHER = tail(40), tail(40, seed=2)


class Keep:
    ids: list[str]

    def pytest_collection_finish(self, session: pytest.Session) -> None:
        self.ids = [item.nodeid.partition("::")[2] for item in session.items]


@pytest.fixture
def ids(pytester: pytest.Pytester) -> Any:
    """Gives the ids of the tests in a module."""
    scrubber = Scrubber()
    scrubber.add("A", KEY)
    scrubber.add("B", OTHER)

    def collected(source: str, *more: object) -> list[str]:
        pytester.makepyfile(test_it=f"import pytest\nKEY, OTHER = {KEY!r}, {OTHER!r}\n{source}\n")
        keep = Keep()
        pytester.inline_run(
            *("--collect-only", "-q", "-p", "no:randomly", "-p", "no:credcheck"),
            plugins=[IdHooks(scrubber), keep, *more],
        )
        sys.modules.pop("test_it", None)
        return keep.ids

    return collected


@pytest.mark.parametrize(
    ("marks", "expected"),
    [
        ("'k', [KEY]", ["[REDACTED:A]"]),
        ("'k', [KEY, OTHER, 'x', 5]", ["[REDACTED:A]", "[REDACTED:B]", "x", "5"]),
        ("'k', [KEY + '1', KEY + '2', KEY + '1']", ["[REDACTED:A]1", "[REDACTED:A]2", "[REDACTED:A]1-1"]),
        ("'k', [KEY[:20], KEY[20:]]", ["[REDACTED:A]", "[REDACTED:A]-1"]),
        ("'k', [KEY.encode()]", ["[REDACTED:A]"]),
        ("'k', [1, 2], ids=[KEY, 'b']", ["[REDACTED:A]", "b"]),
        ("'k', [1, 2], ids=[KEY, KEY]", ["[REDACTED:A]", "[REDACTED:A]-1"]),
        ("'k', [1, 2], ids=lambda n: KEY * n", ["[REDACTED:A]", "[REDACTED:A][REDACTED:A]"]),
        ("'k', [1], ids=lambda n: None", ["1"]),
        ("'k', [pytest.param(1, id=KEY), 2]", ["[REDACTED:A]", "2"]),
        ("('k', 'm'), [(KEY, 'x')]", ["[REDACTED:A]-x"]),
    ],
)  # fmt: skip
def test_whoever_gives_an_id_no_value_is_in_it(ids: Any, marks: str, expected: list[str]) -> None:
    arguments = "k, m" if "'m'" in marks else "k"
    source = f"@pytest.mark.parametrize({marks})\ndef test_a({arguments}): pass"
    found = ids(source)
    assert len(set(found)) == len(found)
    shown = [one.removeprefix("test_a[").removesuffix("]") for one in found]
    assert shown == expected


def test_ids_without_end_stay_without_end(ids: Any) -> None:
    source = """
import itertools
@pytest.mark.parametrize('k', [1, 2], ids=(f'{KEY}{n}' for n in itertools.count()))
def test_a(k): pass
"""
    assert ids(source) == ["test_a[[REDACTED:A]0]", "test_a[[REDACTED:A]1]"]


def test_the_id_of_a_plugin_is_scrubbed(ids: Any) -> None:
    class Plugin:
        def pytest_make_parametrize_id(self, val: object) -> str:
            return f"{val}+{KEY}"

    source = "@pytest.mark.parametrize('k', [1])\ndef test_a(k): pass"
    assert ids(source, Plugin()) == ["test_a[1+[REDACTED:A]]"]


def test_fixtures_and_classes_too(ids: Any) -> None:
    source = """
@pytest.fixture(params=[KEY])
def given(request): return request.param

@pytest.mark.parametrize('k', [OTHER])
class TestIt:
    def test_a(self, given, k): pass
"""
    assert ids(source) == ["TestIt::test_a[[REDACTED:A]-[REDACTED:B]]"]


def test_what_is_no_text_keeps_the_id_of_pytest(ids: Any) -> None:
    source = "@pytest.mark.parametrize('k', [None, 1.5, object, [1]])\ndef test_a(k): pass"
    assert ids(source) == ["test_a[None]", "test_a[1.5]", "test_a[object]", "test_a[k3]"]
