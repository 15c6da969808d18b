"""Which tests run: what the marks and suites of the selected tests need, and what is ready."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, NamedTuple

import pytest

from credcheck.model import Need, TestGroup
from credcheck.pytest_plugin.marks import MARK, needs_of
from credcheck.pytest_plugin.state import FAILURE, NAMES

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

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
    if state.collects_only:
        return
    marked = [item for item in items if any(item.iter_markers(MARK))]
    if not marked and not state.active:
        return
    asking = list(find_asking(state, items))
    names = [n for a in asking for n in (*a.needs.names, *state.broker.suite_secrets(a.path))]
    resolve_now(state, names)
    state.groups = grouped(asking)
    if state.refuse():
        # the plain run ends before its first test; a worker is told to stop after one, so that
        # each of its tests has to be kept from running
        for item in items:
            item.stash[FAILURE] = state.refusal_text()
        return
    for asked in asking:
        decision = state.broker.decide(asked.path, asked.needs.need, strict=state.strict)
        state.decisions.append(decision)
        apply(asked.item, decision, asked.needs.reasons)


def find_asking(state: State, items: Iterable[pytest.Item]) -> Iterable[Asking]:
    """Find the tests that need something, and leave on each what it may see."""
    broker = state.broker
    for item in items:
        # pytest gives the closest mark first; people read the module's, then the class's
        needs = needs_of(reversed(list(item.iter_markers(MARK))))
        path = state.path_of(item)
        of_suite = broker.suite_secrets(path)
        item.stash[NAMES] = tuple(dict.fromkeys((*needs.names, *of_suite)))
        if item.stash[NAMES]:
            yield Asking(item, path, needs)


def resolve_now(state: State, names: Iterable[str]) -> None:
    """Resolve all of them in one batch.

    Raises:
        pytest.UsageError: `.env.test` is broken.
    """
    from credcheck.errors import UsageError

    try:
        state.broker.resolve(names)
    except UsageError as error:
        state.give_up(error)


def grouped(asking: Iterable[Asking]) -> tuple[TestGroup, ...]:
    """Count the tests by module and need, for the report."""
    counts = Counter((asked.path, asked.needs.need) for asked in asking)
    return tuple(
        TestGroup(path=path, line=0, count=count, need=need)
        for (path, need), count in counts.items()
    )


def apply(item: pytest.Item, decision: Decision, reasons: Sequence[str]) -> None:
    """Skip a test at its own line, or leave it the reason for which it is going to fail."""
    if decision.outcome == "run":
        return
    text = reason_text(decision, reasons)
    if decision.outcome == "skip":
        # a mark, and not pytest.skip() in setup: the summary then points at the test's own line
        item.add_marker(pytest.mark.skip(reason=text))
    else:
        item.stash[FAILURE] = text


def reason_text(decision: Decision, reasons: Sequence[str] = ()) -> str:
    """Say what is missing, what for, and where to get it."""
    text = f"credcheck: {decision.reason}"
    if reasons:
        text += f" (needed for: {'; '.join(reasons)})"
    return f"{text}; {decision.hint}" if decision.hint else text


def need_names(need: Need) -> tuple[str, ...]:
    """Give every name of a need."""
    return tuple(dict.fromkeys((*need.all_of, *(n for group in need.any_of for n in group))))
