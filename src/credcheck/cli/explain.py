"""Tell the trail of one secret: who was asked, what the value proves, and what to do.

exit codes: 0, 1, 3 and 4, like a suite that needs just this secret.

example:
  credcheck explain STRIPE_TEST_KEY
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from credcheck.broker import Broker
from credcheck.cli import say
from credcheck.discovery import discover
from credcheck.errors import CommandLineError, suggest
from credcheck.model import MISSING_STATES
from credcheck.reporters.wording import plural, printable

if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace
    from collections.abc import Iterator

    from credcheck.model import Report, SecretStatus


def add_arguments(parser: ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument("name", metavar="NAME", help="the secret")


def run(args: Namespace) -> int:
    """Resolve the secret, tell everything about it, and give the exit code."""
    broker = Broker.load(
        args.manifest, context=args.context, environ=dict(os.environ), cwd=Path.cwd()
    )
    suites = broker.manifest.suites.values()
    groups = discover(
        broker.manifest.root, suite_paths=[path for suite in suites for path in suite.paths]
    )
    needed = {name for group in groups for name in group.need.names}
    known = dict.fromkeys((*broker.manifest.secrets, *sorted(needed)))
    owners = {
        alias: spec.name for spec in broker.manifest.secrets.values() for alias in spec.aliases
    }
    name = owners.get(args.name, args.name)
    if name not in known:
        names = ", ".join(known) or "none"
        raise CommandLineError(
            f"there is no secret {args.name!r}{suggest(args.name, tuple(known))}",
            f"the secrets are: {names}",
        )
    report = broker.explain(name, groups)
    for line in render(report, report.secrets[0]):
        say(line + "\n")
    return report.exit_code


def render(report: Report, secret: SecretStatus) -> Iterator[str]:
    """Give the lines for people."""
    yield f"{secret.name}: {secret.state}"
    if secret.description:
        yield f"  what     {printable(secret.description)}"
    if secret.service:
        yield f"  service  {secret.service}"
    if secret.source is None:
        yield f"  because  {printable(secret.reason)}"
    else:
        yield f"  proves   {secret.mode}: {printable(secret.reason)}"
    yield from _trail(report, secret)
    yield from _next(report, secret)
    for found in report.findings:
        if found.code not in {"CRED001", "CRED003", "CRED006"}:
            yield f"  {found.severity:<7}  {found.code}: {printable(found.message)}"
            if found.hint and found.hint != secret.hint:
                yield f"           hint: {printable(found.hint)}"


def _trail(report: Report, secret: SecretStatus) -> Iterator[str]:
    """Say who was asked, who needs it, and which value hides which."""
    label = "asked"
    for attempt in secret.attempts:
        detail = printable(attempt.detail)
        yield f"  {label:<7}  {attempt.source:<7}  {attempt.outcome:<9}  {detail}".rstrip()
        label = ""
    label = "needed"
    for suite in report.suites:
        tests = plural(suite.tests or 0, "test")
        waits = ", waits for it" if secret.name in suite.missing else ""
        yield f"  {label:<7}  {printable(suite.name)}: {suite.outcome}, {tests}{waits}"
        label = ""
    for found in report.findings:
        if found.code == "CRED006":
            yield f"  shadows  {printable(found.message)}"


def _next(report: Report, secret: SecretStatus) -> Iterator[str]:
    """Say what to do; on a person's machine the command asks for what is missing."""
    if secret.hint:
        yield f"  next     {printable(secret.hint)}"
    if secret.state in MISSING_STATES and report.context == "local":
        yield "  or       credcheck bootstrap"
