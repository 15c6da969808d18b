"""The line of each key of a TOML document; `tomllib` does not tell it.

The text has been parsed by `tomllib` before, so this scanner takes its validity for granted and
only follows its structure. It runs when there is an error to place, never else.
"""

from __future__ import annotations

import re
import tomllib
from contextlib import suppress

Key = tuple[str | int, ...]

_BLANK = re.compile(r"(?:[ \t\r\n]|#[^\n]*)*")
_SPACE = re.compile(r"[ \t]*")
_BARE = re.compile(r"[A-Za-z0-9_-]+")
_STRING = re.compile(
    r'"""(?:\\.|[^\\])*?"""(?:"{0,2})'
    r"|'''.*?'''(?:'{0,2})"
    r'|"(?:\\.|[^"\\\n])*"'
    r"|'[^'\n]*'",
    re.DOTALL,
)
_SCALAR = re.compile(r"[^,\]}#\n]+")


def find_lines(text: str) -> dict[Key, int]:
    """Give the line (from 1) where each key, table and array element first stands.

    What the scanner cannot follow has no entry; it never raises.
    """
    scanner = _Scanner(text.replace("\r\n", "\n"))
    with suppress(ValueError, RecursionError):  # what was found before is right
        scanner.document()
    return scanner.lines


class _Scanner:
    __slots__ = ("elements", "line", "lines", "position", "seen", "text")

    def __init__(self, text: str) -> None:
        self.text = text
        self.position = 0
        self.line = 1  # of the character at `seen`
        self.seen = 0
        self.lines: dict[Key, int] = {}
        self.elements: dict[Key, int] = {}  # arrays of tables: the index of the last one

    def document(self) -> None:
        table: Key = ()
        self.skip(_BLANK)
        while self.position < len(self.text):
            if self.peek() == "[":
                element = self.text.startswith("[[", self.position)
                self.skip_over("[[" if element else "[")
                table = self.header(element=element)
                self.position = self.text.index("]", self.position)
                while self.peek() == "]":
                    self.position += 1
            else:
                self.pair(table)
            self.skip(_BLANK)

    def header(self, *, element: bool) -> Key:
        """Read the key of a table, or of one more element of an array of tables."""
        table: Key = ()
        while True:
            self.skip(_SPACE)
            table = (*table, self.part())
            self.note(table)
            self.skip(_SPACE)
            last = self.peek() != "."
            if last and element:
                self.elements[table] = self.elements.get(table, -1) + 1
            if table in self.elements:
                table = (*table, self.elements[table])
                self.note(table)
            if last:
                return table
            self.position += 1

    def pair(self, table: Key) -> None:
        key = self.key(table)
        self.skip_over("=")
        self.skip(_SPACE)
        self.value(key)

    def key(self, table: Key) -> Key:
        """Read a dotted key and note where each of its parts stands."""
        while True:
            self.skip(_SPACE)
            table = (*table, self.part())
            self.note(table)
            self.skip(_SPACE)
            if self.peek() != ".":
                return table
            self.position += 1

    def part(self) -> str:
        if self.peek() in {'"', "'"}:
            quoted = self.take(_STRING)
            return str(tomllib.loads(f"key = {quoted}")["key"])
        return self.take(_BARE)

    def value(self, key: Key) -> None:
        opening = self.peek()
        if opening == "[":
            self.position += 1
            index = 0
            while self.more("]"):
                self.note((*key, index))
                self.value((*key, index))
                index += 1
        elif opening == "{":
            self.position += 1
            while self.more("}"):
                self.pair(key)
        else:
            self.take(_STRING if opening in {'"', "'"} else _SCALAR)

    def more(self, closing: str) -> bool:
        """Skip to the next element; False, and behind the bracket, when there is none."""
        self.skip(_BLANK)
        if self.peek() == ",":
            self.position += 1
            self.skip(_BLANK)
        if self.peek() != closing:
            return True
        self.position += 1
        return False

    def note(self, key: Key) -> None:
        self.line += self.text.count("\n", self.seen, self.position)
        self.seen = self.position
        self.lines.setdefault(key, self.line)

    def peek(self) -> str:
        return self.text[self.position] if self.position < len(self.text) else ""

    def skip(self, pattern: re.Pattern[str]) -> None:
        match = pattern.match(self.text, self.position)
        self.position = match.end() if match else self.position

    def skip_over(self, text: str) -> None:
        self.position = self.text.index(text, self.position) + len(text)

    def take(self, pattern: re.Pattern[str]) -> str:
        match = pattern.match(self.text, self.position)
        if match is None:
            message = "not the structure that was expected"
            raise ValueError(message)
        self.position = match.end()
        return match[0]
