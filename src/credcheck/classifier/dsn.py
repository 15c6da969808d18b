"""Hosts, databases and users out of URLs and connection strings.

The forms: URLs of any scheme (`urls.py`), pairs of keys and values (`pairs.py`),
`user:password@tcp(host)/database`, Oracle's `user/password@host` and `thin:@host`, Elastic's cloud
id, JSON documents, in-memory databases, and, where a database is declared, bare `host:port` lists.
"""

from __future__ import annotations

from credcheck.classifier.hosts import canonical_host
from credcheck.classifier.pairs import find_pairs, read_pairs
from credcheck.classifier.place import MOST_HOSTS, MOST_PLACES, Place, first_of, read_hosts
from credcheck.classifier.urls import read_url, read_urls

__all__ = ["MOST_HOSTS", "MOST_PLACES", "Place", "places"]

_IN_MEMORY = (":memory:", "sqlite::memory:", "jdbc:sqlite::memory:")
_IN_MEMORY_HEADS = ("file::memory:", "jdbc:h2:mem:", "jdbc:hsqldb:mem:")
_LONGEST_CLOUD_ID = 1024


def places(text: str, *, bare: bool = False) -> tuple[Place, ...]:
    """Find every URL and connection string in a text.

    Args:
        text: the value, without outer white space and quotes.
        bare: a text of no other form is a list of hosts (`db:5432`).
    """
    low = text[:64].lower()
    if low in _IN_MEMORY or low.startswith(_IN_MEMORY_HEADS):
        return (Place(scheme="memory", in_memory=True),)
    if text[:1] == "{" and text[-1:] == "}" and '"' in text:
        from credcheck.classifier.documents import read_document

        found = read_document(text)
        if found:
            return found
    found = tuple(read_urls(text)) if "://" in text else ()
    pairs = read_pairs(text) if "=" in text else None
    if pairs is not None and pairs.hosts and pairs.is_plain and _holds(pairs, found):
        return (pairs,)  # the URLs are the values of its keys
    if pairs is not None and (pairs.hosts or not found):
        found += (pairs,)
    if "=" in text and (pairs is None or not pairs.is_plain or not pairs.hosts):
        found += _buried(
            text, {name for place in found for name in (*place.hosts, *place.databases)}
        )
    if found:
        return found
    return _other_form(text, low, bare=bare)


def _holds(pairs: Place, urls: tuple[Place, ...]) -> bool:
    return {host for url in urls for host in url.hosts} <= set(pairs.hosts)


def _other_form(text: str, low: str, *, bare: bool) -> tuple[Place, ...]:
    if low.startswith("jdbc:oracle:"):
        return (_from_oracle(text),)
    if "@" in text and "(" in text and text.rpartition("@")[2].partition("(")[0].isalnum():
        return (_from_go(text),)
    before, _, behind = text.rpartition("@")
    if "/" in before.lstrip("/") and ("//" in behind[:2] or "/" in behind) and not _has_space(text):
        return (_from_oracle(text),)
    cloud = _from_cloud_id(text) if bare else None
    if cloud is not None:
        return (cloud,)
    if bare and text and not _has_space(text):
        return (read_url("", text.removeprefix("//"), whole=True),)
    return ()


def _buried(text: str, known: set[str]) -> tuple[Place, ...]:
    """Give what a connection string inside another text names, beside what is known."""
    place = find_pairs(text)
    new = {*place.hosts, *place.databases} - known
    return (place,) if new else ()


def _has_space(text: str) -> bool:
    return any(space in text for space in " \t\r\n") or not text.isprintable()


def _from_go(text: str) -> Place:
    """Read `user:password@tcp(host:port)/database?option=value`."""
    userinfo, _, rest = text.rpartition("@")
    protocol, _, behind = rest.partition("(")
    listed, closing, after = behind.partition(")")
    hosts, odd = read_hosts(listed)
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
    """Read `user/password@//host:port/service`, `…@host:port:sid`, with `jdbc:oracle:thin:` too."""
    before, _, behind = text.rpartition("@")
    listed, slash, service = behind.lstrip("/").partition("/")
    if not slash and listed.count(":") > 1:
        listed, _, service = listed.rpartition(":")  # `host:port:sid`
    hosts, odd = read_hosts(listed)
    databases = service.replace("/", ":").split(":")
    user = before.rpartition(":")[2].partition("/")[0]
    # a password with an `@` or `#` may end elsewhere for another reader
    split = (part[: first_of(part, "/:,#?")] for part in before.split("@")[1:])
    return Place(
        scheme="oracle",
        hosts=(*hosts, *(canonical_host(host)[0] for host in split if host)),
        databases=tuple(name for name in databases if name),
        names=(user,) if user else (),
        odd=odd or "@" in before or "#" in before,
    )


def _from_cloud_id(text: str) -> Place | None:
    """Read Elastic's `label:base64(host$cluster$kibana)`."""
    label, colon, encoded = text.partition(":")
    if not colon or len(encoded) < 24 or len(text) > _LONGEST_CLOUD_ID:
        return None
    from base64 import b64decode

    try:
        parts = b64decode(encoded + "=" * (-len(encoded) % 4), validate=True).decode().split("$")
    except ValueError:
        return None
    if len(parts) < 2:
        return None
    hosts, odd = read_hosts(parts[0])
    return Place(scheme="elastic", hosts=hosts, names=(label,), odd=odd)
