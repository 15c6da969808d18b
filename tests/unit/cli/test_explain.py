from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from credcheck.cli import main
from support.keys import sendgrid, stripe_live, stripe_test
from support.projects import enter_project, write_project

if TYPE_CHECKING:
    from pathlib import Path

MANIFEST = """
[secrets.STRIPE_TEST_KEY]
service = "stripe"
description = "Stripe secret key"

[secrets.MAIL_KEY]
service = "sendgrid"

[suites.payments]
requires = ["STRIPE_TEST_KEY", "MAIL_KEY"]
on-missing = {ci = "fail"}
"""


@pytest.fixture(autouse=True)
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    enter_project(tmp_path, monkeypatch)
    write_project(tmp_path, MANIFEST)
    (tmp_path / "test_x.py").write_text(
        "from credcheck import require_secret\n"
        '@require_secret("STRIPE_TEST_KEY")\ndef test_a(): pass\n'
        '@require_secret("OTHER_KEY")\ndef test_b(): pass\n'
    )
    return tmp_path


def explained(capsys: pytest.CaptureFixture[str], *words: str) -> tuple[int, str]:
    code = main(["explain", *words])
    return code, capsys.readouterr().out


def test_a_missing_secret_is_explained(capsys: pytest.CaptureFixture[str]) -> None:
    assert explained(capsys, "STRIPE_TEST_KEY") == (
        0,
        (
            "STRIPE_TEST_KEY: absent\n"
            "  what     Stripe secret key\n"
            "  service  stripe\n"
            "  because  no source has it (asked: dotenv, env)\n"
            "  asked    dotenv   absent     there is no .env.test\n"
            "           env      absent\n"
            "  needed   payments: skip, 1 test, waits for it\n"
            "  next     add STRIPE_TEST_KEY=<your test key> to .env.test\n"
            "  or       credcheck bootstrap\n"
        ),
    )


def test_a_ready_secret_says_what_it_proves_and_where_it_came_from(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write_project(project, STRIPE_TEST_KEY=stripe_test(), MAIL_KEY=sendgrid())
    assert explained(capsys, "STRIPE_TEST_KEY") == (
        0,
        (
            "STRIPE_TEST_KEY: ready\n"
            "  what     Stripe secret key\n"
            "  service  stripe\n"
            "  proves   test: a Stripe secret API key in test mode, marked sk_test_\n"
            "  asked    dotenv   found      .env.test:1\n"
            "           env      absent\n"
            "  needed   payments: run, 1 test\n"
        ),
    )
    code, text = explained(capsys, "MAIL_KEY")
    assert code == 0
    assert "  warning  CRED004: MAIL_KEY proves neither test nor live mode" in text


def test_it_is_about_this_secret_alone(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write_project(project, STRIPE_TEST_KEY=stripe_test())
    code, text = explained(capsys, "STRIPE_TEST_KEY", "--context", "ci")
    assert code == 0  # the suite would fail for want of another secret
    assert "MAIL_KEY" not in text
    assert explained(capsys, "MAIL_KEY", "--context", "ci")[0] == 0


def test_the_exit_code_is_that_of_a_suite_that_needs_just_this_secret(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (project / "credcheck.toml").write_text("on-missing = 'fail'\n" + MANIFEST)
    assert explained(capsys, "STRIPE_TEST_KEY")[0] == 1
    write_project(project, STRIPE_TEST_KEY=stripe_live())
    code, text = explained(capsys, "STRIPE_TEST_KEY")
    assert code == 3
    assert text.startswith("STRIPE_TEST_KEY: live\n")
    assert stripe_live()[8:16] not in text


def test_a_secret_that_only_a_test_names_can_be_explained(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert "needed   test_x: skip, 1 test, waits for it" in explained(capsys, "OTHER_KEY")[1]


def test_a_secret_that_nothing_needs_has_no_suites(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (project / "credcheck.toml").write_text("[secrets.LONELY]\n[suites.s]\n")
    assert "needed" not in explained(capsys, "LONELY")[1]


def test_an_alias_explains_its_secret(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write_project(project, MANIFEST.replace("[suites", "aliases = ['SG_KEY']\n\n[suites"))
    assert explained(capsys, "SG_KEY")[1].startswith("MAIL_KEY: absent\n")


def test_an_unknown_secret_is_an_error_with_a_suggestion(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert main(["explain", "STRIPE_KEY"]) == 2
    assert "(did you mean 'STRIPE_TEST_KEY'?)" in capsys.readouterr().err


def test_what_is_shadowed_is_told(
    project: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    write_project(project, STRIPE_TEST_KEY=stripe_test(), MAIL_KEY=sendgrid())
    monkeypatch.setenv("STRIPE_TEST_KEY", stripe_test(8))
    code, text = explained(capsys, "STRIPE_TEST_KEY")
    assert code == 0
    assert (
        "           env      found      variable STRIPE_TEST_KEY: not used, an earlier source has it\n"
        "  needed   payments: run, 1 test\n"
        "  shadows  STRIPE_TEST_KEY has another value in variable STRIPE_TEST_KEY than in "
        ".env.test:1, which wins.\n"
    ) in text


def test_a_suite_that_lacks_another_secret_does_not_wait_for_this_one(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write_project(project, STRIPE_TEST_KEY=stripe_test())
    assert "  needed   payments: skip, 0 tests\n" in explained(capsys, "STRIPE_TEST_KEY")[1]


def test_a_warning_has_its_hint(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write_project(project, MAIL_KEY=sendgrid())
    assert (
        "           hint: If it cannot do harm, say why: unproven"
        in explained(capsys, "MAIL_KEY")[1]
    )


def test_in_ci_nobody_is_sent_to_a_prompt(capsys: pytest.CaptureFixture[str]) -> None:
    assert "bootstrap" not in explained(capsys, "STRIPE_TEST_KEY", "--context", "ci")[1]
