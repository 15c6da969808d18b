"""How resolved secrets are handed on: the register of the formats.

Each module has `render(values) -> str`, `obstacle(value) -> str`, which says in words why a value
cannot be carried (an empty text if it can), and the encoding of what it renders.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Protocol, cast

from credcheck.errors import CommandLineError, suggest

if TYPE_CHECKING:
    from collections.abc import Mapping

    from credcheck.secret import Secret

# name -> module; imported when it is asked for
EXPORTERS = {
    "dotenv": "credcheck.exporters.dotenv",
    "shell": "credcheck.exporters.shell",
    "fish": "credcheck.exporters.fish",
    "powershell": "credcheck.exporters.powershell",
    "json": "credcheck.exporters.json",
    "github": "credcheck.exporters.github",
    "docker": "credcheck.exporters.docker",
}


class Exporter(Protocol):
    """What a module of this folder offers."""

    def obstacle(self, name: str, value: str) -> str:
        """Say why the format cannot carry a value; nothing if it can."""
        ...

    def render(self, values: Mapping[str, str]) -> str:
        """Give the whole text."""
        ...


def check_exporter(name: str) -> None:
    """Make sure that a format exists.

    Raises:
        CommandLineError: it does not.
    """
    if name not in EXPORTERS:
        raise CommandLineError(
            f"there is no format {name!r}{suggest(name, tuple(EXPORTERS))}",
            f"use one of: {', '.join(EXPORTERS)}",
        )


def export(name: str, values: Mapping[str, Secret]) -> bytes:
    """Show secrets in one format.

    Args:
        name: a key of ``EXPORTERS``.
        values: the secrets by variable name.

    Returns:
        The text, with the values, as bytes: a value of the environment that is not UTF-8 comes out
        as it went in, where the format can hold it.

    Raises:
        CommandLineError: there is no such format, or it cannot carry a value; all are named.
    """
    check_exporter(name)
    exporter = cast("Exporter", import_module(EXPORTERS[name]))
    revealed = {variable: secret.reveal() for variable, secret in values.items()}
    problems = [
        f"{variable}: {why}"
        for variable, value in revealed.items()
        if (why := _unnamable(name, variable) or exporter.obstacle(variable, value))
    ]
    if problems:
        raise CommandLineError(
            f"the format {name} cannot carry every secret; nothing was written:\n"
            + "\n".join(problems),
            "use --format json, or leave the secret out by naming suites: --suite NAME",
        )
    return exporter.render(revealed).encode("utf-8", "surrogateescape")


def _unnamable(exporter: str, variable: str) -> str:
    if exporter == "json" or (variable.isascii() and variable.isidentifier()):
        return ""
    return "its name is no variable name (letters, digits and _)"
