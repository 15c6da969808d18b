"""JUnit XML, as pytest writes it (`xunit2`): a test case for each suite.

One for each of the findings that are errors comes on top, so that a tool that knows nothing else
shows them. `tests`, `failures`, `errors` and `skipped` are the numbers of such elements.
https://docs.gitlab.com/ci/testing/unit_test_reports/ says what GitLab reads.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from credcheck.reporters.wording import VOUCHED, plural, printable

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from credcheck.model import Report, SuiteStatus
    from credcheck.reporters import RenderOptions

_ELEMENTS = {"skip": "skipped", "fail": "failure", "refused": "error"}


def render(report: Report, options: RenderOptions) -> str:  # noqa: ARG001
    """Give one `testsuite`."""
    cases = [*_suites(report.suites), *_errors(report)]
    counts = {
        element: sum(f"<{element} " in case for case in cases) for element in _ELEMENTS.values()
    }
    numbers = (
        f'tests="{len(cases)}" failures="{counts["failure"]}" errors="{counts["error"]}" '
        f'skipped="{counts["skipped"]}"'
    )
    lines = [
        '<?xml version="1.0" encoding="utf-8"?>',
        f'<testsuites name="credcheck" {numbers}>',
        f'  <testsuite name="credcheck" {numbers} time="0">',
        "    <properties>",
        f"      {_property('version', report.version)}",
        f"      {_property('context', report.context)}",
        f"      {_property('exit_code', str(report.exit_code))}",
        *(
            f"      {_property(f'vouched:{found.secret}', found.message)}"
            for found in report.findings
            if found.code == VOUCHED
        ),
        "    </properties>",
        *cases,
        "  </testsuite>",
        "</testsuites>",
    ]
    return "\n".join(lines) + "\n"


def _suites(suites: Sequence[SuiteStatus]) -> Iterator[str]:
    for suite in suites:
        tests = "" if suite.tests is None else f" ({plural(suite.tests, 'test')})"
        element = _ELEMENTS.get(suite.outcome)
        yield _case("suites", suite.name, element, f"{suite.reason}{tests}", suite.outcome)


def _errors(report: Report) -> Iterator[str]:
    for found in report.findings:
        if found.severity == "error":
            text = f"{found.message} {found.hint}".strip()
            name = f"{found.code} {found.secret or found.suite or ''}".strip()
            yield _case("findings", name, "error", text, found.code)


def _case(group: str, name: str, element: str | None, text: str, kind: str) -> str:
    begin = f'    <testcase classname="credcheck.{group}" name={_attribute(name)} time="0"'
    if element is None:
        return f"{begin}/>"
    told = _attribute(text)
    inner = (
        f'<{element} type="credcheck.{kind.lower()}" message={told}>{_escaped(text)}</{element}>'
    )
    return f"{begin}>\n      {inner}\n    </testcase>"


def _property(name: str, value: str) -> str:
    return f'<property name="{name}" value={_attribute(value)}/>'


def _attribute(text: str) -> str:
    return f'"{_escaped(text)}"'


def _escaped(text: str) -> str:
    """Escape markup; what XML cannot hold is spelled by `printable`."""
    plain = printable(text)
    for char, entity in (("&", "&amp;"), ("<", "&lt;"), (">", "&gt;"), ('"', "&quot;")):
        plain = plain.replace(char, entity)
    return plain
