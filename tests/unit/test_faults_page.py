"""The page about faults names tests that exist, and each row names one."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "explanation" / "faults.md").read_text(encoding="utf-8")


def test_every_test_that_the_page_names_exists() -> None:
    sources = [*(ROOT / "tests").rglob("test_*.py"), ROOT / "src" / "credcheck" / "testing.py"]
    text = "\n".join(path.read_text(encoding="utf-8") for path in sources)
    defined = set(re.findall(r"def (test_\w+)", text))
    named = set(re.findall(r"`(test_\w+)`", PAGE))
    assert len(named) > 70
    assert named - defined == set()


def test_every_row_names_a_test() -> None:
    rows = [line for line in PAGE.splitlines() if line.startswith("| ") and "fault |" not in line]
    assert [row for row in rows if "`test_" not in row] == []
