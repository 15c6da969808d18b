"""The plan for people."""

from __future__ import annotations

from typing import TYPE_CHECKING

from credcheck.reporters.wording import printable

if TYPE_CHECKING:
    from collections.abc import Iterator

    from credcheck.bootstrap.planning import Plan, Step

_WORDS = {
    "keep": "stays as it is",
    "copy": "is copied to {place}",
    "ask": "is asked for",
    "sign-in": "needs a sign-in first",
    "wait": "comes from a fixture",
    "leave": "is not needed",
}
_STYLES = {"ask": "yellow", "sign-in": "red", "copy": "cyan", "keep": "green"}


def render(plan: Plan, place: str, *, width: int, color: bool) -> str:
    """Give a table: each secret, who needs it, how it is, what will be done.

    Args:
        plan: what to show.
        place: where values will be kept, in words.
        width: the columns of the terminal.
        color: whether it takes color.
    """
    import io

    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    out = io.StringIO()
    console = Console(
        file=out,
        width=width,
        force_terminal=color,
        no_color=not color,
        highlight=False,
        legacy_windows=False,
    )
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0))
    for heading in ("secret", "needed by", "now", "what happens"):
        table.add_column(heading, overflow="fold")
    for step in plan.steps:
        doing = Text(_WORDS[step.action].format(place=place), _STYLES.get(step.action, ""))
        table.add_row(Text(printable(step.name)), Text(_suites(step)), Text(_now(step)), doing)
    console.print(table)
    for line in _notes(plan):
        console.print(Text(line), soft_wrap=True)
    return "".join(line.rstrip() + "\n" for line in out.getvalue().splitlines())


def _suites(step: Step) -> str:
    return ", ".join(map(printable, step.suites)) or "no suite"


def _now(step: Step) -> str:
    status = step.status
    return f"{status.state} in {status.source}" if status.source else str(status.state)


def _notes(plan: Plan) -> Iterator[str]:
    """Say what a row has no room for: why, and what to paste to go on."""
    told = set()
    for step in plan.steps:
        if step.alternatives and step.action == "ask" and frozenset(step.alternatives) not in told:
            names = (step.name, *step.alternatives)
            told |= {frozenset(set(names) - {name}) for name in names}
            yield f"one of these is enough: {', '.join(map(printable, names))}"
    for step in plan.doing("sign-in"):
        yield f"{printable(step.name)}: {printable(step.status.reason)}"
        if step.status.hint:
            yield f"  next: {printable(step.status.hint)}"
