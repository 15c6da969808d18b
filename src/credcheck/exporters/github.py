"""The file `$GITHUB_ENV` of a step in GitHub Actions, and the masks that go before it.

The forms are those of https://docs.github.com/actions/reference/workflow-commands-for-github-actions.
The delimiter is random, so that no value can end its own and set a variable of its choice.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from credcheck.exporters.limits import no_nul, not_text

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

# A shorter text would be masked in every second line of the log.
SHORTEST_VALUE = 4
SHORTEST_PART = 8


def obstacle(name: str, value: str) -> str:
    """Say why a value cannot be carried."""
    if name == "NODE_OPTIONS" or name.startswith(("GITHUB_", "RUNNER_")):
        return "GitHub lets no step set a variable of that name"
    return no_nul(value) or not_text(value)


def render(values: Mapping[str, str]) -> str:
    """Give what is to be appended to the file."""
    from secrets import token_hex

    text = ""
    for name, value in values.items():
        mark = f"ghadelimiter_{token_hex(16)}"
        text += f"{name}<<{mark}\n{value}\n{mark}\n"
    return text


def masks(values: Mapping[str, str]) -> str:
    """Give the commands that keep the values out of the log; they hold them, in the clear.

    A text of several lines is masked by line, since the log is; a short line, such as a brace,
    would make the log unreadable. The texts inside a JSON value are masked too.
    """
    parts = dict.fromkeys(part for value in values.values() for part in _parts(value))
    return "".join(f"::add-mask::{_escape(part)}\n" for part in parts)


def _parts(value: str) -> Iterator[str]:
    lines = _lines(value)
    if len(lines) == 1 and len(lines[0]) >= SHORTEST_VALUE:
        yield lines[0]
    yield from (line for line in lines if len(line) >= SHORTEST_PART)
    if value.lstrip()[:1] in {"{", "["}:
        import json

        try:
            tree = json.loads(value)
        except (ValueError, RecursionError):
            return
        for leaf in _leaves(tree):
            yield from (line for line in _lines(leaf) if len(line) >= SHORTEST_PART)


def _lines(text: str) -> list[str]:
    """Give the lines as a log has them: a form feed, say, ends none."""
    lines = (line.strip() for line in text.replace("\r", "\n").split("\n"))
    return [line for line in lines if line]


def _leaves(tree: object) -> Iterator[str]:
    if isinstance(tree, str):
        yield tree
    elif isinstance(tree, dict | list):
        for branch in tree.values() if isinstance(tree, dict) else tree:
            yield from _leaves(branch)


def _escape(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")
