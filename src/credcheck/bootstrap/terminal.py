"""Reading what must not be shown, from a terminal and from nothing else."""

from __future__ import annotations

import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

# What a terminal hands over in one line, in bytes; the rest of a longer one is lost (Linux: N_TTY).
LONGEST_LINE = 4095
_MOST_LINES = 500


class Unreadable(Exception):
    """What was typed did not arrive whole; the text says why, and what to do."""


_TOO_LONG = (
    "The terminal cuts a line of that length. Put the value into a file, or into the keyring, "
    "Vault or AWS Secrets Manager, and name the place in the manifest."
)
_NO_TEXT = "That is not text in the terminal's encoding."


def is_terminal() -> bool:
    """Tell whether a person can be asked."""
    return sys.stdin is not None and sys.stdin.isatty()


def read_hidden(prompt: str) -> str:
    """Ask for a value; nothing of it is shown.

    A key of several lines that is pasted whole is taken whole: from `-----BEGIN` to `-----END`, or
    to the end of a JSON object.

    Raises:
        EOFError: the input ended.
        Unreadable: the terminal cut the line, or it is no text.
    """
    with _without_echo():
        lines = [_line(prompt)]
        while _goes_on(text := "\n".join(lines)) and len(lines) < _MOST_LINES:
            lines.append(_line(""))
            if not lines[-1]:
                break
    return text.strip()


def read_shown(prompt: str) -> str:
    """Ask for what is no secret, such as the path of a file.

    Raises:
        EOFError: the input ended.
        Unreadable: it is no text.
    """
    return _line(prompt).strip()


def _goes_on(text: str) -> bool:
    begun = text.lstrip()
    if begun.startswith("-----BEGIN"):
        return "-----END" not in begun
    if begun.startswith("{"):
        import json

        try:
            json.loads(begun)
        except ValueError:
            return True
    return False


def _line(prompt: str) -> str:
    if sys.platform == "win32":
        from getpass import getpass

        return getpass(prompt, stream=sys.stderr)
    if prompt:
        print(prompt, end="", file=sys.stderr, flush=True)  # noqa: T201
    try:
        line = sys.stdin.readline()
        size = len(line.encode())
    except UnicodeError:  # some settings of Python decode anything, and then it cannot be encoded
        raise Unreadable(_NO_TEXT) from None
    if not line:
        raise EOFError
    if size >= LONGEST_LINE:
        raise Unreadable(_TOO_LONG)
    return line.rstrip("\r\n")


@contextmanager
def _without_echo() -> Iterator[None]:
    """Show nothing that is typed; the terminal is as it was afterwards, also after Ctrl-C."""
    if sys.platform == "win32":
        yield  # getpass does it
        return
    import termios

    descriptor = sys.stdin.fileno()
    former = termios.tcgetattr(descriptor)
    silent = termios.tcgetattr(descriptor)
    silent[3] &= ~termios.ECHO
    try:
        # what was typed before the question is no answer to it
        termios.tcsetattr(descriptor, termios.TCSAFLUSH, silent)
        yield
    finally:
        termios.tcsetattr(descriptor, termios.TCSADRAIN, former)
        print(file=sys.stderr, flush=True)  # noqa: T201  # the line end that was not shown
