"""Statements of PowerShell, for `credcheck export --format powershell | Out-String | iex`.

PowerShell decodes a program's output by the console's code page and splits it into lines, so what
is not printable ASCII is written as a code unit: `'a' + [char]0x000a + 'b'`. Nothing is special in
single quotes but the quote, which is doubled.
https://learn.microsoft.com/powershell/module/microsoft.powershell.core/about/about_quoting_rules
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from credcheck.exporters.limits import no_nul, not_text

if TYPE_CHECKING:
    from collections.abc import Mapping

_RUNS = re.compile(r"[ -~]+|[^ -~]")


def obstacle(name: str, value: str) -> str:  # noqa: ARG001
    """Say why a value cannot be carried."""
    return no_nul(value) or not_text(value)


def render(values: Mapping[str, str]) -> str:
    """Give an assignment for each secret, one line each."""
    return "".join(f"$env:{name} = {_expression(value)}\n" for name, value in values.items())


def _expression(value: str) -> str:
    """Join quoted texts and code units; a text stands first, so that `+` joins texts."""
    parts: list[str] = []
    for run in _RUNS.findall(value):
        if " " <= run[0] <= "~":
            parts.append("'" + run.replace("'", "''") + "'")
        else:
            units = run.encode("utf-16-be")
            parts += (f"[char]0x{units[i : i + 2].hex()}" for i in range(0, len(units), 2))
    if not parts or not parts[0].startswith("'"):
        parts.insert(0, "''")
    return " + ".join(parts)
