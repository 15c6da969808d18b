"""Why a test did not run, from the place that stops it to the summary."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import pytest

if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any, NoReturn

    from credcheck.broker import Broker
    from credcheck.model import SuiteOutcome
    from credcheck.preflight import Decision


class Stop(NamedTuple):
    """A skip or a failure for want of a credential; builtin types only, for it crosses xdist."""

    suite: str
    outcome: SuiteOutcome
    missing: tuple[str, ...]
    reason: str
    hints: tuple[str, ...]  # where to get each of them
    text: str  # what the test's own report says


STOP = pytest.StashKey[Stop]()  # decided before the tests
RAISED = pytest.StashKey[Stop]()  # raised by the test itself


def stop_of(broker: Broker, decision: Decision, reasons: Sequence[str] = ()) -> Stop:
    """Make the stop of a decision.

    Args:
        broker: knows where to get what is missing.
        decision: what became of the test.
        reasons: what its marks say the secrets are for.
    """
    hints = (
        f"{status.name}: {status.hint}"
        for status in map(broker.status, decision.missing)
        if status.hint
    )
    return Stop(
        suite=decision.suite,
        outcome=decision.outcome,
        missing=decision.missing,
        reason=decision.reason,
        hints=tuple(hints),
        text=reason_text(decision, reasons),
    )


def reason_text(decision: Decision, reasons: Sequence[str] = ()) -> str:
    """Say what is missing, what for, and where to get it."""
    from credcheck.reporters.wording import printable

    text = f"credcheck: {decision.reason}"
    if reasons:
        text += f" (needed for: {'; '.join(reasons)})"
    return printable(f"{text}; {decision.hint}" if decision.hint else text)


def stop_now(stop: Stop) -> NoReturn:
    """Skip or fail the test that is running, or whose fixture is being made.

    The exception carries the stop: pytest raises it again for each test of a wider fixture.
    """
    __tracebackhide__ = True
    if stop.outcome == "skip":
        skipped = pytest.skip.Exception(stop.text, _use_item_location=True)
        skipped.credcheck = stop  # type: ignore[attr-defined]
        raise skipped
    failed = pytest.fail.Exception(stop.text, pytrace=False)
    failed.credcheck = stop  # type: ignore[attr-defined]
    raise failed


def stop_in(
    item: pytest.Item, call: pytest.CallInfo[Any], report: pytest.TestReport
) -> Stop | None:
    """Give the stop behind a report, or None if the test ended for another reason."""
    if call.excinfo is None:
        return None
    carried: Stop | None = getattr(call.excinfo.value, "credcheck", None)
    if carried is None and isinstance(call.excinfo.value, pytest.xfail.Exception):
        carried = item.stash.get(RAISED, None)  # `unittest.expectedFailure` has swallowed it
    marked = item.stash.get(STOP, None)
    # the test's own skip mark, or its fixture's skip, may have come before ours
    if carried is None and marked is not None and report.skipped:
        skipped = call.excinfo.value
        return marked if getattr(skipped, "msg", None) == marked.text else None
    return carried
