"""Print the script that completes the command's words in bash, zsh or fish.

  bash  credcheck completion bash > ~/.local/share/bash-completion/completions/credcheck
  zsh   credcheck completion zsh > ~/.zfunc/_credcheck      (a folder of $fpath)
  fish  credcheck completion fish > ~/.config/fish/completions/credcheck.fish

example:
  credcheck completion bash
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from credcheck.cli import say
from credcheck.completion import SHELLS, script
from credcheck.errors import CommandLineError, suggest

if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace


def add_arguments(parser: ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument("shell", metavar="SHELL", help="bash, zsh or fish")


def run(args: Namespace) -> int:
    """Print it.

    Raises:
        CommandLineError: there is none for that shell.
    """
    if args.shell not in SHELLS:
        raise CommandLineError(
            f"there is no completion for {args.shell!r}{suggest(args.shell, tuple(SHELLS))}",
            f"use one of: {', '.join(SHELLS)}",
        )
    say(script(args.shell))
    return 0
