from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from credcheck.cli import main
from support.keys import sendgrid, stripe_live, stripe_test
from support.projects import enter_project, write_project
from support.terminals import finish, spawn

MANIFEST = """
on-missing = {ci = "fail"}

[secrets.STRIPE_TEST_KEY]
service = "stripe"

[secrets.MAIL_KEY]
service = "sendgrid"
unproven = "a sub-account"

[suites.payments]
requires = ["STRIPE_TEST_KEY"]

[suites.mail]
requires = ["MAIL_KEY"]
"""


@pytest.fixture(autouse=True)
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    enter_project(tmp_path, monkeypatch)
    write_project(tmp_path, MANIFEST, STRIPE_TEST_KEY=stripe_test())
    return tmp_path


def ran(capsys: pytest.CaptureFixture[str], *words: str) -> tuple[int, str, str]:
    code = main(["export", *words])
    captured = capsys.readouterr()
    return code, captured.out, captured.err


def test_dotenv_is_what_it_writes_if_nothing_is_said(capsys: pytest.CaptureFixture[str]) -> None:
    code, out, err = ran(capsys)
    assert (code, out) == (0, f"STRIPE_TEST_KEY={stripe_test()}\n")
    assert err == (
        "credcheck: without MAIL_KEY, which is absent; add MAIL_KEY=<your test key> to .env.test\n"
    )


def test_only_the_named_suites_secrets_are_handed_on(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write_project(project, STRIPE_TEST_KEY=stripe_test(), MAIL_KEY=sendgrid())
    assert set(json.loads(ran(capsys, "--format", "json")[1])) == {"STRIPE_TEST_KEY", "MAIL_KEY"}
    code, out, err = ran(capsys, "--format", "json", "--suite", "mail")
    assert (code, json.loads(out), err) == (0, {"MAIL_KEY": sendgrid()}, "")


def test_a_live_key_anywhere_means_that_nothing_is_written(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write_project(project, STRIPE_TEST_KEY=stripe_test(), OTHER=stripe_live())
    code, out, err = ran(capsys)
    assert (code, out) == (3, "")
    assert ".env.test:2 holds a production credential under the name OTHER" in err
    assert stripe_live()[8:16] not in err


def test_a_suite_that_must_not_lack_a_secret_means_that_nothing_is_written(
    capsys: pytest.CaptureFixture[str],
) -> None:
    code, out, err = ran(capsys, "--context", "ci")
    assert (code, out) == (1, "")
    assert "MAIL_KEY is absent" in err
    assert ran(capsys, "--context", "ci", "--suite", "payments")[0] == 0


def test_what_a_format_cannot_carry_is_an_error_and_nothing_is_written(
    project: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (project / "credcheck.toml").write_text("[secrets.PEM]\n[secrets.GOOD]\n")
    monkeypatch.setenv("GOOD", "good-value")
    monkeypatch.setenv("PEM", "first-line\nsecond-line")
    code, out, err = ran(capsys, "--format", "docker")
    assert (code, out) == (2, "")
    assert "PEM: it has more than one line" in err
    assert "second-line" not in err


def test_an_unknown_format_is_told_with_a_suggestion(capsys: pytest.CaptureFixture[str]) -> None:
    code, out, err = ran(capsys, "--format", "docer")
    assert (code, out) == (2, "")
    assert "there is no format 'docer' (did you mean 'docker'?)" in err


# ── GitHub Actions ────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def step(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    path = tmp_path / "github_env"
    path.write_text("EARLIER=1\n")
    monkeypatch.setenv("GITHUB_ENV", str(path))
    monkeypatch.setenv("GITHUB_ACTIONS", "true")
    return path


def test_a_step_gets_the_values_in_its_file_and_the_masks_on_standard_output(
    step: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code, out, _ = ran(capsys, "--format", "github", "--suite", "payments")
    assert (code, out) == (0, f"::add-mask::{stripe_test()}\n")
    earlier, head, value, mark = step.read_text().splitlines()
    assert earlier == "EARLIER=1"
    assert head == f"STRIPE_TEST_KEY<<{mark}"
    assert value == stripe_test()


def test_outside_of_a_step_a_mask_would_show_the_value(
    step: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for variable in ("GITHUB_ENV", "GITHUB_ACTIONS"):
        with monkeypatch.context() as patch:
            patch.delenv(variable)
            code, out, err = ran(capsys, "--format", "github", "--context", "local")
        assert (code, out) == (2, "")
        assert "this is not a step of GitHub Actions" in err
    assert step.read_text() == "EARLIER=1\n"


def test_a_file_of_the_step_that_cannot_be_written_is_told(
    step: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    step.unlink()
    step.mkdir()
    code, _, err = ran(capsys, "--format", "github", "--suite", "payments")
    assert code == 2
    assert "github_env cannot be written" in err


# ── a terminal ────────────────────────────────────────────────────────────────────────────────


@pytest.mark.skipif(os.name != "posix", reason="needs a pseudo-terminal")
def test_a_terminal_gets_the_values_only_when_they_are_to_be_revealed(project: Path) -> None:
    code, text = finish(spawn(project, "credcheck", "export", "--format", "shell"))
    assert code == 2
    assert "the values would be shown on this terminal" in text
    assert stripe_test()[8:16] not in text
    code, text = finish(spawn(project, "credcheck", "export", "--reveal", "--suite", "payments"))
    assert (code, text.strip()) == (0, f"STRIPE_TEST_KEY={stripe_test()}")


@pytest.mark.skipif(os.name != "posix", reason="Windows knows no broken pipes")
def test_a_reader_that_went_away_is_no_error(
    capfdbinary: pytest.CaptureFixture[bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    reader, writer = os.pipe()
    os.close(reader)
    saved = os.dup(1)
    os.dup2(writer, 1)
    os.close(writer)
    try:
        with open(1, "w", closefd=False) as stream:
            monkeypatch.setattr("sys.stdout", stream)
            assert main(["export"]) == 0
    finally:
        os.dup2(saved, 1)
        os.close(saved)
    assert b"Traceback" not in capfdbinary.readouterr().err


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full")
def test_an_output_that_cannot_be_written_is_told(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    with Path("/dev/full").open("w") as full:
        monkeypatch.setattr("sys.stdout", full)
        assert main(["export"]) == 2
    assert "standard output cannot be written" in capsys.readouterr().err


def test_without_standard_output_nothing_is_written(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdout", None)
    assert main(["export"]) == 0
