"""The report for people."""

from __future__ import annotations

from typing import TYPE_CHECKING

from credcheck.reporters.wording import plural, printable, verdict

if TYPE_CHECKING:
    from collections.abc import Iterator

    from credcheck.model import Finding, Report, SecretStatus
    from credcheck.reporters import RenderOptions

_COLORS = {"run": "32", "skip": "33", "fail": "31", "refused": "1;31"}
_SEVERITY_COLORS = {"error": "31", "warning": "33", "info": "2"}


def render(report: Report, options: RenderOptions) -> str:
    """Show who runs, every suite with its reason, what is missing, and the findings."""
    lines = [*_head(report)]
    if not report.suites and not report.secrets:
        lines.append("Nothing is declared and no test asks for a secret: nothing to check.")
    if report.suites:
        lines += ["", *_suites(report, options)]
    lines += _section("Secrets", _unsuited(report))
    lines += _section("Findings", _findings(report, options))
    lines += ["", verdict(report)]
    return "\n".join(lines) + "\n"


def _paint(text: str, code: str, options: RenderOptions) -> str:
    return f"\x1b[{code}m{text}\x1b[0m" if options.color else text


def _head(report: Report) -> Iterator[str]:
    reason = f" ({printable(report.context_reason)})" if report.context_reason else ""
    where = printable(report.manifest) if report.manifest else "no manifest"
    yield f"credcheck {report.version} · context {report.context}{reason} · {where}"
    asked = [s for s in report.sources if s.status != "not-asked"]
    if asked:
        told = (f"{s.name} {s.detail if s.status == 'ok' else s.status}" for s in asked)
        yield "sources: " + printable(", ".join(told))


def _suites(report: Report, options: RenderOptions) -> Iterator[str]:
    width = max(len(printable(suite.name)) for suite in report.suites)
    counts = ["" if s.tests is None else plural(s.tests, "test") for s in report.suites]
    wide = max(9, *map(len, counts))
    secrets = {secret.name: secret for secret in report.secrets}
    for suite, tests in zip(report.suites, counts, strict=True):
        outcome = _paint(f"{suite.outcome.upper():<7}", _COLORS[suite.outcome], options)
        name = f"{printable(suite.name):<{width}}"
        yield f"{outcome}  {name}  {tests:>{wide}}  {printable(suite.reason)}".rstrip()
        for missing in suite.missing:
            if missing in secrets:
                yield from _missing(secrets[missing])


def _missing(secret: SecretStatus) -> Iterator[str]:
    yield f"           {printable(secret.name)}: {secret.state}; {printable(secret.reason)}"
    if secret.description:
        yield f"             what: {printable(secret.description)}"
    if secret.hint:
        yield f"             next: {printable(secret.hint)}"


def _unsuited(report: Report) -> list[str]:
    """Secrets that no suite's lines have told about."""
    told = {name for suite in report.suites for name in suite.missing}
    rest = [secret for secret in report.secrets if secret.name not in told]
    width = max((len(printable(s.name)) for s in rest), default=0)
    wide = max((8, *(len(s.state) for s in rest)))
    return [
        f"  {printable(s.name):<{width}}  {s.state:<{wide}}  {printable(s.reason)}".rstrip()
        for s in rest
    ]


def _findings(report: Report, options: RenderOptions) -> list[str]:
    lines: list[str] = []
    order = ("error", "warning", "info")
    # what a suite's lines have told already is not told twice
    told = {name for suite in report.suites for name in suite.missing}
    for found in sorted(report.findings, key=lambda f: order.index(f.severity)):
        if found.code in {"CRED001", "CRED003"} and found.secret in told:
            continue
        lines += _finding(found, options)
    return lines


def _finding(found: Finding, options: RenderOptions) -> Iterator[str]:
    severity = _paint(found.severity, _SEVERITY_COLORS[found.severity], options)
    yield f"  {severity} {found.code}: {printable(found.message)}"
    if found.hint:
        yield f"    hint: {printable(found.hint)}"


def _section(title: str, lines: list[str]) -> list[str]:
    return ["", f"{title}:", *lines] if lines else []
