"""Which tests run: what the marks and suites of the selected tests need, and what is ready."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, NamedTuple

import pytest

from credcheck.model import TestGroup
from credcheck.pytest_plugin.marks import MARK, any_marked, needs_of
from credcheck.pytest_plugin.playback import dummies_for, is_replayed
from credcheck.pytest_plugin.state import DUMMIES, NAMES, SUITE
from credcheck.pytest_plugin.stops import STOP, Stop, stop_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    from credcheck.model import Need
    from credcheck.preflight import Decision
    from credcheck.pytest_plugin.marks import Needs
    from credcheck.pytest_plugin.state import State


class Asking(NamedTuple):
    """One test that needs something by its marks or its suite."""

    item: pytest.Item
    path: str
    needs: Needs


def gate(state: State, items: Sequence[pytest.Item]) -> None:
    """Decide every test: run, skip, fail; or take note that the run is refused.

    Raises:
        pytest.UsageError: a mark, the manifest or `.env.test` is wrong.
    """
    if state.collects_only or not (state.active or any_marked(items)):
        return
    asking = list(find_asking(state, items))
    state.needed = dict.fromkeys(n for asked in asking for n in asked.item.stash[NAMES])
    state.groups = grouped(asking)
    state.resolve(state.needed)
    if state.refused:
        keep_from_running(state, items, state.refusal_text())
    else:
        decide_each(state, asking)
        state.begin_telling()


def find_asking(state: State, items: Iterable[pytest.Item]) -> Iterable[Asking]:
    """Find the tests that need something, and leave on each what it may see."""
    broker = state.broker
    nothing = needs_of(())
    above: dict[pytest.Item | pytest.Collector | None, list[pytest.Mark]] = {None: []}
    modules: dict[Path, tuple[str, tuple[str, ...]]] = {}
    for item in items:  # ten thousand of them: what a module's tests share is found once
        if item.path not in modules:
            path = state.path_of(item)
            modules[item.path] = (path, broker.suite_secrets(path))
        path, of_suite = modules[item.path]
        marks = [*marks_above(item.parent, above), *own_marks(item)]
        if marks or of_suite:
            needs = needs_of(marks) if marks else nothing
            names = tuple(dict.fromkeys((*needs.names, *of_suite)))
            item.stash[NAMES] = names
            yield Asking(item, path, needs)


def own_marks(node: pytest.Item | pytest.Collector) -> list[pytest.Mark]:
    """Give a node's own marks, in the order in which people read them."""
    return [mark for mark in reversed(node.own_markers) if mark.name == MARK]


def marks_above(
    node: pytest.Item | pytest.Collector | None,
    known: dict[pytest.Item | pytest.Collector | None, list[pytest.Mark]],
) -> list[pytest.Mark]:
    """Give the marks of a module, its classes and so on, the outermost first."""
    if node not in known:
        assert node is not None  # noqa: S101
        known[node] = [*marks_above(node.parent, known), *own_marks(node)]
    return known[node]


def decide_each(state: State, asking: Iterable[Asking]) -> None:
    """Decide every test that needs something; those of one module and need are decided once."""
    decisions: dict[tuple[str, Need], Decision] = {}
    for asked in asking:
        key = (asked.path, asked.needs.need)
        if key not in decisions:
            decisions[key] = state.broker.decide(*key, strict=state.strict)
        decision = decisions[key]
        asked.item.stash[SUITE] = decision.suite
        if decision.outcome in {"skip", "fail"} and is_replayed(asked.item):
            names = asked.item.stash[NAMES]
            asked.item.stash[DUMMIES] = dummies_for(state.broker, names)
        elif decision.outcome != "run":
            state.stop_tests()
            keep(asked.item, stop_of(state.broker, decisions[key], asked.needs.reasons))


def keep(item: pytest.Item, stop: Stop) -> None:
    """Skip a test at its own line, or leave it the reason for which it is going to fail."""
    item.stash[STOP] = stop
    if stop.outcome == "skip":
        # a mark, and not pytest.skip() in setup: the summary then points at the test's own line
        item.add_marker(pytest.mark.skip(reason=stop.text))


def keep_from_running(state: State, items: Iterable[pytest.Item], text: str) -> None:
    """Let every test fail that an xdist worker may start before it stops."""
    state.stop_tests()
    for item in items:
        item.stash[STOP] = Stop("", "refused", (), text, (), text)


def grouped(asking: Iterable[Asking]) -> tuple[TestGroup, ...]:
    """Count the tests by module and need, for the report."""
    counts = Counter((asked.path, asked.needs.need) for asked in asking)
    return tuple(
        TestGroup(path=path, line=0, count=count, need=need)
        for (path, need), count in counts.items()
    )
