"""Where pytest's own terminal reporter is not: switched off, or replaced by pytest-rich.

Only that reporter calls the hooks that tell of a run at its end, and says why a session was ended.
"""

from __future__ import annotations

import sys
from contextlib import nullcontext
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from credcheck.pytest_plugin.state import State


def tell_elsewhere(state: State) -> None:
    """Say why the run is refused, and list what did not run.

    A run without any terminal reporter is silent by wish: it is told of a refusal alone.
    """
    if state.refused:
        _tell_of_refusal(state)
    rich: Any = state.config.pluginmanager.getplugin("rich-terminal-reporter")
    if rich is not None:
        from credcheck.pytest_plugin.telling import summary

        summary(state, _RichTerminal(rich.console))


def _tell_of_refusal(state: State) -> None:
    capture: Any = state.config.pluginmanager.getplugin("capturemanager")
    with capture.global_and_fixture_disabled() if capture is not None else nullcontext():
        sys.stderr.write(f"{state.refusal_text()}\n")


class _RichTerminal:
    """What the summary needs of a terminal reporter, on pytest-rich's console."""

    def __init__(self, console: Any) -> None:
        self._console = console

    def section(self, title: str, sep: str) -> None:  # noqa: ARG002
        self._console.rule(title)

    def line(self, text: str) -> None:
        self._console.print(text, markup=False, highlight=False, soft_wrap=True)
