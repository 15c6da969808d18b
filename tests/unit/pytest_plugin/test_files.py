"""Report files are rewritten whole, and nothing else is."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

import pytest

from credcheck import Scrubber
from credcheck.pytest_plugin.files import report_files, rewrite, sweep
from support.keys import tail

if TYPE_CHECKING:
    from pathlib import Path

KEY = tail(40)


@pytest.fixture(autouse=True)
def _no_other_plugins(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is installed beside us takes no part in the configurations that are made here."""
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")


@pytest.fixture
def scrubber() -> Scrubber:
    made = Scrubber()
    made.add("A", KEY)
    return made


def test_a_file_is_rewritten_with_its_mode_and_a_link_stays_one(
    tmp_path: Path, scrubber: Scrubber
) -> None:
    file = tmp_path / "junit.xml"
    file.write_bytes(b"\xff" + KEY.encode())
    file.chmod(0o640)
    link = tmp_path / "link.xml"
    link.symlink_to(file)
    assert rewrite(link, scrubber)
    assert link.is_symlink()
    assert file.read_bytes() == b"\xff[REDACTED:A]"
    if sys.platform != "win32":
        assert file.stat().st_mode & 0o777 == 0o640
    assert sorted(path.name for path in tmp_path.iterdir()) == ["junit.xml", "link.xml"]


def test_a_file_without_a_value_is_not_touched(tmp_path: Path, scrubber: Scrubber) -> None:
    file = tmp_path / "junit.xml"
    file.write_text("clean")
    os.utime(file, (1, 1))
    assert not rewrite(file, scrubber)
    assert file.stat().st_mtime == 1


def test_a_file_that_cannot_be_replaced_stays_and_is_told_of(
    tmp_path: Path,
    scrubber: Scrubber,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    pytester: pytest.Pytester,
) -> None:
    file = tmp_path / "junit.xml"
    file.write_text(KEY)

    def full(*_: object, **__: object) -> object:
        raise OSError(28, "No space left on device")

    config = pytester.parseconfig(f"--junitxml={file}", "-p", "no:cacheprovider")
    monkeypatch.setattr("os.fdopen", full)
    sweep(config, scrubber)
    assert file.read_text() == KEY
    assert [path.name for path in tmp_path.iterdir()] == ["junit.xml"]
    message = capsys.readouterr().err
    assert message == f"credcheck: {file} was not scrubbed: No space left on device\n"


def test_the_files_of_reporters_and_of_the_cache_are_looked_through(
    pytester: pytest.Pytester,
) -> None:
    path = pytester.path
    config = pytester.parseconfigure(
        "-p", "no:randomly", "--junitxml=out/junit.xml", "--log-file=out/run.log"
    )
    config.cache.set("shop/token", KEY)
    (path / "out").mkdir(exist_ok=True)
    (path / "out" / "junit.xml").write_text("x")
    (path / "out" / "other.txt").write_text("x")
    found = {file.relative_to(path).as_posix() for file in report_files(config)}
    assert found == {"out/junit.xml", "out/run.log", ".pytest_cache/v/shop/token"}
