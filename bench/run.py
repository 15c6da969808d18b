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
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING

import plugin
import scrubbing
from measuring import Row, interleaved, wall, write_project

if TYPE_CHECKING:
    from collections.abc import Mapping

CREDCHECK = Path(sys.executable).with_name("credcheck.exe" if os.name == "nt" else "credcheck")
LOAD_SERVICES = """
import time
from credcheck import services
begin = time.perf_counter()
services.load_service("stripe")
one = time.perf_counter()
number = len(list(services.all_services()))
print((one - begin) * 1000, (time.perf_counter() - begin) * 1000, number)
"""


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
            *plugin.rows(place / "plugin", runs, tests=2_000 if options.quick else 10_000),
            *scrubbing.rows(3 if options.quick else 7),
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


if __name__ == "__main__":
    sys.exit(main())
