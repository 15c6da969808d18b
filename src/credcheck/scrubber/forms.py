"""How a secret may be written: every encoding that is looked for.

A form is a row of units, one for each character of the secret (for base64: one for each of its
own characters), so that a piece of eight characters is a piece of the row.
"""

from __future__ import annotations

import base64
import html
import json
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import quote

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    Encoder = Callable[[str], str]

EIGHT_IN_BASE64 = 11  # characters of base64 in which eight whole bytes may stand


class Form(NamedTuple):
    """One way to write a secret."""

    units: tuple[bytes, ...]
    piece: int = 8  # how many units make a piece
    by_character: bool = True  # a unit for each character of the secret


def _same(c: str) -> str:
    return c


def _json(c: str) -> str:
    return json.dumps(c)[1:-1]


def _json_utf8(c: str) -> str:
    return json.dumps(c, ensure_ascii=False)[1:-1]


def _json_upper(c: str) -> str:
    return "\\u" + _json(c)[2:].upper() if _json(c).startswith("\\u") else _json(c)


def _json_slash(c: str) -> str:
    return "\\/" if c == "/" else _json(c)


def _repr(c: str) -> str:
    return "\\'" if c == "'" else repr(c)[1:-1]


def _repr_in_double(c: str) -> str:
    return repr(c)[1:-1]


def _ascii(c: str) -> str:
    return "\\'" if c == "'" else ascii(c)[1:-1]


def _ascii_in_double(c: str) -> str:
    return ascii(c)[1:-1]


def _bytes_repr(c: str) -> str:
    return "\\'" if c == "'" else _bytes_in_double(c)


def _bytes_in_double(c: str) -> str:
    return repr(c.encode("utf-8", "surrogatepass"))[2:-1]


def _html(c: str) -> str:
    return html.escape(c)


def _html_numbers(c: str) -> str:
    return {'"': "&#34;", "'": "&#39;"}.get(c) or html.escape(c)


def _xml(c: str) -> str:
    return html.escape(c, quote=False)


def _xml_attribute(c: str) -> str:
    marks = {'"': "&quot;", "'": "&apos;", "\n": "&#10;", "\r": "&#13;", "\t": "&#09;"}
    return marks.get(c) or html.escape(c)


def _xml_attribute_plain(c: str) -> str:
    marks = {'"': "&quot;", "\n": "&#10;", "\r": "&#13;", "\t": "&#09;"}
    return marks.get(c) or html.escape(c, quote=False)


def _xml_ascii(c: str) -> str:
    return html.escape(c) if c.isascii() else f"&#{ord(c)};"


def _shell(c: str) -> str:
    return "'\"'\"'" if c == "'" else c


def _shell_backslash(c: str) -> str:
    return "'\\''" if c == "'" else c


def _sql(c: str) -> str:
    return "''" if c == "'" else c


def _csv(c: str) -> str:
    return '""' if c == '"' else c


def _workflow(c: str) -> str:
    return {"%": "%25", "\r": "%0D", "\n": "%0A"}.get(c, c)


def _url(safe: str, *, lower: bool = False, plus: bool = False) -> Encoder:
    def encode(c: str) -> str:
        if plus and c == " ":
            return "+"
        quoted = quote(c, safe=safe, errors="surrogatepass")
        return quoted if quoted == c or not lower else quoted.lower()

    return encode


_JS = "!'()*~"  # encodeURIComponent leaves these
_RESERVED = "!#$&'()*+,/:;=?@[]~"  # what a library leaves that re-quotes a whole address
_URLS = [
    _url(safe, lower=lower, plus=plus)
    for safe in ("", "/", _JS, _RESERVED, "!$&'()*+,;=~", "!$&'()*+,;=:~")
    for lower in (False, True)
    for plus in (False, True)
]
_FIRST: list[Encoder] = [
    _same,
    _json,
    _json_utf8,
    _json_upper,
    _json_slash,
    _repr,
    _repr_in_double,
    _ascii,
    _ascii_in_double,
    _bytes_repr,
    _bytes_in_double,
    _html,
    _html_numbers,
    _xml,
    _xml_attribute,
    _xml_attribute_plain,
    _xml_ascii,
    _shell,
    _shell_backslash,
    _sql,
    _csv,
    _workflow,
    *_URLS,
]
_INNER: list[Encoder] = [_json, _json_utf8, _repr, _repr_in_double, _ascii, _bytes_repr, *_URLS[:4]]
_OUTER: list[Encoder] = [_json, _repr, _repr_in_double, _html, _html_numbers, _xml, *_URLS[:2]]


def forms_of(text: str) -> Iterator[Form]:
    """Give every way to write a secret, each once, the plain one first."""
    seen: set[tuple[bytes, ...]] = set()
    for units in _written(text):
        if units not in seen:
            seen.add(units)
            yield Form(units)
    data = text.encode("utf-8", "surrogatepass")
    for alphabet in (b"+/", b"-_"):
        for skipped, dropped in ((0, 0), (1, 2), (2, 3)):
            row = base64.b64encode(bytes(skipped) + data, altchars=alphabet)[dropped:]
            whole = (skipped + len(data)) % 3 == 0
            trimmed = row if whole else row.rstrip(b"=")[:-1]
            units = tuple(trimmed[n : n + 1] for n in range(len(trimmed)))
            if units not in seen:
                seen.add(units)
                yield Form(units, EIGHT_IN_BASE64, by_character=False)


def whole_base64(text: str) -> Iterator[bytes]:
    """Give the base64 of a text alone, with and without its padding."""
    data = text.encode("utf-8", "surrogatepass")
    for alphabet in (b"+/", b"-_"):
        row = base64.b64encode(data, altchars=alphabet)
        yield row
        yield row.rstrip(b"=")


def _written(text: str) -> Iterator[tuple[bytes, ...]]:
    characters = set(text)
    if characters <= _UNCHANGED:
        yield tuple(text.encode()[n : n + 1] for n in range(len(text)))
    else:
        special = sorted(characters - _UNCHANGED)
        table = {c: c.encode() for c in characters & _UNCHANGED}
        for spelled in dict.fromkeys(zip(*map(_spellings, special), strict=True)):
            table.update(zip(special, spelled, strict=True))
            yield tuple(map(table.__getitem__, text))
        yield from _undecodable(text)
    for spelling in ("{:02x}", "{:02X}"):
        table = {
            c: "".join(map(spelling.format, c.encode("utf-8", "surrogatepass"))).encode()
            for c in characters
        }
        yield tuple(table[c] for c in text)


def _undecodable(text: str) -> Iterator[tuple[bytes, ...]]:
    """Give the bytes behind a text that came from a variable which is not UTF-8."""
    if any("\udc80" <= c <= "\udcff" for c in text):
        try:
            yield tuple(c.encode("utf-8", "surrogateescape") for c in text)
        except UnicodeEncodeError:
            return


@lru_cache(maxsize=1024)
def _spellings(c: str) -> tuple[bytes, ...]:
    """Give a character as each encoder writes it, and as each writes what another wrote."""
    first = [encoder(c) for encoder in _FIRST]
    nested = ("".join(map(outer, inner(c))) for inner in _INNER for outer in _OUTER)
    return tuple(text.encode("utf-8", "surrogatepass") for text in (*first, *nested))


_UNCHANGED = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-.")
