"""Measure what credcheck costs: one table of ratios, all in one run.

    uv run python bench/run.py            # medians of 15 interleaved runs, a few minutes
    uv run python bench/run.py --quick    # fewer runs, a fifth of the tests: an impression
    uv run python bench/run.py --check    # exit code 1 if a budget is exceeded

Times differ from machine to machine, ratios far less: each row compares two things that are
measured in turn, so that a busy moment hits both.
"""

from __future__ import annotations

import argparse
import os
import random
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from statistics import median
from string import ascii_letters, digits
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

CREDCHECK = Path(sys.executable).with_name("credcheck.exe" if os.name == "nt" else "credcheck")
PLUGIN_IMPORT = """
import time, pytest
begin = time.perf_counter()
import credcheck.pytest_plugin
print((time.perf_counter() - begin) * 1000)
"""

LOAD_SERVICES = """
import time
from credcheck import services
begin = time.perf_counter()
services.load_service("stripe")
one = time.perf_counter()
number = len(list(services.all_services()))
print((one - begin) * 1000, (time.perf_counter() - begin) * 1000, number)
"""


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
        return self.budget is None or self.measured <= self.budget


def main() -> int:
    """Print the table; give 1 if `--check` was asked for and a budget is exceeded."""
    parser = argparse.ArgumentParser(description="Measure what credcheck costs.")
    parser.add_argument("--quick", action="store_true", help="fewer runs: an impression")
    parser.add_argument("--check", action="store_true", help="exit 1 if a budget is exceeded")
    options = parser.parse_args()
    runs = 5 if options.quick else 15
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        rows = [
            *commands(place / "twenty", runs),
            plugin_import(runs),
            idle_plugin(place / "idle", runs, tests=2_000 if options.quick else 10_000),
            *thousand_secrets(place / "thousand", runs),
            load_services(runs),
            *judging(3 if options.quick else 7),
            *remote_sources(place / "remote", runs),
        ]
    print(f"\n{'what':<44}{'measured':>12}{'budget':>12}  detail")
    for row in rows:
        verdict = "" if row.kept else "  EXCEEDED"
        measured = f"{row.measured:.2f}{row.unit}"
        budget = "" if row.budget is None else f"{row.budget:g}{row.unit}"
        print(f"{row.what:<44}{measured:>12}{budget:>12}  {row.detail}{verdict}")
    return int(options.check and not all(row.kept for row in rows))


def commands(project: Path, runs: int) -> list[Row]:
    """Measure whole processes against a Python that does nothing."""
    write_project(project, 20)
    times = interleaved(
        {
            "pass": lambda: wall([sys.executable, "-c", "pass"], project),
            "version": lambda: wall([str(CREDCHECK), "--version"], project),
            "check": lambda: wall([str(CREDCHECK), "check"], project),
        },
        runs,
    )
    bare = times["pass"]
    return [
        Row(
            "credcheck check, 20 secrets in .env.test",
            times["check"] / bare,
            5.5,
            "x",
            f"{times['check'] * 1000:.1f} ms against {bare * 1000:.1f} ms of python -c pass",
        ),
        Row(
            "credcheck --version",
            times["version"] / bare,
            3,
            "x",
            f"{times['version'] * 1000:.1f} ms",
        ),
    ]


def remote_sources(folder: Path, runs: int) -> list[Row]:
    """Measure cold checks of one secret in a remote source, and fetches in round trips."""
    import remote

    def compare(measured: list[str], bare: list[str], environ: Mapping[str, str], at: Path) -> str:
        times = interleaved(
            {"check": lambda: wall(measured, at, environ), "pass": lambda: wall(bare, at, environ)},
            runs,
        )
        return f"{times['check'] / times['pass']:.2f} {times['check'] * 1000:.1f}"

    rows = []
    for source, budget in (("vault", 15), ("aws", 28)):
        told = remote.cold_check(folder / source, source, compare, [str(CREDCHECK), "check"])
        ratio, milliseconds = map(float, told.split())
        what = f"credcheck check, one secret in {source}"
        rows.append(
            Row(
                what,
                ratio,
                budget,
                "x",
                f"{milliseconds:.0f} ms, with a server that answers at once",
            )
        )
    for trips in remote.trips():
        detail = "round trips of 20 ms, wall time"
        rows.append(Row(trips.what, trips.measured, trips.budget, "", detail))
    return rows


def plugin_import(runs: int) -> Row:
    """Measure the import of the plugin in a process that has imported pytest."""
    command = [sys.executable, "-c", PLUGIN_IMPORT]
    times = [
        float(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
        for _ in range(runs + 1)
    ]
    return Row("import of the plugin, after pytest", median(times[1:]), 5, " ms", "")


def idle_plugin(project: Path, runs: int, *, tests: int) -> Row:
    """Measure a project that uses nothing of credcheck, with and without the plugin.

    The fastest run of each is compared: what disturbs a run only ever makes it slower.
    """
    project.mkdir()
    a_file = "".join(f"def test_{number}():\n    pass\n" for number in range(500))
    for number in range(tests // 500):
        (project / f"test_{number}.py").write_text(a_file)
    (project / "pytest.ini").write_text("[pytest]\n")
    environ = {**os.environ, "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider"]
    plugin = [*command, "-p", "credcheck.pytest_plugin"]
    times = interleaved(
        {
            "without": lambda: processor(command, project, environ),
            "with": lambda: processor(plugin, project, environ),
        },
        runs,
        choose=min,
    )
    more = (times["with"] / times["without"] - 1) * 100
    detail = f"{times['with']:.2f} s against {times['without']:.2f} s of processor time"
    return Row(f"idle plugin, {tests:,} tests that do nothing", more, 1, " %", detail)


def thousand_secrets(project: Path, runs: int) -> list[Row]:
    """Measure reading, and reading with judging, in a process that has done it once before."""
    from credcheck import Broker
    from credcheck.model import Request
    from credcheck.sources.dotenv import DotenvSource

    names = write_project(project, 1_000)
    read, resolve = [], []
    for _ in range(runs + 1):
        broker = Broker.load(environ={}, cwd=project, context="local")
        requests = [Request(spec) for spec in broker.manifest.secrets.values()]
        source = DotenvSource.open(broker.manifest, broker.context)
        begin = time.perf_counter()
        source.fetch(requests)
        read.append((time.perf_counter() - begin) * 1000)
        begin = time.perf_counter()
        broker.resolve(names)
        resolve.append((time.perf_counter() - begin) * 1000)
    assert all(broker.status(name).state == "ready" for name in names)
    return [
        Row("1,000 secrets from .env.test, warm", median(read[1:]), 20, " ms", ""),
        Row("… and each one judged", median(resolve[1:]), None, " ms", ""),
    ]


def load_services(runs: int) -> Row:
    """Measure loading every service in a process that has loaded none."""
    command = [sys.executable, "-c", LOAD_SERVICES]
    printed = [
        subprocess.run(command, check=True, capture_output=True, text=True).stdout.split()
        for _ in range(runs + 1)
    ]
    one, every = (median(float(times[at]) for times in printed[1:]) for at in (0, 1))
    detail = f"{printed[0][2]} services; the first one alone {one:.2f} ms"
    return Row("loading all services", every, 8, " ms", detail)


def judging(runs: int) -> list[Row]:
    """Measure single verdicts: of typical values, and of hostile megabytes."""
    from judging import growth, warm

    each, which = warm(runs)
    ratio, text, slowest = growth(min(runs, 3))
    return [
        Row("one verdict, warm, every service loaded", each, 60, " us", which),
        Row("a verdict on 2 MB against 1 MB, hostile", ratio, 2.5, "x", f"the worst: {text}"),
        Row("… the slowest of these", slowest, 2, " s", "2 MB"),
    ]


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


if __name__ == "__main__":
    sys.exit(main())
