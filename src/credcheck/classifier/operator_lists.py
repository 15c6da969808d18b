"""The operator's `refuse` lists, and the accounts that raise an alarm."""

from __future__ import annotations

import re
from functools import cache
from itertools import islice
from typing import TYPE_CHECKING

from credcheck.classifier.aws import CANARIES, CREDENTIAL_PREFIXES, account_of
from credcheck.classifier.hosts import is_refused_host, matches, unquote
from credcheck.classifier.normalize import clean

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from credcheck.classifier.place import Place
    from credcheck.model import Refuse

_MOST_CANDIDATES = 16  # each one costs a scrypt, some 30 ms
_LEAST_CANDIDATE = 8


@cache
def _key_id() -> re.Pattern[str]:
    return re.compile(r"(?<![A-Za-z0-9])(?:AKIA|ASIA|ABIA|ACCA)[A-Z2-7]{16}(?![A-Za-z0-9])")


@cache
def _project() -> re.Pattern[str]:
    """Where a Google Cloud project is named: a field, an account's address, a path, a socket."""
    name = r"([a-z][a-z0-9\-]{1,60}|[0-9]{6,20})"
    return re.compile(
        rf'project[_-]?id"?\s{{0,8}}[:=]\s{{0,8}}"?{name}|@{name}\.iam\.gserviceaccount\.com'
        rf"|projects/{name}|/cloudsql/{name}:|securetoken\.google\.com/{name}"
        rf"|google_cloud_project\s{{0,8}}[:=]\s{{0,8}}['\"]?{name}|bigquery://{name}"
        rf"|(?<![a-z0-9\-]){name}(?:@appspot\.gserviceaccount\.com|\.firebaseapp\.com"
        rf"|\.appspot\.com|\.web\.app|\.firebasestorage\.app)"
    )


def refused_names(texts: Sequence[str], refuse: Refuse) -> Iterator[str]:
    """Say which accounts and projects in a value the operator refuses, and which are canaries."""
    for text in texts:
        if any(prefix in text for prefix in CREDENTIAL_PREFIXES):
            for match in _key_id().finditer(text):
                account = account_of(match[0])
                if account in CANARIES:
                    yield "it is a canary: using it raises an alarm at its owner"
                elif account in refuse.aws_accounts:
                    yield "it belongs to an AWS account that the manifest refuses"
        if any(_names(text, account) for account in refuse.aws_accounts):
            yield "it names an AWS account that the manifest refuses"
        if refuse.gcp_projects and _leads_to_project(text, refuse.gcp_projects):
            yield "it belongs to a Google Cloud project that the manifest refuses"


def _leads_to_project(text: str, refused: Sequence[str]) -> bool:
    if any(_names(text, project) for project in refused):
        return True
    found = {name for match in _project().finditer(text.lower()) for name in match.groups() if name}
    return any(matches(name, refused) for name in found)


def _names(text: str, word: str) -> bool:
    """Tell whether a word stands in a text with no letter, digit, `-` or `_` beside it."""
    at = text.find(word) if word else -1
    while at >= 0:
        beside = text[at - 1 : at] + text[at + len(word) : at + len(word) + 1]
        if not any(c.isalnum() or c in "-_" for c in beside):
            return True
        at = text.find(word, at + 1)
    return False


def refused_places(places: Iterable[Place], refuse: Refuse) -> Iterator[str]:
    """Say which places the operator refuses."""
    for place in places:
        if refuse.hosts and any(is_refused_host(host, refuse.hosts) for host in place.hosts):
            yield "it leads to a host that the manifest refuses"
        if refuse.databases and any(matches(name, refuse.databases) for name in place.databases):
            yield "it leads to a database that the manifest refuses"


def refused_value(text: str, texts: Sequence[str], refuse: Refuse) -> Iterator[str]:
    """Say whether a value, or a word of it, has one of the refused fingerprints."""
    if not refuse.values:
        return
    from credcheck.classifier.fingerprint import matches_any

    candidates = dict.fromkeys((text, text.strip(), *map(clean, texts)))
    for reading in texts:
        for match in islice(_named().finditer(reading[:100_000]), _MOST_CANDIDATES):
            candidates[unquote(match[1] or match[2])] = None
    for reading in texts:
        for word in _separators().split(reading[:100_000], 200):
            if len(word) >= _LEAST_CANDIDATE and word.isprintable():
                candidates[word] = None
    candidates.pop("", None)
    for candidate in list(candidates)[:_MOST_CANDIDATES]:
        if matches_any(candidate, refuse.values):
            yield "it is a credential whose fingerprint the manifest refuses"
            return


@cache
def _named() -> re.Pattern[str]:
    """Where a credential is called one: the password of a URL, the value of a field or option."""
    return re.compile(
        r"://[^\s:/@]{0,300}:([^\s/@]{1,300})@"
        r"|(?:pass|pwd|secret|token|key)\w{0,40}[\"']?\s{0,8}[:=]\s{0,8}[\"']?([^\s\"',;&}]{1,300})",
        re.IGNORECASE,
    )


@cache
def _separators() -> re.Pattern[str]:
    return re.compile(r"[\s\"'`,;=]+")
