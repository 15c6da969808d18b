"""A value as a dotenv file holds it, proved by reading it back with python-dotenv.

Of the spellings that python-dotenv reads exactly, the first is taken that other readers (a shell,
docker compose, node's dotenv) are likely to read alike: plain, in single quotes where nothing is
expanded, without quotes, in double quotes with escapes.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

_PLAIN = re.compile(r"[A-Za-z0-9_./:@%+,=~^-]+")
# Before 1.2.2 python-dotenv took `\\'` at a value's end for an escaped quote, and read on to the
# next quote of the file; these lines make that show.
_SENTINEL = "\nSENTINEL_A='a'\nSENTINEL_B=\"b\"\n"
_ESCAPES = {"\\": "\\\\", '"': '\\"', "\n": "\\n", "\r": "\\r", "\t": "\\t"}


def assignment(name: str, value: str) -> str | None:
    """Give `NAME=value` so that a reader of dotenv files gets exactly ``value``.

    Returns:
        One line without its end, or None when no spelling is exact: a NUL, half of a character, or
        a value that old versions of python-dotenv read wrongly.
    """
    if "\0" in value:
        return None
    try:
        value.encode()
    except UnicodeEncodeError:
        return None
    for spelling in _spellings(value):
        line = f"{name}={spelling}"
        if _reads_as(line, name, value):
            return line
    return None


def _spellings(value: str) -> Iterator[str]:
    if _PLAIN.fullmatch(value):
        yield value
    if value.isprintable():
        if "\\" not in value and "'" not in value:
            yield f"'{value}'"
        yield value
    yield '"' + "".join(_ESCAPES.get(char, char) for char in value) + '"'
    yield "'" + value.replace("\\", "\\\\").replace("'", "\\'") + "'"


def _reads_as(line: str, name: str, value: str) -> bool:
    from io import StringIO

    from dotenv.parser import parse_stream

    bindings = list(parse_stream(StringIO(line + _SENTINEL, newline="")))
    read = [(b.key, b.value) for b in bindings if b.key is not None and not b.error]
    return read == [(name, value), ("SENTINEL_A", "a"), ("SENTINEL_B", "b")]
