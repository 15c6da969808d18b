"""Tell which suites will run, which will be skipped, and why; never prints a value.

exit codes:
  0    every suite runs, or skips by a policy that says skip
  1    a suite whose policy is fail lacks a secret
  2    the command line, the manifest or .env.test is wrong
  3    a production credential was found
  4    a suite whose policy is fail lacks a secret because a source is broken

example:
  credcheck check --suite payments --format text --format json --output report.json
"""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from credcheck.broker import Broker
from credcheck.discovery import discover
from credcheck.errors import CommandLineError
from credcheck.reporters import RenderOptions, check_format, render

if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace
    from collections.abc import Mapping, Sequence

    from credcheck.model import Report

SUMMARY_BYTES = 1_000_000  # GitHub refuses a larger step summary


class Target(NamedTuple):
    """One report to be written; ``path`` is None for standard output."""

    format: str
    path: Path | None


def add_arguments(parser: ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument(
        "--suite", action="append", default=[], metavar="NAME", help="only this suite (repeatable)"
    )
    parser.add_argument(
        "--strict",
        action="store_true",
        help="every missing secret fails its suite, every warning is an error",
    )
    parser.add_argument(
        "--format",
        action="append",
        default=[],
        metavar="FORMAT",
        help="text (the default), json, github or markdown (repeatable)",
    )
    parser.add_argument(
        "--output",
        action="append",
        default=[],
        metavar="FILE",
        help="where the n-th format goes; without one it goes to standard output",
    )


def run(args: Namespace) -> int:
    """Check, write the reports, give the exit code."""
    targets = plan_targets(args.format, args.output)
    environ = dict(os.environ)
    broker = Broker.load(args.manifest, context=args.context, environ=environ, cwd=Path.cwd())
    for target in targets:
        probe(target)
    manifest = broker.manifest
    problems: list[str] = []
    groups = discover(
        manifest.root,
        suite_paths=[path for suite in manifest.suites.values() for path in suite.paths],
        problems=problems,
    )
    report = broker.report(
        suites=args.suite, strict=args.strict, groups=groups, unreadable=problems
    )
    for target in targets:
        color = target.path is None and wants_color(args.color, environ)
        write(target, render(target.format, report, RenderOptions(color=color)))
    if any(target.format == "github" for target in targets):
        append_summary(report, environ)
    return report.exit_code


def plan_targets(formats: Sequence[str], outputs: Sequence[str]) -> list[Target]:
    """Pair the n-th format with the n-th output.

    Raises:
        CommandLineError: an unknown format, or more outputs than formats.
    """
    named = list(formats) or ["text"]
    for name in named:
        check_format(name)
    if len(outputs) > len(named):
        raise CommandLineError(
            f"there are {len(outputs)} --output and {len(named)} --format",
            "give each --output its --format: --format json --output report.json",
        )
    padded: list[str | None] = [*outputs, *[None] * (len(named) - len(outputs))]
    return [
        Target(name, None if path in {None, "-"} else Path(str(path)))
        for name, path in zip(named, padded, strict=True)
    ]


def probe(target: Target) -> None:
    """Make sure that a file can be written before anything is resolved.

    Raises:
        CommandLineError: it cannot.
    """
    if target.path is None:
        return
    try:
        target.path.parent.mkdir(parents=True, exist_ok=True)
        with target.path.open("a", encoding="utf-8"):
            pass
    except OSError as error:
        raise _unwritable(target.path, error) from None


def write(target: Target, text: str) -> None:
    """Write one report; what standard output cannot show is escaped."""
    if target.path is None:
        encoding = sys.stdout.encoding or "utf-8"
        sys.stdout.write(text.encode(encoding, "backslashreplace").decode(encoding))
        return
    try:
        with target.path.open("w", encoding="utf-8", newline="\n") as file:
            file.write(text)
    except OSError as error:
        raise _unwritable(target.path, error) from None


def _unwritable(path: Path, error: OSError) -> CommandLineError:
    why = os.strerror(error.errno) if error.errno else "unknown reason"
    return CommandLineError(f"{path} cannot be written: {why}", f"ls -ld {path.parent}")


def append_summary(report: Report, environ: Mapping[str, str]) -> None:
    """Add the table to the summary of the GitHub step, if this is one."""
    path = environ.get("GITHUB_STEP_SUMMARY")
    if not path:
        return
    text = render("markdown", report).encode()[:SUMMARY_BYTES]
    try:
        with Path(path).open("ab") as file:
            file.write(text)
    except OSError as error:
        raise _unwritable(Path(path), error) from None


def wants_color(asked: str, environ: Mapping[str, str]) -> bool:
    """Decide about color: the option, NO_COLOR, FORCE_COLOR, then whether it is a terminal."""
    if asked != "auto":
        return asked == "always"
    if environ.get("NO_COLOR"):
        return False
    if environ.get("FORCE_COLOR") or environ.get("CLICOLOR_FORCE"):
        return True
    return sys.stdout.isatty() and environ.get("TERM") not in {"dumb", "unknown"}
