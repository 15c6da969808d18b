"""What of a value is secret: the strings that are looked for, and which parts of them count.

A value may hold more than one secret (the leaves of JSON, the password of an address, the lines
of a key file) and parts that are public (a vendor's marker, a scheme, a host).
"""

from __future__ import annotations

import json
import re
from collections import Counter
from math import log2
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator

MINIMUM = 8  # characters: shorter values, lines, leaves and pieces are not masked
LONG = 16  # from here on pieces of a value are masked if it does not look like words
_ENOUGH_BITS = 32
_DEEPEST = 4

_ADDRESS = re.compile(r"(?:[a-z][a-z0-9+.\-]*:)+//", re.IGNORECASE)
_AUTHORITY = re.compile(r"[^/?#]*")
_UNQUOTED = re.compile(r"[^:]*:(?!\d*\Z).*")  # a password with a character that ends an authority
_SECRET_KEY = r"(?:[\w\-]*(?:password|passwd|pwd|secret|token|key|sig|signature|credential)\w*)"
_PAIR = re.compile(
    rf"(?:^|[;\s&?]){_SECRET_KEY}\s*=\s*(\"[^\"]*\"|'[^']*'|[^;\s&]+)", re.IGNORECASE
)
_SCHEME = re.compile(r"(?:bearer|basic|token|apikey|digest)\s+", re.IGNORECASE)
_JWT = re.compile(r"eyJ[\w\-]{10,}\.(?=[\w\-]+\.)")
_ARMOUR = re.compile(r"-{4,5} ?(?:BEGIN|END) [A-Z0-9 ]+-{4,5}")
_BASE64 = re.compile(r"[A-Za-z0-9+/_\-]{40,}={0,2}")

# Markers that say who issued a key; the test and live markers of the services come on top.
_MARKERS = ("github_pat_", "secret-token:", "whsec_", "glpat-", "sk-ant-", "sk-proj-", "dop_v1_")

# Long words of test output and configuration: a piece of a secret that is a piece of one of them
# is no secret, or every log line would be full of masks.
WORDS = (
    "accesskey administrator anonymous application assertionerror assertion attributeerror "
    "authenticated authentication authorization available background begin_certificate "
    "certificate changeme characters collection component configuration connection "
    "connectionerror container content-type correct create_default credential credentials "
    "database datetime default dependencies description developer development dictionary "
    "directory disconnected encryption endpoint environment exampleexample exception execution "
    "expected extension failure function generated googleapis hostname identifier import "
    "importerror information instance integration international internal interface invalid "
    "keyerror keyboardinterrupt language letmein library localhost management manifest metadata "
    "minioadmin minioadminminioadmin modulenotfounderror notification openssl operation "
    "organization parameter parameters passed password passwordpassword passw0rd permission "
    "personal platform postgres postgresql private privatekey privatekeyid processing production "
    "programming properties protocol publickey qwertyuiop recording reference registration "
    "registry repository request requests resource response restricted returned runtimeerror "
    "sandbox secretsmanager sequence serviceaccount service_account services session signature "
    "something sqlalchemy staging standard statement successfully superuser supersecret systemd "
    "teardown temporary testdatabase testpassword testsecret testtest testtoken testuser "
    "throughput timeout timeouterror traceback transaction typeerror undefined unexpected "
    "unittest university username valueerror variable verification version webhook "
    "yourpassword yoursecret abcdefghijklmnopqrstuvwxyz 01234567890123456789 9876543210"
)
_WORD_SET = frozenset(WORDS.split())


class Core(NamedTuple):
    """One string to look for.

    ``pieces`` are the positions at which a piece of eight characters begins that is secret by
    itself; ``marker`` the number of public characters at the beginning: a piece that begins there
    is secret if it goes on a few characters beyond.
    """

    text: str
    pieces: tuple[int, ...] = ()
    marker: int = 0


def why_unmaskable(value: str) -> str:
    """Say why a value is not masked, or give an empty text."""
    text = value.strip()
    if len(text) < MINIMUM:
        return "it is too short"
    if _is_common(text):
        return "it is a common word"
    return ""


def weak_inside(value: str) -> str:
    """Say which part of an address or of settings is not masked when it stands alone."""
    text = value.strip()
    if why_unmaskable(text) or "\n" in text:
        return ""
    parts = _address(text) or _settings(text) or ()
    reasons = (why_unmaskable(part) for part in parts if part)
    return next((reason for reason in reasons if reason), "")


def _is_common(text: str) -> bool:
    return len(set(text)) < 3 or text.lower() in _WORD_SET or text.lower() in "0123456789" * 2


def cores_of(value: str) -> Iterator[Core]:
    """Give what to look for, once each; a value that is too short or common gives nothing."""
    seen: dict[str, Core] = {}
    for core in _cores(value, 0):
        known = seen.get(core.text)
        if known is None or len(core.pieces) > len(known.pieces):
            seen[core.text] = core
    yield from seen.values()


def _cores(value: str, depth: int) -> Iterator[Core]:
    text = value.strip()
    if why_unmaskable(text) or depth > _DEEPEST:
        return
    yield Core(value)  # whole, as it stands
    inner = _leaves(text)
    if inner is None:
        inner = _address(text)
    if inner is None:
        inner = _settings(text)
    if inner is None and "\n" in text:
        inner = [line for line in text.splitlines() if not _ARMOUR.fullmatch(line.strip())]
    if inner is None:
        yield _plain(text)
        inner = _decoded(text)
    for part in inner:
        if part != value:
            yield from _cores(part, depth + 1)


# ── structures ────────────────────────────────────────────────────────────────────────────────


def _leaves(text: str) -> list[str] | None:
    """Give the strings of a JSON object or list, or None for anything else."""
    if text[0] not in "{[":
        return None
    try:
        tree = json.loads(text)
    except (ValueError, RecursionError):
        return None
    found: list[str] = []
    todo = [tree]
    while todo:
        node = todo.pop()
        if isinstance(node, str):
            found.append(node)
        elif isinstance(node, dict):
            todo += node.values()
        elif isinstance(node, list):
            todo += node
    return [leaf for leaf in found if not _is_public_address(leaf)]


def _is_public_address(text: str) -> bool:
    found = _ADDRESS.match(text)
    return bool(found) and not re.search(r"[@?]", text[found.end() :]) if found else False


def _address(text: str) -> list[str] | None:
    """Give the secrets of a URL or DSN, or None for anything else.

    They are the password (or the user, where no password stands), as written and decoded, and
    what the path and the query hold that no one could guess.
    """
    from urllib.parse import unquote

    found = _ADDRESS.match(text)
    if found is None or "\n" in text:
        return None
    rest = text[found.end() :]
    authority = _AUTHORITY.match(rest)
    place = authority.group() if authority else ""
    if "@" in rest and "@" not in place and _UNQUOTED.fullmatch(place):
        place = rest.rpartition("@")[0] + "@"
    who, at, _ = place.rpartition("@")
    parts = []
    if at:
        user, colon, password = who.partition(":")
        parts.append(password if colon else user)
    path = rest[len(place) :]
    parts += [unquote(value) for value in _PAIR.findall(path)]
    parts += [part for part in re.split(r"[/?&=#;,]", path) if _is_random(part)]
    return list(dict.fromkeys((*parts, *map(unquote, parts))))


def _settings(text: str) -> list[str] | None:
    """Give the secrets of `key=value;key=value` or of libpq's `key=value key=value`."""
    if len(re.findall(r"(?:^|[;\s])[A-Za-z][\w ]*=", text)) < 2:
        return None
    values = [value.strip("\"'") for value in _PAIR.findall(text)]
    return values or None


def _decoded(text: str) -> list[str]:
    """Give the text that a base64 value holds, if it is JSON or lines: people store both so."""
    if not _BASE64.fullmatch(text):
        return []
    import base64

    try:
        plain = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=False)
        inner = plain.decode("ascii")
    except ValueError:
        return []
    return [inner] if inner.isprintable() or "\n" in inner else []


# ── pieces ────────────────────────────────────────────────────────────────────────────────────


def _plain(text: str) -> Core:
    """Give a value that has no structure, with the pieces of it that are secret by themselves."""
    marker = marker_length(text)
    rest = text[marker:]
    if not (_is_random(rest) or (len(rest) >= LONG and _bits(rest) >= _ENOUGH_BITS)):
        return Core(text)
    secret = (
        start
        for start in range(marker, len(text) - MINIMUM + 1)
        if _is_secret(text[start : start + MINIMUM])
    )
    return Core(text, (*range(marker), *secret), marker)


def _is_secret(piece: str) -> bool:
    """Tell whether a piece of a secret may be masked wherever it stands."""
    return len(set(piece)) >= 3 and piece.lower() not in WORDS


def marker_length(text: str) -> int:
    """Give the number of characters at the beginning that any key of the same kind has."""
    from credcheck.services import _index

    begin = _SCHEME.match(text)
    at = begin.end() if begin else 0
    token = text[at:]
    jwt = _JWT.match(token)
    if jwt:
        return at + jwt.end()
    markers = (m for m in (*_index.TEST, *_index.LIVE, *_MARKERS) if token.startswith(m))
    length = max(map(len, markers), default=0)
    return at + length if len(token) - length >= MINIMUM else 0


def _bits(text: str) -> float:
    """Give what a text tells at most, by the frequencies of its characters."""
    total = len(text)
    return -sum(n * log2(n / total) for n in Counter(text).values())


def _is_random(text: str) -> bool:
    """Tell whether nobody would write this by chance: mixed characters, no words."""
    if len(text) < MINIMUM or _bits(text) < 20:
        return False
    kinds = (
        any(c.islower() for c in text),
        any(c.isupper() for c in text),
        any(c.isdigit() for c in text),
        any(not c.isalnum() and c not in " _-./" for c in text),
    )
    return sum(kinds) >= 3 or (len(text) >= LONG and sum(kinds) >= 2 and kinds[2])
