"""A place that a value leads to, and the hosts of a list."""

from __future__ import annotations

from typing import NamedTuple

from credcheck.classifier.hosts import canonical_host, is_loopback_host, unquote

# Beyond so many hosts or addresses no value was made to be used: the rest is read roughly, so that
# a hostile text of megabytes is searched whole in bounded time, and nothing in it proves test.
MOST_HOSTS = 4000
MOST_PLACES = 4000

HOST_KEYS = frozenset(
    ("host", "hostaddr", "hosts", "hostname", "server", "servers", "servername", "data source",
     "datasource", "address", "addr", "network address", "endpoint", "accountendpoint",
     "blobendpoint", "queueendpoint", "tableendpoint", "fileendpoint", "bootstrap.servers",
     "bootstrap servers", "nodes", "contactpoints", "contact points", "contact_points", "brokers",
     "seeds", "failover partner", "failover_partner", "failoverpartner", "replica", "replicas",
     "sentinel", "sentinels", "zookeeper", "proxyhost", "socksproxyhost")
)  # fmt: skip
DATABASE_KEYS = frozenset(
    ("dbname", "database", "databasename", "initial catalog", "db", "service_name", "sid",
     "service", "servicename", "catalog", "schema", "keyspace", "dbq", "attachdbfilename",
     "entitypath", "virtualhost", "vhost")
)  # fmt: skip
USER_KEYS = frozenset(
    ("user", "uid", "user id", "username", "usr", "userid", "user name", "sharedaccesskeyname",
     "login", "accountname")
)  # fmt: skip
# Options that an owner fills with names of his own.
NAME_KEYS = frozenset(
    ("replicaset", "authsource", "application_name", "application name", "applicationname",
     "options", "warehouse", "role", "account", "dsn", "client_id", "clientid", "client.id",
     "group.id", "program_name", "appname", "app")
)  # fmt: skip
_PROTOCOLS = ("tcp:", "np:", "lpc:", "admin:")
_LOCAL_SERVERS = frozenset(("(local)", "."))  # as SQL Server's drivers call this machine


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


def read_hosts(listed: str) -> tuple[tuple[str, ...], bool]:
    """Read `host:port,[v6]:port`; tell too whether another reader may read it differently."""
    found: list[str] = []
    odd = False
    parts = list(dict.fromkeys(listed.split(",")))
    for part in parts[:MOST_HOSTS]:
        host, strange = _host(part)
        odd = odd or strange
        if host:
            found.append(host)
    if len(parts) > MOST_HOSTS:
        odd = True
        found += map(_rough_host, parts[MOST_HOSTS:])
    return tuple(found), odd


def _host(part: str) -> tuple[str, bool]:
    """Read one host."""
    if part.startswith("/") or part[:3].lower() == "%2f":
        return unquote(part), False  # the folder of a socket, also of a cloud proxy
    text = part.strip()
    text = next((text[len(p) :] for p in _PROTOCOLS if text.startswith(p)), text)
    if text in _LOCAL_SERVERS:
        return "localhost", False
    odd = False
    if "(" in text:
        text = text.partition("(")[2].partition(")")[0]
    if "=" in text:  # MySQL's `(host=a,port=1)`
        key, _, text = text.partition("=")
        if key.strip().lower() not in HOST_KEYS:
            return "", True
        odd = True
    if text.startswith("["):
        name, _, port = text[1:].partition("]")
    elif text.count(":") > 1 and not text.strip("0123456789abcdefABCDEF:."):
        name, port = text, ""
    else:
        name, _, port = text.partition(":")
    port = port.lstrip(":")
    name, backslash, _ = name.lstrip("\\").partition("\\")
    host, changed = canonical_host(name)
    odd = odd or changed or bool(backslash) or (bool(port) and not port.isdecimal())
    return host, odd


def _rough_host(part: str) -> str:
    """Read one host of an endless list: its plainest form alone."""
    return part.rpartition("@")[2].lstrip(" [(\\").partition(":")[0].rstrip(" ]).").lower()


def first_of(text: str, stops: str, start: int = 0) -> int:
    """Give the place of the first of some characters, or the end."""
    end = len(text)
    for stop in stops:
        at = text.find(stop, start, end)
        if at >= 0:
            end = at
    return end
