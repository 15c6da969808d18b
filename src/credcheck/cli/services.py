"""Tell what is known of a vendor's keys, or list the vendors.

The services that the project's manifest describes are told with the shipped ones.

example:
  credcheck services stripe
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from credcheck.broker import Broker
from credcheck.cli import say
from credcheck.errors import CommandLineError, UsageError, suggest
from credcheck.reporters.wording import printable
from credcheck.services import load_service, service_ids
from credcheck.services.probe import in_words, load_probe
from credcheck.services.telling import how, mark, places_of, rules_of

if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace
    from collections.abc import Iterator, Mapping, Sequence

    from credcheck.services import Kind, Service

MODES = {"test": "test", "live": "live", "bare": "no mode"}


def add_arguments(parser: ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument("name", metavar="NAME", nargs="?", help="the id of a service")


def run(args: Namespace) -> int:
    """Print the list, or the page of one service."""
    own = own_services(args.manifest)
    known = {name: own.get(name) or load_service(name) for name in (*service_ids(), *own)}
    if args.name is None:
        lines = listing(list(known.values()), own)
    elif args.name in known:
        lines = page(known[args.name])
    else:
        raise CommandLineError(
            f"there is no service {args.name!r}{suggest(args.name, tuple(known))}",
            "credcheck services lists them",
        )
    for line in lines:
        say(printable(line) + "\n")
    return 0


def own_services(manifest: str | None) -> Mapping[str, Service]:
    """Give the services that the project's manifest describes; none if it cannot be read."""
    try:
        broker = Broker.load(manifest, environ=dict(os.environ), cwd=Path.cwd())
    except UsageError:
        return {}  # `credcheck check` tells what is wrong with it
    from credcheck.services.tables import parse_service

    tables = broker.manifest.services
    return {name: parse_service(name, table, checked=True) for name, table in tables.items()}


def listing(services: Sequence[Service], own: Mapping[str, Service]) -> Iterator[str]:
    """Give a line for each service: its id, its name, and whether its test keys show it."""
    width = max(len(service.id) for service in services)
    names = max(len(service.name) for service in services)
    for service in services:
        whose = " (of this project)" if service.id in own else ""
        yield f"{service.id:<{width}}  {service.name:<{names}}  {how(service)}{whose}"


def page(service: Service) -> Iterator[str]:
    """Give everything that is known of one service."""
    about = f", {service.category}" if service.category else ""
    yield f"{service.name} ({service.id}){about}: {how(service)}"
    yield from _row("obtain", service.obtain)
    yield from _row("variables", *service.env)
    yield from _row("endpoints", *service.endpoints)
    for kind in service.kinds:
        yield from _about_kind(kind)
    for label, hosts in places_of(service):
        yield from _row(label, *hosts)
    yield from _row("examples", *(dummy.what for dummy in service.dummies.values() if dummy.what))
    yield from _row("ask", service.online)
    probe = load_probe(service.id)
    yield from _row("--probe", in_words(probe) if probe else "")
    if service.notes:
        yield f"  {service.notes}"
    if service.checked:
        yield f"  looked at on {service.checked}: {', '.join(service.sources)}"


def _row(label: str, *texts: str) -> Iterator[str]:
    if any(texts):
        yield f"  {label:<10} {', '.join(texts)}"


def _about_kind(kind: Kind) -> Iterator[str]:
    yield f"  {kind.id}: {kind.what}"
    told = {mode: [mark(form) for form in kind.forms if form.mode == mode] for mode in MODES}
    for mode, marks in told.items():
        if marks:
            yield f"    {MODES[mode]:<9}{', '.join(dict.fromkeys(marks))}"
    for line in rules_of(kind):
        yield f"    {line}"
    if kind.note:
        yield f"    {kind.note}"
