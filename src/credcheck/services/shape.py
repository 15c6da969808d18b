"""The shape of a value: a few alphabets with lengths, matched from left to right without retries.

A shape is written as pieces with a space between them: ``base62{24,247}``, ``'-'``, ``uuid``.
Text in single quotes stands for itself; an alphabet has a length ``{n}``, ``{n,m}`` or ``{n,}``.
A piece of variable length takes as much as it can while the pieces after it keep their least
length. Nothing is tried twice, so matching is linear in the length of the value.
"""

from __future__ import annotations

from typing import NamedTuple

_UPPER = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_LOWER = "abcdefghijklmnopqrstuvwxyz"
_DIGITS = "0123456789"
_BASE62 = _UPPER + _LOWER + _DIGITS

ALPHABETS = {
    "digits": _DIGITS,
    "hex": _DIGITS + "abcdef",
    "HEX": _DIGITS + "ABCDEF",
    "xdigit": _DIGITS + "abcdefABCDEF",
    "upper": _UPPER,
    "lower": _LOWER,
    "upper-alnum": _UPPER + _DIGITS,
    "lower-alnum": _LOWER + _DIGITS,
    "base32": _UPPER + "234567",
    "base32-lower": _LOWER + "234567",
    "base62": _BASE62,
    "word": _BASE62 + "_",
    "slug": _LOWER + _DIGITS + "-",
    "urlsafe": _BASE62 + "-_",
    "urlsafe-pad": _BASE62 + "-_=",
    "base64": _BASE62 + "+/",
    "base64-pad": _BASE62 + "+/=",
    "host": _BASE62 + "-.",
    "token": _BASE62 + "-._~+/=",
    "visible": "".join(map(chr, range(0x21, 0x7F))),
    "any": "",  # every character, new lines too
}
UNBOUNDED = 1 << 20


class Piece(NamedTuple):
    """Literal text, or ``least`` to ``most`` characters of an alphabet ("" is every one)."""

    literal: str | None
    alphabet: str
    least: int
    most: int


class Shape(NamedTuple):
    """A parsed shape with the least and the greatest length that it can have."""

    pieces: tuple[Piece, ...]
    least: int
    most: int

    @property
    def head(self) -> str:
        """The literal text at its start, or ""."""
        return (self.pieces[0].literal or "") if self.pieces else ""


UUID = [
    piece
    for length in (8, 4, 4, 4, 12)
    for piece in (Piece("-", "", 1, 1), Piece(None, ALPHABETS["xdigit"], length, length))
][1:]


def parse_shape(text: str) -> Shape:
    """Read a shape as written in a service's file.

    Raises:
        ValueError: it cannot be read; the message says which piece, without its text.
    """
    pieces: list[Piece] = []
    for number, word in enumerate(text.split(), start=1):
        if word == "uuid":
            pieces += UUID
            continue
        if len(word) > 2 and word[0] == word[-1] == "'":
            literal = word[1:-1]
            pieces.append(Piece(literal, "", len(literal), len(literal)))
            continue
        name, _, length = word.partition("{")
        least, comma, most = length.removesuffix("}").partition(",")
        most = most or (str(UNBOUNDED) if comma else least)
        if name not in ALPHABETS or not (least.isdecimal() and most.isdecimal()):
            message = "is neither 'text' nor an alphabet with a length, such as base62{24}"
            raise ValueError(f"piece {number} {message}")
        pieces.append(Piece(None, ALPHABETS[name], int(least), int(most)))
    return Shape(tuple(pieces), sum(p.least for p in pieces), sum(p.most for p in pieces))


def fits(shape: Shape, text: str, start: int = 0) -> bool:
    """Tell whether ``text`` from ``start`` on has the shape, as a whole."""
    end = len(text)
    needed = shape.least
    if not needed <= end - start <= shape.most:
        return False
    for literal, alphabet, least, most in shape.pieces:
        needed -= least
        if literal is not None:
            if not text.startswith(literal, start):
                return False
            start += least
            continue
        chunk = text[start : start + min(most, end - start - needed)]
        taken = len(chunk) - len(chunk.lstrip(alphabet)) if alphabet else len(chunk)
        if taken < least:
            return False
        start += taken
    return start == end
