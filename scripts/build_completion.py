"""Write the completion scripts: `python scripts/build_completion.py`.

shtab makes those for bash and zsh from an argparse parser; the one for fish is made here.
"""

from __future__ import annotations

from argparse import Action, ArgumentParser
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

import shtab

from credcheck.cli import COMMANDS
from credcheck.completion import SHELLS
from credcheck.exporters import EXPORTERS
from credcheck.model import CONTEXT_KINDS
from credcheck.reporters import REPORTERS
from credcheck.schema import SCHEMAS
from credcheck.services import service_ids

if TYPE_CHECKING:
    from collections.abc import Iterator

OUTPUT = Path(__file__).parents[1] / "src" / "credcheck" / "completion"
PROGRAM = "credcheck"
# command and argument ("" for every command) -> the words that it takes
CHOICES = {
    ("", "context"): CONTEXT_KINDS,
    ("", "color"): ("auto", "always", "never"),
    ("check", "format"): tuple(REPORTERS),
    ("export", "format"): tuple(EXPORTERS),
    ("sources", "format"): ("text", "json"),
    ("bootstrap", "store"): ("dotenv", "keyring"),
    ("schema", "name"): tuple(SCHEMAS),
    ("completion", "shell"): tuple(SHELLS),
    ("services", "name"): service_ids(),
}
FILES = {"manifest", "output", "peers", "paths"}


def whole_parser() -> ArgumentParser:
    """Give one parser with every command, as shtab wants it."""
    parser = ArgumentParser(prog=PROGRAM, description="A credential broker for test runs.")
    add_global(parser)
    commands = parser.add_subparsers(dest="chosen")
    for name, (module, told) in COMMANDS.items():
        command = commands.add_parser(name, help=told, description=told)
        add_global(command)
        import_module(module).add_arguments(command)
        for action in command._actions:  # noqa: SLF001
            refine(name, action)
    for action in parser._actions:  # noqa: SLF001
        refine("", action)
    return parser


def add_global(parser: ArgumentParser) -> None:
    """Add the options that every command takes."""
    parser.add_argument("--manifest", help="the manifest's file")
    parser.add_argument("--context", help="who is running")
    parser.add_argument("--color", help="when to use color")
    parser.add_argument("--version", action="store_true", help="tell the version")


def refine(command: str, action: Action) -> None:
    """Say which words an argument takes, or that it takes a file."""
    choices = CHOICES.get((command, action.dest)) or CHOICES.get(("", action.dest))
    if choices and action.choices is None:
        action.choices = choices
    if action.dest in FILES:
        action.complete = shtab.FILE  # type: ignore[attr-defined]


def fish_lines(parser: ArgumentParser) -> Iterator[str]:
    """Give the commands that teach fish."""
    yield "# Completions of credcheck for fish; made by scripts/build_completion.py"
    yield f"complete -c {PROGRAM} -f"
    none = "__fish_use_subcommand"
    for option in options_of(parser):
        yield fish_option(option, none)
    (commands,) = (a for a in parser._actions if a.dest == "chosen")  # noqa: SLF001
    for name, (_, told) in COMMANDS.items():
        yield f"complete -c {PROGRAM} -n {none} -a {name} -d {quoted(told)}"
    for name, command in (commands.choices or {}).items():
        seen = quoted(f"__fish_seen_subcommand_from {name}")
        for action in command._actions:  # noqa: SLF001
            if action.option_strings:
                yield fish_option(action, seen)
            elif action.choices:
                yield f"complete -c {PROGRAM} -n {seen} -a {quoted(' '.join(action.choices))}"
            elif action.dest in FILES:
                yield f"complete -c {PROGRAM} -n {seen} -F"
            elif action.dest == "command":
                yield (
                    f"complete -c {PROGRAM} -n {seen} -x -a "
                    "'(__fish_complete_subcommand --fcs-skip=2)'"
                )


def options_of(parser: ArgumentParser) -> list[Action]:
    """Give the arguments that begin with a dash."""
    return [action for action in parser._actions if action.option_strings]  # noqa: SLF001


def fish_option(action: Action, condition: str) -> str:
    """Give the command for one option."""
    words = [f"complete -c {PROGRAM} -n {condition}"]
    words += [
        f"-l {option[2:]}" if option.startswith("--") else f"-s {option[1:]}"
        for option in action.option_strings
    ]
    if action.nargs != 0:
        words.append("-r")
        if action.choices:
            words.append(f"-f -a {quoted(' '.join(action.choices))}")
        elif action.dest in FILES:
            words.append("-F")
        else:
            words.append("-f")
    words.append(f"-d {quoted(str(action.help))}")
    return " ".join(words)


def quoted(text: str) -> str:
    """Quote for fish."""
    return "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'"


def render(shell: str) -> str:
    """Give the script of a shell."""
    parser = whole_parser()
    if shell == "fish":
        return "\n".join(fish_lines(parser)) + "\n"
    text: str = shtab.complete(parser, shell=shell)
    return "\n".join(line.rstrip() for line in text.splitlines()) + "\n"


if __name__ == "__main__":
    for shell, file in SHELLS.items():
        OUTPUT.joinpath(file).write_text(render(shell), encoding="utf-8")
