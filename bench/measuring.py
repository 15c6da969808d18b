"""How things are measured: in turn, whole processes, one row of the table for each."""

from __future__ import annotations

import os
import random
import subprocess
import sys
import time
from statistics import median
from string import ascii_letters, digits
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path


class Row(NamedTuple):
    """One line of the table."""

    what: str
    measured: float
    budget: float | None  # None: for information
    unit: str
    detail: str

    @property
    def kept(self) -> bool:
        """Whether the budget is kept."""
        if self.budget is None:
            return True
        if self.unit == " MB/s":
            return self.measured >= self.budget
        return self.measured <= self.budget


def write_project(project: Path, number: int) -> list[str]:
    """Make a project with so many secrets, one suite and one test file; give the names."""
    names = [f"STRIPE_TEST_KEY_{count}" for count in range(number)]
    tables = "".join(f'[secrets.{name}]\nservice = "stripe"\n' for name in names)
    suite = f"[suites.payments]\nrequires = {names!r}\npaths = ['tests']\n"
    key = random.Random(7)
    tails = ("".join(key.choices(ascii_letters + digits, k=24)) for _ in names)
    values = (f"{name}=sk_{'test'}_{tail}\n" for name, tail in zip(names, tails, strict=True))
    (project / "tests").mkdir(parents=True)
    (project / "tests" / "test_payments.py").write_text("def test_charge():\n    pass\n")
    (project / "credcheck.toml").write_text(tables + suite)
    (project / ".env.test").write_text("".join(values))
    (project / ".env.test").chmod(0o600)
    return names


def interleaved(
    measures: Mapping[str, Callable[[], float]],
    runs: int,
    choose: Callable[[Sequence[float]], float] = median,
) -> dict[str, float]:
    """Measure each in turn, after one run that does not count; seconds."""
    times: dict[str, list[float]] = {name: [] for name in measures}
    for count in range(runs + 1):
        for name, measure in measures.items():
            spent = measure()
            if count:
                times[name].append(spent)
    return {name: choose(spent) for name, spent in times.items()}


def wall(command: Sequence[str], folder: Path, variables: Mapping[str, str] = os.environ) -> float:
    """Run a command; seconds on the clock."""
    environ = {name: value for name, value in variables.items() if name != "CI"}
    begin = time.perf_counter()
    subprocess.run(command, cwd=folder, env=environ, check=True, stdout=subprocess.DEVNULL)
    return time.perf_counter() - begin


def processor(command: Sequence[str], folder: Path, environ: Mapping[str, str]) -> float:
    """Run a command; seconds of processor time."""
    if sys.platform == "win32":  # which does not count the time of its children
        return wall(command, folder)
    from resource import RUSAGE_CHILDREN, getrusage

    before = getrusage(RUSAGE_CHILDREN)
    subprocess.run(command, cwd=folder, env=environ, check=True, stdout=subprocess.DEVNULL)
    after = getrusage(RUSAGE_CHILDREN)
    return after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime
