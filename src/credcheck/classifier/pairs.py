"""Connection strings of keys and values: libpq, ADO.NET, ODBC, Oracle descriptors, Azure, Kafka."""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING

from credcheck.classifier.place import (
    DATABASE_KEYS,
    HOST_KEYS,
    MOST_PLACES,
    NAME_KEYS,
    USER_KEYS,
    Place,
    read_hosts,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

_CLOSING = {"'": "'", '"': '"', "{": "}"}
_ADDRESS_KEYS = frozenset(("url", "uri", "connectionstring", "connection string"))
_AZURE_SUFFIX = "core.windows.net"


def read_pairs(text: str) -> Place | None:
    """Read a connection string; None where it names no host and no database."""
    pairs = list(split_pairs(text))
    odd = any(not _is_key(key) for key in dict(pairs))
    return place_of(((key, value) for key, value in pairs if value), odd=odd)


def _is_key(key: str) -> bool:
    """Tell whether a key is words; what else stands before `=` may be read otherwise."""
    return key.replace(" ", "").replace("_", "").replace(".", "").replace("-", "").isalnum()


@cache
def _known_pair() -> re.Pattern[str]:
    keys = (
        "host|hostaddr|server|data source|addr|address|network address|endpoint|bootstrap.servers"
    )
    names = "dbname|database|initial catalog|databasename"
    return re.compile(
        rf"(?<![a-z_.])(?:({keys})|{names})\s{{0,4}}=\s{{0,4}}['\"{{\[]?(?:tcp:)?"
        r"([^\s;,'\"(){}\[\]\\&]{1,300})",
        re.IGNORECASE,
    )


def find_pairs(text: str) -> Place:
    """Find the hosts and databases of a connection string that stands inside another text."""
    hosts: dict[str, None] = {}
    databases: dict[str, None] = {}
    for match in _known_pair().finditer(text):
        (hosts if match[1] else databases)[match[2]] = None
    read, _ = read_hosts(",".join(hosts))
    return Place(hosts=read, databases=tuple(databases), whole=False, odd=True)


def place_of(pairs: Iterable[tuple[str, str]], *, odd: bool = False) -> Place | None:
    """Give the place that keys (in lower case) and values name, or None."""
    hosts: list[str] = []
    databases: list[str] = []
    names: list[str] = []
    account: dict[str, str] = {}
    for key, value in pairs:
        if key in HOST_KEYS or (key in _ADDRESS_KEYS and "://" in value):
            if "://" in value:
                odd = _read_address(value, hosts, databases, names) or odd
                continue
            read, strange = read_hosts(_without_ports(value))
            hosts += read
            odd = odd or strange
        elif key in DATABASE_KEYS:
            databases.append(value)
        elif key in USER_KEYS or key in NAME_KEYS:
            names.append(value)
        if key in {"accountname", "endpointsuffix"}:
            account[key] = value.lower()
    hosts += _azure_host(account)
    if not hosts and not databases:
        return None
    return Place(hosts=tuple(hosts), databases=tuple(databases), names=tuple(names), odd=odd)


def _without_ports(value: str) -> str:
    """Take the port away that SQL Server's drivers write behind a comma."""
    if "," not in value:
        return value
    return ",".join(part for part in value.split(",") if not part.strip().isdecimal())


def _read_address(value: str, hosts: list[str], databases: list[str], names: list[str]) -> bool:
    """Read a URL that stands as the value of a key; tell whether it is odd."""
    from credcheck.classifier.urls import read_urls

    odd = False
    for place in read_urls(value):
        hosts += place.hosts
        databases += place.databases
        names += place.names
        odd = odd or not place.is_plain
    return odd


def _azure_host(account: Mapping[str, str]) -> list[str]:
    """Give the host of a storage account, which the connection string spells in two halves."""
    if "accountname" not in account:
        return []
    return [f"{account['accountname']}.blob.{account.get('endpointsuffix', _AZURE_SUFFIX)}"]


def split_pairs(text: str) -> Iterator[tuple[str, str]]:
    """Read `key=value;key=value`, `key=value key='a value'` and `(KEY=value)`.

    Keys are given in lower case. A key with other text before it is given with an empty one beside
    it. A text that is repeated is given once.
    """
    if "(" in text and _is_descriptor(text):
        text = text.replace("(", ";").replace(")", ";")
    stop = ";" if ";" in _outside_quotes(text) else " "
    if stop == " ":
        if "\t" in text or "\n" in text or "\r" in text:
            text = text.replace("\t", " ").replace("\n", " ").replace("\r", " ")
        if " =" in text or "= " in text:
            text = "=".join(part.strip(" ") for part in text.split("="))
    if "'" in text or '"' in text or "{" in text:
        yield from _split_quoted(text, stop)
    else:
        yield from _split_plain(text, stop)


def _is_descriptor(text: str) -> bool:
    """Tell whether it is Oracle's `(KEY=(KEY=value))`."""
    return text.startswith("(") or any(mark in text.lower() for mark in ("(description", "(host"))


def _outside_quotes(text: str) -> str:
    """Take away what stands in single quotes."""
    if "'" not in text or ";" not in text:
        return text
    return "".join(text.replace("\\\\", "").replace("\\'", "").split("'")[::2])


def _split_plain(text: str, stop: str) -> Iterator[tuple[str, str]]:
    for part in dict.fromkeys(text.split(stop)):
        key, equals, value = part.partition("=")
        if equals:
            yield key.strip().lower(), value.strip()
        elif part.strip():
            yield "", ""


def _split_quoted(text: str, stop: str) -> Iterator[tuple[str, str]]:
    """Read pairs of which some values stand in quotes or braces, each of which may hide a stop.

    libpq knows single quotes with a backslash before those inside, ADO.NET both quotes doubled
    inside, ODBC braces.
    """
    closings = _CLOSING if stop == ";" else {"'": "'"}
    last = {closing: text.rfind(closing) for closing in closings.values()}
    start = number = 0
    while (equals := text.find("=", start)) >= 0:
        number += 1
        if number > MOST_PLACES:  # nobody's connection string is that long
            yield "", ""
            rest = text[start:]
            yield from _split_plain(rest.translate(dict.fromkeys(map(ord, "'\"{}"))), stop)
            return
        before, _, key = text[start:equals].strip(" ;").rpartition(stop)
        if before.strip(" ;"):
            yield "", ""
        at = equals + 1
        while at < len(text) and text[at] == " ":
            at += 1
        closing = closings.get(text[at : at + 1], "")
        if closing and last[closing] > at:
            value, start = _quoted(text, at + 1, closing, escaped=stop == " ")
            yield from _hidden(value, stop)
        else:
            end = text.find(stop, at)
            start = len(text) if end < 0 else end
            value = text[at:start].strip(' "')
        yield key.strip().lower(), value
    if text[start:].strip(" ;"):
        yield "", ""


def _quoted(text: str, at: int, closing: str, *, escaped: bool) -> tuple[str, int]:
    """Read up to the closing quote; one behind a backslash, or a doubled one, is not it."""
    start = at
    while True:
        end = text.find(closing, at)
        if end < 0:
            return text[start:], len(text)
        if escaped:
            before = text[at:end]
            if (len(before) - len(before.rstrip("\\"))) % 2 == 0:
                return text[start:end], end + 1
            at = end + 1
        elif text[end + 1 : end + 2] == closing:
            at = end + 2
        else:
            return text[start:end], end + 1


def _hidden(value: str, stop: str) -> Iterator[tuple[str, str]]:
    """Give the hosts that a reader finds in a quoted value if its dialect has no such quotes."""
    if stop not in value or "=" not in value:
        return
    for part in value.split(stop):
        key, _, host = part.partition("=")
        if host and key.strip().lower() in HOST_KEYS:
            yield "", ""
            yield key.strip().lower(), host.strip()
