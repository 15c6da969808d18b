from __future__ import annotations

import io
import os
import socket
import sys
import threading
from typing import TYPE_CHECKING

import pytest
from dotenv import dotenv_values
from hypothesis import example, given
from hypothesis import strategies as st

from credcheck.errors import DotenvError
from credcheck.model import Absent, Context, Empty, Found, Manifest, Request, SecretSpec
from credcheck.sources import dotenv
from credcheck.sources.dotenv import DotenvSource, parse
from credcheck.testing import SourceContract

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from credcheck.model import Answer

posix = pytest.mark.skipif(os.name != "posix", reason="needs POSIX files")


def opened(root: Path, **options: str) -> DotenvSource:
    manifest = Manifest(root=root, options={"dotenv": options})
    return DotenvSource.open(manifest, Context(kind="local", root=root, environ={}))


def quoted(value: str) -> str:
    escaped = value.replace("\\", "\\\\").replace("'", "\\'")
    return f"'{escaped}'" if value else ""


class TestDotenvSource(SourceContract):
    def holding(self, values: Mapping[str, str], tmp_path: Path) -> DotenvSource:
        text = "".join(f"{name}={quoted(value)}\n" for name, value in values.items())
        (tmp_path / ".env.test").write_text(text, encoding="utf-8")
        return opened(tmp_path)


class TestPlainDotenvSource(TestDotenvSource):
    """The same, of a file that is read without python-dotenv where it has no odd values."""

    def holding(self, values: Mapping[str, str], tmp_path: Path) -> DotenvSource:
        if any(not value.isascii() or " " in value or "'" in value for value in values.values()):
            return super().holding(values, tmp_path)
        text = "".join(f"{name}={value}\n" for name, value in values.items())
        (tmp_path / ".env.test").write_text(text, encoding="utf-8")
        return opened(tmp_path)


def ask(root: Path, name: str = "KEY", *aliases: str) -> Answer:
    return opened(root).fetch([Request(spec=SecretSpec(name=name, aliases=aliases))])[name]


def write(root: Path, data: bytes | str) -> None:
    raw = data if isinstance(data, bytes) else data.encode()
    (root / ".env.test").write_bytes(raw)


def error_of(root: Path) -> str:
    with pytest.raises(DotenvError) as caught:
        ask(root)
    assert caught.value.__cause__ is None
    assert caught.value.hint
    return caught.value.message


# ── what it gives ─────────────────────────────────────────────────────────────────────────────


def test_a_value_is_found_with_its_line(tmp_path: Path) -> None:
    write(tmp_path, "# comment\n\nKEY=value\n")
    answer = ask(tmp_path)
    assert isinstance(answer, Found)
    assert (answer.secret.reveal(), answer.location) == ("value", ".env.test:3")


def test_the_line_is_right_in_a_file_with_quotes_too(tmp_path: Path) -> None:
    write(tmp_path, "# comment\n\nexport KEY='value' # why\n")
    answer = ask(tmp_path)
    assert isinstance(answer, Found)
    assert (answer.secret.reveal(), answer.location) == ("value", ".env.test:3")


def test_no_file_is_an_absence_that_says_so(tmp_path: Path) -> None:
    assert ask(tmp_path) == Absent("there is no .env.test")
    assert opened(tmp_path).health().status == "not-configured"


def test_a_name_that_is_not_in_the_file_is_absent(tmp_path: Path) -> None:
    write(tmp_path, "OTHER=1\n")
    assert ask(tmp_path) == Absent()


@pytest.mark.parametrize("text", ["KEY=\n", "KEY=''\n", 'KEY="  "\n', "KEY=   \n"])
def test_a_blank_value_is_empty(tmp_path: Path, text: str) -> None:
    write(tmp_path, text)
    assert ask(tmp_path) == Empty(".env.test:1 has no value")


def test_an_alias_answers_after_an_empty_name(tmp_path: Path) -> None:
    write(tmp_path, "KEY=\nOTHER=value\n")
    assert isinstance(ask(tmp_path, "KEY", "OTHER"), Found)


def test_the_path_can_be_another(tmp_path: Path) -> None:
    (tmp_path / "conf").mkdir()
    (tmp_path / "conf" / "test.env").write_text("KEY=value\n")
    source = opened(tmp_path, path="conf/test.env")
    answer = source.fetch([Request(spec=SecretSpec(name="KEY"))])["KEY"]
    assert isinstance(answer, Found)
    assert answer.location == "conf/test.env:1"


def test_a_path_outside_the_project_is_named_whole(tmp_path: Path) -> None:
    source = DotenvSource(tmp_path / "x.env", tmp_path / "project")
    assert source.label == str(tmp_path / "x.env")


def test_comments_are_listed_beside_the_variables(tmp_path: Path) -> None:
    write(tmp_path, "# old key\nA=1\nB='2' # trailing\n")
    held = [(h.name, h.secret.reveal(), h.location, h.comment) for h in opened(tmp_path).holdings()]
    assert held == [
        ("", " old key", ".env.test:1", True),
        ("A", "1", ".env.test:2", False),
        ("B", "2", ".env.test:3", False),
        ("", "trailing", ".env.test:3", True),
    ]


def test_comments_of_a_plain_file_are_listed(tmp_path: Path) -> None:
    write(tmp_path, "# old key\nA=1\n")
    assert [h.comment for h in opened(tmp_path).holdings()] == [True, False]


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_every_line_ending_is_read(end: str) -> None:
    lines = parse(end.join(["A=1", "# c", "B=2", ""]), "x")
    assert [(line.name, line.text) for line in lines if line.name] == [("A", "1"), ("B", "2")]


def test_a_byte_order_mark_is_not_part_of_the_first_name(tmp_path: Path) -> None:
    write(tmp_path, b"\xef\xbb\xbfKEY=value\n")
    assert isinstance(ask(tmp_path), Found)


# ── equal to python-dotenv ────────────────────────────────────────────────────────────────────

_PIECES = st.sampled_from(
    (
        *("A", "B_1", "=", "=", "#", " ", "\t", "\n", "\n", "\r\n", "\r", "'", '"', "\\", "$"),
        *("${X}", "é", "export ", "x", "1", "\u00a0", "\u2028", "\x0b", "\x1c", "\ufeff", "-"),
    )
)


@given(st.lists(_PIECES, max_size=30).map("".join))
@example("A=1\nB_1=#2\n")
@example("A=x\x1c\n")
@example("A=1\r\rB_1=2")
def test_what_is_read_without_the_library_is_read_alike(text: str) -> None:
    plain = dotenv._parse_plain(text)
    if plain is None:
        return
    library = dict(dotenv_values(stream=io.StringIO(text, newline=""), interpolate=False))
    assert {line.name: line.text for line in plain if line.name is not None} == library


@given(st.lists(_PIECES, max_size=30).map("".join))
def test_any_text_gives_lines_or_an_error_with_its_line(text: str) -> None:
    try:
        lines = parse(text, "file")
    except DotenvError as error:
        assert error.message.startswith("file:")  # noqa: PT017
    else:
        assert all(line.number >= 1 for line in lines)


@given(st.binary(max_size=60))
def test_any_bytes_give_a_text_or_an_error(data: bytes) -> None:
    try:
        dotenv._decode(data, "file")
    except DotenvError as error:
        assert error.message.startswith("file")  # noqa: PT017


# ── what is wrong with a file ─────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("A=1\nKEY='open\n", 2),
        ("KEY\n", 1),
        ("A='1'\nno equals sign\n", 2),
        ("A='1' garbage\n", 1),
        ("\n\n  \nKEY\n", 4),
    ],
)
def test_a_line_that_is_no_binding_is_named(tmp_path: Path, text: str, line: int) -> None:
    write(tmp_path, text)
    assert error_of(tmp_path) == f".env.test:{line}: not a line of the form NAME=value"


def test_two_values_under_one_name_are_a_mistake(tmp_path: Path) -> None:
    write(tmp_path, "KEY=one\nX=1\nKEY=two\n")
    message = error_of(tmp_path)
    assert message == ".env.test:3: KEY stands here again with another value (first in line 1)"


def test_the_same_value_twice_is_fine(tmp_path: Path) -> None:
    write(tmp_path, "KEY=one\nKEY=one\n")
    assert isinstance(ask(tmp_path), Found)


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"A=1\nKEY=\xff\xfa\n", ".env.test:2: not UTF-8 at byte 8"),
        ("KEY=value\n".encode("utf-16"), ".env.test is UTF-16, not UTF-8"),
        (b"A=1\nKEY=a\0b\n", ".env.test:2: a NUL character"),
        (b"K=" + b"x" * 1_000_000, ".env.test has more than 1,000,000 bytes"),
    ],
)
def test_what_is_no_small_utf8_text_is_an_error(tmp_path: Path, data: bytes, message: str) -> None:
    write(tmp_path, data)
    assert error_of(tmp_path) == message


def test_a_folder_is_an_error(tmp_path: Path) -> None:
    (tmp_path / ".env.test").mkdir()
    assert error_of(tmp_path) == ".env.test is a folder, not a file"


@posix
@pytest.mark.skipif(os.name == "posix" and os.geteuid() == 0, reason="root reads everything")
def test_an_unreadable_file_is_an_error(tmp_path: Path) -> None:
    write(tmp_path, "KEY=value\n")
    (tmp_path / ".env.test").chmod(0)
    assert error_of(tmp_path) == ".env.test cannot be read: Permission denied"


@posix
def test_a_socket_is_an_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)  # the path of a socket is limited to about 100 bytes
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(".env.test")
        assert error_of(tmp_path).startswith(".env.test cannot be read: ")


@posix
def test_a_device_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(DotenvError, match="x is a device or a socket, not a file"):
        dotenv.read_text(tmp_path.__class__("/dev/null"), "x", tmp_path)


@posix
def test_a_link_inside_the_project_is_followed(tmp_path: Path) -> None:
    (tmp_path / "real").write_text("KEY=value\n")
    (tmp_path / ".env.test").symlink_to("real")
    assert isinstance(ask(tmp_path), Found)


@posix
def test_a_link_out_of_the_project_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "project").mkdir()
    (tmp_path / "outside").write_text("KEY=value\n")
    (tmp_path / "project" / ".env.test").symlink_to(tmp_path / "outside")
    assert error_of(tmp_path / "project") == ".env.test is a link that leads out of the project"


@posix
@pytest.mark.parametrize("target", ["nothing", ".env.test"])
def test_a_link_to_nothing_or_to_itself_is_an_error(tmp_path: Path, target: str) -> None:
    (tmp_path / ".env.test").symlink_to(target)
    assert error_of(tmp_path) == ".env.test is a link to nothing"


@posix
def test_a_pipe_is_read_once(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / ".env.test")

    def serve() -> None:
        (tmp_path / ".env.test").write_text("KEY=value\n")

    writer = threading.Thread(target=serve)
    writer.start()
    source = opened(tmp_path)
    for _ in range(2):
        answer = source.fetch([Request(spec=SecretSpec(name="KEY"))])["KEY"]
        assert isinstance(answer, Found)
    writer.join()


@posix
def test_a_pipe_that_nobody_fills_is_an_error_in_bounded_time(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(dotenv, "FIFO_SECONDS", 0.05)
    os.mkfifo(tmp_path / ".env.test")
    assert error_of(tmp_path) == ".env.test is a pipe that nobody filled within 0.05 seconds"


@pytest.mark.skipif(sys.platform != "linux", reason="/proc/self/mem is Linux's")
def test_a_file_that_fails_while_it_is_read_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(DotenvError, match="x cannot be read: "):
        dotenv.read_text(tmp_path.__class__("/proc/self/mem"), "x", tmp_path)
