"""GitHub Actions' workflow commands: annotations for what skips, fails or is refused.

The forms and their escapes are those of
https://docs.github.com/actions/reference/workflow-commands-for-github-actions; GitHub shows at
most ten annotations of a severity in a step, so what exceeds nine is counted in the tenth.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from credcheck.reporters.wording import printable, suites_line

if TYPE_CHECKING:
    from credcheck.model import Report
    from credcheck.reporters import RenderOptions

SHOWN = 9
_SUITE_COMMANDS = {"skip": "notice", "fail": "error", "refused": "error"}
_SEVERITY_COMMANDS = {"error": "error", "warning": "warning", "info": "notice"}


class _Annotation(NamedTuple):
    command: str
    title: str
    message: str


def render(report: Report, options: RenderOptions) -> str:  # noqa: ARG001
    """Give one annotation a line, errors first."""
    found = [
        _Annotation(_SUITE_COMMANDS[suite.outcome], f"credcheck: {suite.name}", suites_line(suite))
        for suite in report.suites
        if suite.outcome in _SUITE_COMMANDS
    ]
    found += [
        _Annotation(
            _SEVERITY_COMMANDS[told.severity],
            f"credcheck {told.code}",
            f"{told.message}\nhint: {told.hint}" if told.hint else told.message,
        )
        for told in report.findings
    ]
    lines = []
    for command in ("error", "warning", "notice"):
        same = [annotation for annotation in found if annotation.command == command]
        lines += [_command(annotation) for annotation in same[:SHOWN]]
        if len(same) > SHOWN:
            rest = f"and {len(same) - SHOWN} more: see the step's log"
            lines.append(_command(_Annotation(command, "credcheck", rest)))
    return "".join(line + "\n" for line in lines)


def _command(annotation: _Annotation) -> str:
    title = _escape(printable(annotation.title)).replace(":", "%3A").replace(",", "%2C")
    message = "\n".join(printable(line) for line in annotation.message.split("\n"))
    return f"::{annotation.command} title={title}::{_escape(message)}"


def _escape(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")
