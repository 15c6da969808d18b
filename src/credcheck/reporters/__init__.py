"""How a report is shown: the register of the formats."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, NamedTuple

from credcheck.errors import CommandLineError, suggest

if TYPE_CHECKING:
    from credcheck.model import Report

# name -> module with `render(report, options) -> str`; imported when it is asked for
REPORTERS = {
    "text": "credcheck.reporters.text",
    "json": "credcheck.reporters.json",
    "github": "credcheck.reporters.github",
    "gitlab": "credcheck.reporters.gitlab",
    "junit": "credcheck.reporters.junit",
    "markdown": "credcheck.reporters.markdown",
    "html": "credcheck.reporters.html",
}


class RenderOptions(NamedTuple):
    """What a reader asks of the form."""

    color: bool = False


def check_format(name: str) -> None:
    """Make sure that a format exists.

    Raises:
        CommandLineError: it does not.
    """
    if name not in REPORTERS:
        known = ", ".join(REPORTERS)
        raise CommandLineError(
            f"there is no format {name!r}{suggest(name, tuple(REPORTERS))}", f"use one of: {known}"
        )


def render(name: str, report: Report, options: RenderOptions | None = None) -> str:
    """Show a report in one format.

    Args:
        name: a key of ``REPORTERS``.
        report: what to show.
        options: how.

    Raises:
        CommandLineError: there is no such format.
    """
    check_format(name)
    text: str = import_module(REPORTERS[name]).render(report, options or RenderOptions())
    return text
