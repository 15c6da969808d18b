"""One field out of what a remote source holds; no sentence holds a value."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from credcheck.model import Absent, Empty, Found
from credcheck.secret import Secret

if TYPE_CHECKING:
    from collections.abc import Mapping

    from credcheck.model import Answer

NAMES_SHOWN = 20


def pick(fields: Mapping[str, object], field: str | None, where: str) -> Answer:
    """Take a field.

    Args:
        fields: everything that stands at the place.
        field: the one that is wanted; None for the only one there is.
        where: the place, for people.

    Returns:
        `Found` with a text as it is and anything else as JSON (as `vault kv get -field` does),
        `Empty` for an empty or null one, `Absent` with the names of those that exist.
    """
    if field is None and len(fields) == 1:
        (field,) = fields
    if field is None:
        return Absent(f"{where} has {len(fields)} fields; name one behind #: {_names(fields)}")
    if field not in fields:
        return Absent(f"{where} has no field {field!r}; it has: {_names(fields)}")
    value = fields[field]
    located = f"{where}#{field}"
    if value is None or value == "":
        return Empty(f"{located} has no value")
    return Found(
        Secret(value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)), located
    )


def whole(text: str, where: str) -> Answer:
    """Take everything that stands at a place."""
    return Found(Secret(text), where)


def _names(fields: Mapping[str, object]) -> str:
    """Name the fields, never what they hold."""
    shown = sorted(map(repr, fields))
    if len(shown) > NAMES_SHOWN:
        return ", ".join([*shown[:NAMES_SHOWN], f"and {len(shown) - NAMES_SHOWN} more"])
    return ", ".join(shown) or "none"
