"""Commands of a POSIX shell, for `eval "$(credcheck export --format shell)"`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from credcheck.exporters.limits import no_nul

if TYPE_CHECKING:
    from collections.abc import Mapping


def obstacle(name: str, value: str) -> str:  # noqa: ARG001
    """Say why a value cannot be carried."""
    return no_nul(value)


def render(values: Mapping[str, str]) -> str:
    """Give an `export` for each secret; in single quotes nothing but a quote is special."""
    return "".join(f"export {name}={_quoted(value)}\n" for name, value in values.items())


def _quoted(value: str) -> str:
    return "'" + value.replace("'", "'\\''") + "'"
