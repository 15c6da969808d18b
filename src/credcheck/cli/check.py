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

import errno
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from credcheck.broker import Broker
from credcheck.cli import add_suites, complain, say
from credcheck.discovery import discover
from credcheck.errors import CommandLineError
from credcheck.reporters import RenderOptions, check_format, render

if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace
    from collections.abc import Mapping, Sequence

    from credcheck.model import Report

SUMMARY_BYTES = 1_000_000  # GitHub refuses a larger step summary
REFUSED = 3  # wins over every other exit code
_STANDARD_OUTPUT = {None, "-", "/dev/stdout"}  # the n-th --output
# a folder that takes no new file, or a file that is mounted by itself
_NOT_REPLACEABLE = {errno.EACCES, errno.EPERM, errno.EROFS, errno.EBUSY, errno.EXDEV, errno.EEXIST}


class Target(NamedTuple):
    """One report to be written; ``path`` is None for standard output."""

    format: str
    path: Path | None


def add_arguments(parser: ArgumentParser) -> None:
    """Declare the options."""
    add_suites(parser, "only this suite")
    parser.add_argument(
        "--strict",
        action="store_true",
        help="every missing secret fails its suite, every warning is an error",
    )
    parser.add_argument(
        "--probe",
        action="store_true",
        help="ask the vendors whether the keys work, and which mode they have",
    )
    parser.add_argument(
        "--format",
        action="append",
        default=[],
        metavar="FORMAT",
        help="text (the default), json, github, gitlab, junit, markdown or html (repeatable)",
    )
    parser.add_argument(
        "--output",
        action="append",
        default=[],
        metavar="FILE",
        help="where the n-th format goes; without one, or with -, to standard output",
    )


def run(args: Namespace) -> int:
    """Check, write the reports, give the exit code."""
    targets = plan_targets(args.format, args.output)
    environ = dict(os.environ)
    broker = Broker.load(args.manifest, context=args.context, environ=environ, cwd=Path.cwd())
    summary = summary_path(targets, environ)
    for path in (*(target.path for target in targets), summary):
        if path is not None:
            probe(path)
    manifest = broker.manifest
    problems: list[str] = []
    groups = discover(
        manifest.root,
        suite_paths=[path for suite in manifest.suites.values() for path in suite.paths],
        problems=problems,
    )
    if any(spec.remote for spec in manifest.secrets.values()):
        from credcheck.cli.progress import watch_for

        broker.watch = watch_for(broker.context)
    report = broker.report(
        suites=args.suite,
        strict=args.strict,
        groups=groups,
        unreadable=problems,
        probe=args.probe,
    )
    color = wants_color(args.color, environ)
    try:
        publish(report, targets, summary, color=color)
    except CommandLineError as error:
        if report.exit_code != REFUSED:
            raise
        complain(error)
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
        Target(name, None if path in _STANDARD_OUTPUT else Path(str(path)))
        for name, path in zip(named, padded, strict=True)
    ]


def summary_path(targets: Sequence[Target], environ: Mapping[str, str]) -> Path | None:
    """Give the file of the GitHub step's summary, if the report is for GitHub."""
    path = environ.get("GITHUB_STEP_SUMMARY")
    return Path(path) if path and any(t.format == "github" for t in targets) else None


def probe(path: Path) -> None:
    """Make sure that a file can be written, and leave it as it is; missing folders are made.

    Raises:
        CommandLineError: it cannot.
    """
    try:
        if _is_stream(path):
            return  # its reader would take the test for the end
        real = _real(path)
        real.parent.mkdir(parents=True, exist_ok=True)
        existed = real.exists()
        with real.open("ab"):
            pass
        if not existed:
            real.unlink()
    except OSError as error:
        raise _unwritable(path, error) from None


def publish(
    report: Report, targets: Sequence[Target], summary: Path | None, *, color: bool
) -> None:
    """Write every report that can be written, and the summary.

    Raises:
        CommandLineError: the first that could not.
    """
    failed: list[CommandLineError] = []
    for target in targets:
        options = RenderOptions(color=color and target.path is None)
        text = render(target.format, report, options)
        try:
            say(text) if target.path is None else write(target.path, text)
        except CommandLineError as error:
            failed.append(error)
    if summary is not None:
        try:
            append_summary(summary, render("markdown", report))
        except CommandLineError as error:
            failed.append(error)
    if failed:
        raise failed[0]


def write(path: Path, text: str) -> None:
    """Write a file whole or not at all, where the folder allows that.

    Raises:
        CommandLineError: it cannot be written.
    """
    data = text.encode("utf-8", "backslashreplace")
    try:
        if _is_stream(path):
            path.write_bytes(data)
            return
        try:
            _replace(_real(path), data)
        except OSError as error:
            if error.errno not in _NOT_REPLACEABLE:
                raise
            path.write_bytes(data)
    except OSError as error:
        raise _unwritable(path, error) from None


def _replace(path: Path, data: bytes) -> None:
    beside = path.with_name(f".credcheck-{os.getpid()}")
    file = beside.open("xb")
    try:
        with file:
            file.write(data)
        if path.exists():
            beside.chmod(path.stat().st_mode & 0o7777)
        beside.replace(path)
    finally:
        beside.unlink(missing_ok=True)


def _is_stream(path: Path) -> bool:
    """Tell a device, a pipe or `/dev/stdout`, which a file must never replace."""
    named = path.as_posix().startswith(("/dev/", "/proc/"))
    return path.exists() and not path.is_dir() and (named or not path.is_file())


def _real(path: Path) -> Path:
    """Follow links, so that a link stays one."""
    return Path(os.path.realpath(path))


def _unwritable(path: Path, error: OSError) -> CommandLineError:
    from shlex import quote

    why = os.strerror(error.errno) if error.errno else "unknown reason"
    return CommandLineError(f"{path} cannot be written: {why}", f"ls -ld {quote(str(path.parent))}")


def append_summary(path: Path, text: str) -> None:
    """Add the table to the summary of the step, as far as GitHub takes it; whole lines only.

    Raises:
        CommandLineError: it cannot be written.
    """
    data, rest = text.encode(), b"\nThe rest is in the step's log.\n"
    try:
        room = SUMMARY_BYTES - (path.stat().st_size if path.exists() else 0)
        if len(data) > room:
            data = data[: max(room - len(rest), 0)].rpartition(b"\n")[0]
            data = data + rest if data else b""
        with path.open("ab") as file:
            file.write(data)
    except OSError as error:
        raise _unwritable(path, error) from None


def wants_color(asked: str, environ: Mapping[str, str]) -> bool:
    """Decide about color: the option, NO_COLOR, FORCE_COLOR, then whether it is a terminal."""
    if asked != "auto":
        return asked == "always"
    if environ.get("NO_COLOR"):
        return False
    if environ.get("FORCE_COLOR") or environ.get("CLICOLOR_FORCE"):
        return True
    return (
        sys.stdout is not None
        and sys.stdout.isatty()
        and environ.get("TERM") not in {"dumb", "unknown"}
    )
