"""Checksums inside tokens: a wrong one proves that the token was never issued."""

from __future__ import annotations

_BASE62 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
_DIGITS = 6


def has_checksum(tail: str) -> bool:
    """Tell whether the last six characters are the base62 CRC32 of those before.

    Source: https://github.blog/engineering/behind-githubs-new-authentication-token-formats/
    """
    import zlib

    number, text = zlib.crc32(tail[:-_DIGITS].encode()), ""
    for _ in range(_DIGITS):
        number, rest = divmod(number, len(_BASE62))
        text = _BASE62[rest] + text
    return tail[-_DIGITS:] == text
