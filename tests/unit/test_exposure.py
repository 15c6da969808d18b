from __future__ import annotations

import os
import subprocess
from typing import TYPE_CHECKING

import pytest

from credcheck.exposure import Exposure, exposure_of, repository_of

if TYPE_CHECKING:
    from pathlib import Path

posix = pytest.mark.skipif(os.name != "posix", reason="needs POSIX modes")


def git(root: Path, *words: str) -> None:
    subprocess.run(["git", *words], cwd=root, check=True, capture_output=True)


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    git(tmp_path, "init", "-q")
    (tmp_path / ".env.test").write_text("KEY=value\n")
    (tmp_path / ".env.test").chmod(0o600)
    return tmp_path


def test_an_ignored_file_is_not_exposed(repository: Path) -> None:
    (repository / ".gitignore").write_text(".env.test\n")
    assert exposure_of(repository / ".env.test") == Exposure("ignored", readable_by_others=False)


def test_a_file_that_git_does_not_ignore_is_exposed(repository: Path) -> None:
    assert exposure_of(repository / ".env.test").git == "exposed"


def test_a_tracked_file_is_tracked_even_when_it_is_ignored_too(repository: Path) -> None:
    git(repository, "add", ".env.test")
    (repository / ".gitignore").write_text(".env.test\n")
    assert exposure_of(repository / ".env.test").git == "tracked"


def test_outside_a_repository_nobody_is_asked(tmp_path: Path) -> None:
    (tmp_path / ".env.test").write_text("")
    if repository_of(tmp_path) is None:
        assert exposure_of(tmp_path / ".env.test").git == "no-repository"


def test_a_missing_file_exposes_nothing(tmp_path: Path) -> None:
    assert exposure_of(tmp_path / "none") == Exposure("no-repository", readable_by_others=False)


@posix
def test_a_file_that_others_can_read_is_told(repository: Path) -> None:
    (repository / ".env.test").chmod(0o640)
    assert exposure_of(repository / ".env.test").readable_by_others


def test_a_broken_repository_is_unknown_and_never_untracked(repository: Path) -> None:
    (repository / ".git" / "HEAD").write_text("broken\n")
    found = exposure_of(repository / ".env.test")
    assert (found.git, found.detail) == ("unknown", "git ended with status 128")


def test_without_git_it_is_unknown(repository: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(repository))
    found = exposure_of(repository / ".env.test")
    assert (found.git, found.detail) == ("unknown", "git is not installed")


@posix
def test_a_git_that_cannot_be_started_is_unknown(
    repository: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (repository / "git").write_text("not a program")
    (repository / "git").chmod(0o700)
    monkeypatch.setenv("PATH", str(repository))
    assert exposure_of(repository / ".env.test").detail == "git did not answer"
