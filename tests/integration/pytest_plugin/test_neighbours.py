"""One project beside each plugin of others, and without each core plugin of pytest.

Nothing changes: its tests end in the same way, and no value is in what is printed or written. Each
run is a whole process that loads what it names and no more. All channels one by one, and the plain
reporters: test_channels.py.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from importlib.util import find_spec
from typing import TYPE_CHECKING, NamedTuple

import pytest
from _pytest.config import default_plugins, essential_plugins

from servers.finding import missing
from support.keys import stripe_live, tail
from support.leaks import Detector, everything_in
from support.terminals import finish, spawn

if TYPE_CHECKING:
    from pathlib import Path

VALUE = tail(44, seed=3000)
MASK = "[REDACTED:KEY_A]"
DETECTOR = Detector({"KEY_A": VALUE})

CONFTEST = """
import os, pathlib

OUT = pathlib.Path(__file__).with_name("outcomes.txt")

def pytest_runtest_logreport(report):
    if os.environ.get("PYTEST_XDIST_WORKER") is None:
        name = report.nodeid.partition("::")[2].partition("[")[0]
        word = "expected" if hasattr(report, "wasxfail") else report.outcome
        with OUT.open("a") as file:
            file.write(f"{name} {report.when} {word}\\n")
"""
TESTS = """
import logging, os, sys, threading, warnings
import pytest
from credcheck import require_secret

KEY = os.environ["KEY_A"]

class Odd:
    def __del__(self): raise ValueError(KEY)

@pytest.fixture
def breaks():
    yield
    raise ValueError(KEY)

@require_secret("KEY_A")
def test_passes(secrets):
    print("printed", KEY)
    assert secrets["KEY_A"] == KEY

@require_secret("MISSING")
def test_is_skipped(): raise AssertionError

def test_skips_inside(secrets): secrets.require("MISSING")

def test_fails():
    token = KEY
    print("printed", KEY)
    print("printed", KEY, file=sys.stderr)
    logging.getLogger("shop").warning("logged %s", KEY)
    warnings.warn(f"warned {KEY}")
    assert {"key": KEY} == {"key": "x"}

def test_raises():
    try: raise ValueError(KEY)
    except ValueError as error: raise RuntimeError(f"outer {KEY}") from error

def test_thread():
    thread = threading.Thread(target=lambda: int(KEY))
    thread.start()
    thread.join()

def test_unraisable(): Odd()

def test_breaks(breaks): pass

@pytest.mark.parametrize("key", [KEY])
def test_id(key): assert not key

@pytest.mark.xfail(reason=f"because {KEY}")
def test_expected(): assert KEY == "x"
"""
OUTCOMES = {
    "test_passes": ["setup passed", "call passed", "teardown passed"],
    "test_is_skipped": ["setup skipped", "teardown passed"],
    "test_skips_inside": ["setup passed", "call skipped", "teardown passed"],
    "test_fails": ["setup passed", "call failed", "teardown passed"],
    "test_raises": ["setup passed", "call failed", "teardown passed"],
    "test_thread": ["setup passed", "call passed", "teardown passed"],
    "test_unraisable": ["setup passed", "call passed", "teardown passed"],
    "test_breaks": ["setup passed", "call passed", "teardown failed"],
    "test_id": ["setup passed", "call failed", "teardown passed"],
    "test_expected": ["setup passed", "call expected", "teardown passed"],
}


class Run(NamedTuple):
    """How a run ended, what it has printed, and what stands in its folder."""

    code: int
    output: str
    outcomes: dict[str, list[str]]
    files: str

    @property
    def leaks(self) -> bool:
        return bool(DETECTOR.names_in(self.output + self.files))


def project(folder: Path, tests: str = TESTS) -> Path:
    (folder / "conftest.py").write_text(CONFTEST)
    (folder / "test_it.py").write_text(tests)
    (folder / "credcheck.toml").write_text("[secrets.KEY_A]\n")
    (folder / "pytest.ini").write_text("[pytest]\n")
    return folder


def environment(**more: str) -> dict[str, str]:
    kept = ("PATH", "HOME", "PYTHONPATH", "SYSTEMROOT", "TERM")
    named = {name: os.environ[name] for name in kept if name in os.environ}
    return {**named, "KEY_A": VALUE, "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1", **more}


def run(folder: Path, *words: str, **environ: str) -> Run:
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-p", "credcheck", *words],
        cwd=folder,
        env=environment(**environ),
        capture_output=True,
        timeout=60,
    )
    output = (done.stdout + done.stderr).decode("utf-8", "replace")
    return Run(done.returncode, output, outcomes_in(folder), everything_in(folder))


def outcomes_in(folder: Path) -> dict[str, list[str]]:
    path = folder / "outcomes.txt"
    found: dict[str, list[str]] = {}
    for line in path.read_text().splitlines() if path.exists() else []:
        name, when, word = line.split()
        found.setdefault(name, []).append(f"{when} {word}")
    return found


# ── plugins of others ─────────────────────────────────────────────────────────────────────────


class Neighbour(NamedTuple):
    """A plugin: what it is loaded by, and where the failing tests show in what it writes."""

    module: str
    words: str
    shows: str = ""


NEIGHBOURS = {
    "html": Neighbour(
        "pytest_html",
        "-p html -p html_fixtures -p metadata --html=out/page.html --self-contained-html",
        "out/page.html",
    ),
    "json-report": Neighbour(
        "pytest_jsonreport",
        "-p pytest_jsonreport -p metadata --json-report --json-report-file=out.json",
        "out.json",
    ),
    "reportlog": Neighbour(
        "pytest_reportlog", "-p pytest_reportlog --report-log=out.jsonl", "out.jsonl"
    ),
    "allure": Neighbour("allure_pytest", "-p allure_pytest --alluredir=out", "out"),
    "sugar": Neighbour("pytest_sugar", "-p sugar --force-sugar"),
    "rich": Neighbour("pytest_rich", "-p rich --rich"),  # no terminal: it lets pytest's own report
    "randomly": Neighbour("pytest_randomly", "-p randomly --randomly-seed=7"),
    "rerunfailures": Neighbour("pytest_rerunfailures", "-p rerunfailures --reruns=1"),
    "timeout": Neighbour("pytest_timeout", "-p timeout --timeout=30"),
    "recording": Neighbour("pytest_recording", "-p recording --block-network"),
    "django": Neighbour("pytest_django", "-p django"),
    "asyncio": Neighbour("pytest_asyncio", "-p asyncio --asyncio-mode=auto"),
    "anyio": Neighbour("anyio", "-p anyio"),
    "bdd": Neighbour(
        "pytest_bdd", "-p pytest-bdd -v --gherkin-terminal-reporter --cucumberjson=out.json"
    ),
}


def needs(module: str) -> None:
    if find_spec(module) is None:
        missing(module, "uv sync --group plugins")


@pytest.mark.parametrize("workers", ["", "-p xdist -n 1"], ids=["plain", "xdist"])
@pytest.mark.parametrize("name", NEIGHBOURS)
def test_beside_another_plugin_the_tests_end_alike_and_no_value_is_written(
    tmp_path: Path, name: str, workers: str
) -> None:
    neighbour = NEIGHBOURS[name]
    needs(neighbour.module)
    ran = run(project(tmp_path), "-l", "-rA", *neighbour.words.split(), *workers.split())
    assert ran.code == 1
    assert not ran.leaks, ran.output
    without_reruns = {
        test: [word for word in words if not word.endswith("rerun")]
        for test, words in ran.outcomes.items()
    }
    if name == "rerunfailures":
        assert "call rerun" in ran.outcomes["test_fails"]
        assert ran.outcomes["test_is_skipped"] == OUTCOMES["test_is_skipped"]
        without_reruns = {test: without_reruns[test][-len(OUTCOMES[test]) :] for test in OUTCOMES}
    assert without_reruns == OUTCOMES
    assert f"outer {MASK}" in ran.output
    assert "test_it: skipped 2 tests: MISSING is absent" in ran.output
    if neighbour.shows:
        assert "outer" in shown(tmp_path / neighbour.shows)


def shown(path: Path) -> str:
    """What a reporter has written, with the mask in it: the value would have stood there."""
    files = [file for file in path.rglob("*") if file.is_file()] if path.is_dir() else [path]
    text = "".join(file.read_text("utf-8") for file in files)
    assert MASK in text
    return text


def test_many_plugins_at_once_change_nothing_either(tmp_path: Path) -> None:
    words: list[str] = []
    for name, neighbour in NEIGHBOURS.items():
        needs(neighbour.module)
        if name not in {"rerunfailures", "bdd", "rich"}:
            words += neighbour.words.replace("=out", f"=out-{name}").split()
    ran = run(project(tmp_path), "-l", "-rA", *words)
    assert (ran.code, ran.outcomes) == (1, OUTCOMES), ran.output
    assert not ran.leaks, ran.output


# ── pytest-rich has a terminal reporter of its own, in a terminal alone ───────────────────────


HEADER = """
def pytest_report_header(): return "key " + os.environ["KEY_A"]
"""


@pytest.mark.skipif(sys.platform == "win32", reason="there are no pseudo-terminals")
@pytest.mark.parametrize(
    ("capture", "saved"), [("=saved.txt", "saved.txt"), ("=saved", "saved.svg"), ("", "*.svg")]
)
def test_the_terminal_of_rich_and_what_it_saves_are_clean_and_list_what_was_skipped(
    tmp_path: Path, capture: str, saved: str
) -> None:
    needs("pytest_rich")
    (project(tmp_path) / "conftest.py").write_text(CONFTEST + HEADER)
    words = ("-p", "rich", "--rich", f"--rich-capture{capture}", "-p", "credcheck")
    more = {"KEY_A": VALUE, "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}
    code, output = finish(spawn(tmp_path, "pytest", *words, **more))
    text = re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", output)
    assert (code, outcomes_in(tmp_path)) == (1, OUTCOMES), text
    assert not DETECTOR.names_in(output + everything_in(tmp_path))
    (file,) = tmp_path.glob(saved)
    for shows in (text, shown(file).replace("&#160;", " ")):
        assert f"key {MASK}" in shows
        assert f"outer {MASK}" in shows
    told = text.partition(" credcheck ")[2].splitlines()
    assert told[1:3] == [
        "test_it: skipped 2 tests: MISSING is absent",
        "    MISSING: add MISSING=<your test key> to .env.test",
    ]


# ── pytest without its own plugins ────────────────────────────────────────────────────────────

# `python` is left: without it nothing is collected; the essential ones pytest does not let go
CORE = [name for name in default_plugins if name not in {*essential_plugins, "python"}]
PRINTING = {
    "terminal",
    "logging",
    "warnings",
    "threadexception",
    "unraisableexception",
    "assertion",
}
WORDS = {
    "terminal": "-l -rA",
    "junitxml": "--junitxml=out.xml",
}  # the options of a plugin go with it


def expected_without(name: str) -> dict[str, list[str]]:
    if name == "skipping":  # it is what understands `xfail`
        return OUTCOMES | {"test_expected": ["setup passed", "call failed", "teardown passed"]}
    return OUTCOMES


@pytest.mark.parametrize("name", CORE)
def test_without_a_core_plugin_the_tests_end_alike_and_no_value_is_written(
    tmp_path: Path, name: str
) -> None:
    words = " ".join(word for plugin, word in WORDS.items() if plugin != name).split()
    for more in [[], ["-s"]] if name in PRINTING else [[]]:  # then they write to the streams
        (tmp_path / "outcomes.txt").unlink(missing_ok=True)
        ran = run(project(tmp_path), "-p", f"no:{name}", *words, *more)
        assert (ran.code, ran.outcomes) == (1, expected_without(name)), ran.output
        assert not ran.leaks, ran.output
        if name != "junitxml":
            assert f"outer {MASK}" in shown(tmp_path / "out.xml")
        if name != "terminal" or more:
            assert MASK in ran.output


@pytest.mark.parametrize("name", ["terminal", "capture", "logging", "warnings", "skipping"])
def test_under_xdist_too(tmp_path: Path, name: str) -> None:
    ran = run(project(tmp_path), "-p", f"no:{name}", "-p", "xdist", "-n", "1")
    assert (ran.code, ran.outcomes) == (1, expected_without(name)), ran.output
    assert not ran.leaks, ran.output


def test_xdist_is_known_when_it_is_loaded_by_its_module(tmp_path: Path) -> None:
    ran = run(project(tmp_path), "-p", "xdist.plugin", "-n", "1")
    assert (ran.code, ran.outcomes) == (1, OUTCOMES), ran.output
    assert not ran.leaks, ran.output


def test_without_any_core_plugin_that_can_go_no_value_is_written(tmp_path: Path) -> None:
    off = [word for name in CORE for word in ("-p", f"no:{name}")]
    ran = run(project(tmp_path), *off)
    assert (ran.code, ran.outcomes) == (1, expected_without("skipping")), ran.output
    assert MASK in ran.output  # what the tests themselves have printed
    assert not ran.leaks, ran.output


IN_MARK = "from credcheck import require_secret\n@require_secret('KEY_A')\ndef test_a(): pass\n"
IN_BODY = "def test_a(secrets): secrets.require('KEY_' + 'A')\n"


@pytest.mark.parametrize("words", ["", "-s", "-p no:capture", "-p xdist -n 1"])
@pytest.mark.parametrize("tests", [IN_MARK, IN_BODY], ids=["mark", "body"])
def test_without_a_terminal_a_refusal_is_told_all_the_same(
    tmp_path: Path, tests: str, words: str
) -> None:
    folder = project(tmp_path, tests)
    ran = run(folder, "-p", "no:terminal", *words.split(), KEY_A=stripe_live())
    assert ran.code == 3
    assert ran.output.count("credcheck refuses to run: KEY_A is a production credential") == 1
    assert stripe_live()[8:] not in ran.output


def test_without_a_terminal_nothing_else_is_told(tmp_path: Path) -> None:
    ran = run(project(tmp_path, IN_MARK.replace("KEY_A", "MISSING")), "-p", "no:terminal")
    assert (ran.code, ran.output) == (0, "")


# ── a test that takes too long ────────────────────────────────────────────────────────────────

HANGING = """
import logging, os, sys, threading, time

KEY = os.environ["KEY_A"]

def waits(token):
    while True:
        time.sleep(0.01)

def test_first(): pass

def test_hangs():
    print("printed", KEY)
    print("to error", KEY, file=sys.stderr)
    logging.getLogger("shop").warning("logged %s", KEY)
    print("without an end", KEY, end="")
    threading.Thread(target=waits, args=(KEY,), name=KEY, daemon=True).start()
    waits(KEY)
"""


@pytest.mark.parametrize("words", ["", "-s --credcheck-capture=fd", "-p xdist -n 1"])
@pytest.mark.parametrize("method", ["signal", "thread"])
def test_what_a_timeout_dumps_is_whole_and_clean(tmp_path: Path, method: str, words: str) -> None:
    needs("pytest_timeout")
    if method == "signal" and sys.platform == "win32":
        pytest.skip("there is no such signal")
    limits = ("-p", "timeout", "--timeout=0.5", f"--timeout-method={method}", "-l")
    ran = run(project(tmp_path, HANGING), *limits, *words.split())
    assert ran.code == 1
    assert not ran.leaks, ran.output
    if method == "thread" and "xdist" in words:  # the worker is gone, and its output with it
        assert "crashed while running 'test_it.py::test_hangs'" in ran.output
        return
    assert f"without an end {MASK}" in ran.output
    assert f"printed {MASK}" in ran.output
    if method == "thread":
        assert ran.output.count("+ Timeout +") == 2
        assert f"Stack of {MASK} (" in ran.output
    else:
        assert re.search(r"Timeout (\(>0.5s\) from pytest-timeout|>0.5s)", ran.output)
        assert f"token = '{MASK}'" in ran.output
