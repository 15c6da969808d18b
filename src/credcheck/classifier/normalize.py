"""Undo what people and tools do to a value, to find what is live in it; never to make it test."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import re

_BASE64 = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
_HEX = b"0123456789abcdefABCDEF"
_LEAST_BASE64 = 10  # the shortest marker that is searched, encoded without padding
_LEAST_HEX = 14
_LEAST_WORD = 6
_BLANK = " \t\r\n"
# Invisible characters outside the category Cf: joiners, fillers, variation selectors.
_INVISIBLE = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u3164\uffa0")
# What a word processor makes of quotes, and line ends that no editor shows.
_STANDS_FOR = {
    **dict.fromkeys("\u201c\u201d\u201e\u201f\u00ab\u00bb", '"'),
    **dict.fromkeys("\u2018\u2019\u201a\u201b", "'"),
    **dict.fromkeys("\x0b\x0c\x1c\x1d\x1e\x85\u2028\u2029", "\n"),
}


def clean(value: str) -> str:
    """Take outer white space and one pair of quotes away: all that a test value may need.

    Only ASCII white space: a no-break space is damage, and what needs that repair is not test.
    """
    text = value.strip(_BLANK)
    if len(text) >= 2 and text[0] == text[-1] and text[0] in "\"'":
        text = text[1:-1]
    return text


def readings(value: str) -> list[str]:
    """Give the texts in which something live may stand, the plainest first.

    The value without invisible characters and in compatibility form; with its escapes undone; with
    its lines joined; and what its base64 and hex runs decode to, one layer of each.
    """
    text = visible(value)
    found = [text]
    if "\\" in text or "%" in text:
        unescaped = visible(_unescaped(text))
        text = unescaped.replace("\\", "")
        found += [unescaped, text] if text != unescaped else [text]
    if "\n" in text or "\r" in text or "\t" in text:
        text = text.replace("\n", "").replace("\r", "").replace("\t", "")
        found.append(text)
    data = text.encode("ascii", "replace")
    found += _from_base64(data)
    found += _from_hex(data)
    return found


def visible(text: str) -> str:
    """Drop invisible and control characters, and fold what stands for ASCII characters.

    Every character is folded by itself, so that none can grow the text: a marker is ASCII.
    """
    if text.isascii() and text.isprintable():
        return text
    if "\x1b[" in text:
        text = _color().sub("", text)
    table = {}
    for char in set(text):
        folded = _folded(char)
        if folded != char:
            table[ord(char)] = folded
    return text.translate(table) if table else text


@cache
def _color() -> re.Pattern[str]:
    """What a terminal takes for a color or a movement."""
    import re

    return re.compile(r"\x1b\[[0-9;?]{0,32}[A-Za-z]")


def _folded(char: str) -> str:
    if char in _STANDS_FOR:
        return _STANDS_FOR[char]
    if char < "\x7f":
        return char if char >= " " or char in "\t\r\n" else ""
    import unicodedata

    invisible = char in _INVISIBLE or "\ufe00" <= char <= "\ufe0f"
    if invisible or unicodedata.category(char) in {"Cf", "Cc"}:
        return ""
    folded = unicodedata.normalize("NFKC", char)
    return folded if folded.isascii() and len(folded) <= 4 else char


def _unescaped(text: str) -> str:
    """Undo percent escapes and those of JSON."""
    for mark, digits in (("%", 2), ("\\u", 4), ("\\x", 2)):
        if mark not in text:
            continue
        head, *rest = text.split(mark)
        found = [head]
        for part in rest:
            code = part[:digits]
            whole = len(code) == digits and not code.strip("0123456789abcdefABCDEF")
            found.append(chr(int(code, 16)) + part[digits:] if whole else mark + part)
        text = "".join(found)
    return text.replace("\\n", "\n")


@cache
def _table(alphabet: bytes) -> bytes:
    """Map what is not in the alphabet to a space, and the url-safe characters to the usual ones."""
    table = bytearray(b" " * 256)
    for code in alphabet:
        table[code] = code
    if alphabet is _BASE64:
        table[ord("-")], table[ord("_")] = ord("+"), ord("/")
    return bytes(table)


def _from_base64(data: bytes) -> list[str]:
    """Decode every long run, wherever in it the encoded part begins."""
    import binascii

    decoded = []
    for run in dict.fromkeys(data.translate(_table(_BASE64)).split()):
        if len(run) < _LEAST_BASE64:
            continue
        for start in range(4):
            # an incomplete last group is filled up: it may hold the end of a marker
            filled = run[start:] + b"AAAA"[: -(len(run) - start) % 4]
            decoded.append(binascii.a2b_base64(filled))
    return _as_texts(decoded)


def _from_hex(data: bytes) -> list[str]:
    """Decode every long run of hex digits, wherever in it the encoded part begins."""
    decoded = []
    for run in dict.fromkeys(data.translate(_table(_HEX)).split()):
        if len(run) >= _LEAST_HEX:
            for start in (0, 1):
                whole = run[start : len(run) - (len(run) - start) % 2]
                decoded.append(bytes.fromhex(whole.decode()))
    return _as_texts(decoded)


@cache
def _printable() -> bytes:
    return bytes(code if 32 < code < 127 else 32 for code in range(256))


def _as_texts(decoded: list[bytes]) -> list[str]:
    """Join what is text; of what is none, keep the longer words of ASCII, in which a key can be.

    A NUL beside each letter is UTF-16; it is dropped.
    """
    texts, rest = [], []
    for data in decoded:
        try:
            texts.append(data.decode("utf-8"))
        except UnicodeDecodeError:
            rest.append(data)
    words = b"\n".join(rest).translate(_printable(), b"\0").split()
    found = [visible("\n".join(texts))] if texts else []
    found.append(b" ".join(w for w in words if len(w) >= _LEAST_WORD).decode("ascii"))
    return [text for text in found if text]
