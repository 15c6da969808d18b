"""Print the JSON Schema of the manifest, or of the report.

Draft 7, as SchemaStore and the editors that read it want it. validate-pyproject finds it by itself.

example:
  credcheck schema report > credcheck-report.schema.json
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from credcheck.cli import say
from credcheck.errors import CommandLineError, suggest
from credcheck.schema import SCHEMAS, schema_text

if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace


def add_arguments(parser: ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument(
        "name", metavar="manifest|report", nargs="?", default="manifest", help="of what; manifest"
    )


def run(args: Namespace) -> int:
    """Print it.

    Raises:
        CommandLineError: there is no such schema.
    """
    if args.name not in SCHEMAS:
        known = tuple(SCHEMAS)
        raise CommandLineError(
            f"there is no schema {args.name!r}{suggest(args.name, known)}",
            f"use one of: {', '.join(known)}",
        )
    say(schema_text(args.name))
    return 0
