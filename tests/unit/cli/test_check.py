from __future__ import annotations

import errno
import io
import json
import os
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from credcheck.cli import check, main, say
from credcheck.cli.check import SUMMARY_BYTES, append_summary, plan_targets, wants_color, write
from credcheck.errors import CommandLineError
from support.keys import stripe_live
from support.projects import enter_project, write_project

if TYPE_CHECKING:
    from pathlib import Path

MANIFEST = """
[secrets.STRIPE_TEST_KEY]
service = "stripe"
obtain = "https://dashboard.stripe.com/test/apikeys"

[suites.payments]
requires = ["STRIPE_TEST_KEY"]
paths = ["tests/payments"]

[suites.unit]
paths = ["tests/unit"]
"""


@pytest.fixture(autouse=True)
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    enter_project(tmp_path, monkeypatch)
    write_project(tmp_path, MANIFEST)
    for suite, count in (("payments", 2), ("unit", 3)):
        folder = tmp_path / "tests" / suite
        folder.mkdir(parents=True)
        tests = "".join(f"def test_{n}(): pass\n" for n in range(count))
        (folder / f"test_{suite}.py").write_text(tests)
    return tmp_path


def test_the_plan_names_each_suite_with_its_tests_and_reason(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([]) == 0
    assert capsys.readouterr().out == (
        f"credcheck 0.1.0 · context local (no CI variable is set) · {project / 'credcheck.toml'}\n"
        "sources: dotenv has 0 of 1, env has 0 of 1\n"
        "\n"
        "SKIP     payments    2 tests  STRIPE_TEST_KEY is absent\n"
        "           STRIPE_TEST_KEY: absent; no source has it (asked: dotenv, env)\n"
        "             next: get one at https://dashboard.stripe.com/test/apikeys and add "
        "STRIPE_TEST_KEY=<your test key> to .env.test\n"
        "RUN      unit        3 tests  every secret that it needs is ready\n"
        "\n"
        "2 suites: 1 runs, 1 is skipped · exit 0\n"
    )


def test_several_formats_are_written_at_once(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ["--format", "json", "--output", "new/folder/report.json", "--format", "text"]
    assert main(words) == 0
    assert "2 suites" in capsys.readouterr().out
    report = json.loads((project / "new/folder/report.json").read_text())
    assert report["schema"] == "credcheck.report/1"


@pytest.mark.parametrize(
    ("formats", "outputs", "targets"),
    [
        ([], [], [("text", None)]),
        ([], ["a"], [("text", "a")]),
        (["json", "text"], ["a"], [("json", "a"), ("text", None)]),
        (["json", "text"], ["-", "b"], [("json", None), ("text", "b")]),
        (["json", "text"], ["/dev/stdout", "b"], [("json", None), ("text", "b")]),
    ],
)
def test_the_nth_output_belongs_to_the_nth_format(
    formats: list[str], outputs: list[str], targets: list[tuple[str, str | None]]
) -> None:
    planned = plan_targets(formats, outputs)
    assert [(t.format, t.path and str(t.path)) for t in planned] == targets


def test_a_file_that_cannot_be_written_is_told_before_anything_is_resolved(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (project / ".env.test").write_text("broken")
    (project / "folder").mkdir()
    assert main(["--output", "folder"]) == 2
    assert "folder cannot be written: Is a directory" in capsys.readouterr().err


def test_a_run_that_fails_leaves_no_file_behind_and_the_old_report_as_it_was(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (project / ".env.test").write_text("broken")
    (project / "old.json").write_text("old")
    before = sorted(path.name for path in project.iterdir())
    words = ["--format", "json", "--output", "old.json", "--format", "text", "--output", "new.txt"]
    assert main(words) == 2
    assert sorted(path.name for path in project.iterdir()) == before
    assert (project / "old.json").read_text() == "old"


def test_a_report_is_replaced_whole_and_keeps_its_links_and_mode(project: Path) -> None:
    if os.name != "posix":
        pytest.skip("needs POSIX modes and links")
    report, link = project / "report.json", project / "link.json"
    report.write_text("old")
    report.chmod(0o600)
    link.symlink_to("report.json")
    with report.open() as reader:
        write(link, "new é\n")
        assert reader.read() == "old"  # who reads the old one reads it to its end
    assert report.read_bytes() == "new é\n".encode()
    assert (link.is_symlink(), report.stat().st_mode & 0o777) == (True, 0o600)
    assert [path.name for path in project.iterdir() if path.name.startswith(".credcheck")] == []


def test_a_file_that_cannot_be_replaced_is_written_in_place(
    project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def busy(self: Path, target: Path) -> None:
        raise OSError(errno.EBUSY, "mounted by itself")

    monkeypatch.setattr(type(project), "replace", busy)
    write(project / "report.txt", "new")
    assert (project / "report.txt").read_text() == "new"
    assert [path.name for path in project.iterdir() if path.name.startswith(".credcheck")] == []


def test_a_disk_that_fills_up_leaves_the_old_report(
    project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(self: Path, target: Path) -> None:
        raise OSError(errno.ENOSPC, "full")

    (project / "report.txt").write_text("old")
    monkeypatch.setattr(type(project), "replace", full)
    with pytest.raises(CommandLineError, match=r"report\.txt cannot be written: No space left"):
        write(project / "report.txt", "new")
    assert (project / "report.txt").read_text() == "old"


@pytest.mark.skipif(os.name != "posix", reason="needs named pipes")
def test_a_pipe_stays_a_pipe_and_its_reader_gets_the_whole_report(project: Path) -> None:
    os.mkfifo(project / "pipe")
    with subprocess.Popen(["cat", "pipe"], stdout=subprocess.PIPE, text=True) as reader:
        assert main(["--output", "pipe"]) == 0
        assert reader.communicate(timeout=30)[0].endswith("exit 0\n")
    assert (project / "pipe").is_fifo()


@pytest.mark.parametrize(
    ("key", "code"), [("", 2), (stripe_live(), 3)], ids=["no live key", "live key"]
)
def test_a_live_key_wins_over_a_report_that_could_not_be_written(
    project: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    key: str,
    code: int,
) -> None:
    def refuse(path: Path, text: str) -> None:
        raise CommandLineError(f"{path} cannot be written")

    monkeypatch.setattr(check, "write", refuse)
    monkeypatch.setattr(check, "append_summary", refuse)
    monkeypatch.setenv("STRIPE_TEST_KEY", key)
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(project / "summary.md"))
    words = ["--format", "json", "--output", "a", "--format", "github"]
    assert main(words) == code
    captured = capsys.readouterr()
    assert captured.err == "credcheck: error: a cannot be written\n"
    assert captured.out.startswith("::")  # what can be written is written


def test_a_test_file_that_cannot_be_read_is_a_warning(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (project / "tests/unit/test_broken.py").write_text("def test_(:\n")
    assert main([]) == 0
    assert (
        "CRED018: Tests could not be counted: tests/unit/test_broken.py" in capsys.readouterr().out
    )


def test_github_gets_annotations_and_a_summary(
    project: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(project / "summary.md"))
    (project / "summary.md").write_text("before\n")
    assert main(["--format", "github"]) == 0
    assert "::notice title=credcheck%3A payments::skip" in capsys.readouterr().out
    assert (project / "summary.md").read_text().startswith("before\n### credcheck\n")


def test_a_summary_that_cannot_be_written_is_an_error(
    project: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(project))
    assert main(["--format", "github"]) == 2
    assert "cannot be written: Is a directory" in capsys.readouterr().err


def test_the_summary_is_cut_at_a_line_where_github_would_refuse_it(project: Path) -> None:
    summary = project / "summary.md"
    summary.write_bytes(b"x" * (SUMMARY_BYTES - 100))
    append_summary(summary, "first é\n" + "é" * 200 + "\n")
    rest = b"\nThe rest is in the step's log.\n"
    added = summary.read_bytes()[SUMMARY_BYTES - 100 :]
    assert added == "first é".encode() + rest
    assert summary.stat().st_size <= SUMMARY_BYTES


def test_a_full_summary_is_left_as_it_is(project: Path) -> None:
    summary = project / "summary.md"
    summary.write_bytes(b"x" * SUMMARY_BYTES)
    append_summary(summary, "first\nsecond\n")
    assert summary.stat().st_size == SUMMARY_BYTES


def test_a_summary_that_cannot_be_written_after_all_is_told(project: Path) -> None:
    with pytest.raises(CommandLineError, match="cannot be written: Is a directory"):
        append_summary(project, "table\n")


def test_a_step_without_a_summary_gets_annotations_alone(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["--format", "github"]) == 0
    assert capsys.readouterr().out.startswith("::notice ")
    assert main([]) == 0


def test_a_narrowed_check_tells_of_that_suite_alone(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["--suite", "unit", "--format", "json"]) == 0
    report = json.loads(capsys.readouterr().out)
    assert [suite["name"] for suite in report["suites"]] == ["unit"]
    assert report["secrets"] == []


def test_nothing_declared_and_nothing_asked_is_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "empty").mkdir()
    monkeypatch.chdir(tmp_path / "empty")
    assert main([]) == 0
    assert "nothing to check" in capsys.readouterr().out


def test_what_the_terminal_cannot_show_is_escaped(monkeypatch: pytest.MonkeyPatch) -> None:
    raw = io.BytesIO()
    monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(raw, encoding="ascii"))
    say("a · b\n")
    assert raw.getvalue() == b"a \\xb7 b\n"


@pytest.mark.parametrize(
    ("asked", "environ", "terminal", "expected"),
    [
        ("always", {"NO_COLOR": "1"}, False, True),
        ("never", {"FORCE_COLOR": "1"}, True, False),
        ("auto", {}, True, True),
        ("auto", {}, False, False),
        ("auto", {"NO_COLOR": "1", "FORCE_COLOR": "1"}, True, False),
        ("auto", {"NO_COLOR": ""}, True, True),
        ("auto", {"FORCE_COLOR": "1"}, False, True),
        ("auto", {"CLICOLOR_FORCE": "1"}, False, True),
        ("auto", {"TERM": "dumb"}, True, False),
    ],
)
def test_color_is_decided_by_option_variables_and_terminal(
    monkeypatch: pytest.MonkeyPatch,
    asked: str,
    environ: dict[str, str],
    terminal: bool,
    expected: bool,
) -> None:
    monkeypatch.setattr(sys.stdout, "isatty", lambda: terminal)
    assert wants_color(asked, environ) is expected


def test_machine_formats_have_no_color(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--color", "always", "--format", "json", "--format", "github"]) == 0
    assert "\x1b" not in capsys.readouterr().out
    assert main(["--color", "always"]) == 0
    assert "\x1b[33mSKIP   \x1b[0m" in capsys.readouterr().out
