"""Tell the health of each source: reachable, signed in as whom, until when, how long it took.

exit codes:
  0    every source that the manifest uses is there, or not configured
  2    the command line or the manifest is wrong
  4    a source that the manifest uses is broken

example:
  credcheck sources --format json
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from credcheck.broker import Broker
from credcheck.cli import say
from credcheck.cli.progress import watch_for
from credcheck.errors import CommandLineError, suggest
from credcheck.reporters.wording import printable

if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace
    from collections.abc import Iterator, Mapping

    from credcheck.model import Health

FORMATS = ("text", "json")
BROKEN = 4


def add_arguments(parser: ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument("--format", metavar="FORMAT", default="text", help="text or json")


def run(args: Namespace) -> int:
    """Ask every source that the manifest uses, and tell how it is."""
    if args.format not in FORMATS:
        raise CommandLineError(
            f"there is no format {args.format!r} here{suggest(args.format, FORMATS)}",
            f"use one of: {', '.join(FORMATS)}",
        )
    broker = Broker.load(
        args.manifest, context=args.context, environ=dict(os.environ), cwd=Path.cwd()
    )
    broker.watch = watch_for(broker.context)
    healths = broker.health()
    if args.format == "json":
        say(render_json(healths))
    else:
        for line in render_text(healths):
            say(line + "\n")
    broken = any(health.status in {"unreachable", "denied"} for health in healths.values())
    return BROKEN if broken else 0


def render_text(healths: Mapping[str, Health]) -> Iterator[str]:
    """Give the lines for people: one a source, and below it what more is known."""
    width = max(map(len, healths))
    for name, health in healths.items():
        took = "" if health.elapsed_ms is None else f"  ({health.elapsed_ms:.0f} ms)"
        yield f"{name:<{width}}  {health.status:<14}  {printable(health.detail)}{took}".rstrip()
        more = (("as", health.identity), ("until", health.until), ("next", health.hint))
        for label, text in more:
            if text:
                yield f"{'':<{width}}  {label:<14}  {printable(text)}"


def render_json(healths: Mapping[str, Health]) -> str:
    """Give the same for programs."""
    import json

    rows = [{"name": name, **health._asdict()} for name, health in healths.items()]
    return json.dumps({"schema": "credcheck.sources/1", "sources": rows}, indent=2) + "\n"
