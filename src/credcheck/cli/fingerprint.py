"""Read a production credential from standard input, print the line for refuse.values.

The line reveals nothing of the credential: it is a scrypt digest with a salt of the project's own.

example:
  credcheck fingerprint < production-key.txt
"""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from credcheck.broker import Broker
from credcheck.classifier.fingerprint import fingerprint, salt_of
from credcheck.classifier.normalize import clean
from credcheck.cli import say
from credcheck.errors import CommandLineError

if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace

MAX_CHARACTERS = 1_000_000


def add_arguments(parser: ArgumentParser) -> None:
    """Declare no options: a credential is never an argument, which others could see."""


def run(args: Namespace) -> int:
    """Print the line.

    Raises:
        CommandLineError: there is no credential to be read.
    """
    manifest = Broker.load(
        args.manifest, context=args.context, environ=dict(os.environ), cwd=Path.cwd()
    ).manifest
    value = clean(read_value().strip())  # as a value is judged: one pair of quotes is no part of it
    if not value:
        raise CommandLineError(
            "there is no credential on standard input", "credcheck fingerprint < FILE"
        )
    # one salt for a project: the classifier then works out one digest a value
    salt = salt_of(manifest.refuse.values) or os.urandom(16)
    say(fingerprint(value, salt) + "\n")
    return 0


def read_value() -> str:
    """Read standard input, or ask without showing what is typed."""
    if sys.stdin is not None and sys.stdin.isatty():
        from getpass import getpass

        return getpass("production credential (not shown): ")
    try:
        return sys.stdin.read(MAX_CHARACTERS) if sys.stdin is not None else ""
    except UnicodeDecodeError:
        raise CommandLineError(
            "standard input is not text in UTF-8", "credcheck fingerprint < FILE"
        ) from None
