"""Hand the resolved test credentials on to a shell, a container or a CI job.

The policies hold as for `check`: with a production credential, or a secret that must not be
missing, nothing is written. The output holds the values, so a terminal gets it only with --reveal.

exit codes: 0, 1, 3 and 4 as for check; 2 if the format cannot carry a value, which is named.

example:
  credcheck export --format docker --suite payments > payments.env
"""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from credcheck.broker import Broker
from credcheck.cli import add_suites, emit, note_left_out, refuse_delivery
from credcheck.delivery import deliver
from credcheck.errors import CommandLineError
from credcheck.exporters import check_exporter, export

if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace
    from collections.abc import Mapping


def add_arguments(parser: ArgumentParser) -> None:
    """Declare the options."""
    add_suites(parser)
    parser.add_argument(
        "--format",
        default="dotenv",
        metavar="FORMAT",
        help="dotenv (the default), shell, fish, powershell, json, github or docker",
    )
    parser.add_argument(
        "--reveal", action="store_true", help="show the values, even though this is a terminal"
    )


def run(args: Namespace) -> int:
    """Resolve, and write what may be handed on.

    Raises:
        CommandLineError: a terminal would show the values, or the format cannot carry them.
    """
    check_exporter(args.format)
    if sys.stdout is not None and sys.stdout.isatty() and not args.reveal:
        raise CommandLineError(
            "the values would be shown on this terminal",
            f"credcheck export --format {args.format} > FILE, or add --reveal",
        )
    environ = dict(os.environ)
    target = github_env(environ) if args.format == "github" else None
    broker = Broker.load(args.manifest, context=args.context, environ=environ, cwd=Path.cwd())
    delivery = deliver(broker, args.suite)
    if delivery.report.exit_code:
        return refuse_delivery(delivery.report)
    data = export(args.format, delivery.values)
    if target is None:
        emit(data)
    else:
        from credcheck.exporters.github import masks

        revealed = {name: secret.reveal() for name, secret in delivery.values.items()}
        emit(masks(revealed).encode())
        append(target, data)
    note_left_out(delivery.missing)
    return 0


def github_env(environ: Mapping[str, str]) -> Path:
    """Give the file that GitHub reads after the step.

    Raises:
        CommandLineError: this is no step of GitHub Actions, so the masks would show the values.
    """
    path = environ.get("GITHUB_ENV")
    if environ.get("GITHUB_ACTIONS") != "true" or not path:
        raise CommandLineError(
            "this is not a step of GitHub Actions (GITHUB_ACTIONS, GITHUB_ENV)",
            "use another format, such as --format dotenv",
        )
    return Path(path)


def append(path: Path, data: bytes) -> None:
    """Append to the file of the step.

    Raises:
        CommandLineError: it cannot be written.
    """
    try:
        with path.open("ab") as file:
            file.write(data)
    except OSError as error:
        why = os.strerror(error.errno) if error.errno else "unknown reason"
        raise CommandLineError(f"{path} cannot be written: {why}", "see $GITHUB_ENV") from None
