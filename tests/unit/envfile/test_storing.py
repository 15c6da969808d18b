from __future__ import annotations

import os
import signal
import stat
import subprocess
import sys
import threading
from typing import TYPE_CHECKING

import pytest

from credcheck.envfile import check_place, store, storing
from credcheck.errors import DotenvError
from credcheck.secret import Secret

if TYPE_CHECKING:
    from pathlib import Path

posix = pytest.mark.skipif(os.name != "posix", reason="needs POSIX files")
LABEL = ".env.test"


def git(root: Path, *words: str) -> None:
    subprocess.run(["git", *words], cwd=root, check=True, capture_output=True)


def stored(root: Path, **values: str) -> str:
    path = root / LABEL
    store(path, LABEL, root, {name: Secret(value) for name, value in values.items()})
    return path.read_text(encoding="utf-8")


def refusal(root: Path, path: Path | None = None) -> DotenvError:
    path = path or root / LABEL
    with pytest.raises(DotenvError) as caught:
        check_place(path, LABEL, root)
    with pytest.raises(DotenvError):
        store(path, LABEL, root, {"A": Secret("value")})
    return caught.value


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def mode_of(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


# ── what is written ───────────────────────────────────────────────────────────────────────────


def test_a_new_file_holds_the_values_and_nothing_is_left_beside_it(tmp_path: Path) -> None:
    assert stored(tmp_path, A="one") == "A=one\n"
    assert names(tmp_path) == [LABEL]


@posix
@pytest.mark.parametrize("umask", [0, 0o277])
def test_the_file_is_private_whatever_the_umask_is(tmp_path: Path, umask: int) -> None:
    former = os.umask(umask)
    try:
        stored(tmp_path, A="one")
    finally:
        os.umask(former)
    assert mode_of(tmp_path / LABEL) == 0o600


@posix
def test_a_loose_mode_is_tightened_even_if_nothing_else_changes(tmp_path: Path) -> None:
    (tmp_path / LABEL).write_text("# text\nA=1\n")
    (tmp_path / LABEL).chmod(0o666)
    assert stored(tmp_path) == "# text\nA=1\n"
    assert mode_of(tmp_path / LABEL) == 0o600


def test_a_reader_sees_the_old_file_or_the_new_one(tmp_path: Path) -> None:
    stored(tmp_path, A="a" * 5000)
    seen: set[str] = set()
    stop = threading.Event()

    def read() -> None:
        while not stop.is_set():
            seen.add((tmp_path / LABEL).read_text())

    reader = threading.Thread(target=read)
    reader.start()
    for number in range(30):
        stored(tmp_path, A=str(number % 10) * 5000)
    stop.set()
    reader.join()
    assert {(len(text), len(set(text))) for text in seen} <= {(5003, 4), (5003, 3)}


@posix
def test_the_new_file_bears_no_name_that_others_could_have_laid_there(tmp_path: Path) -> None:
    (tmp_path / "elsewhere").write_text("untouched")
    (tmp_path / f"{LABEL}.new").symlink_to("elsewhere")
    assert stored(tmp_path, A="one") == "A=one\n"
    assert (tmp_path / "elsewhere").read_text() == "untouched"


@posix
def test_it_works_where_there_are_no_files_without_a_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delattr(os, "O_TMPFILE", raising=False)
    assert stored(tmp_path, A="one") == "A=one\n"
    assert mode_of(tmp_path / LABEL) == 0o600
    assert names(tmp_path) == [LABEL]


# ── where it is not written ───────────────────────────────────────────────────────────────────


@posix
def test_it_never_goes_through_a_link(tmp_path: Path) -> None:
    (tmp_path / "target").write_text("untouched")
    (tmp_path / LABEL).symlink_to("target")
    assert "is a link" in refusal(tmp_path).message
    (tmp_path / LABEL).unlink()
    (tmp_path / LABEL).symlink_to("nothing")
    assert "is a link" in refusal(tmp_path).message
    assert names(tmp_path) == [LABEL, "target"]
    assert (tmp_path / "target").read_text() == "untouched"


@posix
def test_it_never_goes_through_a_linked_folder_of_the_project(tmp_path: Path) -> None:
    (tmp_path / "away").mkdir()
    (tmp_path / "config").symlink_to("away")
    assert "lies behind one" in refusal(tmp_path, tmp_path / "config" / LABEL).message
    assert names(tmp_path / "away") == []


@posix
def test_a_project_that_is_itself_behind_a_link_is_as_good_as_any(tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    (tmp_path / "project").symlink_to("real")
    assert stored(tmp_path / "project", A="one") == "A=one\n"


def test_a_file_outside_of_the_project_is_the_manifests_choice(tmp_path: Path) -> None:
    (tmp_path / "project").mkdir()
    store(tmp_path / LABEL, "../.env.test", tmp_path / "project", {"A": Secret("one")})
    assert (tmp_path / LABEL).read_text() == "A=one\n"


def test_a_folder_is_no_file(tmp_path: Path) -> None:
    (tmp_path / LABEL).mkdir()
    assert "is not a file" in refusal(tmp_path).message


@posix
def test_a_pipe_is_no_file(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / LABEL)
    assert "is not a file" in refusal(tmp_path).message


def test_a_folder_that_is_not_there_is_not_made(tmp_path: Path) -> None:
    assert "is not there" in refusal(tmp_path, tmp_path / "none" / LABEL).message
    (tmp_path / "file").write_text("")
    assert refusal(tmp_path, tmp_path / "file" / LABEL).message


def test_a_file_that_git_does_not_ignore_is_not_written(tmp_path: Path) -> None:
    git(tmp_path, "init", "-q")
    error = refusal(tmp_path)
    assert "is not ignored by git" in error.message
    assert error.hint == "echo .env.test >> .gitignore"
    (tmp_path / ".gitignore").write_text(".env.test\n")
    assert stored(tmp_path, A="one") == "A=one\n"


def test_a_tracked_file_is_not_written_even_when_it_is_ignored(tmp_path: Path) -> None:
    git(tmp_path, "init", "-q")
    (tmp_path / LABEL).write_text("A=1\n")
    git(tmp_path, "add", LABEL)
    (tmp_path / ".gitignore").write_text(".env.test\n")
    assert "is tracked by git" in refusal(tmp_path).message
    (tmp_path / LABEL).unlink()  # it stays in the index
    assert "is tracked by git" in refusal(tmp_path).message


def test_what_git_does_not_tell_is_not_taken_for_ignored(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / ".git").mkdir()  # no repository
    assert "could not be found out" in refusal(tmp_path).message
    monkeypatch.setenv("PATH", "")
    assert "git is not installed" in refusal(tmp_path).message


def test_a_broken_file_is_told_and_stays(tmp_path: Path) -> None:
    (tmp_path / LABEL).write_text("A='open\n")
    with pytest.raises(DotenvError, match=r"\.env\.test:1"):
        stored(tmp_path, B="one")
    assert (tmp_path / LABEL).read_text() == "A='open\n"
    assert names(tmp_path) == [LABEL]


FULL_DISK = """
import resource, sys
from pathlib import Path
from credcheck.envfile import store
from credcheck.secret import Secret
root = Path(sys.argv[1])
if sys.argv[2:] == ["named"]:
    import os
    vars(os).pop("O_TMPFILE", None)
resource.setrlimit(resource.RLIMIT_FSIZE, (64, 64))
try:
    store(root / ".env.test", ".env.test", root, {"A": Secret("v" * 100)})
except Exception as error:
    print(type(error).__name__, error.message, error.__cause__)
"""


@posix
@pytest.mark.parametrize("how", [[], ["named"]])
def test_a_disk_that_is_full_leaves_the_old_file_whole(tmp_path: Path, how: list[str]) -> None:
    (tmp_path / LABEL).write_text("A=old\n")
    done = subprocess.run(
        [sys.executable, "-c", FULL_DISK, str(tmp_path), *how],
        # not measured, and no byte code: it could not write that down either
        env={"PATH": os.environ["PATH"], "PYTHONDONTWRITEBYTECODE": "1"},
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.startswith("DotenvError .env.test cannot be written: File too large None")
    assert (tmp_path / LABEL).read_text() == "A=old\n"
    assert names(tmp_path) == [LABEL]


# ── one at a time, and not in the middle ──────────────────────────────────────────────────────

HOLDER = """
import sys
from pathlib import Path
from credcheck.envfile.locking import locked
with locked(Path(sys.argv[1]) / ".env.test", ".env.test"):
    print("held", flush=True)
    sys.stdin.read()
"""


def holder(root: Path) -> subprocess.Popen[str]:
    child = subprocess.Popen(
        [sys.executable, "-c", HOLDER, str(root)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert child.stdout is not None
    assert child.stdout.readline() == "held\n"
    return child


def test_a_second_writer_is_told_who_the_first_one_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("credcheck.envfile.locking.PATIENCE", 0.1)
    with holder(tmp_path) as first:
        with pytest.raises(DotenvError) as caught:
            stored(tmp_path, A="one")
        first.communicate()
    assert "is being written by another process" in caught.value.message
    if os.name == "posix":
        assert f"(process {first.pid})" in caught.value.message
    assert not (tmp_path / LABEL).exists()
    assert stored(tmp_path, A="one") == "A=one\n"


def test_a_lock_of_a_writer_that_was_killed_is_taken_over(tmp_path: Path) -> None:
    with holder(tmp_path) as first:
        first.kill()
    assert (tmp_path / f"{LABEL}.lock").exists()
    assert stored(tmp_path, A="one") == "A=one\n"
    assert names(tmp_path) == [LABEL]


def test_many_writers_lose_nothing(tmp_path: Path) -> None:
    threads = [
        threading.Thread(target=stored, args=(tmp_path,), kwargs={f"K{n}": f"v{n}"})
        for n in range(12)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert set((tmp_path / LABEL).read_text().split()) == {f"K{n}=v{n}" for n in range(12)}


@posix
def test_a_lock_that_is_a_link_is_not_followed(tmp_path: Path) -> None:
    (tmp_path / "target").write_text("untouched")
    (tmp_path / f"{LABEL}.lock").symlink_to("target")
    with pytest.raises(DotenvError, match="cannot be locked"):
        stored(tmp_path, A="one")
    assert (tmp_path / "target").read_text() == "untouched"


@posix
def test_an_interrupt_waits_until_the_file_is_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = os.fsync

    def interrupted(descriptor: int) -> None:
        signal.raise_signal(signal.SIGINT)
        whole(descriptor)

    monkeypatch.setattr(os, "fsync", interrupted)
    before = signal.getsignal(signal.SIGINT)
    with pytest.raises(KeyboardInterrupt):
        stored(tmp_path, A="one")
    assert (tmp_path / LABEL).read_text() == "A=one\n"
    assert names(tmp_path) == [LABEL]
    assert signal.getsignal(signal.SIGINT) is before


def test_the_owner_stays_where_root_writes(tmp_path: Path) -> None:
    if os.name != "posix" or os.geteuid() != 0:
        pytest.skip("only root can give files away")
    (tmp_path / LABEL).write_text("")
    os.chown(tmp_path / LABEL, 65534, 65534)
    stored(tmp_path, A="one")
    assert (tmp_path / LABEL).stat().st_uid == 65534
    assert mode_of(tmp_path / LABEL) == storing.PRIVATE
