"""One JSON object: the variable's name, its value; all in ASCII."""

from __future__ import annotations

from typing import TYPE_CHECKING

from credcheck.exporters.limits import not_text

if TYPE_CHECKING:
    from collections.abc import Mapping


def obstacle(name: str, value: str) -> str:  # noqa: ARG001
    """Say why a value cannot be carried."""
    return not_text(value)


def render(values: Mapping[str, str]) -> str:
    """Give the object, a member a line."""
    import json

    return json.dumps(dict(values), indent=2) + "\n"
