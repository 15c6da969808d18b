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
    from typing import NoReturn, TextIO

    from credcheck.model import Report, SecretStatus

USAGE, SOFTWARE, INTERRUPTED = 2, 70, 130

# name -> module with `add_arguments` and `run`, and one line for `--help`; imported when chosen
COMMANDS = {
    "check": ("credcheck.cli.check", "tell which suites will run, which will be skipped, and why"),
    "explain": ("credcheck.cli.explain", "tell the trail of one secret, and what to do"),
    "init": ("credcheck.cli.init", "write a first manifest from what the project says already"),
    "bootstrap": ("credcheck.cli.bootstrap", "bring this machine to ready: pull, ask, write"),
    "run": ("credcheck.cli.run", "run a command with the credentials, and scrub its output"),
    "export": ("credcheck.cli.export", "hand the resolved test credentials on"),
    "sources": ("credcheck.cli.sources", "tell the health of each source"),
    "schema": ("credcheck.cli.schema", "print the JSON Schema of the manifest, or of the report"),
    "services": ("credcheck.cli.services", "tell what is known of a vendor's keys"),
    "completion": ("credcheck.cli.completion", "print the script for completion at TAB"),
    "scan": ("credcheck.cli.scan", "look for live keys and this project's values in files"),
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
        return _guarded(words)
    finally:
        if collects:
            gc.enable()


def _guarded(words: list[str]) -> int:
    """Run, and map what goes wrong to an exit code; no mistake of a user shows a traceback."""
    try:
        code = _run(words)
        say("")
    except KeyboardInterrupt:
        return INTERRUPTED
    except BrokenPipeError:
        _abandon(sys.stdout)
        return 0
    except UsageError as error:
        complain(error)
        return USAGE
    except Exception as error:  # noqa: BLE001
        complain(_internal(error))
        return SOFTWARE
    return code


def _run(words: list[str]) -> int:
    if words == ["--version"]:
        say(f"credcheck {__version__}\n")
        return 0
    command, rest = _command_of(words)
    if command is None:
        return _without_command(words)
    try:
        os.getcwd()  # noqa: PTH109  # not every command needs pathlib
    except OSError:
        raise CommandLineError("the working directory is gone", "cd into one that exists") from None
    from importlib import import_module

    module = import_module(COMMANDS[command][0])
    parser = _parser(f"credcheck {command}", module.__doc__ or "")
    module.add_arguments(parser)
    try:
        args = _parse(parser, rest)
    except SystemExit:  # argparse's own end, after `--help` and `--version`
        return 0
    code: int = module.run(args)
    return code


def _command_of(words: Sequence[str]) -> tuple[str | None, Sequence[str]]:
    """Take the command out; None when `--help` or `--version` of the whole program is asked for.

    Raises:
        CommandLineError: there is no such command.
    """
    expects_value = False
    for place, word in enumerate(words):
        if expects_value:
            expects_value = False
        elif word in _GLOBAL_WITH_VALUE:
            expects_value = True
        elif word in {"-h", "--help", "--version"}:
            return None, words
        elif not word.startswith("-"):
            if word in COMMANDS:
                return word, (*words[:place], *words[place + 1 :])
            known = ", ".join(COMMANDS)
            raise CommandLineError(
                f"there is no command {word!r}{suggest(word, tuple(COMMANDS))}",
                f"the commands are: {known}; see credcheck --help",
            )
        elif word.partition("=")[0] not in _GLOBAL_WITH_VALUE:
            break  # an option of `check`
    return DEFAULT_COMMAND, words


def _without_command(words: Sequence[str]) -> int:
    if "--version" in words and not {"-h", "--help"} & set(words):
        say(f"credcheck {__version__}\n")
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
            # an argument may be a credential that was pasted in the wrong place
            plain = message.partition("ignored explicit argument")
            told = f"{plain[0]}it takes no value" if plain[1] else message
            raise CommandLineError(told, f"see {self.prog} --help")

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


def add_suites(parser: ArgumentParser, what: str = "only what this suite needs") -> None:
    """Declare `--suite`, which may be said several times."""
    parser.add_argument(
        "--suite", action="append", default=[], metavar="NAME", help=f"{what} (repeatable)"
    )


def _width() -> int:
    try:
        columns = int(os.environ.get("COLUMNS", "")) if "COLUMNS" in os.environ else 0
        return min(columns or os.get_terminal_size().columns, 100) - 2
    except (OSError, ValueError):
        return 78


def _parse(parser: ArgumentParser, words: Sequence[str]) -> Namespace:
    args, extra = parser.parse_known_args(words)
    if extra:
        raise _unexpected(parser, extra)
    if args.color not in {"auto", "always", "never"}:
        raise CommandLineError(
            f"--color cannot be {args.color!r}{suggest(args.color, ('auto', 'always', 'never'))}",
            "use one of: auto, always, never",
        )
    return args


def _unexpected(parser: ArgumentParser, extra: Sequence[str]) -> CommandLineError:
    """Name an unknown option, and no more of it than its name: it may hold a credential."""
    hint = f"see {parser.prog} --help"
    option = next((word for word in extra if word.startswith("-")), None)
    if option is not None:
        name = option.partition("=")[0] if option.startswith("--") else option[:2]
        options = [o for action in parser._actions for o in action.option_strings]  # noqa: SLF001
        return CommandLineError(f"there is no option {name!r}{suggest(name, options)}", hint)
    command = next((word for word in extra if word in COMMANDS), None)
    if command is not None:
        return CommandLineError(
            f"the command {command!r} stands behind an option of {parser.prog!r}",
            f"put it first: credcheck {command} …",
        )
    return CommandLineError(f"{parser.prog} was given an argument too many", hint)


def say(text: str) -> None:
    """Write to standard output, at once; what it cannot show is escaped.

    A reader that went away (`credcheck | head`) and an output that is closed are no errors: the
    exit code tells the same.

    Raises:
        CommandLineError: it cannot be written, as on a full disk.
    """
    if sys.stdout is None:
        return
    encoding = sys.stdout.encoding or "utf-8"
    try:
        sys.stdout.write(text.encode(encoding, "backslashreplace").decode(encoding))
        sys.stdout.flush()
    except BrokenPipeError:
        _abandon(sys.stdout)
    except OSError as error:
        raise _unwritable_output(error) from None


def emit(data: bytes) -> None:
    """Write bytes to standard output as they are; the rest is as in :func:`say`.

    Raises:
        CommandLineError: they cannot be written.
    """
    if sys.stdout is None:
        return
    try:
        sys.stdout.flush()
        sys.stdout.buffer.write(data)
        sys.stdout.buffer.flush()
    except BrokenPipeError:
        _abandon(sys.stdout)
    except OSError as error:
        raise _unwritable_output(error) from None


def _unwritable_output(error: OSError) -> CommandLineError:
    _abandon(sys.stdout)
    why = os.strerror(error.errno) if error.errno else "unknown reason"
    return CommandLineError(f"standard output cannot be written: {why}", "df -h")


def _abandon(stream: TextIO) -> None:
    """Write no more: Python would try again at its exit, complain, and change the exit code."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, stream.fileno())
    os.close(nowhere)


def complain(error: CredcheckError) -> None:
    """Tell an error on standard error; nothing in it can move the cursor or forge a line."""
    first, *more = error.message.split("\n")
    lines = [f"credcheck: error: {first}", *(f"  {line}" for line in more)]
    if error.hint:
        lines.append(f"  hint: {error.hint}")
    remark(*lines)


def remark(*lines: str) -> None:
    """Write lines to standard error."""
    from credcheck.reporters.wording import printable

    if sys.stderr is None:
        return
    try:
        print(*map(printable, lines), sep="\n", file=sys.stderr, flush=True)
    except OSError:  # there is nobody left to be told
        _abandon(sys.stderr)


def refuse_delivery(report: Report) -> int:
    """Say on standard error why nothing is handed on, and give the exit code."""
    from credcheck.reporters import render

    remark(*render("text", report).splitlines())
    return report.exit_code


def note_left_out(missing: Sequence[SecretStatus]) -> None:
    """Say on standard error which secrets are not handed on, by a policy that allows it."""
    for secret in missing:
        hint = f"; {secret.hint}" if secret.hint else ""
        remark(f"credcheck: without {secret.name}, which is {secret.state}{hint}")


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
