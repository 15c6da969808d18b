"""Tell what is known of a vendor's keys, or list the vendors.

example:
  credcheck services stripe
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from credcheck.cli import say
from credcheck.errors import CommandLineError, suggest
from credcheck.services import all_services, load_service, service_ids

if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace
    from collections.abc import Iterator

    from credcheck.services import Kind, Service


def add_arguments(parser: ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument("name", metavar="NAME", nargs="?", help="the id of a service")


def run(args: Namespace) -> int:
    """Print the list, or the page of one service."""
    for line in listing() if args.name is None else page(find(args.name)):
        say(line + "\n")
    return 0


def find(name: str) -> Service:
    """Give a shipped service.

    Raises:
        CommandLineError: there is none of that name.
    """
    if name not in service_ids():
        raise CommandLineError(
            f"there is no service {name!r}{suggest(name, service_ids())}",
            "credcheck services lists them",
        )
    return load_service(name)


def listing() -> Iterator[str]:
    """Give a line for each service: its id, its name, and whether its test keys show it."""
    services = list(all_services())
    width = max(len(service.id) for service in services)
    names = max(len(service.name) for service in services)
    for service in services:
        yield f"{service.id:<{width}}  {service.name:<{names}}  {_how(service)}"


def _how(service: Service) -> str:
    if service.marks_test:
        return "test keys are marked"
    if service.hosts.sandbox:
        return "the endpoint decides"
    return "keys carry no mode"


def page(service: Service) -> Iterator[str]:
    """Give everything that is known of one service."""
    yield f"{service.name} ({service.id}), {service.category}"
    if service.obtain:
        yield f"  obtain     {service.obtain}"
    if service.env:
        yield f"  variables  {', '.join(service.env)}"
    if service.endpoints:
        yield f"  endpoints  {', '.join(service.endpoints)}"
    for kind in service.kinds:
        yield from _about_kind(kind)
    for label, hosts in (("sandbox", service.hosts.sandbox), ("live", service.hosts.production)):
        if hosts:
            yield f"  {label:<9}  {', '.join(hosts)}"
    if service.notes:
        yield f"  {service.notes}"
    yield f"  looked at on {service.checked}: {', '.join(service.sources)}"


def _about_kind(kind: Kind) -> Iterator[str]:
    yield f"  {kind.id}: {kind.what}"
    marks = {mode: _marks(kind, mode) for mode in ("test", "live")}
    for mode, found in marks.items():
        if found:
            yield f"    {mode:<9}{', '.join(found)}"
    if not any(marks.values()):
        yield "    carries no mode" + ("; the endpoint decides" if kind.by_host else "")
    if kind.note:
        yield f"    {kind.note}"


def _marks(kind: Kind, mode: str) -> list[str]:
    """Give the markers of a mode; a form without fixed text is told in words."""
    forms = [form for form in kind.forms if form.mode == mode]
    return list(dict.fromkeys(f"{form.prefix or form.tail.head}…" for form in forms))
