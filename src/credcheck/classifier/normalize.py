"""Undo what people and tools do to a value, to find what is live in it; never to make it test."""

from __future__ import annotations

import re

_RUN = re.compile(r"[A-Za-z0-9+/_-]{16,}")
_HEX = re.compile(r"(?:[0-9A-Fa-f]{2}){8,}")
_ESCAPE = re.compile(r"\\u([0-9A-Fa-f]{4})|\\x([0-9A-Fa-f]{2})|%([0-9A-Fa-f]{2})")


def clean(value: str) -> str:
    """Take outer white space and one pair of quotes away: all that a test value may need."""
    text = value.strip()
    if len(text) >= 2 and text[0] == text[-1] and text[0] in "\"'":
        text = text[1:-1]
    return text


def views(value: str) -> list[str]:
    """Give the readings of a value in which a live marker may stand, in lower case.

    The value itself without invisible characters and in compatibility form; with its escapes
    undone; and every run that decodes from base64 or hex, one layer of each.
    """
    text = _visible(value)
    found = [text]
    if "\\" in text or "%" in text:
        unescaped = _ESCAPE.sub(_character, text)
        found += [unescaped, unescaped.replace("\\", "")]
        text = unescaped
    found += _decoded(text)
    return [reading.casefold() for reading in found]


def _visible(value: str) -> str:
    """Drop the invisible characters (category Cf) and fold compatibility forms."""
    if value.isascii():
        return value
    import unicodedata

    kept = "".join(c for c in value if unicodedata.category(c) != "Cf")
    return unicodedata.normalize("NFKC", kept)


def _character(match: re.Match[str]) -> str:
    return chr(int(match[1] or match[2] or match[3], 16))


def _decoded(text: str) -> list[str]:
    """Read every long run as base64, wherever in the run it begins, and as hex."""
    if not _RUN.search(text):
        return []
    import binascii

    found = []
    for match in _RUN.finditer(text):
        run = match[0].replace("-", "+").replace("_", "/")
        for start in range(4):
            whole = run[start : start + (len(run) - start) // 4 * 4]
            found.append(binascii.a2b_base64(whole))
        rest = run[len(run) // 4 * 4 :]
        if len(rest) > 1:  # the incomplete last group
            tail = run[: len(run) // 4 * 4][-24:] + rest
            found.append(binascii.a2b_base64(tail + "=" * (-len(tail) % 4)))
    found += [binascii.unhexlify(match[0]) for match in _HEX.finditer(text)]
    return [data.decode("latin-1") for data in found]
