"""A dotenv file, exact as python-dotenv reads it without interpolation."""

from __future__ import annotations

from typing import TYPE_CHECKING

from credcheck.envfile import assignment
from credcheck.exporters.limits import no_nul, not_text

if TYPE_CHECKING:
    from collections.abc import Mapping


def obstacle(name: str, value: str) -> str:
    """Say why a value cannot be carried."""
    limits = no_nul(value) or not_text(value)
    if not limits and assignment(name, value) is None:
        return "no spelling of it is read back exactly by the installed python-dotenv"
    return limits


def render(values: Mapping[str, str]) -> str:
    """Give a line for each secret."""
    return "".join(f"{assignment(name, value)}\n" for name, value in values.items())
