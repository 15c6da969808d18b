"""docs/reference/states.md and library.md say what the code does."""

from __future__ import annotations

import re
from pathlib import Path
from typing import get_args

from credcheck import Broker
from credcheck.model import ContextKind, State, SuiteOutcome

REFERENCE = Path(__file__).parents[2] / "docs" / "reference"


def rows(heading: str) -> list[str]:
    page = (REFERENCE / "states.md").read_text(encoding="utf-8")
    section = page.partition(f"\n## {heading}\n")[2].partition("\n## ")[0]
    return [
        word
        for line in section.splitlines()
        if line.startswith("| `")
        for word in re.findall(r"`(\w+)`", line.split("|")[1])
    ]


def test_every_state_has_a_row_and_no_other() -> None:
    assert sorted(rows("What becomes of a secret")) == sorted(get_args(State))


def test_every_outcome_has_a_row_and_no_other() -> None:
    assert rows("What becomes of a suite") == list(get_args(SuiteOutcome))


def test_every_context_has_a_row_and_no_other() -> None:
    assert rows("Contexts") == list(get_args(ContextKind))


def test_every_call_of_the_library_page_exists() -> None:
    page = (REFERENCE / "library.md").read_text(encoding="utf-8")
    calls = set(re.findall(r"`broker\.(\w+)\(", page))
    assert calls
    assert [name for name in calls if not callable(getattr(Broker, name, None))] == []
