"""The report as a table, for a pull request's comment or a step's summary."""

from __future__ import annotations

from typing import TYPE_CHECKING

from credcheck.reporters.wording import VOUCHED, plural, printable, verdict

if TYPE_CHECKING:
    from credcheck.model import Report, SuiteStatus
    from credcheck.reporters import RenderOptions


def render(report: Report, options: RenderOptions) -> str:  # noqa: ARG001
    """Give a heading, a table of the suites, the findings, and the verdict."""
    lines = ["### credcheck", "", f"{_cell(verdict(report))}, context `{report.context}`", ""]
    if report.suites:
        lines += ["| suite | outcome | tests | reason |", "|---|---|---:|---|"]
        lines += [
            f"| {_cell(s.name)} | {s.outcome} | {_count(s)} | {_cell(s.reason)} |"
            for s in report.suites
        ]
        lines.append("")
    told = [found for found in report.findings if found.severity != "info" or found.code == VOUCHED]
    if told:
        lines += [f"{plural(len(told), 'finding')}:", ""]
        lines += [f"- **{f.severity}** [{f.code}]({f.url}): {_cell(f.message)}" for f in told]
        lines.append("")
    return "\n".join(lines)


def _count(suite: SuiteStatus) -> str:
    """Give the number of tests, or what became of them where they have run."""
    if suite.results is None:
        return "" if suite.tests is None else str(suite.tests)
    return ", ".join(f"{number} {word}" for word, number in suite.results.items() if number)


def _cell(text: str) -> str:
    """Keep a text inside its cell, and markup inside the text."""
    escaped = printable(text).replace("&", "&amp;").replace("<", "&lt;")
    return "".join("\\" + char if char in "\\`*_[]|" else char for char in escaped)
