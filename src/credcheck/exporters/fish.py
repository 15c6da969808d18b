r"""Commands of the fish shell, for `credcheck export --format fish | source`.

In fish's single quotes a quote and a backslash are escaped by a backslash, and nothing else is
special. https://fishshell.com/docs/current/language.html#quotes
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from credcheck.exporters.limits import no_nul

if TYPE_CHECKING:
    from collections.abc import Mapping


def obstacle(name: str, value: str) -> str:  # noqa: ARG001
    """Say why a value cannot be carried."""
    return no_nul(value)


def render(values: Mapping[str, str]) -> str:
    """Give a `set -gx` for each secret."""
    return "".join(f"set -gx {name} {_quoted(value)}\n" for name, value in values.items())


def _quoted(value: str) -> str:
    return "'" + value.replace("\\", "\\\\").replace("'", "\\'") + "'"
