"""Run a command with the test credentials in its environment, and none of them in its output.

The command gets this environment, less production credentials under undeclared names, plus the
ready secrets (with --suite only those of the named suites). What it writes is scrubbed on both
streams: [REDACTED:NAME] stands for a value. Colors, width and prompts stay, binary output too.
A full-screen program needs --no-scrub.

exit codes:
  its own      and 128 + n if signal n ended it
  126, 127     it cannot be executed; there is no such command
  1, 3, 4      nothing was started, as credcheck check says
  2            the command line, the manifest or .env.test is wrong

example:
  credcheck run --suite payments -- pytest tests/payments
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from credcheck.broker import Broker
from credcheck.classifier import Rules
from credcheck.cli import add_suites, note_left_out, refuse_delivery, remark
from credcheck.delivery import deliver
from credcheck.errors import CommandLineError
from credcheck.running import child_environ, run_plain, run_scrubbed
from credcheck.secret import known_secrets

if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace
    from collections.abc import Mapping, Sequence

    from credcheck.model import Manifest
    from credcheck.secret import Secret


def add_arguments(parser: ArgumentParser) -> None:
    """Declare the options."""
    add_suites(parser)
    parser.add_argument(
        "--no-scrub", action="store_true", help="leave the output as the command writes it"
    )
    parser.add_argument(
        "command", nargs="...", metavar="-- COMMAND …", help="the command and its arguments"
    )


def run(args: Namespace) -> int:
    """Resolve, start, wait.

    Raises:
        CommandLineError: there is no command, or a value that no environment can hold.
    """
    command: list[str] = args.command
    if command[:1] == ["--"]:
        command = command[1:]
    if not command:
        raise CommandLineError("there is no command to run", "credcheck run -- pytest")
    environ = dict(os.environ)
    broker = Broker.load(args.manifest, context=args.context, environ=environ, cwd=Path.cwd())
    delivery = deliver(broker, args.suite)
    if delivery.report.exit_code:
        return refuse_delivery(delivery.report)
    rules = Rules(services=broker.manifest.services, refuse=broker.manifest.refuse)
    given, left_out = child_environ(environ, delivery.values, _declared(broker.manifest), rules)
    note_left_out(delivery.missing)
    for name in left_out:
        remark(f"credcheck: without {name}, which holds a production credential")
    secrets = broker.manifest.secrets
    paths = {name for name in delivery.values if name in secrets and secrets[name].file}
    _warn_of_arguments(command, {n: v for n, v in delivery.values.items() if n not in paths})
    if args.no_scrub:
        return run_plain(command, given)
    from credcheck.scrubber import Scrubber

    broker.remember_local()  # what the command inherits of other suites is no less secret
    scrubber = Scrubber()
    for name, secret in known_secrets():
        scrubber.add(name, secret)
    for warning in scrubber.warnings:
        remark(f"credcheck: {warning}")
    return run_scrubbed(command, given, scrubber)


def _declared(manifest: Manifest) -> set[str]:
    return {name for spec in manifest.secrets.values() for name in spec.names}


def _warn_of_arguments(command: Sequence[str], values: Mapping[str, Secret]) -> None:
    """Say which secret was written into the command: other users can see arguments."""
    for name, secret in values.items():
        value = secret.reveal()
        if len(value) > 3 and any(value in word for word in command):
            remark(
                f"credcheck: the value of {name} stands in the command's arguments, which other "
                f"users can see; the variable {name} holds it too"
            )
