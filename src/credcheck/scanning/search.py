"""What a file holds that it should not; nothing that is found is ever shown."""

from __future__ import annotations

import codecs
import re
from functools import cache
from typing import TYPE_CHECKING, Literal, NamedTuple

from credcheck.classifier import classify, is_placeholder, live_marker, own_live_marker, own_markers
from credcheck.drafting.envfiles import is_template
from credcheck.drafting.names import is_credential
from credcheck.errors import DotenvError
from credcheck.exposure import git_state_of
from credcheck.services import _index
from credcheck.sources.dotenv import parse

if TYPE_CHECKING:
    from collections.abc import Iterator

    from credcheck.classifier import Rules
    from credcheck.scanning.files import Content
    from credcheck.scrubber import Scrubber

What = Literal["live", "value", "exposed"]

_SHORTEST_TAIL = 10
_MASK = re.compile(rb"\[REDACTED:([^\]]+)\]")
_KEY_ID = re.compile(rb"(?<![A-Za-z0-9])(?:AKIA|ASIA|ABIA|ACCA)[A-Z2-7]{16}(?![A-Za-z0-9])")
_LOGIN = re.compile(rb"://[^\s\"'<>`@/:]*:([^\s\"'<>`@/]+)@[^\s\"'<>`]+")
_SCHEME = re.compile(rb"[A-Za-z][A-Za-z0-9+.\-]*\Z")
_TAIL = re.compile(rb"[A-Za-z0-9_\-.=+/]*")
_UTF_16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
_LONGEST_SCHEME = 30


class Hit(NamedTuple):
    """One thing found: where, and a sentence without any of it."""

    what: What
    label: str
    line: int | None
    told: str


def search(content: Content, rules: Rules, scrubber: Scrubber, own: frozenset[str]) -> list[Hit]:
    """Look through one file.

    Args:
        content: the file.
        rules: the operator's lists.
        scrubber: knows this project's values.
        own: the labels of the files in which these values belong.
    """
    if content.data is None:
        return []
    data = _plain(content.data)
    hits = [Hit("live", content.label, line, reason) for line, reason in sorted(_live(data, rules))]
    if content.label not in own and scrubber.data(data) is not data:
        hits += _values(content.label, data, scrubber)
    return [*hits, *_exposed(content, data)]


def _plain(data: bytes) -> bytes:
    """Give a text in UTF-8; in anything else, also in a binary file, a key is ASCII anyway."""
    if data.startswith(_UTF_16):
        return data.decode("utf-16", "replace").encode("utf-8", "replace")
    return data


# ── live keys ─────────────────────────────────────────────────────────────────────────────────


@cache
def _markers() -> tuple[bytes, ...]:
    return tuple(marker.encode().lower() for marker in _index.LIVE)


@cache
def _anchors() -> tuple[bytes, ...]:
    return tuple(anchor.encode() for anchor in _index.ANCHORS)


def _live(data: bytes, rules: Rules) -> set[tuple[int, str]]:
    """Give line and reason of everything live; for each line the first reason."""
    found: dict[int, str] = {}
    for at, reason in (
        *_marked(data),
        *_own(data, rules),
        *_key_ids(data, rules),
        *_logins(data, rules),
    ):
        found.setdefault(data.count(b"\n", 0, at) + 1, reason)
    return set(found.items())


def _marked(data: bytes) -> Iterator[tuple[int, str]]:
    low = data.lower()
    if not any(anchor in low for anchor in _anchors()):
        return
    for marker in _markers():
        at = low.find(marker)
        while at >= 0:
            tail = _TAIL.match(data, at + len(marker))
            token = data[at : tail.end() if tail else at].decode("ascii", "replace")
            if not data[at - 1 : at].isalnum() and _is_key(token, len(marker)):
                yield at, live_marker(token) or ""
            at = low.find(marker, at + 1)


def _own(data: bytes, rules: Rules) -> Iterator[tuple[int, str]]:
    """Live keys of the project's own services."""
    low = data.lower()
    for _, marker in own_markers(rules):
        begin = marker.encode()
        at = low.find(begin.lower())
        while at >= 0:
            tail = _TAIL.match(data, at + len(begin))
            token = data[at : tail.end() if tail else at].decode("utf-8", "replace")
            reason = own_live_marker(token, rules)
            if reason and not data[at - 1 : at].isalnum() and _is_key(token, len(marker)):
                yield at, reason
            at = low.find(begin.lower(), at + 1)


def _key_ids(data: bytes, rules: Rules) -> Iterator[tuple[int, str]]:
    """AWS access key ids of accounts that the manifest refuses, and alarm keys."""
    if not any(prefix in data for prefix in (b"AKIA", b"ASIA", b"ABIA", b"ACCA")):
        return
    for match in _KEY_ID.finditer(data):
        verdict = classify(match[0].decode(), "aws", rules=rules)
        if verdict.mode == "live":
            yield match.start(), verdict.reason


def _logins(data: bytes, rules: Rules) -> Iterator[tuple[int, str]]:
    """Addresses with a password that lead to production."""
    for match in _LOGIN.finditer(data):
        password = match[1].decode("utf-8", "replace")
        if not _is_random(password) or is_placeholder(password):
            continue
        scheme = _SCHEME.search(data[max(0, match.start() - _LONGEST_SCHEME) : match.start()])
        if scheme is not None:
            address = (scheme[0] + match[0]).decode("utf-8", "replace")
            verdict = classify(address, "database_url", rules=rules)
            if verdict.mode == "live":
                yield match.start(), verdict.reason


def _is_key(token: str, begin: int) -> bool:
    """Tell whether what follows a marker is a key, and no word, dummy or pattern."""
    tail = token[begin:].rstrip(".-_=+/")
    if len(tail) < _SHORTEST_TAIL or is_placeholder(token) or is_placeholder(tail):
        return False
    return _is_random(tail)


def _is_random(text: str) -> bool:
    """Tell whether nobody would write this by hand as an example."""
    mixed = sum(c.isupper() for c in text) > 1 and sum(c.islower() for c in text) > 1
    return len(text) > 7 and len(set(text)) > 4 and (mixed or any(c.isdigit() for c in text))


# ── this project's values ─────────────────────────────────────────────────────────────────────


def _values(label: str, data: bytes, scrubber: Scrubber) -> Iterator[Hit]:
    found = False
    for number, line in enumerate(data.split(b"\n"), 1):
        clean = scrubber.data(line)
        if clean is not line:
            found = True
            for name in _names(clean):
                yield Hit("value", label, number, f"it holds the value of {name}, or a part of it")
    if not found:  # it goes over the end of a line
        for name in _names(scrubber.data(data)):
            yield Hit("value", label, None, f"it holds the value of {name}, or a part of it")


def _names(clean: bytes) -> dict[str, None]:
    return dict.fromkeys(name.decode("utf-8", "replace") for name in _MASK.findall(clean))


# ── `.env` files ──────────────────────────────────────────────────────────────────────────────


def _exposed(content: Content, data: bytes) -> Iterator[Hit]:
    """Tell of a `.env` file with credentials that git has, or would take."""
    name = content.path.name
    if not (name == ".env" or name.startswith(".env.")) or is_template(name):
        return
    try:
        lines = parse(data.decode("utf-8-sig"), content.label)
    except (DotenvError, UnicodeDecodeError):
        return
    held = [
        line.name
        for line in lines
        if line.name
        and is_credential(line.name)
        and line.text.strip()
        and not is_placeholder(line.text)
    ]
    if not held:
        return
    state, _ = git_state_of(content.path)
    if state in {"tracked", "exposed"}:
        how = "is tracked by git" if state == "tracked" else "is not ignored by git"
        names = ", ".join(dict.fromkeys(held))
        yield Hit("exposed", content.label, None, f"it {how} and holds values: {names}")
