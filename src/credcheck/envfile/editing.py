"""A dotenv text with some values changed; comments, order and every other line stay."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from credcheck.envfile.quoting import assignment
from credcheck.errors import DotenvError
from credcheck.sources.dotenv import parse

if TYPE_CHECKING:
    from collections.abc import Mapping

# One binding as python-dotenv delimits it: what stands before the value, the value, a comment.
_BINDING = re.compile(
    r"(?P<head>\s*(?:export[^\S\r\n]+)?)[^=\r\n]+="
    r"(?:[^\S\r\n]*(?:'(?:\\.|[^'\\])*'|\"(?:\\.|[^\"\\])*\"|[^\r\n'\"][^\r\n]*?|))"
    r"(?P<comment>[^\S\r\n]+#[^\r\n]*)?(?P<end>[^\S\r\n]*(?:\r\n|\n|\r|$))",
    re.DOTALL,
)


def edit(text: str, changes: Mapping[str, str], label: str) -> str:
    """Give the text with new values.

    Args:
        text: the file as it is; empty for a new one.
        changes: the values by variable name. A line that holds the name is changed in place, a
            name that is not there is added at the end.
        label: the file's name, for messages.

    Raises:
        DotenvError: the text is not a dotenv file, or no line can hold a value exactly; the secret
            is named.
    """
    before = _values(text, label)
    lines = {}
    for name, value in changes.items():
        line = assignment(name, value)
        if line is None:
            raise DotenvError(
                f"{label} cannot hold {name} exactly: no line would be read back as the value is",
                "keep it in another place: --store keyring, or the manifest's vault or aws",
            )
        lines[name] = line
    for keep_comments in (True, False):
        edited = _edited(text, lines, keep_comments=keep_comments)
        if _values(edited, label) == {**before, **changes}:
            return edited
    raise DotenvError(
        f"{label} has lines that no new value can stand beside: "
        + ", ".join(sorted(changes.keys() & before.keys()) or sorted(changes)),
        f"take their lines out of {label}, and run the command again",
    )


def _values(text: str, label: str) -> dict[str, str]:
    return {line.name: line.text for line in parse(text, label) if line.name is not None}


def _edited(text: str, lines: Mapping[str, str], *, keep_comments: bool) -> str:
    from io import StringIO

    from dotenv.parser import parse_stream

    end_of_line = "\r\n" if "\r\n" in text else "\n"
    parts, left = [], dict(lines)
    for binding in parse_stream(StringIO(text, newline="")):
        original = binding.original.string
        if binding.key is not None and binding.key in lines:
            left.pop(binding.key, None)
            original = _changed(original, lines[binding.key], keep_comments=keep_comments)
        parts.append(original)
    edited = "".join(parts)
    if left and edited and not edited.endswith(("\n", "\r")):
        edited += end_of_line
    return edited + "".join(line + end_of_line for line in left.values())


def _changed(original: str, line: str, *, keep_comments: bool) -> str:
    match = _BINDING.fullmatch(original)
    if match is None:
        head = original[: len(original) - len(original.lstrip())]
        return head + line + "\n"
    comment = (match["comment"] or "") if keep_comments else ""
    return match["head"] + line + comment + match["end"].lstrip(" \t")
