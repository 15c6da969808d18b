"""Bring this machine to ready: pull what the sources have, ask for the rest, write .env.test.

Shows first what is missing and for which suites. Nothing that is typed is shown; a production
credential is refused and asked for again; an empty answer leaves a secret out. .env.test is written
once, at the end, readable by you alone; its other lines stay. Ctrl-C writes nothing. Without a
terminal nothing is asked: the plan, and exit code 1.

exit codes:
  0, 1, 3, 4   as credcheck check would give afterwards
  1            something would have to be asked, and there is no terminal; with --check: not ready
  2            .env.test cannot be written safely; nothing was asked

example:
  credcheck bootstrap --suite payments
"""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from credcheck.bootstrap.asking import ask
from credcheck.bootstrap.keeping import DotenvKeeper, KeyringKeeper, read_example
from credcheck.bootstrap.planning import make_plan
from credcheck.bootstrap.table import render
from credcheck.bootstrap.terminal import is_terminal, read_hidden, read_shown
from credcheck.broker import Broker
from credcheck.classifier import live_marker
from credcheck.cli import add_suites, refuse_delivery, remark, say
from credcheck.discovery import discover
from credcheck.errors import CommandLineError, suggest
from credcheck.reporters import render as render_report
from credcheck.reporters.wording import plural, printable

if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace

    from credcheck.bootstrap.keeping import Keeper
    from credcheck.bootstrap.planning import Plan, Step
    from credcheck.model import Report, TestGroup
    from credcheck.secret import Secret

STORES = ("dotenv", "keyring")
REFUSED = 3


def add_arguments(parser: ArgumentParser) -> None:
    """Declare the options."""
    add_suites(parser)
    parser.add_argument(
        "--store",
        default="dotenv",
        metavar="dotenv|keyring",
        help="where to keep the values: .env.test (the default), or the system's keyring",
    )
    parser.add_argument(
        "--from-example",
        action="store_true",
        help="let a new .env.test begin as .env.test.example, with its comments and order",
    )
    parser.add_argument(
        "--check",
        action="store_true",
        help="only tell whether there is anything to do: 0 if not, 1 if there is",
    )


def run(args: Namespace) -> int:
    """Plan, show, do.

    Raises:
        UsageError: the manifest, the command line or `.env.test` is wrong.
    """
    if args.store not in STORES:
        raise CommandLineError(
            f"there is no store {args.store!r}{suggest(args.store, STORES)}",
            f"use one of: {', '.join(STORES)}",
        )
    broker, groups = _load(args)
    report = broker.report(suites=args.suite, groups=groups)
    if report.exit_code == REFUSED:
        return refuse_delivery(report)
    plan = make_plan(broker.manifest, report, groups, suites=args.suite, store=args.store)
    keeper = _keeper(args, broker)
    if plan.steps:
        say(render(plan, keeper.label, width=_width(), color=_wants_color(args.color)))
    if args.check:
        return _check(plan, report)
    return _do(args, broker, plan, keeper, report)


def _load(args: Namespace) -> tuple[Broker, tuple[TestGroup, ...]]:
    broker = Broker.load(
        args.manifest, context=args.context, environ=dict(os.environ), cwd=Path.cwd()
    )
    suites = broker.manifest.suites.values()
    paths = [path for suite in suites for path in suite.paths]
    return broker, discover(broker.manifest.root, suite_paths=paths)


def _keeper(args: Namespace, broker: Broker) -> Keeper:
    if args.store == "keyring":
        return KeyringKeeper(broker.manifest)
    return DotenvKeeper(
        broker.manifest, read_example(broker.manifest.root) if args.from_example else ""
    )


def _check(plan: Plan, report: Report) -> int:
    if plan.is_ready:
        say("ready: nothing to do\n")
        return report.exit_code
    if plan.doing("sign-in"):
        return report.exit_code or 4
    return 1


def _do(args: Namespace, broker: Broker, plan: Plan, keeper: Keeper, report: Report) -> int:
    asked, copied = plan.doing("ask"), plan.doing("copy")
    if not asked and not copied:
        return _nothing_to_do(plan, keeper, report)
    keeper.check([step.name for step in (*asked, *copied)])
    if isinstance(keeper, DotenvKeeper) and args.from_example:
        reason = live_marker(read_example(broker.manifest.root))
        if reason:
            remark(f"credcheck: .env.test.example holds a production credential: {reason}")
            return REFUSED
    if asked and not is_terminal():
        remark(
            f"credcheck: {plural(len(asked), 'secret')} would have to be asked for, and this is "
            "no terminal; nothing was written",
            "  hint: run credcheck bootstrap in a terminal",
        )
        return 1
    values: dict[str, Secret] = {step.name: broker.value(step.name) for step in copied}
    try:
        values |= ask(plan, broker.judge, beside=values, read=_read, tell=_tell)
    except EOFError:
        raise KeyboardInterrupt from None
    say("\n")
    if values:
        keeper.keep(values)
        say(f"{', '.join(map(printable, values))}: kept in {keeper.label}\n\n")
    else:
        say("nothing was given, so nothing was written\n\n")
    after, groups = _load(args)
    report = after.report(suites=args.suite, groups=groups)
    say(render_report("text", report))
    return report.exit_code


def _nothing_to_do(plan: Plan, keeper: Keeper, report: Report) -> int:
    if isinstance(keeper, DotenvKeeper) and keeper.is_loose():
        keeper.keep({})
        say(f"{keeper.label} could be read by others; now it is yours alone\n")
    signing_in = plan.doing("sign-in")
    if signing_in:
        say(f"{plural(len(signing_in), 'secret')} left: sign in first, and run it again\n")
    else:
        say("ready: nothing to do\n")
    return report.exit_code


def _tell(line: str) -> None:
    say(printable(line) + "\n")


def _read(step: Step, prompt: str) -> str:
    """Ask; the path of a file may be seen."""
    return read_shown(prompt) if step.is_path else read_hidden(prompt)


def _width() -> int:
    try:
        return min(os.get_terminal_size().columns, 120)
    except (OSError, ValueError):
        return 100


def _wants_color(asked: str) -> bool:
    if asked != "auto":
        return asked == "always"
    return not os.environ.get("NO_COLOR") and sys.stdout is not None and sys.stdout.isatty()
