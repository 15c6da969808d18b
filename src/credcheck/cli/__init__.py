"""The command: reads argv and the environment, maps errors to exit codes."""

from __future__ import annotations

import gc
import os
import sys
from typing import TYPE_CHECKING

from credcheck import __version__
from credcheck.errors import CommandLineError, CredcheckError, UsageError, suggest

if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace
    from collections.abc import Sequence
    from typing import NoReturn

USAGE, SOFTWARE, INTERRUPTED = 2, 70, 130

# name -> module with `add_arguments` and `run`, and one line for `--help`; imported when chosen
COMMANDS = {
    "check": ("credcheck.cli.check", "tell which suites will run, which will be skipped, and why"),
    "explain": ("credcheck.cli.explain", "tell the trail of one secret, and what to do"),
    "services": ("credcheck.cli.services", "tell what is known of a vendor's keys"),
    "fingerprint": ("credcheck.cli.fingerprint", "print the line that refuses a credential"),
}
DEFAULT_COMMAND = "check"
_GLOBAL_WITH_VALUE = ("--manifest", "--context", "--color")


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command and give its exit code.

    Args:
        argv: the arguments behind the program's name; those of the process if not said.
    """
    words = list(sys.argv[1:] if argv is None else argv)
    collects = gc.isenabled()
    gc.disable()  # a short run makes little garbage; looking for it takes a twentieth of its time
    try:
        code = _run(words)
        sys.stdout.flush()
    except KeyboardInterrupt:
        return INTERRUPTED
    except BrokenPipeError:
        # the reader went away (`credcheck | head`); Python would complain again at its exit
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except UsageError as error:
        _complain(error)
        return USAGE
    except Exception as error:  # noqa: BLE001
        _complain(_internal(error))
        return SOFTWARE
    finally:
        if collects:
            gc.enable()
    return code


def _run(words: list[str]) -> int:
    if words == ["--version"]:
        print(f"credcheck {__version__}")
        return 0
    command = _command_of(words)
    if command is None:
        return _without_command(words)
    from importlib import import_module

    module = import_module(COMMANDS[command][0])
    parser = _parser(f"credcheck {command}", module.__doc__ or "")
    module.add_arguments(parser)
    if command in words:
        words.remove(command)
    code: int = module.run(_parse(parser, words))
    return code


def _command_of(words: Sequence[str]) -> str | None:
    """Find the command; None when `--help` or `--version` of the whole program is asked for.

    Raises:
        CommandLineError: there is no such command.
    """
    expects_value = False
    for word in words:
        if expects_value:
            expects_value = False
        elif word in _GLOBAL_WITH_VALUE:
            expects_value = True
        elif word in {"-h", "--help", "--version"}:
            return None
        elif not word.startswith("-"):
            if word in COMMANDS:
                return word
            known = ", ".join(COMMANDS)
            raise CommandLineError(
                f"there is no command {word!r}{suggest(word, tuple(COMMANDS))}",
                f"the commands are: {known}; see credcheck --help",
            )
        else:
            return DEFAULT_COMMAND  # an option of `check`
    return DEFAULT_COMMAND


def _without_command(words: Sequence[str]) -> int:
    if "--version" in words and not {"-h", "--help"} & set(words):
        print(f"credcheck {__version__}")
        return 0
    parser = _parser("credcheck", "A credential broker for test runs.")
    parser.usage = "credcheck [OPTIONS] [COMMAND] …"
    width = max(map(len, COMMANDS))
    parser.epilog = "commands (check, if none is named):\n" + "\n".join(
        f"  {name:<{width}}  {told}" for name, (_, told) in COMMANDS.items()
    )
    parser.epilog += "\n\nexample:\n  credcheck check --context ci"
    parser.print_help()
    return 0


def _parser(prog: str, description: str) -> ArgumentParser:
    """Make a parser with the global options; they stand before or after the command."""
    from argparse import ArgumentParser, RawDescriptionHelpFormatter

    class Parser(ArgumentParser):
        """Complains in one sentence, without a wall of usage."""

        def error(self, message: str) -> NoReturn:
            raise CommandLineError(_plain(message, self), f"see {self.prog} --help")

    class Formatter(RawDescriptionHelpFormatter):
        """As wide as the terminal; argparse would import shutil to find that out."""

        def __init__(self, prog: str) -> None:
            super().__init__(prog, width=_width())

    first, _, rest = description.partition("\n\n")
    parser = Parser(
        prog=prog,
        description=first,
        epilog=rest.strip() or None,
        formatter_class=Formatter,
        allow_abbrev=False,
    )
    shared = parser.add_argument_group("global options")
    shared.add_argument("--manifest", metavar="PATH", help="the manifest's file")
    shared.add_argument(
        "--context", metavar="local|ci|fork", help="who is running; detected if not said"
    )
    shared.add_argument(
        "--color", metavar="auto|always|never", default="auto", help="when to use color"
    )
    shared.add_argument("--version", action="version", version=f"credcheck {__version__}")
    return parser


def _width() -> int:
    try:
        columns = int(os.environ.get("COLUMNS", "")) if "COLUMNS" in os.environ else 0
        return min(columns or os.get_terminal_size().columns, 100) - 2
    except (OSError, ValueError):
        return 78


def _plain(message: str, parser: ArgumentParser) -> str:
    """Add a did-you-mean to argparse's complaint about an unknown option."""
    if message.startswith("unrecognized arguments: "):
        word = message.removeprefix("unrecognized arguments: ").split()[0]
        options = [o for action in parser._actions for o in action.option_strings]  # noqa: SLF001
        return f"there is no option {word!r}{suggest(word, options)}"
    return message


def _parse(parser: ArgumentParser, words: Sequence[str]) -> Namespace:
    args = parser.parse_args(words)
    if args.color not in {"auto", "always", "never"}:
        raise CommandLineError(
            f"--color cannot be {args.color!r}{suggest(args.color, ('auto', 'always', 'never'))}",
            "use one of: auto, always, never",
        )
    return args


def _complain(error: CredcheckError) -> None:
    for number, line in enumerate(error.message.split("\n")):
        print(f"credcheck: error: {line}" if number == 0 else f"  {line}", file=sys.stderr)
    if error.hint:
        print(f"  hint: {error.hint}", file=sys.stderr)


def _internal(error: Exception) -> CredcheckError:
    """Name our own mistake by its place; its text is not shown, for it may hold a value."""
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    where = ""
    if trace is not None:
        where = f" at {trace.tb_frame.f_globals.get('__name__')}:{trace.tb_lineno}"
    return CredcheckError(
        f"internal error: {type(error).__name__}{where}",
        "this is a mistake of credcheck; please report the line above",
    )
