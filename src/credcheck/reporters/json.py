"""The report for programs: `credcheck.report/1`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from credcheck.model import Finding, Report, SecretStatus, SourceStatus, SuiteStatus
    from credcheck.reporters import RenderOptions

SCHEMA = "credcheck.report/1"


def render(report: Report, options: RenderOptions) -> str:  # noqa: ARG001
    """Show the whole report as one JSON object."""
    import json

    return json.dumps(as_dict(report), indent=2) + "\n"


def as_dict(report: Report) -> dict[str, Any]:
    """Give the report in builtin types, in the order of the contract."""
    return {
        "schema": SCHEMA,
        "version": report.version,
        "context": report.context,
        "ok": report.ok,
        "exit_code": report.exit_code,
        "sources": [_source(source) for source in report.sources],
        "secrets": [_secret(secret) for secret in report.secrets],
        "suites": [_suite(suite) for suite in report.suites],
        "findings": [_finding(found) for found in report.findings],
    }


def _source(source: SourceStatus) -> dict[str, Any]:
    return source._asdict()


def _secret(secret: SecretStatus) -> dict[str, Any]:
    return {
        "name": secret.name,
        "state": secret.state,
        "mode": secret.mode,
        "service": secret.service,
        "source": secret.source,
        "reason": secret.reason,
        "attempts": [attempt._asdict() for attempt in secret.attempts],
    }


def _suite(suite: SuiteStatus) -> dict[str, Any]:
    return {
        "name": suite.name,
        "outcome": suite.outcome,
        "tests": suite.tests,
        "missing": list(suite.missing),
        "reason": suite.reason,
        "results": None if suite.results is None else dict(suite.results),
    }


def _finding(found: Finding) -> dict[str, Any]:
    return {
        "code": found.code,
        "severity": found.severity,
        "secret": found.secret,
        "suite": found.suite,
        "message": found.message,
        "hint": found.hint,
        "url": found.url,
    }
