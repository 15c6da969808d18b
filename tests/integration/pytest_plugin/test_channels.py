"""No value leaves a run, by any of the ways in `channels.py`; without the plugin each one does."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from importlib.util import find_spec
from typing import TYPE_CHECKING, NamedTuple
from xml.etree import ElementTree as ET

import pytest
from packaging.version import Version

from integration.pytest_plugin.channels import (
    CHANNELS,
    CONFTEST,
    HOOKS,
    RAW,
    RUNS,
    SILENT_UNDER_XDIST,
)
from servers.finding import missing
from support.keys import tail
from support.leaks import Detector, everything_in

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

VALUES = {channel.secret: tail(44, seed=1000 + n) for n, channel in enumerate(CHANNELS)} | {
    f"KEY_{name.upper()}": tail(44, seed=2000 + n) for n, name in enumerate(HOOKS)
}


class Run(NamedTuple):
    """What a run has written, and how it ended."""

    leaked: set[str]
    ended: str
    code: int
    folder: Path
    output: str


def counts(output: str) -> str:
    """The counts of the last line, without the time."""
    found = re.findall(r"^=*\s*((?:\d+ [a-z ]+(?:, )?)+) in [\d.]+s", output, re.MULTILINE)
    return found[-1] if found else "no counts"


def write(folder: Path, values: Mapping[str, str]) -> None:
    for channel in CHANNELS:
        (folder / f"test_{channel.name}.py").write_text(channel.module)
    (folder / "conftest.py").write_text(CONFTEST)
    (folder / "credcheck.toml").write_text("".join(f"[secrets.{name}]\n" for name in values))
    (folder / "pytest.ini").write_text("[pytest]\n")


def run_in(
    folder: Path, *words: str, values: Mapping[str, str] = VALUES, environ: Mapping[str, str] = {}
) -> Run:
    unwanted = ("CI", "GITHUB_", "GITLAB_", "CREDCHECK_", "PYTEST_XDIST")
    kept = {n: v for n, v in os.environ.items() if not n.startswith(unwanted)}
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-p", "no:randomly", *words],
        cwd=folder,
        env={**kept, **values, **environ},
        capture_output=True,
        timeout=110,
    )
    output = (done.stdout + done.stderr).decode("utf-8", "replace")
    found = Detector(values).names_in(output + everything_in(folder))
    return Run(found, counts(re.sub(r"\x1b\[[\d;]*m", "", output)), done.returncode, folder, output)


def both(tmp_path: Path, words: list[str], more: list[str]) -> tuple[Run, Run]:
    """Run without the plugin, and with it."""
    runs = []
    for name, options in (("without", ["-p", "no:credcheck"]), ("with", more)):
        folder = tmp_path / name
        folder.mkdir()
        write(folder, VALUES)
        runs.append(run_in(folder, *options, *words))
    return runs[0], runs[1]


@pytest.mark.parametrize(
    ("name", "workers", "capture"),
    [
        ("brief", "plain", "sys"),
        ("loud", "plain", "sys"),
        ("native", "plain", "fd"),
        ("whole", "plain", "sys"),
        ("loud", "xdist", "sys"),
        ("whole", "xdist", "sys"),
    ],
)
def test_no_value_leaves_a_run_and_without_the_plugin_each_does(
    tmp_path: Path, name: str, workers: str, capture: str
) -> None:
    if name == "loud" and find_spec("pytest_html") is None:
        missing("pytest-html and the other reporters", "uv sync --group plugins")
    words = [*RUNS[name], *(["-n", "2"] if workers == "xdist" else ["-p", "no:xdist"])]
    bare, run = both(tmp_path, words, [f"--credcheck-capture={capture}"])
    tees = name == "whole" and workers == "plain"  # what is written to the descriptor is shown too
    assert run.leaked == (RAW if tees else set())
    assert (run.ended, run.code) == (bare.ended, bare.code), run.output[-3000:]
    assert bare.code == 1
    expected = {c.secret for c in CHANNELS if name in c.shows_in}
    expected |= {f"KEY_{hook.upper()}" for hook, shows in HOOKS.items() if name in shows}
    if Version(pytest.__version__) < Version("9"):
        expected -= {"KEY_SUBTESTS"}  # there is no such fixture yet
    if workers == "xdist":
        expected -= SILENT_UNDER_XDIST
    assert expected - bare.leaked == set()
    if name == "loud":
        reports_are_whole(run.folder / "out")


def reports_are_whole(folder: Path) -> None:
    """Every report can be read as what it is."""
    suite = next(ET.parse(folder / "junit.xml").iter("testsuite"))
    assert int(suite.attrib["tests"]) >= len(CHANNELS)
    assert len(json.loads((folder / "report.json").read_text())["tests"]) >= len(CHANNELS)
    assert "[REDACTED:KEY_EQUAL]" in (folder / "page.html").read_text()
    for line in (folder / "log.jsonl").read_text().splitlines():
        json.loads(line)
    assert all(json.loads(path.read_text()) for path in (folder / "allure").glob("*.json"))


# ── runs that end in another way ──────────────────────────────────────────────────────────────

ENDINGS = {
    "collection": ("raise ValueError(KEY)", 2, ()),
    "exit": ("def test_a(): pytest.exit(f'enough of {KEY}')", 2, ()),
    "interrupt": ("def test_a(): raise KeyboardInterrupt(KEY)", 2, ("--full-trace",)),
    "full_trace": (
        "def test_a():\n    token = KEY\n    assert token == 1",
        1,
        ("--full-trace", "-l"),
    ),
    "no_tb": ("def test_a(): assert KEY == 1", 1, ("--tb=no",)),
    "line": ("def test_a(): assert KEY == 1", 1, ("--tb=line",)),
    "short": ("def test_a(): assert KEY == 1", 1, ("--tb=short",)),
    "stepwise": ("@pytest.mark.parametrize('k', [KEY])\ndef test_a(k): assert not k", 2, ("--sw",)),
    "warning_as_error": ("import warnings\ndef test_a(): warnings.warn(KEY)", 1, ("-W", "error")),
    "debug": (
        "@pytest.mark.parametrize('k', [KEY])\ndef test_a(k): assert not k",
        1,
        ("--debug=trace.log",),
    ),
    "doctest": (
        'def given():\n    """\n    >>> print(KEY)\n    x\n    """',
        1,
        ("--doctest-modules",),
    ),
    "ci": ("def test_a(): assert [KEY] * 20 == []", 1, ("-vv",)),
    "no_plugins": ("def test_a():\n    print(KEY)\n    assert KEY == 1", 1, ("-s",)),
}


def run_here(pytester: pytest.Pytester, folder: Path, *words: str) -> Run:
    """Run in this process: far quicker."""
    result = pytester.runpytest_inprocess(
        "-p",
        "no:randomly",
        "-p",
        "no:xdist",
        f"--rootdir={folder}",
        *words,
        str(folder),
        no_reraise_ctrlc=True,
    )
    sys.modules.pop("test_it", None)
    sys.modules.pop("conftest", None)
    output = result.stdout.str() + result.stderr.str()
    found = Detector({"KEY_A": ONE}).names_in(output + everything_in(folder))
    return Run(found, counts(output), int(result.ret), folder, output)


def small_project(folder: Path, source: str, conftest: str = "") -> None:
    folder.mkdir(exist_ok=True)
    head = "import os, pytest\nKEY = os.environ['KEY_A']\n"
    (folder / "credcheck.toml").write_text("[secrets.KEY_A]\n")
    (folder / "pytest.ini").write_text("[pytest]\n")
    (folder / "test_it.py").write_text(f"{head}{source}\n")
    if conftest:
        (folder / "conftest.py").write_text(head + conftest)


ONE = tail(44, seed=3000)


@pytest.fixture
def in_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in list(os.environ):
        if name.startswith(("CI", "GITHUB_", "GITLAB_", "CREDCHECK_")):
            monkeypatch.delenv(name)
    monkeypatch.setenv("KEY_A", ONE)


@pytest.mark.usefixtures("in_environment")
@pytest.mark.parametrize("name", ENDINGS)
def test_no_value_leaves_a_run_that_ends_in_another_way(
    pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    source, code, words = ENDINGS[name]
    if name == "ci":
        monkeypatch.setenv("CI", "true")
    runs = []
    for number, options in enumerate((("-p", "no:credcheck"), ())):
        folder = pytester.path / f"run{number}"
        small_project(folder, source)
        monkeypatch.chdir(folder)
        runs.append(run_here(pytester, folder, *words, *options))
    bare, run = runs
    assert run.leaked == set(), run.output[-3000:]
    assert (run.ended, run.code) == (bare.ended, code)
    assert bare.code == code
    assert bare.leaked == {"KEY_A"}
    assert "KEY_A" in run.output + everything_in(run.folder)


@pytest.mark.usefixtures("in_environment")
def test_no_value_leaves_an_error_of_another_plugin(pytester: pytest.Pytester) -> None:
    broken = "def pytest_runtest_logfinish(nodeid): raise ValueError(KEY)"
    small_project(pytester.path, "def test_a(): pass", broken)
    bare = run_here(pytester, pytester.path, "--junitxml=junit.xml", "-p", "no:credcheck")
    assert bare.leaked == {"KEY_A"}
    run = run_here(pytester, pytester.path, "--junitxml=junit.xml")
    assert "INTERNALERROR" in run.output
    assert run.leaked == set()
    assert run.code == bare.code


# ── the descriptor level ──────────────────────────────────────────────────────────────────────

RAW_ENDINGS = {
    "crash": "import faulthandler\ndef test_a():\n    os.write(2, KEY.encode() + b'\\n')\n    os.abort()",
    "at_exit": "import atexit\natexit.register(lambda: os.write(1, KEY.encode()))\ndef test_a(): pass",
    "child": "import subprocess\ndef test_a(): subprocess.run(['sh', '-c', 'echo $KEY_A; echo $KEY_A >&2'])",
    "before_the_session": "",  # an error in conftest.py
    "kept": "def test_a():\n    globals()['kept'] = os.dup(1)\n    os.write(kept, KEY.encode())",
}


@pytest.mark.parametrize("workers", [(), ("-n", "1")], ids=["plain", "xdist"])
@pytest.mark.parametrize("name", RAW_ENDINGS)
def test_no_raw_write_passes_the_descriptor_level(
    tmp_path: Path, name: str, workers: tuple[str, ...]
) -> None:
    values = {"KEY_A": ONE}
    before = "raise ValueError(KEY)" if name == "before_the_session" else ""
    small_project(tmp_path, RAW_ENDINGS[name], before)
    bare = run_in(tmp_path, "-s", "-p", "no:credcheck", *workers, values=values)
    run = run_in(tmp_path, "-s", "--credcheck-capture=fd", *workers, values=values)
    assert run.leaked == set(), run.output[-2000:]
    assert run.code == bare.code
    assert run.ended == bare.ended
    if not workers or name in {"crash", "child"}:  # a worker's standard output goes nowhere
        assert bare.leaked == {"KEY_A"}
        assert "[REDACTED:KEY_A]" in run.output
