"""Look for live keys, for this project's values, and for exposed .env files.

Without a path it looks through the files that git tracks; --staged looks at what the next commit
would hold. Nothing that is found is shown: file, line, and whose it is.

exit codes:
  0    nothing was found
  1    a resolved value of this project, or a .env file that git has or would take
  2    a path that is not there, or a file that could not be read
  3    a live key

example:
  credcheck scan --staged
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from credcheck.broker import Broker
from credcheck.classifier import Rules
from credcheck.cli import remark, say
from credcheck.errors import CommandLineError, suggest
from credcheck.judging import read_value_file
from credcheck.reporters.wording import plural, printable
from credcheck.scanning.files import below, staged, tracked
from credcheck.scanning.search import search
from credcheck.scrubber import Scrubber

if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace
    from collections.abc import Iterator, Sequence

    from credcheck.scanning.files import Content
    from credcheck.scanning.search import Hit

LOCAL = ("dotenv", "env")
_HINTS = {
    "live": "take it out and revoke it: what was committed stays in the history",
    "value": "take it out; a commit keeps it, so replace the credential if it was pushed",
    "exposed": "git rm --cached it, ignore it, and replace what it holds",
}
_WORDS = {"live": "live key", "value": "value of this project", "exposed": "exposed file"}
_CODES = {"live": 3, "value": 1, "exposed": 1}


def add_arguments(parser: ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument("paths", metavar="PATH", nargs="*", help="files and folders")
    parser.add_argument(
        "--staged", action="store_true", help="what the next commit would hold (of these paths)"
    )


def run(args: Namespace) -> int:
    """Look, tell, give the exit code.

    Raises:
        UsageError: a path is not there, or the manifest is wrong.
    """
    broker = Broker.load(
        args.manifest, context=args.context, environ=dict(os.environ), cwd=Path.cwd()
    )
    paths = _existing(args.paths)
    manifest = broker.manifest
    if args.staged:  # a commit must not wait for a server
        local = manifest._replace(sources=tuple(s for s in manifest.sources if s in LOCAL))
        broker = Broker(local, broker.context)
    scrubber = _values_of(broker)
    rules = Rules(refuse=manifest.refuse, allow=manifest.allow, services=manifest.services)
    own = frozenset({str(manifest.options.get("dotenv", {}).get("path", ".env.test"))})
    hits: list[Hit] = []
    count, unread = 0, 0
    for content in _contents(args, manifest.root, paths):
        if content.problem:
            unread += 1
            remark(f"credcheck: not read: {content.label}: {content.problem}")
        elif content.data is not None:
            count += 1
            hits += search(content, rules, scrubber, own)
    for hit in hits:
        _tell(hit)
    say(_summary(hits, count))
    return max(2 if unread else 0, *(_CODES[hit.what] for hit in hits), 0)


def _existing(paths: Sequence[str]) -> list[Path]:
    found = []
    for name in paths:
        path = Path.cwd() / name
        if not os.path.lexists(path):
            beside = [entry.name for entry in path.parent.iterdir()] if path.parent.is_dir() else []
            raise CommandLineError(
                f"there is no file or folder {name}{suggest(path.name, beside)}", "ls -a"
            )
        found.append(path)
    return found


def _values_of(broker: Broker) -> Scrubber:
    """Resolve what the manifest declares; what is not ready is not looked for."""
    broker.resolve(broker.manifest.secrets)
    scrubber = Scrubber()
    for name, spec in broker.manifest.secrets.items():
        if broker.status(name).state == "ready":
            value = broker.value(name)
            content = read_value_file(broker.manifest, value) if spec.file else None
            scrubber.add(name, value if content is None else content)
    return scrubber


def _contents(args: Namespace, root: Path, paths: Sequence[Path]) -> Iterator[Content]:
    if args.staged:
        yield from staged(root, paths)
    elif paths:
        for path in paths:
            yield from below(path, root)
    else:
        yield from tracked(root)


def _tell(hit: Hit) -> None:
    where = f"{hit.label}:{hit.line}" if hit.line else hit.label
    say(f"{printable(where)}: {_WORDS[hit.what]}: {printable(hit.told)}\n")
    say(f"  hint: {_HINTS[hit.what]}\n")


def _summary(hits: Sequence[Hit], count: int) -> str:
    parts = []
    for what, word in _WORDS.items():
        number = sum(hit.what == what for hit in hits)
        if number and what == "value":
            parts.append(f"{number} {word if number == 1 else 'values of this project'}")
        elif number:
            parts.append(plural(number, word))
    return f"{plural(count, 'file')} looked through: {', '.join(parts) or 'nothing found'}\n"
