"""What became of each suite's tests, for the report file and for GitHub Actions.

The hooks are registered when somebody is to be told: a run that writes no report pays nothing.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

import pytest

from credcheck.pytest_plugin.state import SUITE

if TYPE_CHECKING:
    from collections.abc import Generator

    from credcheck.model import Report
    from credcheck.pytest_plugin.state import State

SUMMARY_BYTES = 1_000_000  # GitHub refuses a larger step summary
WORDS = ("passed", "failed", "errors", "skipped", "xfailed", "xpassed")


class Outcomes:
    """Counts the tests of each suite by what became of them, plain or in xdist's controller."""

    def __init__(self) -> None:
        self._ended: dict[str, tuple[str, str]] = {}  # node id -> suite, word

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_makereport(
        self, item: pytest.Item
    ) -> Generator[None, pytest.TestReport, pytest.TestReport]:
        """Note the suite on the report; it crosses xdist with it."""
        report = yield
        report.credcheck_suite = item.stash.get(SUITE, "")  # type: ignore[attr-defined]
        return report

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Keep the last word about a test; an error in its teardown is the last."""
        word = _word(report)
        if word:
            suite = getattr(report, "credcheck_suite", "")
            self._ended[report.nodeid] = (suite, word)

    def of(self, suite: str) -> dict[str, int]:
        """Count the tests of one suite, by pytest's words."""
        counts = Counter(word for of, word in self._ended.values() if of == suite)
        return {word: counts[word] for word in WORDS}


def _word(report: pytest.TestReport) -> str:
    """Say what a report means for its test; "" where another will say it."""
    if hasattr(report, "wasxfail"):
        return "xfailed" if report.skipped else "xpassed"
    if report.when == "call":
        return "passed" if report.passed else "failed" if report.failed else "skipped"
    if report.failed:
        return "errors"
    return "skipped" if report.skipped else ""


def with_outcomes(report: Report, outcomes: Outcomes | None) -> Report:
    """Add to each suite what became of its tests."""
    if outcomes is None:
        return report
    suites = tuple(s._replace(results=outcomes.of(s.name)) for s in report.suites)
    return report._replace(suites=suites)


def tell_github(state: State) -> None:
    """Write annotations into the log, and the table of suites into the step's summary.

    Source: https://docs.github.com/actions/reference/workflow-commands-for-github-actions
    """
    from pathlib import Path

    from credcheck.pytest_plugin.telling import report_of
    from credcheck.reporters import render

    report = report_of(state)
    if not report.suites and not report.findings:
        return
    terminal: Any = state.config.pluginmanager.get_plugin("terminalreporter")
    if terminal is not None:
        terminal.ensure_newline()
        for line in render("github", report).splitlines():
            terminal.write_line(line)  # GitHub reads a command at the beginning of a line
    summary = state.broker.context.environ.get("GITHUB_STEP_SUMMARY")
    if not summary:
        return
    text = render("markdown", report) + "\n"
    try:
        path = Path(summary)
        if not path.exists() or path.stat().st_size + len(text.encode()) <= SUMMARY_BYTES:
            with path.open("a", encoding="utf-8") as file:
                file.write(text)
    except OSError as error:
        if terminal is not None:
            terminal.write_line(f"credcheck: the summary cannot be written: {error.strerror}")
