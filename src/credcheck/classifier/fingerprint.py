"""Fingerprints of production credentials that reveal nothing of them.

A fingerprint is `scrypt:<salt>:<digest>`, both in base64. The salt is the project's, so that two
projects' files cannot be compared, and the work factor makes guessing expensive.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

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


def matches_any(value: str, fingerprints: Iterable[str]) -> bool:
    """Tell whether a value has one of the fingerprints; one that cannot be read matches nothing."""
    import base64
    import hmac

    digests: dict[bytes, bytes] = {}
    for line in fingerprints:
        scheme, _, rest = line.partition(":")
        salt_text, _, digest_text = rest.partition(":")
        try:
            salt = base64.b64decode(salt_text, validate=True)
            wanted = base64.b64decode(digest_text, validate=True)
        except ValueError:
            continue
        if scheme != "scrypt" or not salt:
            continue
        if salt not in digests:
            digests[salt] = _digest(value, salt)
        if hmac.compare_digest(digests[salt], wanted):
            return True
    return False


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
