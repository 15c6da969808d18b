"""The hooks that are called for every test; registered when the broker is loaded."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from credcheck.pytest_plugin.stops import STOP, stop_in, stop_now

if TYPE_CHECKING:
    from collections.abc import Generator

    from credcheck.pytest_plugin.state import State


class RunHooks:
    """Fails the tests whose policy says so, and keeps the account of what was stopped."""

    def __init__(self, state: State) -> None:
        self._state = state

    def pytest_runtest_setup(self, item: pytest.Item) -> None:
        """Fail a test with the reason and no traceback.

        Not `tryfirst`: a test that skips itself by its own mark stays skipped. One with our skip
        mark comes here only under `-p no:skipping`; it must not run then either.
        """
        self._state.current = item
        stop = item.stash.get(STOP, None)
        if stop is not None:
            stop_now(stop)

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_runtest_makereport(
        self, item: pytest.Item, call: pytest.CallInfo[Any]
    ) -> Generator[None, pytest.TestReport, pytest.TestReport]:
        """Note on the report that credcheck stopped the test; it crosses xdist with it."""
        report = yield
        stop = stop_in(item, call, report)
        if stop is not None:
            if stop.outcome != "skip" and hasattr(report, "wasxfail"):
                # a missing credential is not the failure that `xfail` expects
                report.outcome = "failed"
                del report.wasxfail
            told = stop._replace(suite=stop.suite or self._state.suite_of(item))
            report.credcheck = list(told)  # type: ignore[attr-defined]
        return report

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Count it, plain or in xdist's controller."""
        self._state.note(report)
