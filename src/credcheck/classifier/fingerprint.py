"""Fingerprints of production credentials that reveal nothing of them.

A fingerprint is `scrypt:<salt>:<digest>`, both in base64. The salt is the project's, so that two
projects' files cannot be compared, and the work factor makes guessing expensive.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

_COST, _BLOCK, _PARALLEL, _LENGTH = 2**14, 8, 1, 32


def fingerprint(value: str, salt: bytes) -> str:
    """Give the line for `refuse.values`.

    Args:
        value: the credential, without outer white space.
        salt: 16 random bytes, the same within a project.
    """
    import base64

    digest = _digest(value, salt)
    return f"scrypt:{base64.b64encode(salt).decode()}:{base64.b64encode(digest).decode()}"


def salt_of(fingerprints: Iterable[str]) -> bytes | None:
    """Give the salt of the first fingerprint that can be read."""
    return next((salt for salt, _ in _parsed(fingerprints)), None)


def matches_any(value: str, fingerprints: Iterable[str]) -> bool:
    """Tell whether a value has one of the fingerprints; one that cannot be read matches nothing."""
    import hmac

    digests: dict[bytes, bytes] = {}
    for salt, wanted in _parsed(fingerprints):
        if salt not in digests:
            digests[salt] = _digest(value, salt)
        if hmac.compare_digest(digests[salt], wanted):
            return True
    return False


def _parsed(fingerprints: Iterable[str]) -> Iterator[tuple[bytes, bytes]]:
    """Give salt and digest of every line that can be read."""
    import base64

    for line in fingerprints:
        scheme, _, rest = line.partition(":")
        salt, _, digest = rest.partition(":")
        try:
            pair = (base64.b64decode(salt, validate=True), base64.b64decode(digest, validate=True))
        except ValueError:
            continue
        if scheme == "scrypt" and all(pair):
            yield pair


def _digest(value: str, salt: bytes) -> bytes:
    from hashlib import scrypt

    return scrypt(
        value.encode("utf-8", "surrogatepass"),
        salt=salt,
        n=_COST,
        r=_BLOCK,
        p=_PARALLEL,
        dklen=_LENGTH,
    )
