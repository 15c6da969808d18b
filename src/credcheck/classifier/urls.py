"""URLs of any scheme: with a list of hosts, with `jdbc:` in front, with `;key=value` behind."""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING

from credcheck.classifier.hosts import unquote
from credcheck.classifier.place import (
    DATABASE_KEYS,
    HOST_KEYS,
    MOST_PLACES,
    NAME_KEYS,
    USER_KEYS,
    Place,
    first_of,
    read_hosts,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

_SCHEME = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789+.-:")
_LONGEST_SCHEME = 40
_MEMORY_SCHEMES = frozenset(("sqlite", "sqlite3", "duckdb"))
_STOPS = "/?#\\ \t\r\n\"'<>`"


def read_urls(text: str) -> Iterator[Place]:
    """Give every URL of a text; one ends where the next one begins."""
    seen: set[str] = set()
    colon = text.find("://")
    start = _scheme_start(text, colon)
    alone = start == 0 and text.find("://", colon + 3) < 0
    while colon >= 0:
        following = text.find("://", colon + 3)
        behind = _scheme_start(text, following) if following >= 0 else len(text)
        end = max(behind, colon + 3)
        address = text[start:end]
        if address not in seen:
            seen.add(address)
            if len(seen) > MOST_PLACES:
                yield _roughly(text[colon:])
                return
            before, _, scheme = text[start:colon].lower().rpartition(":")
            rest = text[colon + 3 : end]
            plain = alone and (not before or f"{before}:"[:5] == "jdbc:")
            whole = plain and scheme[:1].isalpha() and rest.isprintable() and " " not in rest
            yield read_url(scheme, rest, whole=whole)
        start, colon = behind, following


def _scheme_start(text: str, colon: int) -> int:
    """Give the place where the scheme before a colon begins."""
    start = colon
    while start > 0 and colon - start < _LONGEST_SCHEME and text[start - 1] in _SCHEME:
        start -= 1
    return start


def read_url(scheme: str, rest: str, *, whole: bool) -> Place:
    """Read one URL.

    Args:
        scheme: what stands before `://`, in lower case.
        rest: what stands behind it.
        whole: the value is this URL and nothing else.
    """
    authority = rest[: first_of(rest, _STOPS)]
    after = rest[len(authority) :]
    authority, semicolon, parameters = authority.partition(";")
    userinfo, _, listed = authority.rpartition("@")
    hosts, odd = read_hosts(listed)
    odd = odd or after.startswith("\\")
    zone = after if odd else after.partition("?")[0]
    late = zone.rpartition("@")[2] if "@" in zone else ""
    if late and not (scheme in {"http", "https"} and after.startswith("/") and not odd):
        # a password with a raw `/`, `#` or space: its reader takes the host behind the last `@`
        behind, _ = read_hosts(late[: first_of(late, _STOPS + ";")])
        hosts, odd = hosts + behind, True
        userinfo = userinfo or authority.partition(":")[0]
    if semicolon:
        alone = [part for part in parameters.split(";") if part and "=" not in part]
        hosts, odd = (*hosts, *read_hosts(",".join(alone))[0]), odd or bool(alone)
        after = after.partition("?")[0] + "?" + (parameters + after).replace(";", "&")
    path, _, query = after.partition("#")[0].partition("?")
    path = path[: first_of(path, " \t\r\n\"'<>`")]
    options = tuple(dict.fromkeys(_options(query)))
    databases = [unquote(part) for part in path.strip("/").split("/")]
    if ":" in path:  # DB2 and Informix: `/database:user=…;`
        databases += [name.partition(":")[0] for name in databases]
    names = [unquote(userinfo.partition(":")[0])]
    more: list[str] = []
    for key, value in options:
        if key in HOST_KEYS:
            more += read_hosts(value)[0]
        elif key in DATABASE_KEYS:
            databases.append(value)
        elif key in USER_KEYS or key in NAME_KEYS:
            names.append(value)
        elif key == "odbc_connect":
            inner = _odbc(value)
            more += inner.hosts
            databases += inner.databases
            names += inner.names
            odd = odd or inner.odd
    return Place(
        scheme=scheme,
        hosts=(*hosts, *more),
        path=path,
        databases=tuple(filter(None, databases)),
        names=tuple(filter(None, names)),
        whole=whole,
        odd=odd,
        in_memory=_is_in_memory(scheme, authority, path, dict(options)),
    )


def _odbc(text: str) -> Place:
    """Read what SQLAlchemy hands on to ODBC as it is."""
    from credcheck.classifier.pairs import read_pairs

    return read_pairs(text.replace("+", " ")) or Place(odd=True)


@cache
def _authority() -> re.Pattern[str]:
    return re.compile(f"://([^{re.escape(_STOPS)}]*)")


def _roughly(text: str) -> Place:
    """Read the rest of endless many URLs: the hosts alone, in their plainest form."""
    found = dict.fromkeys(_authority().findall(text))
    hosts = (name.rpartition("@")[2].partition(":")[0].rstrip(".").lower() for name in found)
    return Place(hosts=tuple(dict.fromkeys(filter(None, hosts))), whole=False, odd=True)


def _is_in_memory(scheme: str, authority: str, path: str, options: dict[str, str]) -> bool:
    if scheme.partition("+")[0] not in _MEMORY_SCHEMES or authority:
        return False
    shared = path.startswith("/file:") and options.get("mode") == "memory" and "uri" in options
    return path in {"", "/", "/:memory:"} or shared


def _options(query: str) -> Iterator[tuple[str, str]]:
    for part in dict.fromkeys(query.split("&")):
        key, _, value = part.partition("=")
        yield unquote(key).lower(), unquote(value)
