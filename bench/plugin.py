"""What the pytest plugin costs: its import, and each of ten thousand tests that do nothing."""

from __future__ import annotations

import os
import subprocess
import sys
from functools import partial
from statistics import median, quantiles
from typing import TYPE_CHECKING

from measuring import Row, processor, write_project

if TYPE_CHECKING:
    from pathlib import Path

IMPORT = """
import time, pytest
begin = time.perf_counter()
import credcheck.pytest_plugin
print((time.perf_counter() - begin) * 1000)
"""
PYTEST = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider"]


def rows(folder: Path, runs: int, *, tests: int) -> list[Row]:
    """Measure the import, a run without a manifest, and one with ten secrets."""
    idle, ten = folder / "idle", folder / "ten"
    idle.mkdir(parents=True)
    write_project(ten, 10)
    for project in (idle, ten):
        write_tests(project, tests)
    told = f"{tests:,} tests that do nothing"
    return [
        plugin_import(runs),
        more(f"idle plugin, {told}", idle, runs, budget=1),
        more(f"ten secrets, {told}", ten, runs, budget=2),
    ]


def plugin_import(runs: int) -> Row:
    """Measure the import of the plugin in a process that has imported pytest."""
    command = [sys.executable, "-c", IMPORT]
    times = [
        float(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
        for _ in range(runs + 1)
    ]
    return Row("import of the plugin, after pytest", median(times[1:]), 5, " ms", "")


def write_tests(project: Path, tests: int) -> None:
    """Write files of five hundred tests, which need no secret."""
    a_file = "".join(f"def test_{number}():\n    pass\n" for number in range(500))
    for number in range(tests // 500):
        (project / f"test_{number}.py").write_text(a_file)
    (project / "pytest.ini").write_text("[pytest]\n")


def more(what: str, project: Path, runs: int, *, budget: float) -> Row:
    """Measure how much more processor time a run takes with the plugin than without it.

    Each pair of runs gives one ratio, and the median of these counts: a busy moment hits both
    runs of a pair. Which of them is first changes.
    """
    environ = {**os.environ, "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}
    environ.pop("PYTHONDONTWRITEBYTECODE", None)  # everybody's second run has compiled files
    measure = partial(processor, folder=project, environ=environ)
    commands = {"without": PYTEST, "with": [*PYTEST, "-p", "credcheck.pytest_plugin"]}
    ratios, least = [], {name: measure(command) for name, command in commands.items()}
    for count in range(runs):
        names = ["with", "without"] if count % 2 else ["without", "with"]
        spent = {name: measure(commands[name]) for name in names}
        ratios.append((spent["with"] / spent["without"] - 1) * 100)
        least = {name: min(least[name], spent[name]) for name in names}
    low, _, high = quantiles(ratios, n=4)
    detail = (
        f"half of the pairs {low:+.1f} to {high:+.1f} %; fastest runs"
        f" {least['with']:.2f} s against {least['without']:.2f} s of processor time"
    )
    return Row(what, median(ratios), budget, " %", detail)
