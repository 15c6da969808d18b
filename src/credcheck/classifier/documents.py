"""JSON documents that describe a database, as secret managers keep them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from credcheck.classifier.pairs import place_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from credcheck.classifier.place import Place

_HOST_ENDINGS = (
    "host",
    "hostname",
    "server",
    "endpoint",
    "url",
    "uri",
    "address",
    "hosts",
    "nodes",
    "replica",
    "replicas",
    "seeds",
    "contactpoints",
)
_DATABASE_ENDINGS = ("dbname", "database", "databasename", "db", "instanceidentifier",
                     "clusteridentifier")  # fmt: skip
_USER_ENDINGS = ("user", "username")
# A cloud's own document: its addresses are the cloud's, the same for everybody.
_CLOUD_KEYS = frozenset(("client_email", "token_uri", "token_url", "private_key_id"))


def read_document(text: str) -> tuple[Place, ...]:
    """Give the place that a JSON document names, if it names one."""
    data = parse_json(text)
    pairs = list(leaves(data))
    if not pairs or _CLOUD_KEYS & {key for key, _ in pairs}:
        return ()
    place = place_of(_known(pairs))
    return (place._replace(scheme="json"),) if place is not None and place.hosts else ()


def _known(pairs: list[tuple[str, str]]) -> Iterator[tuple[str, str]]:
    for key, value in pairs:
        plain = key.lower().replace("_", "").replace("-", "")
        if plain == "ip" or plain.endswith(_HOST_ENDINGS) or "://" in value:
            yield "host", value
        elif plain.endswith(_DATABASE_ENDINGS):
            yield "database", value
        elif plain.endswith(_USER_ENDINGS):
            yield "user", value


class _Pairs(list[Any]):
    """The members of one JSON object, also those whose name stands there twice."""


def parse_json(text: str) -> Any:
    """Read JSON; None for what is none, or is nested too deeply to be meant."""
    import json

    try:
        return json.loads(text, object_pairs_hook=_Pairs)
    except (ValueError, RecursionError):
        return None


def leaves(data: Any) -> Iterator[tuple[str, str]]:
    """Give every text, number and truth value in a parsed document, with its name."""
    waiting: list[tuple[str, Any]] = [("", data)]
    while waiting:
        name, value = waiting.pop()
        if isinstance(value, _Pairs):
            waiting.extend(reversed(value))
        elif isinstance(value, list):
            waiting.extend((name, item) for item in reversed(value))
        elif isinstance(value, bool):
            yield name, "true" if value else "false"
        elif isinstance(value, str):
            yield name, value
        elif isinstance(value, int | float):
            yield name, _number(value)


def _number(value: float) -> str:
    try:
        return str(value)
    except ValueError:  # more digits than Python writes
        return ""
