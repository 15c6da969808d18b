"""Hosts, databases and users out of URLs and connection strings.

The forms: URLs of any scheme (with a list of hosts, `jdbc:` in front, `;key=value` behind), pairs
of keys and values (libpq, ADO.NET, Oracle descriptors), `user:password@tcp(host)/database`,
Oracle's `thin:@host`, in-memory databases, and, where a database is declared, bare `host:port`
lists.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from credcheck.classifier.hosts import canonical_host, is_loopback_host, unquote

if TYPE_CHECKING:
    from collections.abc import Iterator

_HOST_KEYS = frozenset(
    ("host", "hostaddr", "hosts", "server", "servername", "data source", "datasource", "address",
     "addr", "network address", "endpoint")
)  # fmt: skip
_DATABASE_KEYS = frozenset(
    ("dbname", "database", "databasename", "initial catalog", "db", "service_name", "sid",
     "service", "catalog", "schema")
)  # fmt: skip
_USER_KEYS = frozenset(("user", "uid", "user id", "username", "usr", "userid"))
# Options that an owner fills with names of his own.
_NAME_KEYS = frozenset(
    ("replicaset", "authsource", "application_name", "application name", "options")
)
_IN_MEMORY = (":memory:", "sqlite::memory:", "jdbc:sqlite::memory:")
_IN_MEMORY_HEADS = ("file::memory:", "jdbc:h2:mem:", "jdbc:hsqldb:mem:")
_SCHEME = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789+.-:")
_LONGEST_SCHEME = 40
MOST_PLACES = 4000


class Place(NamedTuple):
    """Where a value leads: every host, and the names of databases, users and the like.

    ``whole``: the value is this and nothing else. ``odd``: another reader may find another host in
    it. Only what is whole and not odd can prove test.
    """

    scheme: str = ""
    hosts: tuple[str, ...] = ()
    path: str = ""
    databases: tuple[str, ...] = ()
    names: tuple[str, ...] = ()
    whole: bool = True
    odd: bool = False
    in_memory: bool = False

    @property
    def is_plain(self) -> bool:
        """Tell whether every reader finds the same place in the value."""
        return self.whole and not self.odd

    @property
    def is_loopback(self) -> bool:
        """Tell whether every host is this machine."""
        return self.is_plain and bool(self.hosts) and all(map(is_loopback_host, self.hosts))


def places(text: str, *, bare: bool = False) -> tuple[Place, ...]:
    """Find every URL and connection string in a text.

    Args:
        text: the value, without outer white space and quotes.
        bare: a text of no other form is a list of hosts (`db:5432`).
    """
    low = text[:64].lower()
    if low in _IN_MEMORY or low.startswith(_IN_MEMORY_HEADS):
        return (Place(scheme="memory", in_memory=True),)
    found = tuple(_urls(text)) if "://" in text else ()
    pairs = _from_pairs(text) if "=" in text else None
    if pairs is not None and (pairs.hosts or not found):
        found += (pairs,)
    if found:
        return found
    if low.startswith("jdbc:oracle:"):
        return (_from_oracle(text),)
    if "@" in text and "(" in text and text.rpartition("@")[2].partition("(")[0].isalnum():
        return (_from_go(text),)
    if bare and text and not any(c.isspace() for c in text):
        return (_from_url("", text, whole=True),)
    return ()


# ── URLs ──────────────────────────────────────────────────────────────────────────────────────


def _urls(text: str) -> Iterator[Place]:
    """Give every URL; one ends where the next one begins."""
    starts: list[tuple[int, int]] = []
    colon = text.find("://")
    while colon >= 0 and len(starts) < MOST_PLACES:
        start = colon
        while start and colon - start < _LONGEST_SCHEME and text[start - 1] in _SCHEME:
            start -= 1
        starts.append((start, colon))
        colon = text.find("://", colon + 3)
    for number, (start, colon) in enumerate(starts):
        end = starts[number + 1][0] if number + 1 < len(starts) else len(text)
        before, _, scheme = text[start:colon].lower().rpartition(":")
        rest = text[colon + 3 : max(end, colon + 3)]
        alone = start == 0 and len(starts) == 1 and before in {"", "jdbc"}
        whole = alone and scheme[:1].isalpha() and rest.isprintable() and " " not in rest
        yield _from_url(scheme, rest, whole=whole)


def _from_url(scheme: str, rest: str, *, whole: bool) -> Place:
    authority = rest[: _first(rest, "/?#\\ \t\r\n\"'<>`")]
    after = rest[len(authority) :]
    authority, semicolon, parameters = authority.partition(";")
    userinfo, _, listed = authority.rpartition("@")
    hosts, odd = _hosts(listed)
    odd = odd or after.startswith("\\")
    zone = after if odd else after.partition("?")[0]
    late = zone.rpartition("@")[2] if "@" in zone else ""
    if late and not (scheme in {"http", "https"} and after.startswith("/") and not odd):
        # a password with a raw `/`, `#` or space: its reader takes the host behind the last `@`
        behind, _ = _hosts(late[: _first(late, "/?#\\; \t\r\n\"'<>`")])
        hosts, odd = hosts + behind, True
        userinfo = userinfo or authority.partition(":")[0]
    if semicolon:
        after = after.partition("?")[0] + "?" + (parameters + after).replace(";", "&")
    path, _, query = after.partition("#")[0].partition("?")
    path = path[: _first(path, " \t\r\n\"'<>`")]
    options = dict(_options(query))
    more = [host for key in _HOST_KEYS for host in _hosts(options.get(key, ""))[0]]
    segments = [unquote(part) for part in path.strip("/").split("/")]
    user = unquote(userinfo.partition(":")[0])
    names = [user, *(options.get(key, "") for key in (*_USER_KEYS, *_NAME_KEYS))]
    databases = [*segments, *(options.get(key, "") for key in _DATABASE_KEYS)]
    return Place(
        scheme=scheme,
        hosts=(*hosts, *more),
        path=path,
        databases=tuple(filter(None, databases)),
        names=tuple(filter(None, names)),
        whole=whole,
        odd=odd,
        in_memory=_is_in_memory(scheme, authority, path, options),
    )


def _is_in_memory(scheme: str, authority: str, path: str, options: dict[str, str]) -> bool:
    if scheme.partition("+")[0] not in {"sqlite", "sqlite3", "duckdb"} or authority:
        return False
    shared = path.startswith("/file:") and options.get("mode") == "memory" and "uri" in options
    return path in {"", "/", "/:memory:"} or shared


def _options(query: str) -> Iterator[tuple[str, str]]:
    for part in query.split("&"):
        key, _, value = part.partition("=")
        yield unquote(key).lower(), unquote(value)


def _first(text: str, stops: str) -> int:
    """Give the place of the first of some characters, or the end."""
    return min((at for stop in stops if (at := text.find(stop)) >= 0), default=len(text))


def _hosts(listed: str) -> tuple[tuple[str, ...], bool]:
    """Read `host:port,[v6]:port`; tell too whether another reader may read it differently."""
    found = []
    odd = False
    for part in listed.split(","):
        if part.startswith("/") or part[:3].lower() == "%2f":
            found.append(unquote(part))  # the folder of a socket, also of a cloud proxy
            continue
        text = part.strip().removeprefix("tcp:")
        if "(" in text:
            text = text.partition("(")[2].partition(")")[0]
        if text.startswith("["):
            name, _, port = text[1:].partition("]")
        elif text.count(":") > 1 and not text.strip("0123456789abcdefABCDEF:."):
            name, port = text, ""
        else:
            name, _, port = text.partition(":")
        port = port.lstrip(":")
        name, backslash, _ = name.partition("\\")
        host, changed = canonical_host(name)
        odd = odd or changed or bool(backslash) or (bool(port) and not port.isdecimal())
        if host:
            found.append(host)
    return tuple(found), odd


# ── other forms ───────────────────────────────────────────────────────────────────────────────


def _from_pairs(text: str) -> Place | None:
    pairs = list(_pairs(text))
    hosts: list[str] = []
    odd = any(not key for key, _ in pairs)
    for key, value in pairs:
        if key in _HOST_KEYS and value:
            listed = ",".join(p for p in value.split(",") if not p.strip().isdecimal())
            read, strange = _hosts(listed)
            hosts += read
            odd = odd or strange
    databases = tuple(v for k, v in pairs if k in _DATABASE_KEYS and v)
    if not hosts and not databases:
        return None
    names = tuple(v for k, v in pairs if k in _USER_KEYS | _NAME_KEYS and v)
    return Place(hosts=tuple(hosts), databases=databases, names=names, odd=odd)


def _pairs(text: str) -> Iterator[tuple[str, str]]:
    """Read `key=value;key=value`, `key=value key='a value'` and `(KEY=value)`.

    A key with other text before it is given with an empty one beside it.
    """
    if "(" in text:
        text = text.replace("(", ";").replace(")", ";")
    stop = ";" if ";" in text else " "
    if stop == " ":
        text = text.replace("\t", " ").replace("\n", " ").replace("\r", " ")
    start = 0
    while (equals := text.find("=", start)) >= 0:
        before, _, key = text[start:equals].strip(" ;").rpartition(stop)
        if before.strip(" ;"):
            yield "", ""
        at = equals + 1
        while at < len(text) and text[at] == " ":
            at += 1
        quote = text[at : at + 1]
        end = text.find(quote, at + 1) if quote and quote in "'\"" else -1
        if end >= 0:
            value = text[at + 1 : end]
            end += 1
        else:
            end = text.find(stop, at)
            end = len(text) if end < 0 else end
            value = text[at:end].strip()
        yield key.strip().lower(), value
        start = end
    if text[start:].strip(" ;"):
        yield "", ""


def _from_go(text: str) -> Place:
    """Read `user:password@tcp(host:port)/database?option=value`."""
    userinfo, _, rest = text.rpartition("@")
    protocol, _, behind = rest.partition("(")
    listed, closing, after = behind.partition(")")
    hosts, odd = _hosts(listed)
    database = after.partition("?")[0].strip("/")
    user = userinfo.partition(":")[0]
    return Place(
        scheme=protocol,
        hosts=hosts,
        databases=(database,) if database else (),
        names=(user,) if user else (),
        whole=not any(c.isspace() for c in text),
        odd=odd or not closing,
    )


def _from_oracle(text: str) -> Place:
    """Read `jdbc:oracle:thin:user/password@//host:port/service` and `…@host:port:sid`."""
    before, _, behind = text.rpartition("@")
    listed = behind.lstrip("/")
    host, _, rest = listed.partition(":")
    host, slash, service = host.partition("/")
    name, odd = canonical_host(host)
    database = service if slash else rest.replace("/", ":").rpartition(":")[2]
    user = before.rpartition(":")[2].partition("/")[0]
    return Place(
        scheme="oracle",
        hosts=(name,) if name else (),
        databases=(database,) if database and not database.isdecimal() else (),
        names=(user,) if user else (),
        odd=odd,
    )
