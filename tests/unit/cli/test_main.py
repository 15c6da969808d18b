from __future__ import annotations

import os
import subprocess
import sys
from contextlib import suppress
from typing import TYPE_CHECKING

import pytest

import credcheck
from credcheck import cli
from credcheck.cli import main
from support.keys import stripe_live, stripe_test
from support.projects import enter_project, write_env_test, write_project

if TYPE_CHECKING:
    from pathlib import Path

MANIFEST = """
[secrets.STRIPE_TEST_KEY]
service = "stripe"

[suites.payments]
requires = ["STRIPE_TEST_KEY"]
"""


@pytest.fixture(autouse=True)
def clean(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    enter_project(tmp_path, monkeypatch)


def failing(capsys: pytest.CaptureFixture[str], *words: str) -> str:
    assert main(words) == 2
    captured = capsys.readouterr()
    assert captured.out == ""
    return captured.err


# ── the program ───────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    "words", [["--version"], ["check", "--version"], ["--color", "never", "--version"]]
)
def test_the_version_is_told(capsys: pytest.CaptureFixture[str], words: list[str]) -> None:
    with suppress(SystemExit):  # argparse exits by itself
        assert main(words) == 0
    assert capsys.readouterr().out == f"credcheck {credcheck.__version__}\n"


@pytest.mark.parametrize("words", [["--help"], ["-h"], ["--context", "ci", "--help"]])
def test_help_lists_every_command(capsys: pytest.CaptureFixture[str], words: list[str]) -> None:
    assert main(words) == 0
    out = capsys.readouterr().out
    for name, (_, told) in cli.COMMANDS.items():
        assert f"  {name}" in out
        assert told in out


@pytest.mark.parametrize("command", cli.COMMANDS)
def test_the_help_of_every_command_ends_with_an_example(
    capsys: pytest.CaptureFixture[str], command: str
) -> None:
    with pytest.raises(SystemExit) as end:
        main([command, "--help"])
    assert end.value.code == 0
    assert f"example:\n  credcheck {command}" in capsys.readouterr().out


def test_without_a_command_it_checks(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write_project(tmp_path, MANIFEST)
    assert main([]) == 0
    alone = capsys.readouterr().out
    assert main(["check"]) == 0
    assert capsys.readouterr().out == alone
    assert "payments" in alone


@pytest.mark.parametrize(
    "words", [["--context", "ci", "check"], ["check", "--context", "ci"], ["--context", "ci"]]
)
def test_global_options_stand_before_or_after_the_command(
    capsys: pytest.CaptureFixture[str], words: list[str]
) -> None:
    assert main(words) == 0
    assert "context ci (as asked)" in capsys.readouterr().out


def test_python_m_credcheck_is_the_same(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "credcheck", "--version"], capture_output=True, text=True, check=True
    )
    assert done.stdout == f"credcheck {credcheck.__version__}\n"


# ── mistakes ──────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["chekc"], "there is no command 'chekc' (did you mean 'check'?)"),
        (["check", "--suit"], "there is no option '--suit' (did you mean '--suite'?)"),
        (["--color", "alway"], "--color cannot be 'alway' (did you mean 'always'?)"),
        (["--context", "loca"], "unknown context 'loca' (did you mean 'local'?)"),
        (["--format", "jsn"], "there is no format 'jsn' (did you mean 'json'?)"),
        (["--suite", "payment"], "there is no suite 'payment' (did you mean 'payments'?)"),
        (["--output", "a", "--output", "b"], "there are 2 --output and 1 --format"),
        (["check", "--suite"], "argument --suite: expected one argument"),
    ],
)
def test_a_mistake_on_the_command_line_is_one_sentence_and_a_hint(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], words: list[str], message: str
) -> None:
    write_project(tmp_path, MANIFEST)
    first, hint, *rest = failing(capsys, *words).splitlines()
    assert first == f"credcheck: error: {message}"
    assert hint.startswith("  hint: ")
    assert rest == []


def test_all_mistakes_of_a_manifest_are_told_at_once(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write_project(tmp_path, "ambiet = 'warn'\n[secrets.A]\nservice = 'strpe'\n")
    text = failing(capsys)
    assert "did you mean 'ambient'?" in text
    assert "did you mean 'stripe'?" in text
    assert "Traceback" not in text


def test_a_broken_env_test_is_told_with_its_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write_project(tmp_path, MANIFEST)
    write_env_test(tmp_path, "STRIPE_TEST_KEY='open\n")
    assert ".env.test:1: not a line of the form NAME=value" in failing(capsys)


def test_a_missing_manifest_that_was_named_is_an_error(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert "none.toml" in failing(capsys, "--manifest", "none.toml")


def test_an_interruption_is_130_and_silent(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def interrupt(words: list[str]) -> int:
        raise KeyboardInterrupt

    monkeypatch.setattr(cli, "_run", interrupt)
    assert main([]) == 130
    assert capsys.readouterr() == ("", "")


def test_our_own_mistake_names_its_place_and_not_its_text(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def break_down(words: list[str]) -> int:
        raise ValueError(stripe_live())

    monkeypatch.setattr(cli, "_run", break_down)
    assert main([]) == 70
    err = capsys.readouterr().err
    assert err.startswith("credcheck: error: internal error: ValueError at ")
    assert stripe_live()[8:16] not in err


@pytest.mark.skipif(os.name != "posix", reason="needs a POSIX pipe")
def test_a_reader_that_goes_away_is_no_error(tmp_path: Path) -> None:
    write_project(tmp_path, MANIFEST)
    read, write = os.pipe()
    os.close(read)
    done = subprocess.run(
        [sys.executable, "-m", "credcheck"], stdout=write, stderr=subprocess.PIPE, text=True
    )
    os.close(write)
    assert (done.returncode, done.stderr) == (0, "")


# ── exit codes ────────────────────────────────────────────────────────────────────────────────


def test_exit_codes_of_a_check(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    write_project(tmp_path, MANIFEST + "on-missing = {ci = 'fail'}\n")
    assert main(["--context", "local"]) == 0
    assert main(["--context", "ci"]) == 1
    assert main(["--context", "local", "--strict"]) == 1
    monkeypatch.setenv("STRIPE_TEST_KEY", stripe_test())
    assert main(["--context", "ci", "--strict"]) == 0
    monkeypatch.setenv("STRIPE_TEST_KEY", stripe_live())
    assert main(["--context", "local"]) == 3
    captured = capsys.readouterr()
    assert stripe_live()[8:16] not in captured.out + captured.err


def test_a_source_that_cannot_be_asked_is_4_in_ci(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    manifest = MANIFEST.replace("[suites", "vault = 'secret/ci#key'\n[suites")
    write_project(tmp_path, manifest)
    monkeypatch.setenv("VAULT_ADDR", "http://127.0.0.1:1")
    monkeypatch.setenv("VAULT_TOKEN", "x")
    assert main(["--context", "ci"]) == 4
    assert main(["--context", "local"]) == 0
