"""How many tests may be skipped for want of a secret; pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from credcheck.model import ContextKind, Manifest
    from credcheck.preflight import Decision


def limit_of(manifest: Manifest, suite: str, kind: ContextKind, today: str) -> int | None:
    """Give how many tests of a suite may be skipped; None for any number.

    The first allowance that fits suite, context and day goes before the suite's own limit. Where
    all that would fit are over, none may be skipped.

    Args:
        manifest: the limits.
        suite: a declared suite, or a module that is one.
        kind: who is running.
        today: the day, as `2026-12-31`.
    """
    fitting = [
        budget
        for budget in manifest.skip_budget
        if budget.suite in {None, suite} and budget.context in {None, kind}
    ]
    for budget in fitting:
        if budget.until is None or today <= budget.until:
            return budget.max_skipped
    if fitting:
        return 0
    declared = manifest.suites.get(suite)
    return declared.max_skipped if declared else None


def within_budget(
    lines: Sequence[tuple[Decision, int]], manifest: Manifest, kind: ContextKind, today: str
) -> list[tuple[Decision, int]]:
    """Let a suite fail of which more tests would be skipped than may be.

    Args:
        lines: the decision of each suite, and how many tests it has.
        manifest: the limits.
        kind: who is running.
        today: the day, as `2026-12-31`.
    """
    done = []
    for decision, count in lines:
        limit = limit_of(manifest, decision.suite, kind, today)
        if decision.outcome == "skip" and limit is not None and count > limit:
            told = f"{decision.reason}; {over(count, limit)}"
            done.append((decision._replace(outcome="fail", reason=told), count))
        else:
            done.append((decision, count))
    return done


def over(count: int, limit: int) -> str:
    """Say by how much a budget is exceeded."""
    tests = "1 test" if count == 1 else f"{count} tests"
    return f"{tests} skipped, and {limit or 'none'} may be"
