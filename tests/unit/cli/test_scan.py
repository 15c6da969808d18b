from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from credcheck.cli import main
from support.keys import aws_key_id, stripe_live, stripe_test, tail
from support.projects import enter_project, write_project

posix = pytest.mark.skipif(os.name != "posix", reason="needs POSIX files")

LIVE = stripe_live(9)  # of another tail than the project's own test key

MANIFEST = """
[secrets.STRIPE_TEST_KEY]
service = "stripe"

[refuse]
aws-accounts = ["999999999999"]
hosts = ["*.prod.example.com"]
"""


def git(root: Path, *words: str) -> None:
    subprocess.run(["git", *words], cwd=root, check=True, capture_output=True)


@pytest.fixture(autouse=True)
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    enter_project(tmp_path, monkeypatch)
    write_project(tmp_path, MANIFEST, STRIPE_TEST_KEY=stripe_test())
    git(tmp_path, "init", "-q")
    (tmp_path / ".gitignore").write_text(".env.test\n")
    return tmp_path


def lay(root: Path, name: str, text: str | bytes, *, add: bool = True) -> None:
    path = root / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    if add:
        git(root, "add", name)


def scanned(capsys: pytest.CaptureFixture[str], *words: str) -> tuple[int, list[str]]:
    code = main(["scan", *words])
    captured = capsys.readouterr()
    text = captured.out + captured.err
    for value in (LIVE, stripe_test()):
        assert value[8:16] not in text
    return code, [line for line in text.splitlines() if not line.startswith("  hint: ")]


# ── live keys ─────────────────────────────────────────────────────────────────────────────────


def test_a_live_key_in_a_tracked_file_is_told_with_its_line(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    lay(project, "src/pay.py", f'import stripe\nKEY = "{LIVE}"\n')
    lay(project, "untracked.py", LIVE, add=False)
    code, lines = scanned(capsys)
    assert code == 3
    assert len(lines) == 2
    assert lines[0].startswith("src/pay.py:2: live key: it carries the live marker sk_live_")
    assert lines[1] == "1 file looked through: 1 live key"


@pytest.mark.parametrize(
    "text",
    [
        f"a.b.c={LIVE};d",
        f"curl -u {LIVE}: https://api.stripe.com",
        f"{{'k': '{LIVE.upper()}'}}",
        aws_key_id("999999999999"),
        "postgres:" + f"//app:{tail(16)}@db.prod.example.com/shop",
    ],
)
def test_a_live_key_is_found_wherever_it_stands_in_a_line(
    project: Path, capsys: pytest.CaptureFixture[str], text: str
) -> None:
    lay(project, "notes.txt", f"first\n{text}\n")
    code, lines = scanned(capsys)
    assert code == 3
    assert lines[0].startswith("notes.txt:2: live key: ")


@pytest.mark.parametrize("wrap", [b"\0\1\xff%s\0", b"%s" + b"\n" * 5])
def test_a_binary_file_is_no_hiding_place(
    project: Path, capsys: pytest.CaptureFixture[str], wrap: bytes
) -> None:
    lay(project, "data.bin", wrap % LIVE.encode())
    assert scanned(capsys)[0] == 3


def test_a_file_in_utf_16_is_read(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    lay(project, "windows.txt", f"a\n{LIVE}\n".encode("utf-16"))
    code, lines = scanned(capsys)
    assert code == 3
    assert lines[0].startswith("windows.txt:2: live key")


@pytest.mark.parametrize(
    "text",
    [
        "keys begin with sk_" + "live_ or sk_" + "test_",
        "sk_" + "live_xxxxxxxxxxxxxxxxxxxxxxxx",
        "sk_" + "live_your_key_goes_here",
        "sk_" + "live_...",
        "task_" + "live_" + tail(20),
        "path/link-production-environment-overview.md",
        "postgres://user:password@db.prod.example.com/shop",
        aws_key_id("111111111111"),
        stripe_test(8),
    ],
)
def test_what_is_no_live_key_is_not_told(
    project: Path, capsys: pytest.CaptureFixture[str], text: str
) -> None:
    lay(project, "docs.md", text)
    assert scanned(capsys) == (0, ["1 file looked through: nothing found"])


# ── this project's values ─────────────────────────────────────────────────────────────────────


def test_a_resolved_value_is_told_by_name_and_line(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    lay(project, "cassette.yaml", f"a: 1\nauthorization: Bearer {stripe_test()}\n")
    code, lines = scanned(capsys)
    assert code == 1
    told = "value of this project: it holds the value of STRIPE_TEST_KEY, or a part of it"
    assert lines == [
        f"cassette.yaml:2: {told}",
        "1 file looked through: 1 value of this project",
    ]


def test_a_piece_and_an_encoding_of_it_are_found_too(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    lay(project, "log.txt", f"...{stripe_test()[10:24]}...\n")
    assert scanned(capsys)[0] == 1


def test_what_a_secrets_file_holds_is_looked_for_and_not_its_path(
    project: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (project / "credcheck.toml").write_text("[secrets.A]\nfile = true\nunproven = 'x'\n")
    (project / "account.txt").write_text("content-of-the-file-7714")
    monkeypatch.setenv("A", "account.txt")
    lay(project, "log.txt", "see account.txt\n")
    assert scanned(capsys)[0] == 0
    lay(project, "log.txt", "content-of-the-file-7714\n")
    assert scanned(capsys)[0] == 1


def test_a_value_over_several_lines_is_found(
    project: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (project / "credcheck.toml").write_text("[secrets.A]\nunproven = 'x'\n")
    monkeypatch.setenv("A", "abcde\nfghij\nklm9!")
    lay(project, "log.txt", "x\nabcde\nfghij\nklm9!\n")
    code, lines = scanned(capsys)
    assert code == 1
    assert lines[0].startswith("log.txt: value of this project: it holds the value of A")


def test_the_projects_own_file_holds_its_values_by_right(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code, lines = scanned(capsys, ".env.test")
    assert (code, lines) == (0, ["1 file looked through: nothing found"])


# ── exposed files ─────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("name", "text", "code"),
    [
        (".env", "DB_PASSWORD=hunter22\n", 1),
        (".env.local", "export API_TOKEN='abc'\n", 1),
        (".env.example", "DB_PASSWORD=hunter22\n", 0),
        (".env", "DB_PASSWORD=\nAPI_TOKEN=changeme\nPORT=80\n", 0),
        (".env", "not a dotenv file\n", 0),
        ("env.py", "DB_PASSWORD=hunter22\n", 0),
    ],
)
def test_an_env_file_with_credentials_that_git_has_is_exposed(
    project: Path, capsys: pytest.CaptureFixture[str], name: str, text: str, code: int
) -> None:
    lay(project, name, text)
    found, lines = scanned(capsys)
    assert found == code
    if code:
        assert lines[0].startswith(f"{name}: exposed file: it is tracked by git and holds values: ")
        assert "hunter22" not in str(lines)


def test_an_env_file_that_git_would_take_is_exposed(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    lay(project, ".env", "DB_PASSWORD=hunter22\n", add=False)
    code, lines = scanned(capsys, ".")
    assert code == 1
    assert ".env: exposed file: it is not ignored by git and holds values: DB_PASSWORD" in lines
    (project / ".gitignore").write_text(".env*\n")
    assert scanned(capsys, ".")[0] == 0


# ── which files ───────────────────────────────────────────────────────────────────────────────


def test_the_next_commit_is_looked_at_as_it_would_be(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    lay(project, "pay.py", LIVE)
    lay(project, "gone.py", LIVE)
    (project / "pay.py").write_text("clean again\n")  # not added
    (project / "new.py").write_text(LIVE)  # not added either
    code, lines = scanned(capsys, "--staged")
    assert code == 3
    assert [line.partition(":")[0] for line in lines[:-1]] == ["gone.py", "pay.py"]
    code, lines = scanned(capsys, "--staged", "gone.py")
    assert [line.partition(":")[0] for line in lines[:-1]] == ["gone.py"]
    git(project, "rm", "-q", "--cached", "gone.py")
    git(project, "add", "pay.py")
    assert scanned(capsys, "--staged") == (0, ["1 file looked through: nothing found"])


def test_a_file_that_is_to_be_removed_and_a_link_are_not_looked_at(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    lay(project, "old.py", LIVE)
    git(project, "-c", "user.name=x", "-c", "user.email=x@x", "commit", "-qm", "x")
    git(project, "rm", "-q", "old.py")
    if os.name == "posix":
        (project / "link").symlink_to("/etc/hostname")
        git(project, "add", "link")
    assert scanned(capsys, "--staged") == (0, ["0 files looked through: nothing found"])
    assert scanned(capsys) == (0, ["0 files looked through: nothing found"])


def test_outside_of_a_repository_every_file_of_the_project_is_looked_at(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    import shutil

    shutil.rmtree(project / ".git")
    lay(project, "node_modules/x.js", LIVE, add=False)
    assert scanned(capsys)[0] == 0
    lay(project, "x.js", LIVE, add=False)
    assert scanned(capsys)[0] == 3
    code, lines = scanned(capsys, "--staged")
    assert code == 2
    assert "this is no git repository" in lines[0]


def test_paths_narrow_it_and_name_what_git_does_not_know(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    lay(project, "a/x.py", LIVE)
    lay(project, "b/y.py", "clean", add=False)
    assert scanned(capsys, "b") == (0, ["1 file looked through: nothing found"])
    assert scanned(capsys, "b/y.py", "a")[0] == 3


def test_a_path_that_is_not_there_is_told_with_a_suggestion(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    lay(project, "source.py", "")
    code, lines = scanned(capsys, "sourc.py")
    assert code == 2
    assert "there is no file or folder sourc.py (did you mean 'source.py'?)" in lines[0]


@posix
def test_what_is_no_file_is_passed_over_in_bounded_time(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    os.mkfifo(project / "pipe")
    code, lines = scanned(capsys, ".")
    assert code == 0
    assert "not read" not in str(lines)


def test_a_live_key_of_the_projects_own_service_is_told(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    kind = "id = 'key'\ntest = ['acme_test_']\nlive = ['acme_live_']\ntail = 'base62{20}'\n"
    write_project(project, MANIFEST + "[[services.acme.kinds]]\n" + kind)
    lay(project, "pay.py", "# acme_live_\nTEST = 'acme_test_" + tail(20) + "'\n")
    assert scanned(capsys)[0] == 0
    lay(project, "pay.py", "#\nKEY = 'acme_live_" + tail(20) + "'\n")
    code, lines = scanned(capsys)
    assert (code, lines[0]) == (
        3,
        "pay.py:2: live key: it has the form of a live key of acme",
    )


@posix
def test_what_is_named_and_is_no_file_is_told_and_not_called_clean(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    os.mkfifo(project / "pipe")
    code, lines = scanned(capsys, "pipe")
    assert code == 2
    assert "credcheck: not read: pipe: not a regular file" in lines


def test_a_file_that_was_not_read_is_told_and_not_called_clean(
    project: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("credcheck.scanning.files.MAX_BYTES", 1_000_000)
    lay(project, "huge.bin", b"x" * 1_000_001)
    code, lines = scanned(capsys)
    assert code == 2
    assert "credcheck: not read: huge.bin: longer than 1 MB" in lines
    lay(project, "own.py", stripe_test())
    assert scanned(capsys)[0] == 2
    lay(project, "pay.py", LIVE)
    assert scanned(capsys)[0] == 3


def test_a_git_that_fails_is_told(
    project: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    (project / ".git" / "HEAD").unlink()
    code, lines = scanned(capsys)
    assert code == 2
    assert "git does not tell which files there are" in lines[0]
    monkeypatch.setenv("PATH", "")
    code, lines = scanned(capsys)
    assert code == 2
    assert "git cannot be started" in lines[0]


def test_this_repository_holds_nothing_that_it_should_not(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    root = Path(__file__).parents[3]
    if not (root / ".git").exists():
        pytest.skip("not a clone")
    monkeypatch.chdir(root)
    code, lines = scanned(capsys)
    assert (code, lines[:-1]) == (0, [])
