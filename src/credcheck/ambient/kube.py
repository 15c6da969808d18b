"""The cluster that `kubectl` and its libraries use if nobody says which."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from credcheck.ambient.world import CannotRead, Leads, shown
from credcheck.classifier.hosts import canonical_host, is_refused_host, matches
from credcheck.classifier.operator_lists import refused_names

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from credcheck.ambient.world import World

_LISTS = frozenset(("clusters", "contexts"))
_FACTS = frozenset(("name", "cluster", "server"))


class Config(NamedTuple):
    """The facts of one file: the current context, each context's cluster, each cluster's server."""

    current: str
    contexts: Mapping[str, str]
    clusters: Mapping[str, str]


def look(world: World) -> Iterator[Leads]:
    """Tell whether the current context's cluster is refused: by its host, or its cloud's account.

    Names that clouds give hold one: `gke_<project>_…`, `arn:aws:eks:<region>:<account>:…`.
    """
    refuse = world.refuse
    if not (refuse.hosts or refuse.gcp_projects or refuse.aws_accounts):
        return
    config = _merged(world)
    if config is None or not config.current:
        return
    cluster = config.contexts.get(config.current, "")
    server = config.clusters.get(cluster, "")
    what = f"The Kubernetes context {shown(config.current)!r}"
    hint = "kubectl config use-context …"
    host = canonical_host(_host_of(server))[0]
    if host and is_refused_host(host, refuse.hosts):
        yield Leads(what, f"leads to {shown(host)}, a host that the manifest refuses", hint)
        return
    names = [config.current, cluster]
    projects = [parts[1] for name in names if (parts := name.split("_"))[0] == "gke" and parts[1:]]
    refused = any(matches(project, refuse.gcp_projects) for project in projects)
    if refused or any(refused_names(names, refuse)):
        yield Leads(what, "leads to an account or a project that the manifest refuses", hint)


def _host_of(server: str) -> str:
    rest = server.partition("://")[2] or server
    authority = rest.partition("/")[0].rpartition("@")[2]
    if authority.startswith("["):
        return authority[1:].partition("]")[0]
    return authority.partition(":")[0]


def _merged(world: World) -> Config | None:
    """Read every file of `KUBECONFIG`; of two that say the same, the first counts."""
    import os

    named = world.environ.get("KUBECONFIG", "")
    paths = [world.expand(part) for part in named.split(os.pathsep) if part.strip()]
    if not paths and world.home:
        paths = [world.home / ".kube" / "config"]
    found = [config for path in paths if (config := _read(world, path)) is not None]
    if not found:
        return None
    contexts: dict[str, str] = {}
    clusters: dict[str, str] = {}
    for config in reversed(found):
        contexts.update(config.contexts)
        clusters.update(config.clusters)
    current = next((config.current for config in found if config.current), "")
    return Config(current, contexts, clusters)


def _read(world: World, path: Path) -> Config | None:
    text = world.read(path)
    if text is None or not text.strip():
        return None
    what = world.show(path)
    return _from_json(what, text) if text.lstrip().startswith("{") else _from_yaml(what, text)


def _from_json(what: str, text: str) -> Config:
    import json

    try:
        data: Any = json.loads(text)
        return Config(
            str(data.get("current-context") or ""),
            {e["name"]: str(e["context"]["cluster"]) for e in data.get("contexts") or ()},
            {e["name"]: str(e["cluster"]["server"]) for e in data.get("clusters") or ()},
        )
    except (ValueError, RecursionError, KeyError, TypeError, AttributeError):
        raise CannotRead(what, "it is no kubeconfig that can be read") from None


# ── the little of YAML that kubectl writes ────────────────────────────────────────────────────


def _from_yaml(what: str, text: str) -> Config:
    """Read the two lists and the current context; whatever else YAML can do is not guessed at."""
    current, section = "", ""
    entries: dict[str, list[dict[str, str]]] = {name: [] for name in _LISTS}
    for line in text.split("\n"):
        plain = line.rstrip()
        bare = plain.lstrip(" ")
        if not bare or bare.startswith("#") or bare == "---":
            continue
        indent = len(plain) - len(bare)
        if indent == 0 and not bare.startswith("-"):
            section, _, value = bare.partition(":")
            if section == "current-context":
                current = _scalar(what, value)
            elif section in _LISTS and value.strip() not in {"", "[]", "null"}:
                raise CannotRead(what, f"its {section} are written in a way that is not read here")
        elif section in _LISTS:
            _take(what, bare, entries[section])
    return Config(
        current,
        {
            entry["name"]: entry.get("cluster", "")
            for entry in entries["contexts"]
            if "name" in entry
        },
        {
            entry["name"]: entry.get("server", "")
            for entry in entries["clusters"]
            if "name" in entry
        },
    )


def _take(what: str, bare: str, entries: list[dict[str, str]]) -> None:
    """Take one line of a list of entries."""
    if bare == "-" or bare.startswith("- "):
        entries.append({})
        bare = bare[1:].lstrip(" ")
    key, colon, value = bare.partition(":")
    if colon and key in _FACTS and value.strip():
        if not entries:
            raise CannotRead(what, "its lists are written in a way that is not read here")
        entries[-1][key] = _scalar(what, value)


def _scalar(what: str, value: str) -> str:
    """Give a plain or quoted text."""
    text = value.strip()
    if text[:1] in {"'", '"'}:
        quote = text[0]
        inner, closing, rest = text[1:].partition(quote)
        plain = not rest.strip() or rest.lstrip().startswith("#")
        if closing and plain and "\\" not in inner:
            return inner
        raise CannotRead(what, "a text in it is written in a way that is not read here")
    text = text.partition(" #")[0].strip()
    if text[:1] in {"&", "*", "!", "|", ">", "{", "["}:
        raise CannotRead(what, "a text in it is written in a way that is not read here")
    return "" if text in {"null", "~"} else text
