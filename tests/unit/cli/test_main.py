from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

import credcheck
from credcheck import cli
from credcheck.cli import main
from credcheck.errors import UsageError
from support.keys import stripe_live, stripe_test
from support.projects import enter_project, write_env_test, write_project

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
    assert main([command, "--help"]) == 0
    example = capsys.readouterr().out.rpartition("\n\n")[2]
    assert example.startswith(f"example:\n  credcheck {command}")


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


@pytest.mark.parametrize(
    "words", [["--context=ci", "services"], ["--manifest", "services", "services"]]
)
def test_a_global_option_before_the_command_does_not_hide_it(
    capsys: pytest.CaptureFixture[str], words: list[str]
) -> None:
    assert main(["services"]) == 0
    listed = capsys.readouterr().out
    assert main(words) == 0
    assert capsys.readouterr().out == listed


@pytest.mark.parametrize("words", [["--suite", "check"], ["check", "--suite", "check"]])
def test_a_suite_may_be_called_like_a_command(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], words: list[str]
) -> None:
    write_project(tmp_path, MANIFEST.replace("payments", "check"))
    assert main(words) == 0
    assert "SKIP     check" in capsys.readouterr().out


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
        (["--format", "gitlabs"], "there is no format 'gitlabs' (did you mean 'gitlab'?)"),
        (["--strict=yes"], "argument --strict: it takes no value"),
        (["-x"], "there is no option '-x'"),
        (["check", "payments"], "credcheck check was given an argument too many"),
        (
            ["--strict", "explain", "STRIPE_TEST_KEY"],
            "the command 'explain' stands behind an option of 'credcheck check'",
        ),
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


@pytest.mark.parametrize(
    "words", [["fingerprint", "{}"], ["--token={}"], ["--strict={}"], ["-p{}"], ["check", "{}"]]
)
def test_a_credential_that_was_pasted_in_the_wrong_place_is_not_shown(
    capsys: pytest.CaptureFixture[str], words: list[str]
) -> None:
    assert stripe_live()[8:16] not in failing(capsys, *(w.format(stripe_live()) for w in words))


def test_an_error_cannot_move_the_cursor_or_forge_a_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def fail(words: list[str]) -> int:
        raise UsageError("one\x1b[2J\ntwo\rx", "three\nfour")

    monkeypatch.setattr(cli, "_run", fail)
    assert failing(capsys) == ("credcheck: error: one\\x1b[2J\n  two\\rx\n  hint: three\\nfour\n")


@pytest.mark.skipif(os.name != "posix", reason="elsewhere a folder in use cannot be removed")
def test_a_working_directory_that_is_gone_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    gone = tmp_path / "gone"
    gone.mkdir()
    monkeypatch.chdir(gone)
    gone.rmdir()
    try:
        assert failing(capsys) == (
            "credcheck: error: the working directory is gone\n  hint: cd into one that exists\n"
        )
    finally:
        os.chdir(tmp_path)


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


# ── an output that fails ──────────────────────────────────────────────────────────────────────

LIVE_PROJECT = pytest.mark.parametrize(
    ("value", "code"), [(stripe_test(), 0), (stripe_live(), 3)], ids=["test", "live"]
)
UNBUFFERED = pytest.mark.parametrize("unbuffered", ["", "1"], ids=["buffered", "unbuffered"])
POSIX = pytest.mark.skipif(os.name != "posix", reason="needs POSIX pipes and descriptors")
FULL = pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full")


def run_into(stdout: int, root: Path, *words: str, **environ: str) -> tuple[int, str]:
    """Run the command in a process of its own, and give its exit code and complaints."""
    done = subprocess.run(
        [sys.executable, "-m", "credcheck", *words],
        stdout=stdout,
        stderr=subprocess.PIPE,
        text=True,
        cwd=root,
        env={**os.environ, **environ},
    )
    return done.returncode, done.stderr


@POSIX
@UNBUFFERED
@LIVE_PROJECT
def test_a_reader_that_goes_away_changes_no_exit_code_and_no_other_report(
    tmp_path: Path, value: str, code: int, unbuffered: str
) -> None:
    write_project(tmp_path, MANIFEST)
    read, write = os.pipe()
    os.close(read)
    words = ("--format", "text", "--format", "json", "--output", "-", "--output", "report.json")
    ended = run_into(write, tmp_path, *words, STRIPE_TEST_KEY=value, PYTHONUNBUFFERED=unbuffered)
    os.close(write)
    assert ended == (code, "")
    assert f'"exit_code": {code}' in (tmp_path / "report.json").read_text()


@POSIX
@UNBUFFERED
def test_a_long_listing_whose_reader_went_away_is_no_error(tmp_path: Path, unbuffered: str) -> None:
    read, write = os.pipe()
    os.close(read)
    ended = run_into(write, tmp_path, "services", PYTHONUNBUFFERED=unbuffered)
    os.close(write)
    assert ended == (0, "")


@POSIX
@LIVE_PROJECT
def test_a_closed_output_changes_no_exit_code(tmp_path: Path, value: str, code: int) -> None:
    write_project(tmp_path, MANIFEST)
    done = subprocess.run(
        ["/bin/sh", "-c", '"$0" -m credcheck >&-', sys.executable],
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "STRIPE_TEST_KEY": value},
    )
    assert (done.returncode, done.stderr) == (code, "")


@FULL
@UNBUFFERED
@pytest.mark.parametrize(
    ("words", "value", "code"),
    [
        (["check"], stripe_test(), 2),
        (["check"], stripe_live(), 3),  # a production credential wins over everything
        (["check", "--help"], "", 2),
        (["--version"], "", 2),
    ],
    ids=["test", "live", "help", "version"],
)
def test_a_full_disk_is_told_in_a_sentence(
    tmp_path: Path, words: list[str], value: str, code: int, unbuffered: str
) -> None:
    write_project(tmp_path, MANIFEST)
    with Path("/dev/full").open("wb") as full:
        ended = run_into(
            full.fileno(), tmp_path, *words, STRIPE_TEST_KEY=value, PYTHONUNBUFFERED=unbuffered
        )
    told = "credcheck: error: standard output cannot be written: No space left on device\n"
    assert ended == (code, told + "  hint: df -h\n")


@FULL
@pytest.mark.parametrize("where", ["2>/dev/full", "2>&-"])
def test_an_error_that_nobody_can_read_is_still_2(where: str) -> None:
    script = f'"$0" -m credcheck --formt x {where}'
    assert subprocess.run(["/bin/sh", "-c", script, sys.executable]).returncode == 2


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
