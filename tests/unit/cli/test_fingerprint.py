from __future__ import annotations

import getpass
import io
import sys
from typing import TYPE_CHECKING

import pytest

from credcheck.classifier.fingerprint import matches_any
from credcheck.cli import main
from support.keys import tail
from support.projects import enter_project

if TYPE_CHECKING:
    from pathlib import Path

SECRET = tail(40)


@pytest.fixture(autouse=True)
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    enter_project(tmp_path, monkeypatch)
    return tmp_path


def fingerprinted(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], data: bytes
) -> tuple[int, str, str]:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(data), encoding="utf-8"))
    code = main(["fingerprint"])
    captured = capsys.readouterr()
    return code, captured.out, captured.err


def test_the_line_matches_the_credential_and_reveals_nothing(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    code, line, err = fingerprinted(monkeypatch, capsys, f"{SECRET}\n".encode())
    assert (code, err) == (0, "")
    assert line.startswith("scrypt:")
    assert matches_any(SECRET, [line.strip()])
    assert not [n for n in range(len(SECRET) - 7) if SECRET[n : n + 8] in line]


@pytest.mark.parametrize("wrapping", ['"{}"', " '{}' \n", "{}\r\n"])
def test_a_pair_of_quotes_and_white_space_are_no_part_of_it(
    wrapping: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    data = wrapping.format(SECRET).encode()
    assert matches_any(SECRET, [fingerprinted(monkeypatch, capsys, data)[1].strip()])


def test_a_project_keeps_one_salt_and_the_line_refuses_the_credential(
    project: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    _, first, _ = fingerprinted(monkeypatch, capsys, b"first-credential")
    manifest = f"[secrets.A]\n[refuse]\nvalues = ['{first.strip()}']\n"
    (project / "credcheck.toml").write_text(manifest)
    _, second, _ = fingerprinted(monkeypatch, capsys, b"second-credential")
    assert first.split(":")[1] == second.split(":")[1]
    monkeypatch.setenv("A", "first-credential")
    assert main(["check"]) == 3
    assert "whose fingerprint the manifest refuses" in capsys.readouterr().out


@pytest.mark.parametrize("data", [b"", b" \n", b"\xff\xfe"])
def test_without_a_credential_it_is_an_error(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], data: bytes
) -> None:
    code, out, err = fingerprinted(monkeypatch, capsys, data)
    assert (code, out) == (2, "")
    assert "standard input" in err


def test_at_a_terminal_what_is_typed_is_not_shown(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    monkeypatch.setattr(sys, "stdin", Terminal())
    monkeypatch.setattr(getpass, "getpass", lambda prompt: SECRET)
    assert main(["fingerprint"]) == 0
    assert matches_any(SECRET, [capsys.readouterr().out.strip()])


def test_without_a_standard_input_it_is_an_error(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "stdin", None)
    assert main(["fingerprint"]) == 2
    assert "there is no credential" in capsys.readouterr().err
