"""Write a manifest from what the project says already: .env files, marks, reads, settings classes.

Reads names only: no value is copied, and nothing of yours is imported or run. Shows everything
first, then writes the manifest, .env.test.example and a line of .gitignore; a file that is there
is never overwritten. In a terminal it asks before it writes.

exit codes: 0 written, 1 there is a manifest already (or you said no), 2 it cannot be written

example:
  credcheck init --from secretspec.toml
"""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from credcheck.cli import remark, say
from credcheck.discovery import discover
from credcheck.drafting.code import read_code
from credcheck.drafting.draft import make_draft
from credcheck.drafting.envfiles import env_files, read_env_file
from credcheck.drafting.peers import read_peer
from credcheck.drafting.text import example_text, manifest_text
from credcheck.errors import CommandLineError, ManifestError
from credcheck.exposure import git_state_of
from credcheck.manifest import check_text, load_manifest
from credcheck.reporters.wording import plural, printable
from credcheck.services import service_ids

if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace

    from credcheck.drafting.clues import Clue
    from credcheck.drafting.draft import Draft

EXAMPLE, IGNORE, SECRETS = ".env.test.example", ".gitignore", ".env.test"


class Writing(NamedTuple):
    """One file of the plan: a new one, or text at the end of one."""

    path: Path
    text: str
    appended: bool


def add_arguments(parser: ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument(
        "--from",
        dest="peers",
        action="append",
        default=[],
        metavar="FILE",
        help="take over secretspec.toml, fnox.toml, .env.schema or .env.example (repeatable)",
    )
    parser.add_argument("--yes", action="store_true", help="write without asking")
    parser.add_argument("--dry-run", action="store_true", help="show what would be written")


def run(args: Namespace) -> int:
    """Look, show, write.

    Raises:
        UsageError: a file cannot be read or written.
    """
    root = Path.cwd()
    named = args.manifest or os.environ.get("CREDCHECK_MANIFEST") or None
    found = _existing(root, named)
    if found is not None:
        remark(
            f"credcheck: there is a manifest already: {found}",
            "  hint: credcheck check, or take it away first",
        )
        return 1
    problems: list[str] = []
    draft = make_draft(_clues(root, [root / peer for peer in args.peers], problems), discover(root))
    for problem in dict.fromkeys(problems):
        remark(f"credcheck: not read: {problem}")
    plan = _plan(root, draft, named)
    for writing in plan:
        _show(writing, root)
    if args.dry_run:
        return 0
    if not args.yes and not _agreed():
        say("nothing was written\n")
        return 1
    for writing in reversed(plan):  # the manifest last: if another fails, it can be run again
        _write(writing)
    say(f"{plural(len(draft.secrets), 'secret')} declared\nnext: credcheck check\n")
    if draft.secrets:
        say("then: credcheck bootstrap\n")
    return 0


def _existing(root: Path, named: str | None) -> Path | None:
    """Give the manifest that there is already; a broken one is one too."""
    explicit = root / named if named else None
    if explicit is not None and not explicit.exists():
        return None
    try:
        return load_manifest(root, explicit=explicit, known_services=service_ids()).path
    except ManifestError as error:
        if explicit is not None and "there is no [tool.credcheck] table" in error.message:
            return None
        raise


def _clues(root: Path, peers: list[Path], problems: list[str]) -> list[Clue]:
    if peers:
        clues = [clue for peer in peers for clue in read_peer(peer, root)]
    else:
        clues = [c for path in env_files(root) for c in read_env_file(path, root, problems)]
    return [*clues, *read_code(root, problems)]


def _plan(root: Path, draft: Draft, named: str | None) -> list[Writing]:
    shared = root / "pyproject.toml"
    path = root / named if named else (shared if shared.is_file() else root / "credcheck.toml")
    into_shared = path.name == "pyproject.toml"
    text = manifest_text(draft, prefix="tool.credcheck" if into_shared else "")
    before = _read(path) if path.exists() else ""
    check_text(before + _gap(before) + text, path, known_services=service_ids())
    plan = [Writing(path, _gap(before) + text, appended=bool(before))]
    if not (root / EXAMPLE).exists():
        plan.append(Writing(root / EXAMPLE, example_text(draft), appended=False))
    ignore = root / IGNORE
    known = _read(ignore) if ignore.exists() else ""
    if _is_exposed(root, known):
        end = "" if not known or known.endswith("\n") else "\n"
        plan.append(Writing(ignore, f"{end}{SECRETS}\n", appended=bool(known)))
    return plan


def _is_exposed(root: Path, ignored: str) -> bool:
    """Tell whether .env.test needs a line: git decides, where it can say."""
    state = git_state_of(root / SECRETS)[0]
    if state in {"ignored", "exposed"}:
        return state == "exposed"
    return not {SECRETS, f"/{SECRETS}"} & {line.strip() for line in ignored.splitlines()}


def _gap(before: str) -> str:
    if not before:
        return ""
    return "\n" if before.endswith("\n") else "\n\n"


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8-sig")
    except (OSError, ValueError):
        raise CommandLineError(f"{path.name} cannot be read", f"ls -l {path.name}") from None


def _show(writing: Writing, root: Path) -> None:
    name = writing.path.relative_to(root) if writing.path.is_relative_to(root) else writing.path
    say(f"── {'added to ' if writing.appended else ''}{printable(name.as_posix())}\n")
    say("".join(f"   {printable(line)}".rstrip() + "\n" for line in writing.text.splitlines()))
    say("\n")


def _agreed() -> bool:
    """Ask in a terminal; elsewhere it was meant, since nothing is overwritten."""
    if sys.stdin is None or not sys.stdin.isatty():
        return True
    say("write this? [Y/n] ")
    answer = sys.stdin.readline()
    return bool(answer) and answer.strip().lower() in {"", "y", "yes"}


def _write(writing: Writing) -> None:
    """Write one file; a new one only if it is still not there.

    Raises:
        CommandLineError: it cannot be written.
    """
    try:
        writing.path.parent.mkdir(parents=True, exist_ok=True)
        mode = "a" if writing.appended else "x"
        with writing.path.open(mode, encoding="utf-8", newline="") as file:
            file.write(writing.text)
    except OSError as error:
        why = os.strerror(error.errno) if error.errno else "unknown reason"
        raise CommandLineError(
            f"{writing.path.name} cannot be written: {why}", "ls -ld ."
        ) from None
