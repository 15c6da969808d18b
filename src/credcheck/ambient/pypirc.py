"""Where `twine` and its like upload to, and with what."""

from __future__ import annotations

from typing import TYPE_CHECKING

from credcheck.ambient.world import Leads, read_ini, shown
from credcheck.classifier import Rules, classify
from credcheck.classifier.hosts import is_refused_host
from credcheck.classifier.urls import read_urls
from credcheck.model import Refuse

if TYPE_CHECKING:
    from collections.abc import Iterator

    from credcheck.ambient.world import World


def look(world: World) -> Iterator[Leads]:
    """Tell which index of `~/.pypirc` is refused by its host, or has a token of PyPI itself."""
    refuse = world.refuse
    if "pypi" not in world.services and not (refuse.values or refuse.hosts):
        return
    path = world.path("", ".pypirc")
    text = world.read(path)
    if text is None or path is None:
        return
    file = world.show(path)
    rules = Rules(refuse=Refuse(values=refuse.values))
    judged = "pypi" in world.services or bool(refuse.values)
    for name, values in read_ini(file, text).items():
        what = f"The index {shown(name)!r} in {file}"
        hosts = [host for url in read_urls(values.get("repository", "")) for host in url.hosts]
        if any(is_refused_host(host, refuse.hosts) for host in hosts):
            reason = f"leads to {shown(hosts[0])}, a host that the manifest refuses"
            yield Leads(what, reason, f"Take the section out of {file}.")
        elif judged and values.get("password"):
            verdict = classify(values["password"], "pypi", rules=rules)
            if verdict.mode == "live":
                hint = f"Take the password out of {file}; the keyring or a prompt can hold it."
                yield Leads(what, verdict.reason, hint, holds=True)
