"""Hosts, databases and users out of URLs and connection strings, and what their names say."""

from __future__ import annotations

import re
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

_URL = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*)://([^/?#\s\"'<>]*)([^?#\s\"'<>]*)(\?[^#\s\"'<>]*)?")
_PAIR = re.compile(r"(?:^|[;\s])\s*([A-Za-z][A-Za-z _]*?)\s*=\s*('[^']*'|\"[^\"]*\"|[^;\s]*)")
_TOKEN = re.compile(r"[A-Za-z]+|[0-9]+")
_HOST_KEYS = frozenset({"host", "hostaddr", "server", "data source", "address", "addr", "endpoint"})
_DATABASE_KEYS = frozenset({"dbname", "database", "initial catalog", "db"})
_USER_KEYS = frozenset({"user", "uid", "user id", "username", "usr"})
_LOOPBACK = frozenset({"localhost", "::1", "0.0.0.0", "host.docker.internal"})  # noqa: S104

LIVE_WORDS = frozenset(
    {"prod", "production", "prd", "live", "produccion", "producao", "produktion"}
)
_NEGATIONS = re.compile(
    r"non[-_.]?(?:prod|prd)\w*|not?[-_.]?prod\w*|pre[-_.]?(?:prod|prd|live)\w*|prod[-_.]?(?:like|test|dev)"
)
_FILLERS = frozenset(["db", "pg", "sql", "api", "app", "gw", "srv", "us", "eu"])


class Place(NamedTuple):
    """Where a value leads: every host, and the names of databases and users."""

    scheme: str
    hosts: tuple[str, ...]
    path: str
    databases: tuple[str, ...] = ()
    users: tuple[str, ...] = ()

    @property
    def in_memory(self) -> bool:
        """Tell whether it cannot leave the process."""
        return self.scheme.startswith("sqlite") and self.path.strip("/") in {"", ":memory:"}

    @property
    def is_loopback(self) -> bool:
        """Tell whether every host is this machine."""
        return bool(self.hosts) and all(
            host in _LOOPBACK or host.startswith("127.") or host.endswith(".localhost")
            for host in self.hosts
        )


def places(text: str) -> tuple[Place, ...]:
    """Find every URL and key-value connection string in a text."""
    found = [_from_url(match) for match in _URL.finditer(text)]
    if not found and "=" in text:
        found += _from_pairs(text)
    return tuple(found)


def _from_url(match: re.Match[str]) -> Place:
    scheme, authority, path, query = match.groups()
    userinfo, _, hosts = authority.rpartition("@")
    user = userinfo.partition(":")[0]
    options = [part.partition("=") for part in (query or "").lstrip("?").split("&")]
    more = [_host(value) for key, _, value in options if key.lower() in _HOST_KEYS and value]
    names = [value for key, _, value in options if key.lower() in _DATABASE_KEYS and value]
    return Place(
        scheme=scheme.lower(),
        hosts=tuple(host for part in hosts.split(",") if (host := _host(part))) + tuple(more),
        path=path,
        databases=tuple(name for name in (*path.strip("/").split("/"), *names) if name),
        users=(user,) if user else (),
    )


def _from_pairs(text: str) -> list[Place]:
    pairs = [(key.strip().lower(), value.strip("'\"")) for key, value in _PAIR.findall(text)]
    hosts = tuple(
        _host(part.removeprefix("tcp:"))
        for k, v in pairs
        if k in _HOST_KEYS
        for part in v.split(",")
    )
    if not hosts:
        return []
    return [
        Place(
            scheme="",
            hosts=hosts,
            path="",
            databases=tuple(v for k, v in pairs if k in _DATABASE_KEYS and v),
            users=tuple(v for k, v in pairs if k in _USER_KEYS and v),
        )
    ]


def _host(part: str) -> str:
    """Give the host of `host:port`, lower-cased and without the trailing dot."""
    if part.startswith("["):
        return part[1:].partition("]")[0].lower()
    return part.partition(":")[0].partition("\\")[0].rstrip(".").lower()


def matches(name: str, patterns: Iterable[str]) -> bool:
    """Tell whether a name fits a pattern, whatever its case; `*.x` is one label or more."""
    return any(fnmatchcase(name.lower(), pattern.lower().rstrip(".")) for pattern in patterns)


def live_word(place: Place) -> str | None:
    """Give the strong live word among the names of hosts, databases and users."""
    names: Sequence[str] = (*place.hosts, *place.databases, *place.users)
    for name in names:
        text = _NEGATIONS.sub(" ", name.lower())
        if name.endswith((".test", ".example", ".invalid")):
            continue
        labels = text.split(".") if name in place.hosts else [text]
        # the last two labels are the owner's domain: `live.com` is a brand, not a mode
        own = labels[:-2] if len(labels) > 2 else labels[:1]
        if len(labels) > 1 and labels[-1] in LIVE_WORDS - {"live"}:  # `.live` can be registered
            return labels[-1]
        for label in own:
            for match in _TOKEN.finditer(label):
                if match[0] in LIVE_WORDS or _filled(match[0]):
                    return match[0]
    return None


def _filled(token: str) -> bool:
    """Tell whether a token is a live word and a filler: `dbprod`, `prodpg`."""
    for word in ("prod", "prd", "live"):
        if token.startswith(word) and token[len(word) :] in _FILLERS:
            return True
        if token.endswith(word) and token[: -len(word)] in _FILLERS:
            return True
    return False
