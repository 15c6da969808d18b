from __future__ import annotations

import os
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from credcheck.cli import main
from support.keys import stripe_live, stripe_test
from support.projects import enter_project, write_env_test, write_project

if TYPE_CHECKING:
    from collections.abc import Iterator

MANIFEST = """
[secrets.STRIPE_TEST_KEY]
service = "stripe"

[secrets.OTHER_KEY]

[suites.payments]
requires = ["STRIPE_TEST_KEY"]

[suites.other]
requires = ["OTHER_KEY"]
"""


@pytest.fixture(autouse=True)
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    enter_project(tmp_path, monkeypatch)
    write_project(tmp_path, MANIFEST)
    with Path(os.devnull).open() as nothing:
        monkeypatch.setattr("sys.stdin", nothing)
        yield tmp_path


def ran(capsys: pytest.CaptureFixture[str], *words: str) -> tuple[int, str, str]:
    code = main(["bootstrap", *words])
    captured = capsys.readouterr()
    return code, captured.out, captured.err


def test_without_a_terminal_there_is_a_plan_and_nothing_is_asked_or_written(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code, out, err = ran(capsys)
    assert code == 1
    assert out == (
        "secret           needed by  now     what happens\n"
        "STRIPE_TEST_KEY  payments   absent  is asked for\n"
        "OTHER_KEY        other      absent  is asked for\n"
    )
    assert err == (
        "credcheck: 2 secrets would have to be asked for, and this is no terminal; "
        "nothing was written\n"
        "  hint: run credcheck bootstrap in a terminal\n"
    )
    assert not (project / ".env.test").exists()


def test_a_machine_that_is_ready_needs_no_terminal_and_its_file_stays(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write_project(project, STRIPE_TEST_KEY=stripe_test())
    before = (project / ".env.test").stat()
    code, out, err = ran(capsys, "--suite", "payments")
    assert (code, err) == (0, "")
    assert out.endswith("ready in dotenv  stays as it is\nready: nothing to do\n")
    after = (project / ".env.test").stat()
    assert (after.st_ino, after.st_mtime_ns) == (before.st_ino, before.st_mtime_ns)


@pytest.mark.skipif(os.name != "posix", reason="needs POSIX modes")
def test_a_file_that_others_can_read_is_tightened(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write_project(project, STRIPE_TEST_KEY=stripe_test())
    (project / ".env.test").chmod(0o644)
    code, out, _ = ran(capsys, "--suite", "payments")
    assert code == 0
    assert ".env.test could be read by others; now it is yours alone" in out
    assert (project / ".env.test").stat().st_mode & 0o777 == 0o600


def test_a_live_key_anywhere_means_that_nothing_is_asked_or_written(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write_project(project, SOMETHING=stripe_live())
    code, out, err = ran(capsys)
    assert (code, out) == (3, "")
    assert "holds a production credential under the name SOMETHING" in err


@pytest.mark.parametrize("suite", ["payments", "other"])
def test_check_tells_whether_there_is_anything_to_do(
    project: Path, capsys: pytest.CaptureFixture[str], suite: str
) -> None:
    write_project(project, STRIPE_TEST_KEY=stripe_test())
    code, _, err = ran(capsys, "--check", "--suite", suite)
    assert (code, err) == (int(suite == "other"), "")


def test_a_file_that_git_would_take_is_told_before_anything_is_asked(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    subprocess.run(["git", "init", "-q", str(project)], check=True)
    code, _, err = ran(capsys)
    assert code == 2
    assert ".env.test is not ignored by git" in err
    assert "hint: echo .env.test >> .gitignore" in err


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["--store", "keyrin"], "there is no store 'keyrin' (did you mean 'keyring'?)"),
        (["--suite", "payment"], "there is no suite 'payment' (did you mean 'payments'?)"),
        (["--from-example"], "there is no .env.test.example"),
        (["--store", "keyring"], "does not look into the keyring for STRIPE_TEST_KEY, OTHER_KEY"),
    ],
)
def test_a_mistake_is_told_before_anything_is_asked(
    capsys: pytest.CaptureFixture[str], words: list[str], told: str
) -> None:
    code, _, err = ran(capsys, *words)
    assert code == 2
    assert told in err


def test_an_example_with_a_live_key_is_refused(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (project / ".env.test.example").write_text(f"# like {stripe_live()}\n")
    code, _, err = ran(capsys, "--from-example")
    assert code == 3
    assert ".env.test.example holds a production credential" in err
    assert stripe_live()[8:16] not in err


def test_nothing_declared_is_nothing_to_do(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (project / "credcheck.toml").unlink()
    assert ran(capsys) == (0, "ready: nothing to do\n", "")


def test_a_source_that_is_shut_is_a_next_step_and_not_a_question(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write_env_test(project, f"STRIPE_TEST_KEY={stripe_test()}\n")
    (project / "credcheck.toml").write_text(
        "[vault]\naddress = 'http://127.0.0.1:9'\ntimeout = 0.5\n"
        "[secrets.A]\nvault = 'secret/a#b'\n"
    )
    code, out, _ = ran(capsys)
    assert code == 0  # on-broken says skip here
    assert "needs a sign-in first" in out
    assert "A: " in out
    assert "1 secret left: sign in first, and run it again" in out
    assert ran(capsys, "--check")[0] == 4
