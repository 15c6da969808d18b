"""Host names in one spelling, and what the names of hosts, databases and users say."""

from __future__ import annotations

import re
from functools import cache, lru_cache
from typing import TYPE_CHECKING

from credcheck.classifier.normalize import visible

if TYPE_CHECKING:
    from collections.abc import Iterable
    from ipaddress import IPv4Network, IPv6Network

    from credcheck.classifier.place import Place

_LOOPBACK = frozenset(
    ("localhost", "::1", "0.0.0.0", "host.docker.internal", "host.containers.internal",  # noqa: S104
     "host.minikube.internal")
)  # fmt: skip
_PUBLIC = frozenset(("com", "net", "org", "info", "biz", "app", "dev", "cloud", "live"))
_RESERVED = (".test", ".example", ".invalid")
_LONGEST = 1024  # no host or database has a longer name
LIVE_WORDS = frozenset(
    ("prod", "production", "prd", "live", "produccion", "producao", "produktion", "produktiv",
     "echt", "echtsystem")
)  # fmt: skip
_FILLERS = frozenset(
    ("db", "pg", "sql", "api", "app", "gw", "srv", "us", "eu", "mysql", "postgres", "redis",
     "mongo")
)  # fmt: skip


# ── one spelling ──────────────────────────────────────────────────────────────────────────────


def unquote(text: str) -> str:
    """Undo percent escapes."""
    if "%" not in text or len(text) > _LONGEST:
        return text
    from urllib.parse import unquote as undo

    return undo(text)


def canonical_host(name: str) -> tuple[str, bool]:
    """Give a host in its one spelling, and whether more than case and a dot had to change."""
    plain = name[:_LONGEST].lower().rstrip(".")
    if len(name) > _LONGEST:
        return plain, True
    host = visible(unquote(plain)).replace("\u3002", ".").replace("\uff61", ".").lower()
    host = host.strip().rstrip(".")
    if not host.isascii():
        host = _to_ascii(host)
    if ":" in host:
        host = _version_six(host)
    elif host and host[0] in "0123456789" and not host.strip("0123456789abcdefx."):
        host = _version_four(host) or host
    return host, host != plain


def _to_ascii(host: str) -> str:
    try:
        return host.encode("idna").decode()
    except UnicodeError:
        return host


def _version_six(host: str) -> str:
    from ipaddress import IPv6Address

    try:
        address = IPv6Address(host.partition("%")[0])
    except ValueError:
        return host
    return str(address.ipv4_mapped or address)


def _version_four(host: str) -> str | None:
    """Read an address as the C library does: parts in hex and octal, fewer than four of them."""
    parts = host.split(".")
    if len(parts) > 4:
        return None
    numbers = []
    for part in parts:
        base = 16 if part.startswith("0x") else 8 if part.startswith("0") and part != "0" else 10
        try:
            numbers.append(int(part[2:] if base == 16 else part, base))
        except ValueError:
            return None
    *head, last = numbers
    if any(number > 255 for number in head) or last >= 256 ** (5 - len(numbers)):
        return None
    whole = last + sum(number << 8 * (3 - at) for at, number in enumerate(head))
    return ".".join(str(whole >> shift & 255) for shift in (24, 16, 8, 0))


def is_loopback_host(host: str) -> bool:
    """Tell whether a host in its one spelling is this machine."""
    return (
        host in _LOOPBACK
        or host.endswith(".localhost")
        or (host.startswith("127.") and _version_four(host) == host)
    )


def matches(name: str, patterns: Iterable[str]) -> bool:
    """Tell whether a name fits a pattern, whatever its case; `*.x` is one label or more."""
    words, wild = _patterns(tuple(patterns))
    low = name.lower()
    return low in words or (wild is not None and wild.match(low) is not None)


def is_refused_host(host: str, patterns: tuple[str, ...]) -> bool:
    """Tell whether a host in its one spelling fits a pattern of `refuse.hosts`, or a network."""
    return matches(host, _bare_hosts(patterns)) or _in_networks(host, patterns)


def _in_networks(host: str, patterns: Iterable[str]) -> bool:
    """Tell whether an address lies in one of the networks, written as `10.1.0.0/16`."""
    networks = [network for network in map(_network, patterns) if network is not None]
    if not networks:
        return False
    from ipaddress import ip_address

    try:
        address = ip_address(host)
    except ValueError:
        return False
    return any(address in network for network in networks)


@cache
def _network(pattern: str) -> IPv4Network | IPv6Network | None:
    if "/" not in pattern or "://" in pattern:
        return None
    from ipaddress import ip_network

    try:
        return ip_network(pattern.strip(), strict=False)
    except ValueError:
        return None


@lru_cache(maxsize=64)
def _patterns(patterns: tuple[str, ...]) -> tuple[frozenset[str], re.Pattern[str] | None]:
    """Give the patterns without wildcards, and those with them as one expression."""
    words: list[str] = []
    wild: list[str] = []
    for pattern in patterns:
        wanted = pattern.lower().rstrip(".")
        if not wanted.isascii():
            wanted = _to_ascii(wanted)
        (wild if any(mark in wanted for mark in "*?[") else words).append(wanted)
    if not wild:
        return frozenset(words), None
    from fnmatch import translate

    return frozenset(words), re.compile("|".join(map(translate, wild)))


@lru_cache(maxsize=64)
def _bare_hosts(patterns: tuple[str, ...]) -> tuple[str, ...]:
    """Give patterns of hosts without the scheme, port and path of an address that was copied."""
    found = []
    for pattern in patterns:
        _, scheme, rest = pattern.strip().partition("://")
        text = (rest.rpartition("@")[2] if scheme else pattern.strip()).partition("/")[0]
        inner, closing, _ = text[1:].partition("]")
        if text.startswith("[") and closing and ":" in inner:
            text = inner
        name, _, port = text.rpartition(":")
        if text.count(":") == 1 and port.isdecimal():
            text = name
        found.append(_version_six(text) if ":" in text else text)
    return tuple(found)


def fits_host(place: Place, host: str, patterns: Iterable[str], *, rough: bool = False) -> bool:
    """Tell whether a host of a place fits a pattern; one with a `/` names the path's beginning too.

    A path that another reader may resolve to another one fits none; if it is to be found out what
    is live, ``rough``, it fits where that beginning stands anywhere in it.
    """
    path = f"{place.path}/"
    for pattern in patterns:
        name, slash, beginning = pattern.partition("/")
        if not matches(host, (name,)):
            continue
        plain = not any(odd in place.path for odd in ("//", "/.", "%", "\\"))
        if not slash or (plain and path.startswith(f"/{beginning}")):
            return True
        if rough and not plain:
            parts = unquote(path).replace("\\", "/").split("/")
            if f"/{beginning.strip('/')}/" in f"/{'/'.join(filter(None, parts))}/":
                return True
    return False


def leads_to(place: Place, patterns: Iterable[str]) -> bool:
    """Tell whether a place is plain, and each of its hosts fits a pattern."""
    fitting = (fits_host(place, host, patterns) for host in place.hosts)
    return place.is_plain and bool(place.hosts) and all(fitting)


# ── what names say ────────────────────────────────────────────────────────────────────────────


@cache
def _negations() -> re.Pattern[str]:
    """What is not production though it says so; a copy of production is production."""
    return re.compile(
        r"(?<![a-z])(?:non?|not|pre)[-_.]?(?:production|prod|prd|live)(?![a-z])"
        r"|(?<![a-z])prod[-_]?(?:like|test|dev)(?![a-z])"
    )


@cache
def _tokens() -> re.Pattern[str]:
    return re.compile(r"[a-z]+")


def says_production(place: Place) -> bool:
    """Tell whether the name of a host, database or user says that it is production."""
    return any(map(host_is_live, place.hosts)) or names_are_live(place)


def names_are_live(place: Place) -> bool:
    """Tell whether the name of a database, a user or an option says that it is production."""
    return any(map(_has_live_word, (*place.databases, *place.names)))


def host_is_live(host: str) -> bool:
    """Tell whether a host's name says that it is production.

    A reserved ending contradicts it. `live.com` is a brand: in the owner's own domain, the last
    two labels, that word means nothing.
    """
    if host.endswith(_RESERVED):
        return False
    *labels, domain, top = ("", "", *host.split("."))
    if len(top) == 2 or top in _PUBLIC:
        host = ".".join([*labels, domain.replace("live", " "), top])
    return _has_live_word(host)


def _has_live_word(name: str) -> bool:
    low = name.lower()
    if not any(word in low for word in ("prod", "prd", "live", "echt")):
        return False
    found: list[str] = _tokens().findall(_negations().sub(" ", low))
    return any(token in LIVE_WORDS or _is_filled(token) for token in found)


def _is_filled(token: str) -> bool:
    """Tell whether a token is a live word and a filler: `dbprod`, `prodpg`."""
    return any(
        (token.startswith(word) and token[len(word) :] in _FILLERS)
        or (token.endswith(word) and token[: -len(word)] in _FILLERS)
        for word in ("prod", "prd", "live")
    )
