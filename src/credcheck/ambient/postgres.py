"""The server and database that libpq, and so `psql` and the drivers, use if nobody says which."""

from __future__ import annotations

from typing import TYPE_CHECKING

from credcheck.ambient.world import Leads, read_ini, shown
from credcheck.classifier.hosts import is_refused_host, matches
from credcheck.classifier.place import read_hosts

if TYPE_CHECKING:
    from collections.abc import Iterator

    from credcheck.ambient.world import World

_HOSTS = ("PGHOST", "PGHOSTADDR")
VARIABLES = frozenset((*_HOSTS, "PGDATABASE", "PGSERVICE"))


def look(world: World) -> Iterator[Leads]:
    """Tell whether `PGHOST`, `PGDATABASE` or the service of `PGSERVICE` are refused."""
    if not (world.refuse.hosts or world.refuse.databases):
        return
    for name in _HOSTS:
        yield from _judge(world, f"The variable {name}", name, world.environ.get(name, ""), "")
    database = world.environ.get("PGDATABASE", "")
    yield from _judge(world, "The variable PGDATABASE", "PGDATABASE", "", database)
    yield from _service(world)


def _judge(world: World, what: str, variable: str, hosts: str, database: str) -> Iterator[Leads]:
    refuse, hint = world.refuse, f"unset {variable}"
    host = next((h for h in read_hosts(hosts)[0] if is_refused_host(h, refuse.hosts)), None)
    if host is not None:
        yield Leads(what, f"leads to {shown(host)}, a host that the manifest refuses", hint)
    elif database.strip() and matches(database.strip(), refuse.databases):
        named = shown(database.strip())
        yield Leads(what, f"leads to {named}, a database that the manifest refuses", hint)


def _service(world: World) -> Iterator[Leads]:
    """Look the service up: in the user's file, then in the system's."""
    name = world.environ.get("PGSERVICE", "").strip()
    if not name:
        return
    paths = [world.path("PGSERVICEFILE", ".pg_service.conf")]
    system = world.environ.get("PGSYSCONFDIR", "").strip()
    if system:
        paths.append(world.expand(system) / "pg_service.conf")
    for path in paths:
        text = world.read(path)
        if text is None or path is None:
            continue
        found = read_ini(world.show(path), text).get(name)
        if found is not None:
            what = f"The PostgreSQL service {shown(name)!r}"
            hosts = ",".join(filter(None, (found.get("host"), found.get("hostaddr"))))
            yield from _judge(world, what, "PGSERVICE", hosts, found.get("dbname", ""))
            return
