"""What the tools' files are read with: the environment, its home folder, and the refuse lists."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple, Self

if TYPE_CHECKING:
    from collections.abc import Mapping

    from credcheck.model import Refuse

MAX_BYTES = 1_000_000
_LONGEST_NAME = 80


class Leads(NamedTuple):
    """One tool, and what is wrong with where it leads.

    ``holds``: it holds a production credential, rather than leading to a refused place.
    """

    what: str
    reason: str
    hint: str
    holds: bool = False


class CannotRead(Exception):
    """A tool's file says nothing that can be read; ``reason`` holds nothing of it."""

    def __init__(self, what: str, reason: str) -> None:
        super().__init__(what)
        self.what = what
        self.reason = reason


class World(NamedTuple):
    """What a tool's file is read with."""

    refuse: Refuse
    environ: Mapping[str, str]
    home: Path | None
    services: frozenset[str]

    @classmethod
    def of(cls, refuse: Refuse, environ: Mapping[str, str], services: frozenset[str]) -> Self:
        """Take the home folder from the environment."""
        return cls(refuse, environ, home_of(environ), services)

    def path(self, variable: str, *parts: str) -> Path | None:
        """Give the file that a variable names, else one below the home folder."""
        named = self.environ.get(variable, "").strip() if variable else ""
        if named:
            return self.expand(named)
        return self.home.joinpath(*parts) if self.home else None

    def expand(self, named: str) -> Path:
        """Make a path of what a variable holds; `~` is the home folder."""
        if self.home and named.startswith("~/"):
            return self.home / named[2:]
        return Path(named)

    def show(self, path: Path) -> str:
        """Write a path for people."""
        if self.home and path.is_relative_to(self.home):
            return f"~/{path.relative_to(self.home).as_posix()}"
        return str(path)

    def read(self, path: Path | None) -> str | None:
        """Read a file of at most 1 MB; None where there is none.

        Raises:
            CannotRead: it is no plain file, too large, no UTF-8, or not for us.
        """
        if path is None:
            return None
        try:
            return read_text(path)
        except (FileNotFoundError, NotADirectoryError):
            return None
        except OSError as error:
            reason = os.strerror(error.errno or 0)
        except ValueError:
            reason = f"it is no plain text of at most {MAX_BYTES:,} bytes"
        raise CannotRead(self.show(path), reason)


def home_of(environ: Mapping[str, str]) -> Path | None:
    """Give the home folder that an environment names, or None."""
    named = environ.get("HOME") or environ.get("USERPROFILE")
    return Path(named) if named else None


def read_text(path: Path) -> str:
    """Read a plain file of at most 1 MB.

    Raises:
        OSError: it cannot be opened.
        ValueError: it is no plain file, too large, or no UTF-8.
    """
    import stat

    flags = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
    descriptor = os.open(path, flags)
    try:
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            raise ValueError
        data = os.read(descriptor, MAX_BYTES + 1)
    finally:
        os.close(descriptor)
    if len(data) > MAX_BYTES:
        raise ValueError
    return data.decode("utf-8-sig")


def shown(name: str) -> str:
    """Write a name that somebody chose: no control characters, no end of the world."""
    plain = "".join(char if char.isprintable() else "?" for char in name)
    return plain if len(plain) <= _LONGEST_NAME else plain[:_LONGEST_NAME] + "…"


def read_ini(what: str, text: str) -> dict[str, dict[str, str]]:
    """Read the sections of an INI file, keys in lower case; one that stands twice is merged.

    Raises:
        CannotRead: it is no INI file.
    """
    from configparser import Error, RawConfigParser

    parser = RawConfigParser(strict=False, allow_no_value=True, default_section="")
    try:
        parser.read_string(text)
    except Error:
        raise CannotRead(what, "it is no INI file") from None
    return {name: {k: v or "" for k, v in parser.items(name)} for name in parser.sections()}
