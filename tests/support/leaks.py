"""Looks for secrets in all that a run has written. It shares no code with the scrubber."""

from __future__ import annotations

import base64
import html
import json
import re
from typing import TYPE_CHECKING
from urllib.parse import quote

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

PIECE = 8
_ESCAPE = re.compile(r"\x1b\[[0-9;]*[A-Za-z]")
_SOURCES = {".py", ".pyc"}


def spellings(value: str) -> set[str]:
    """A value in the encodings that a reporter may choose."""
    raw = value.encode()
    found = {value, repr(value)[1:-1], ascii(value)[1:-1], json.dumps(value)[1:-1]}
    found |= {html.escape(value), quote(value, safe=""), json.dumps(repr(value))[1:-1]}
    found |= {html.escape(json.dumps(value)[1:-1]), raw.hex(), raw.hex().upper()}
    for before in range(3):
        coded = base64.b64encode(bytes(before) + raw)[(0, 2, 3)[before] :]
        found.add(coded.rstrip(b"=")[:-1].decode())
    return found


class Detector:
    """Knows the secrets of a run by name; finds each one whole, encoded, or by eight characters."""

    def __init__(self, values: Mapping[str, str]) -> None:
        self._pieces: dict[str, str] = {}
        self._whole: dict[str, str] = {}
        for name, value in values.items():
            for spelled in spellings(value):
                self._whole[spelled] = name
            for line in value.splitlines():
                if not line.startswith("-----"):
                    self._pieces |= dict.fromkeys(_pieces(line), name)

    def names_in(self, text: str) -> set[str]:
        """The names of the secrets that stand in a text, in any form."""
        found = set()
        for version in {text, _ESCAPE.sub("", text)}:
            found |= {self._pieces[p] for p in self._pieces.keys() & set(_pieces(version))}
            found |= {name for spelled, name in self._whole.items() if spelled in version}
        return found


def _pieces(text: str) -> Iterable[str]:
    return (text[n : n + PIECE] for n in range(len(text) - PIECE + 1))


def everything_in(folder: Path) -> str:
    """All that a run left in a folder, and the names of it, without the tests' own source."""
    texts = []
    for path in sorted(folder.rglob("*")):
        texts.append(str(path.relative_to(folder)))
        if path.is_file() and path.suffix not in _SOURCES:
            texts.append(path.read_bytes().decode("latin-1"))
            texts.append(path.read_bytes().decode("utf-8", "replace"))
    return "\n".join(texts)
