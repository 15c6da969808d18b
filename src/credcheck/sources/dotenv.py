"""The `.env.test` file, as python-dotenv reads it, without interpolation."""

from __future__ import annotations

import os
import re
import stat
from typing import TYPE_CHECKING, NamedTuple, Self, final

from credcheck.errors import DotenvError
from credcheck.model import Absent, Empty, Found, Health, Held
from credcheck.secret import Secret

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from credcheck.model import Answer, Context, Manifest, Request, SecretSpec

DEFAULT_PATH = ".env.test"
MAX_BYTES = 1_000_000
FIFO_SECONDS = 5.0  # 1Password and others mount a `.env` file as a pipe

# The lines that every dialect reads alike: a comment, or a plain name with a value without quotes
# and white space. A file of nothing else is read here, which saves the import of python-dotenv
# (as long as `python -c pass` twice); a property test holds that both read it alike.
_PLAIN_LINE = re.compile(
    r"[ \t]*(?:#(?P<comment>[^\r\n]*)|(?P<name>[A-Za-z_][A-Za-z0-9_]*)=(?P<value>(?![\"'])\S*))?"
    r"(?:\r\n|\n|\r|\Z)"
)


class Line(NamedTuple):
    """One binding, or one comment (``name`` is None)."""

    number: int
    name: str | None
    text: str
    comment: str = ""


@final
class DotenvSource:
    """Answers from one file; it is read once, when it is first asked.

    `Found` for the first of the secret's names with a value that is not blank, `Empty` when it
    stands there without one, `Absent` when it does not or there is no such file.
    """

    name = "dotenv"

    def __init__(self, path: Path, root: Path) -> None:
        self.path = path
        self.label = _label(path, root)
        self._root = root
        self._lines: tuple[Line, ...] | None = None
        self._by_name: dict[str, Line] = {}
        self._secrets: dict[str, Secret] = {}  # one for each name, so that it is judged once

    @classmethod
    def open(cls, manifest: Manifest, context: Context) -> Self:  # noqa: ARG003
        """Take the path from `[tool.credcheck.dotenv]`, relative to the manifest's folder."""
        path = manifest.options.get("dotenv", {}).get("path", DEFAULT_PATH)
        return cls(manifest.root / str(path), manifest.root)

    def fetch(self, requests: Sequence[Request]) -> Mapping[str, Answer]:
        """Look every name up.

        Raises:
            DotenvError: the file cannot be read or is not a dotenv file.
        """
        self._read()
        return {request.name: self._look_up(request.spec) for request in requests}

    def holdings(self) -> Sequence[Held]:
        """Give every variable and every comment of the file.

        Raises:
            DotenvError: the file cannot be read or is not a dotenv file.
        """
        held = []
        for line in self._read():
            where = f"{self.label}:{line.number}"
            if line.name is not None:
                held.append(Held(name=line.name, secret=self._secret(line), location=where))
            if line.comment:
                comment = Secret(line.comment)
                held.append(Held(name="", secret=comment, location=where, comment=True))
        return held

    def health(self) -> Health:
        """Say whether the file is there."""
        if not self.exists():
            return Health(status="not-configured", detail=f"there is no {self.label}")
        return Health(status="ok", detail=self.label)

    def exists(self) -> bool:
        """Tell whether there is anything at the path, even a dangling link."""
        return os.path.lexists(self.path)

    def _look_up(self, spec: SecretSpec) -> Answer:
        answer: Answer = Absent() if self.exists() else Absent(f"there is no {self.label}")
        for name in spec.names:
            line = self._by_name.get(name)
            if line is None:
                continue
            where = f"{self.label}:{line.number}"
            if line.text.strip():
                return Found(secret=self._secret(line), location=where)
            answer = Empty(f"{where} has no value")
        return answer

    def _secret(self, line: Line) -> Secret:
        return self._secrets.setdefault(line.name or "", Secret(line.text))

    def _read(self) -> tuple[Line, ...]:
        if self._lines is None:
            lines = parse(read_text(self.path, self.label, self._root), self.label)
            self._by_name = _index(lines, self.label)
            self._lines = tuple(lines)
        return self._lines


def _label(path: Path, root: Path) -> str:
    """Give the path for people, relative to the manifest's folder where it lies below it."""
    try:
        return path.relative_to(root).as_posix()
    except ValueError:
        return str(path)


def _index(lines: Sequence[Line], label: str) -> dict[str, Line]:
    """File the lines by name; one name with two values is a mistake, and which one wins a guess."""
    index: dict[str, Line] = {}
    for line in lines:
        if line.name is None:
            continue
        first = index.setdefault(line.name, line)
        if first.text != line.text:
            raise DotenvError(
                f"{label}:{line.number}: {line.name} stands here again with another value "
                f"(first in line {first.number})",
                f"keep one of the two lines in {label}",
            )
    return index


def parse(text: str, label: str) -> list[Line]:
    """Give the bindings and comments of a dotenv text.

    Args:
        text: the whole file.
        label: the file's name, for messages.

    Raises:
        DotenvError: a line is not `NAME=value`, with its number and without its content.
    """
    if "\0" in text:
        number = text.count("\n", 0, text.index("\0")) + 1
        raise DotenvError(f"{label}:{number}: a NUL character", "write the file as plain text")
    lines = _parse_plain(text)
    return _parse_with_library(text, label) if lines is None else lines


def _parse_plain(text: str) -> list[Line] | None:
    """Read a text of plain lines only; None when any line is another."""
    lines = []
    position, number = 0, 1
    while position < len(text):
        match = _PLAIN_LINE.match(text, position)
        if match is None:
            return None
        name, value, comment = match.group("name", "value", "comment")
        if name is not None:
            lines.append(Line(number, name, value))
        elif comment is not None:
            lines.append(Line(number, None, "", comment))
        position, number = match.end(), number + 1
    return lines


def _parse_with_library(text: str, label: str) -> list[Line]:
    from io import StringIO

    from dotenv.parser import parse_stream

    lines = []
    for binding in parse_stream(StringIO(text, newline="")):
        original = binding.original.string
        # python-dotenv counts from where the white space before a binding begins
        skipped = original[: len(original) - len(original.lstrip())]
        number = binding.original.line + skipped.count("\n")
        if binding.error or (binding.key is not None and binding.value is None):
            raise DotenvError(
                f"{label}:{number}: not a line of the form NAME=value",
                f"look for a missing '=' or an open quote in line {number} of {label}",
            )
        if binding.key is None:
            comment = original.strip().removeprefix("#")
            if comment:
                lines.append(Line(number, None, "", comment))
        else:
            trailing = original.rpartition(binding.value or "=")[2].partition("#")[2]
            lines.append(Line(number, binding.key, binding.value or "", trailing.strip()))
    return lines


# ── reading a file that may be anything ───────────────────────────────────────────────────────


def read_text(path: Path, label: str, root: Path) -> str:
    """Read a small UTF-8 file in bounded time; a file that is not there is an empty text.

    Raises:
        DotenvError: a folder, device, dangling or outward link, more than 1 MB, not UTF-8, not
            readable, or a pipe that nobody fills within 5 seconds.
    """
    _check_link(path, label, root)
    try:
        # O_NONBLOCK: opening a pipe without a writer must not wait
        flags = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
        descriptor = os.open(path, flags)
    except FileNotFoundError:
        return ""
    except OSError as error:
        if path.is_dir():  # Windows cannot open a folder at all
            raise _not_a_file(label, "a folder") from None
        raise DotenvError(
            f"{label} cannot be read: {os.strerror(error.errno or 0)}",
            f"check who may read it: ls -l {label}",
        ) from None
    try:
        data = _read_descriptor(descriptor, label)
    finally:
        os.close(descriptor)
    return _decode(data, label)


def _check_link(path: Path, label: str, root: Path) -> None:
    """Follow a link inside the project only."""
    if not path.is_symlink():
        return
    try:
        target = path.resolve(strict=True)
    except (OSError, RuntimeError):  # RuntimeError: a loop, before Python 3.13
        raise DotenvError(f"{label} is a link to nothing", f"remove it: rm {label}") from None
    if not target.is_relative_to(root.resolve()):
        raise DotenvError(
            f"{label} is a link that leads out of the project",
            f"make it a file of its own, or name the file under dotenv.path: rm {label}",
        )


def _read_descriptor(descriptor: int, label: str) -> bytes:
    mode = os.fstat(descriptor).st_mode
    if stat.S_ISDIR(mode):
        raise _not_a_file(label, "a folder")
    if stat.S_ISFIFO(mode):
        data = _read_pipe(descriptor, label)
    elif stat.S_ISREG(mode):
        data = _read_up_to(descriptor, label)
    else:
        raise _not_a_file(label, "a device or a socket")
    if len(data) > MAX_BYTES:
        raise DotenvError(
            f"{label} has more than {MAX_BYTES:,} bytes",
            "name the right file under [tool.credcheck.dotenv] path",
        )
    return data


def _not_a_file(label: str, what: str) -> DotenvError:
    return DotenvError(f"{label} is {what}, not a file", f"move it away: mv {label} {label}.old")


def _read_up_to(descriptor: int, label: str) -> bytes:
    data = b""
    try:
        while len(data) <= MAX_BYTES and (chunk := os.read(descriptor, MAX_BYTES + 1)):
            data += chunk
    except OSError as error:
        message = f"{label} cannot be read: {os.strerror(error.errno or 0)}"
        raise DotenvError(message, "check the disk") from None
    return data


def _read_pipe(descriptor: int, label: str) -> bytes:
    import select
    import time

    deadline = time.monotonic() + FIFO_SECONDS
    data = b""
    while len(data) <= MAX_BYTES:
        ready, _, _ = select.select([descriptor], [], [], max(0.0, deadline - time.monotonic()))
        if not ready:
            raise DotenvError(
                f"{label} is a pipe that nobody filled within {FIFO_SECONDS:g} seconds",
                "start the program that serves it, or unlock it",
            )
        chunk = os.read(descriptor, 65536)
        if not chunk:
            break
        data += chunk
    return data


def _decode(data: bytes, label: str) -> str:
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise DotenvError(f"{label} is UTF-16, not UTF-8", f"save {label} as UTF-8")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        number = data.count(b"\n", 0, error.start) + 1
        message = f"{label}:{number}: not UTF-8 at byte {error.start}"
        raise DotenvError(message, f"save {label} as UTF-8") from None
