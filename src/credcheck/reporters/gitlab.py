"""GitLab's code quality report: what skips, fails or is refused, as findings of a merge request.

The form is that of https://docs.gitlab.com/ci/testing/code_quality/#code-quality-report-format. A
fingerprint is made of a finding's code and names, and never of a value, so it stays the same from
run to run.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from credcheck.exposure import repository_of
from credcheck.reporters.wording import printable, suites_line

if TYPE_CHECKING:
    from collections.abc import Iterator

    from credcheck.model import Report
    from credcheck.reporters import RenderOptions

_SUITES = {"skip": "info", "fail": "major", "refused": "blocker"}
_FINDINGS = {"error": "critical", "warning": "minor", "info": "info"}


def render(report: Report, options: RenderOptions) -> str:  # noqa: ARG001
    """Give the list of issues; each stands at the manifest, where it is to be corrected."""
    import json

    return json.dumps(list(_issues(report)), indent=2) + "\n"


def _issues(report: Report) -> Iterator[dict[str, Any]]:
    for suite in report.suites:
        if suite.outcome in _SUITES:
            text = f"{suite.name}: {suites_line(suite)}"
            yield _issue(report, f"suite-{suite.outcome}", suite.name, text, _SUITES[suite.outcome])
    for found in report.findings:
        about = f"{found.secret or ''} {found.suite or ''}"
        text = f"{found.message} {found.hint}".strip()
        key = about if about.strip() else found.message
        yield _issue(report, found.code, key, text, _FINDINGS[found.severity])


def _issue(report: Report, name: str, about: str, text: str, severity: str) -> dict[str, Any]:
    from hashlib import sha256

    place = _place(report)
    # projects of one repository may have suites of the same name
    key = f"{name}\0{about}" + (f"\0{place}" if "/" in place else "")
    return {
        "description": printable(text),
        "check_name": f"credcheck-{name.lower()}",
        "fingerprint": sha256(key.encode("utf-8", "replace")).hexdigest(),
        "severity": severity,
        "location": {"path": place, "lines": {"begin": 1}},
    }


def _place(report: Report) -> str:
    """Give the manifest's path from the repository's root, where GitLab counts from.

    Without a manifest it is the project's folder.
    """
    from pathlib import Path

    root = Path(report.root)
    top = repository_of(root) or root
    place = root if report.manifest is None else Path(report.manifest)
    return place.relative_to(top).as_posix() if place.is_relative_to(top) else place.name
