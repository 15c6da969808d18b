"""The words that several reports share."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from credcheck.model import Report, SuiteStatus

VOUCHED = "CRED005"  # its reason stands in every report
_VERBS = {
    "run": ("runs", "run"),
    "skip": ("is skipped", "are skipped"),
    "fail": ("fails", "fail"),
    "refused": ("is refused", "are refused"),
}


def printable(text: str) -> str:
    """Escape what could move the cursor, forge a line or hide text."""
    if text.isprintable():
        return text
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in text)


def plural(count: int, word: str) -> str:
    """Say how many: `1 test`, `2 tests`."""
    return f"{count} {word}" if count == 1 else f"{count} {word}s"


def verdict(report: Report) -> str:
    """Say in a line what becomes of the suites, and the exit code."""
    told = []
    for outcome, (one, many) in _VERBS.items():
        count = sum(suite.outcome == outcome for suite in report.suites)
        if count:
            told.append(f"{count} {one if count == 1 else many}")
    suites = f"{plural(len(report.suites), 'suite')}: {', '.join(told)} · " if told else ""
    return f"{suites}exit {report.exit_code}"


def suites_line(suite: SuiteStatus) -> str:
    """Say what becomes of one suite, in one line without its name."""
    tests = "" if suite.tests is None else f" ({plural(suite.tests, 'test')})"
    return f"{suite.outcome}{tests}: {suite.reason}"
