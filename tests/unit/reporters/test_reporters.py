from __future__ import annotations

import json
from typing import get_args

import pytest

from credcheck.errors import CommandLineError
from credcheck.findings import finding
from credcheck.model import (
    Attempt,
    Finding,
    Report,
    SecretStatus,
    SourceStatus,
    SuiteOutcome,
    SuiteStatus,
)
from credcheck.reporters import REPORTERS, RenderOptions, render

LIVE = SecretStatus(
    name="STRIPE_TEST_KEY",
    state="live",
    mode="live",
    service="stripe",
    source="env",
    reason="it carries sk_live_",
    attempts=(Attempt("dotenv", "absent"), Attempt("env", "found", "variable STRIPE_TEST_KEY")),
    hint="take it out",
)
ABSENT = SecretStatus(
    name="MAIL_KEY",
    state="absent",
    mode="unknown",
    service=None,
    source=None,
    reason="no source has it",
    description="sends mail",
    hint="get one",
)
READY = ABSENT._replace(name="OK_KEY", state="ready", reason="a test key", hint="")
REPORT = Report(
    version="0.1.0",
    context="ci",
    exit_code=3,
    sources=(
        SourceStatus("env", "ok", "has 1 of 3", 0.1),
        SourceStatus("vault", "unreachable", "no route"),
        SourceStatus("aws", "not-asked"),
    ),
    secrets=(LIVE, ABSENT, READY),
    suites=(
        SuiteStatus("payments", "refused", 41, ("STRIPE_TEST_KEY",), "it is live"),
        SuiteStatus("mail", "skip", 1, ("MAIL_KEY",), "MAIL_KEY is absent"),
        SuiteStatus("unit", "run", None, (), "ready"),
    ),
    findings=(
        finding("CRED010", path=".env.test"),
        finding("CRED001", secret="MAIL_KEY", state="absent", reason="r", hint="h"),
        finding("CRED002", secret="STRIPE_TEST_KEY", reason="r", where="w"),
    ),
    context_reason="GitHub Actions",
    manifest="/p/credcheck.toml",
)


def test_the_text_is_for_people() -> None:
    assert render("text", REPORT) == (
        "credcheck 0.1.0 · context ci (GitHub Actions) · /p/credcheck.toml\n"
        "sources: env has 1 of 3, vault unreachable\n"
        "\n"
        "REFUSED  payments   41 tests  it is live\n"
        "           STRIPE_TEST_KEY: live; it carries sk_live_\n"
        "             next: take it out\n"
        "SKIP     mail         1 test  MAIL_KEY is absent\n"
        "           MAIL_KEY: absent; no source has it\n"
        "             what: sends mail\n"
        "             next: get one\n"
        "RUN      unit                 ready\n"
        "\n"
        "Secrets:\n"
        "  OK_KEY  ready     a test key\n"
        "\n"
        "Findings:\n"
        "  error CRED002: STRIPE_TEST_KEY is a production credential: r.\n"
        "    hint: Take it out of w, revoke it if others could see it, and put a test key there.\n"
        "  warning CRED010: .env.test is not ignored by git, so it can be committed.\n"
        "    hint: echo .env.test >> .gitignore\n"
        "\n"
        "3 suites: 1 runs, 1 is skipped, 1 is refused · exit 3\n"
    )


def test_a_secret_without_a_suite_and_a_wide_count_stay_in_their_columns() -> None:
    report = REPORT._replace(
        suites=(
            SuiteStatus("big", "run", 123_456, (), "ready"),
            SuiteStatus("odd", "skip", 1, ("UNKNOWN",), ""),
        ),
        secrets=(READY, ABSENT._replace(name="LONGER_NAME", state="placeholder", reason="")),
        findings=(Finding("CRED010", "info", "w"),),
    )
    assert render("text", report).splitlines()[3:-2] == [
        "RUN      big  123456 tests  ready",
        "SKIP     odd        1 test",
        "",
        "Secrets:",
        "  OK_KEY       ready        a test key",
        "  LONGER_NAME  placeholder",
        "",
        "Findings:",
        "  info CRED010: w",
    ]


def test_without_a_manifest_the_text_says_so() -> None:
    bare = Report("0.1.0", "local", 0, (), (), (), ())
    assert render("text", bare) == (
        "credcheck 0.1.0 · context local · no manifest\n"
        "Nothing is declared and no test asks for a secret: nothing to check.\n"
        "\n"
        "exit 0\n"
    )


@pytest.mark.parametrize("outcome", get_args(SuiteOutcome))
def test_color_is_for_words_and_changes_nothing_else(outcome: SuiteOutcome) -> None:
    import re

    report = REPORT._replace(suites=(SuiteStatus("s", outcome, 1, (), "r"),))
    colored = render("text", report, RenderOptions(color=True))
    assert "\x1b[" in colored
    assert re.sub(r"\x1b\[[\d;]*m", "", colored) == render("text", report)


def test_json_has_the_contracts_keys_in_its_order() -> None:
    report = json.loads(render("json", REPORT))
    assert list(report) == [
        "schema", "version", "context", "ok", "exit_code", "sources", "secrets", "suites",
        "findings",
    ]  # fmt: skip
    assert (report["schema"], report["ok"], report["exit_code"]) == ("credcheck.report/1", False, 3)
    assert report["sources"][0] == {
        "name": "env", "status": "ok", "detail": "has 1 of 3", "elapsed_ms": 0.1,
    }  # fmt: skip
    assert report["secrets"][0] == {
        "name": "STRIPE_TEST_KEY", "state": "live", "mode": "live", "service": "stripe",
        "source": "env", "reason": "it carries sk_live_",
        "attempts": [
            {"source": "dotenv", "outcome": "absent", "detail": ""},
            {"source": "env", "outcome": "found", "detail": "variable STRIPE_TEST_KEY"},
        ],
    }  # fmt: skip
    assert report["suites"][0] == {
        "name": "payments", "outcome": "refused", "tests": 41, "missing": ["STRIPE_TEST_KEY"],
        "reason": "it is live",
        "results": None,
    }  # fmt: skip
    assert list(report["findings"][0]) == [
        "code", "severity", "secret", "suite", "message", "hint", "url",
    ]  # fmt: skip


def test_github_gets_errors_first_and_escapes() -> None:
    report = REPORT._replace(
        suites=(*REPORT.suites[:2], SuiteStatus("a,b:c", "fail", 2, (), "50% is\nmissing")),
        findings=(Finding("CRED010", "warning", "w", "h"),),
    )
    assert render("github", report) == (
        "::error title=credcheck%3A payments::refused (41 tests): it is live\n"
        "::error title=credcheck%3A a%2Cb%3Ac::fail (2 tests): 50%25 is%0Amissing\n"
        "::warning title=credcheck CRED010::w%0Ahint: h\n"
        "::notice title=credcheck%3A mail::skip (1 test): MAIL_KEY is absent\n"
    )


def test_github_counts_what_it_would_not_show() -> None:
    many = REPORT._replace(
        suites=(), findings=tuple(Finding("CRED010", "warning", f"w{n}") for n in range(12))
    )
    lines = render("github", many).splitlines()
    assert len(lines) == 10
    assert lines[-1] == "::warning title=credcheck::and 3 more: see the step's log"


def test_markdown_is_a_table_that_texts_cannot_break() -> None:
    report = REPORT._replace(suites=(SuiteStatus("a|b", "skip", None, (), "<x> `y`"),))
    text = render("markdown", report)
    assert "| a\\|b | skip |  | &lt;x> \\`y\\` |\n" in text
    assert "2 findings:" in text
    assert "- **error** [CRED002](https://" in text
    clean = render("markdown", REPORT._replace(suites=(), findings=()))
    assert clean == ("### credcheck\n\nexit 3, context `ci`\n")


@pytest.mark.parametrize("name", REPORTERS)
def test_no_format_lets_a_control_character_through(name: str) -> None:
    evil = "a\x1b[2Jb\rc\u202ed\n::error::forged"
    report = REPORT._replace(
        suites=(SuiteStatus(evil, "skip", 1, (evil,), evil),),
        secrets=(
            ABSENT._replace(name=evil, reason=evil, description=evil, hint=evil),
            ABSENT._replace(name=f"other {evil}", reason=evil),
        ),
        findings=(Finding("CRED010", "error", evil, evil),),
        sources=(SourceStatus("env", evil, evil),),
        context_reason=evil,
        manifest=evil,
    )
    text = render(name, report)
    assert not {"\x1b", "\r", "\u202e"} & set(text)
    assert [line for line in text.splitlines() if line.lstrip().startswith("::error::")] == []


def test_an_unknown_format_is_an_error_with_a_suggestion() -> None:
    with pytest.raises(CommandLineError, match=r"there is no format 'jsn' \(did you mean 'json'"):
        render("jsn", REPORT)
