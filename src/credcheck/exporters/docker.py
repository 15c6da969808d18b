r"""A file for `docker run --env-file`: `NAME=value`, every character of the value as it stands.

The reader is `ParseEnvFile` of github.com/docker/cli (`opts/envfile.go`, `pkg/kvfile`): lines end
with `\n`, one `\r` before it is dropped, a line is at most 64 KiB, UTF-8; there are no quotes.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from credcheck.exporters.limits import no_nul, not_text

if TYPE_CHECKING:
    from collections.abc import Mapping

_LONGEST = 64 * 1024 - 1  # bufio.MaxScanTokenSize, less the end of the line


def obstacle(name: str, value: str) -> str:
    """Say why a value cannot be carried."""
    if "\n" in value:
        return "it has more than one line, and an env-file has a line for each variable"
    if value.endswith("\r"):
        return "it ends with a carriage return, which docker drops"
    unfit = no_nul(value) or not_text(value)
    if not unfit and len(f"{name}={value}".encode()) >= _LONGEST:
        return "its line is longer than docker reads (64 KiB)"
    return unfit


def render(values: Mapping[str, str]) -> str:
    """Give a line for each secret."""
    return "".join(f"{name}={value}\n" for name, value in values.items())
