"""The errors that credcheck raises.

    CredcheckError                  every error of ours: one sentence and one hint
    ├── UsageError                  the user's mistake; exit code 2
    │   ├── CommandLineError        an unknown suite, secret, format, an unwritable file
    │   ├── ManifestError           every mistake of one manifest, all at once
    │   └── DotenvError             a `.env.test` that cannot be read or written, with file and line
    └── NotReady (also a KeyError)  a secret that cannot be handed out, and why
        └── Refused                 it is a production credential

No message holds a value, a part of one, or a hash of one.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence


class CredcheckError(Exception):
    """One sentence that names the thing, and one hint that can be pasted."""

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint

    def __str__(self) -> str:
        return f"{self.message}\n  hint: {self.hint}" if self.hint else self.message


class UsageError(CredcheckError):
    """The command line, the manifest or a file that it names is wrong (exit code 2)."""


class CommandLineError(UsageError):
    """An argument that names nothing, or a file that cannot be written."""


class ManifestError(UsageError):
    """Every mistake that one manifest holds.

    ``problems`` has one line for each: file, line where it can be had, key path, did-you-mean.
    """

    def __init__(self, problems: Sequence[str], hint: str = "") -> None:
        super().__init__("\n".join(problems), hint)
        self.problems = tuple(problems)

    def __reduce__(self) -> tuple[object, ...]:
        return type(self), (self.problems, self.hint), self.__dict__


class DotenvError(UsageError):
    """A `.env.test` that cannot be read or written: file and line, never its content."""


class NotReady(CredcheckError, KeyError):
    """A secret cannot be handed out; the text says why and what to do."""

    def __init__(self, name: str, message: str, hint: str = "") -> None:
        super().__init__(message, hint)
        self.name = name

    def __reduce__(self) -> tuple[object, ...]:
        # an exception that a process pool cannot hand on would break the pool
        return type(self), (self.name, self.message, self.hint), self.__dict__


class Refused(NotReady):
    """The secret is a production credential: it is never handed out."""


def suggest(word: str, known: Sequence[str]) -> str:
    """Give `` (did you mean 'x'?)`` for the closest known word, or an empty text."""
    from difflib import get_close_matches

    close = get_close_matches(word, known, n=1, cutoff=0.6)
    return f" (did you mean {close[0]!r}?)" if close else ""
