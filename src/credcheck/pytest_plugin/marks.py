"""The decorator, and what it leaves on tests."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterable

    from credcheck.model import Need

MARK = "require_secret"
_USE = 'write @require_secret("STRIPE_TEST_KEY"), with the names of the secrets that it needs'


def require_secret(
    *names: str, any_of: bool = False, reason: str | None = None
) -> pytest.MarkDecorator:
    """Mark tests that need credentials; they are skipped, with the reason, where one is missing.

    Args:
        names: the secrets' names; all are needed.
        any_of: one of them is enough.
        reason: what they are needed for; it is shown beside what is missing.

    Returns:
        A pytest mark for functions, classes, `pytestmark` and `pytest.param(marks=…)`.

    Raises:
        TypeError: no name, or a name that is not a text.
    """
    if not names:
        raise TypeError(f"require_secret needs at least one name: {_USE}")
    given: tuple[object, ...] = names  # `@require_secret` without brackets hands in the function
    if not all(isinstance(name, str) and name.strip() for name in given):
        raise TypeError(f"require_secret takes names only: {_USE}")
    plain = map(plain_text, names)
    return getattr(pytest.mark, MARK)(*plain, any_of=any_of, reason=reason)  # type: ignore[no-any-return]


def plain_text(name: str) -> str:
    """Give a name as a `str` and nothing more: execnet carries no member of a `StrEnum`."""
    return str.__str__(name)


def any_marked(items: Iterable[pytest.Item]) -> bool:
    """Tell whether any test has a mark of ours; each class and module is looked at once."""
    seen: set[pytest.Item | pytest.Collector] = set()
    for item in items:
        for node in item.iter_parents():
            if node in seen:
                break
            if any(mark.name == MARK for mark in node.own_markers):
                return True
            seen.add(node)  # type: ignore[arg-type]
    return False


class Needs(NamedTuple):
    """What the marks of one test say."""

    need: Need
    reasons: tuple[str, ...] = ()

    @property
    def names(self) -> tuple[str, ...]:
        """Every name, each once, in order."""
        groups = (name for group in self.need.any_of for name in group)
        return tuple(dict.fromkeys((*self.need.all_of, *groups)))


def needs_of(marks: Iterable[pytest.Mark]) -> Needs:
    """Add up the marks of a test: its own, its class's and its module's.

    Raises:
        pytest.UsageError: a mark was made by hand, without a name or with what is no text.
    """
    from credcheck.model import Need

    all_of: list[str] = []
    any_of: list[tuple[str, ...]] = []
    reasons: list[str] = []
    for mark in marks:
        if not mark.args or not all(isinstance(name, str) and name for name in mark.args):
            raise pytest.UsageError(f"pytest.mark.{MARK} needs names: {_USE}")
        if mark.kwargs.get("any_of"):
            any_of.append(tuple(map(plain_text, mark.args)))
        else:
            all_of += map(plain_text, mark.args)
        if mark.kwargs.get("reason"):
            reasons.append(str(mark.kwargs["reason"]))
    need = Need(tuple(dict.fromkeys(all_of)), tuple(dict.fromkeys(any_of)))
    return Needs(need, tuple(dict.fromkeys(reasons)))
