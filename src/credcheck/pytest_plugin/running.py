"""The hooks that are called for every test; registered when there is anything to do for them.

A test that passes meets two of them, three times, and each is a few steps long: ten thousand tests
notice. What needs more is registered when a test is to be stopped.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from credcheck.pytest_plugin.stops import STOP, Stop, stop_in, stop_now

if TYPE_CHECKING:
    from collections.abc import Generator

    from credcheck.pytest_plugin.state import State


class RunHooks:
    """Scrubs the reports of tests, and keeps the account of those that were stopped.

    Reports are scrubbed innermost, so that other plugins see clean ones, and again when they are
    handed on, so that what other plugins have added is clean.
    """

    def __init__(self, state: State) -> None:
        self._state = state

    @pytest.hookimpl(wrapper=True, trylast=True)
    def pytest_runtest_makereport(
        self, item: pytest.Item, call: pytest.CallInfo[Any]
    ) -> Generator[None, pytest.TestReport, pytest.TestReport]:
        """Scrub what pytest itself has put into a report; note that credcheck stopped the test."""
        report = yield
        if call.excinfo is None and not report.sections:  # as most of ten thousand tests
            return report
        if call.excinfo is not None:
            stop = stop_in(item, call, report)
            if stop is not None:
                told = stop._replace(suite=stop.suite or self._state.suite_of(item))
                report.credcheck = list(told)  # type: ignore[attr-defined]  # it crosses xdist
        if self._state.scrubbing is not None:
            self._state.scrubbing.cleaner.report(report)
        return report

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Scrub it, whoever added to it; count it, plain or in xdist's controller."""
        scrubbing = self._state.scrubbing
        if scrubbing is not None:
            if scrubbing.cleaner.is_plain(report):
                return
            scrubbing.cleaner.report(report)
        told = report.__dict__.get("credcheck")
        if told is not None:
            _undo_xfail(report, told)
            self._state.note(report)


def _undo_xfail(report: pytest.TestReport, told: list[Any]) -> None:
    """Let a test that credcheck stopped be stopped: that is not what `xfail` expects."""
    if not hasattr(report, "wasxfail"):
        return
    del report.wasxfail
    stop = Stop(*told)
    if stop.outcome == "skip":
        path, line, _ = report.location
        report.longrepr = (path, (line or 0) + 1, f"Skipped: {stop.text}")
    else:
        report.outcome, report.longrepr = "failed", stop.text


class StopHooks:
    """Stops the tests whose policy says so; registered when there is one."""

    def pytest_runtest_setup(self, item: pytest.Item) -> None:
        """Fail a test with the reason and no traceback.

        Not `tryfirst`: a test that skips itself by its own mark stays skipped. One with our skip
        mark comes here only under `-p no:skipping`; it must not run then either.
        """
        stop = item.stash.get(STOP, None)
        if stop is not None:
            stop_now(stop)
