"""The page about pytest shows what really happens."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pytest

PAGE = Path(__file__).parents[3] / "docs" / "how-to" / "pytest.md"


def block(language: str) -> str:
    found = re.search(
        rf"^```{language}\n(.*?)^```", PAGE.read_text("utf-8"), re.MULTILINE | re.DOTALL
    )
    assert found
    return found.group(1)


def test_the_example_ends_as_the_page_says(
    pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in list(os.environ):
        if name.startswith(("CI", "GITHUB_", "GITLAB_", "CREDCHECK_")) or name.endswith("_KEY"):
            monkeypatch.delenv(name)
    (pytester.path / "test_shop.py").write_text(block("python"))
    result = pytester.runpytest_inprocess("-p", "no:randomly", "-p", "no:xdist")
    result.assert_outcomes(passed=1, skipped=4)
    lines = result.stdout.lines
    start = next(n for n, line in enumerate(lines) if "= credcheck =" in line) + 1
    shown = block("text").splitlines()
    assert lines[start : start + len(shown)] == shown
    rest = [line for line in lines[start + len(shown) :] if line.strip()]
    assert [line.startswith("=") for line in rest] == [True]


def test_the_page_names_every_option(pytester: pytest.Pytester) -> None:
    help_text = pytester.runpytest_inprocess("--help").stdout.str()
    options = set(re.findall(r"--credcheck-\w+", help_text))
    assert options
    assert options == set(re.findall(r"--credcheck-\w+", PAGE.read_text("utf-8")))
