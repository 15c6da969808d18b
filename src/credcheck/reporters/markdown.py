"""The report as a table, for a pull request's comment or a step's summary."""

from __future__ import annotations

from typing import TYPE_CHECKING

from credcheck.reporters.wording import VOUCHED, plural, printable, verdict

if TYPE_CHECKING:
    from credcheck.model import Report
    from credcheck.reporters import RenderOptions


def render(report: Report, options: RenderOptions) -> str:  # noqa: ARG001
    """Give a heading, a table of the suites, the findings, and the verdict."""
    lines = ["### credcheck", "", f"{_cell(verdict(report))}, context `{report.context}`", ""]
    if report.suites:
        lines += ["| suite | outcome | tests | reason |", "|---|---|---:|---|"]
        lines += [
            f"| {_cell(s.name)} | {s.outcome} | {'' if s.tests is None else s.tests} "
            f"| {_cell(s.reason)} |"
            for s in report.suites
        ]
        lines.append("")
    told = [found for found in report.findings if found.severity != "info" or found.code == VOUCHED]
    if told:
        lines += [f"{plural(len(told), 'finding')}:", ""]
        lines += [f"- **{f.severity}** [{f.code}]({f.url}): {_cell(f.message)}" for f in told]
        lines.append("")
    return "\n".join(lines)


def _cell(text: str) -> str:
    """Keep a text inside its cell, and markup inside the text."""
    escaped = printable(text).replace("&", "&amp;").replace("<", "&lt;")
    return "".join("\\" + char if char in "\\`*_[]|" else char for char in escaped)
