"""What a run tells of its suites: the report's results, GitHub's summary, budgets of skips."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from support.keys import stripe_test
from support.projects import write_project

if TYPE_CHECKING:
    from pathlib import Path

MANIFEST = """
[secrets.STRIPE_TEST_KEY]
service = "stripe"
[secrets.MAIL_KEY]
[suites.payments]
requires = ["STRIPE_TEST_KEY"]
[suites.mail]
requires = ["MAIL_KEY"]
paths = ["mail"]
"""
PAYMENTS = """
import pytest
from credcheck import require_secret
pytestmark = require_secret("STRIPE_TEST_KEY")

@pytest.fixture
def broken():
    raise OSError

@pytest.fixture
def breaks():
    yield
    raise OSError

def test_one(): pass
def test_two(): pass
def test_fails(): assert False
def test_errors(broken): pass
def test_breaks_at_its_end(breaks): pass
def test_skips(): pytest.skip()
@pytest.mark.xfail
def test_expected(): assert False
@pytest.mark.xfail
def test_unexpected(): pass
"""
MAIL = "def test_a(): pass\ndef test_b(): pass\n"


@pytest.fixture
def project(tmp_path: Path) -> Path:
    write_project(tmp_path, MANIFEST)
    (tmp_path / "pytest.ini").write_text("[pytest]\n")
    (tmp_path / "mail").mkdir()
    (tmp_path / "mail" / "test_mail.py").write_text(MAIL)
    (tmp_path / "test_pay.py").write_text(PAYMENTS)
    return tmp_path


def run(project: Path, *words: str, **more: str) -> tuple[int, str]:
    kept = {name: value for name, value in os.environ.items() if name in {"PATH", "PYTHONPATH"}}
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:randomly", *words]
    done = subprocess.run(
        command, cwd=project, env={**kept, **more}, capture_output=True, text=True
    )
    return done.returncode, done.stdout + done.stderr


def results(project: Path, *words: str, **more: str) -> dict[str, dict[str, int]]:
    run(project, "--credcheck-report=report.json", *words, **more)
    suites = json.loads((project / "report.json").read_text())["suites"]
    return {s["name"]: {k: n for k, n in s["results"].items() if n} for s in suites}


@pytest.mark.parametrize("mode", [(), ("-n", "2")], ids=["plain", "xdist"])
def test_the_report_counts_what_became_of_each_suite(project: Path, mode: tuple[str, ...]) -> None:
    told = results(project, *mode, STRIPE_TEST_KEY=stripe_test(1))
    ended = {"passed": 2, "failed": 1, "errors": 2, "skipped": 1, "xfailed": 1, "xpassed": 1}
    assert told == {"payments": ended, "mail": {"skipped": 2}}


def test_tests_that_fail_for_want_of_a_secret_are_errors(project: Path) -> None:
    told = results(project, "--credcheck-strict")
    assert told == {"payments": {"errors": 8}, "mail": {"errors": 2}}


def test_a_preflight_has_no_results(project: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "credcheck", "check", "--format", "json"],
        cwd=project,
        capture_output=True,
        text=True,
    )
    assert {suite["results"] for suite in json.loads(done.stdout)["suites"]} == {None}


# ── GitHub Actions ────────────────────────────────────────────────────────────────────────────


def test_in_actions_annotations_and_a_summary_are_written(project: Path) -> None:
    summary = project / "summary.md"
    summary.write_text("# from an earlier command\n")
    job = {"CI": "true", "GITHUB_ACTIONS": "true", "GITHUB_STEP_SUMMARY": str(summary)}
    _, out = run(project, STRIPE_TEST_KEY=stripe_test(1), **job)
    assert re.search(r"^::notice title=credcheck%3A mail::skip \(2 tests\)", out, re.MULTILINE)
    text = summary.read_text()
    assert text.startswith("# from an earlier command\n### credcheck\n")
    assert "| payments | run | 2 passed, 1 failed, 2 errors, 1 skipped" in text
    assert "| mail | skip | 2 skipped |" in text


def test_elsewhere_nothing_of_that_is_written(project: Path) -> None:
    summary = project / "summary.md"
    _, out = run(project, GITHUB_STEP_SUMMARY=str(summary))
    assert not summary.exists()
    assert "::notice" not in out


def test_a_project_without_credentials_sees_nothing_in_actions(tmp_path: Path) -> None:
    (tmp_path / "pytest.ini").write_text("[pytest]\n")
    (tmp_path / "test_a.py").write_text("def test_a(): pass\n")
    summary = tmp_path / "summary.md"
    code, out = run(tmp_path, GITHUB_ACTIONS="true", GITHUB_STEP_SUMMARY=str(summary))
    assert (code, summary.exists()) == (0, False)
    assert not re.search(r"^=*\s*(credcheck|::)", out, re.MULTILINE), out


def test_a_summary_that_cannot_be_written_is_told_and_changes_no_exit_code(project: Path) -> None:
    job = {"GITHUB_ACTIONS": "true", "GITHUB_STEP_SUMMARY": str(project)}
    code, out = run(project, "mail", **job)
    assert code == 0
    assert "credcheck: the summary cannot be written: " in out


# ── budgets ───────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("mode", [(), ("-n", "2")], ids=["plain", "xdist"])
def test_more_skipped_tests_than_allowed_fail_the_run(project: Path, mode: tuple[str, ...]) -> None:
    assert run(project, "mail", *mode)[0] == 0
    with (project / "credcheck.toml").open("a") as manifest:
        manifest.write("max-skipped = 1\n")
    code, out = run(project, "mail", *mode)
    assert code == 1
    assert "mail: 2 tests skipped, and 1 may be (max-skipped)" in out
    (project / "mail" / "test_mail.py").write_text("def test_a(): pass\n")
    assert run(project, "mail", *mode)[0] == 0
