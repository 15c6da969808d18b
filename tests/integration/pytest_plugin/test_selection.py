"""Which secrets a run asks for: those of the tests that it is going to run, once, and no others."""

from __future__ import annotations

import os
import shlex
import sys
from importlib.util import find_spec

import pytest

from servers.finding import missing
from support.counting import asked, install_counting

MANIFEST = 'sources = ["counting"]\n' + "".join(
    f"[secrets.{name}]\n" for name in ("ONE", "TWO", "THREE", "FOUR", "FIVE", "MISSING", "IDLE")
)
TESTS = """
import pytest
from credcheck import require_secret

@require_secret("ONE")
def test_one(secrets): assert secrets["ONE"]

@pytest.mark.slow
@require_secret("TWO")
def test_two(secrets): assert secrets["TWO"]

class TestIt:
    @require_secret("THREE")
    def test_three(self, secrets): assert secrets["THREE"]

@pytest.mark.parametrize(
    "n",
    [
        pytest.param("x", marks=require_secret("FOUR")),
        pytest.param("y", marks=require_secret("FIVE")),
    ],
)
def test_params(secrets, n): assert len(secrets) == 1

def test_plain(): pass
"""
ALL = {"ONE", "TWO", "THREE", "FOUR", "FIVE"}


@pytest.fixture(autouse=True)
def project(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in list(os.environ):
        if name.startswith(("CI", "GITHUB_", "GITLAB_", "CREDCHECK_")):
            monkeypatch.delenv(name)
    install_counting(pytester.path, monkeypatch)
    (pytester.path / "credcheck.toml").write_text(MANIFEST)
    (pytester.path / "pytest.ini").write_text("[pytest]\nmarkers = slow: slow\n")
    (pytester.path / "test_it.py").write_text(TESTS)


def run(pytester: pytest.Pytester, *words: str) -> pytest.RunResult:
    sys.modules.pop("test_it", None)
    return pytester.runpytest_inprocess(
        "-p", "no:randomly", "-p", "no:xdist", "-p", "no:timeout", *words
    )


def rewrite(pytester: pytest.Pytester, text: str) -> None:
    # a new name each time: a cached .pyc is told from its source by seconds and size
    (pytester.path / "test_it.py").unlink(missing_ok=True)
    (pytester.path / "test_new.py").unlink(missing_ok=True)
    (pytester.path / "test_new.py").write_text(text)
    sys.modules.pop("test_new", None)


@pytest.mark.parametrize(
    ("words", "names", "passed"),
    [
        ("", ALL, 6),
        ("-k one", {"ONE"}, 1),
        ("-k 'one or three'", {"ONE", "THREE"}, 2),
        ("-m slow", {"TWO"}, 1),
        ("-m 'not slow'", ALL - {"TWO"}, 5),
        ("-m require_secret", ALL, 5),
        ("test_it.py::test_one", {"ONE"}, 1),
        ("test_it.py::TestIt", {"THREE"}, 1),
        ("test_it.py::TestIt::test_three test_it.py::test_plain", {"THREE"}, 2),
        ("test_it.py::test_params[y]", {"FIVE"}, 1),
        ("--deselect=test_it.py::test_one", ALL - {"ONE"}, 5),
        ("--deselect=test_it.py::test_params", ALL - {"FOUR", "FIVE"}, 4),
    ],
)
def test_the_secrets_of_the_selected_tests_are_asked_for_in_one_question(
    pytester: pytest.Pytester, words: str, names: set[str], passed: int
) -> None:
    result = run(pytester, *shlex.split(words))
    result.assert_outcomes(passed=passed)
    assert asked(pytester.path) == [names]


@pytest.mark.parametrize(
    "words",
    [
        "-k plain",
        "-m not\trequire_secret",
        "test_it.py::test_plain",
        "-k nothing_of_that_name",
        "--collect-only",
        "--co -q",
        "--co -qq",
        "--fixtures",
        "--fixtures-per-test",
        "--markers",
        "--help",
        "--version",
        "--setup-plan",
    ],
)
def test_a_run_that_needs_no_secret_asks_no_source(pytester: pytest.Pytester, words: str) -> None:
    assert run(pytester, *words.split(" ")).ret in {0, pytest.ExitCode.NO_TESTS_COLLECTED}
    assert asked(pytester.path) == []


def test_what_is_collected_is_listed_as_it_would_be_run(pytester: pytest.Pytester) -> None:
    result = run(pytester, "--co", "-q")
    assert [line for line in result.stdout.lines if "::" in line] == [
        "test_it.py::test_one",
        "test_it.py::test_two",
        "test_it.py::TestIt::test_three",
        "test_it.py::test_params[x]",
        "test_it.py::test_params[y]",
        "test_it.py::test_plain",
    ]


def test_a_conftest_that_deselects_counts(pytester: pytest.Pytester) -> None:
    pytester.makeconftest(
        """
        import pytest
        @pytest.hookimpl(trylast=True)
        def pytest_collection_modifyitems(items):
            items[:] = [item for item in items if "two" in item.name]
        """
    )
    run(pytester).assert_outcomes(passed=1)
    assert asked(pytester.path) == [{"TWO"}]


# ── what the last run says ────────────────────────────────────────────────────────────────────

FAILING = (
    TESTS
    + """
@require_secret("MISSING")
def test_missing(): pass

@require_secret("IDLE")
def test_fails(secrets): assert not secrets["IDLE"]
"""
)


def test_last_failed_asks_for_what_failed(pytester: pytest.Pytester) -> None:
    rewrite(pytester, FAILING)
    run(pytester).assert_outcomes(passed=6, skipped=1, failed=1)
    assert asked(pytester.path) == [ALL | {"MISSING", "IDLE"}]
    run(pytester, "--lf").assert_outcomes(failed=1)
    assert asked(pytester.path) == [{"IDLE"}]


def test_failed_first_runs_the_same_tests_in_another_order(pytester: pytest.Pytester) -> None:
    rewrite(pytester, FAILING)
    run(pytester)
    asked(pytester.path)
    result = run(pytester, "--ff", "-v")
    result.assert_outcomes(passed=6, skipped=1, failed=1)
    assert asked(pytester.path) == [ALL | {"MISSING", "IDLE"}]
    first = next(line for line in result.stdout.lines if "::" in line)
    assert first.startswith("test_new.py::test_fails FAILED")


def test_what_failed_for_want_of_a_secret_is_a_last_failure(pytester: pytest.Pytester) -> None:
    rewrite(pytester, FAILING)
    strict = ("--credcheck-strict", "--lf", "-k", "missing")
    run(pytester, *strict).assert_outcomes(errors=1)
    result = run(pytester, "--credcheck-strict", "--lf")
    result.assert_outcomes(errors=1)
    assert asked(pytester.path) == [{"MISSING"}] * 2


def test_stepwise_goes_on_where_it_stopped_and_a_skip_stops_nothing(
    pytester: pytest.Pytester,
) -> None:
    rewrite(pytester, FAILING)
    run(pytester, "--sw").assert_outcomes(passed=6, skipped=1, failed=1)
    asked(pytester.path)
    run(pytester, "--sw").assert_outcomes(failed=1, deselected=7)
    assert asked(pytester.path) == [{"IDLE"}]


def test_stepwise_stops_at_a_test_that_fails_for_want_of_a_secret(
    pytester: pytest.Pytester,
) -> None:
    rewrite(pytester, FAILING)
    run(pytester, "--sw", "--credcheck-strict").assert_outcomes(passed=6, errors=1)
    result = run(pytester, "--sw", "--credcheck-strict")
    result.assert_outcomes(errors=1, deselected=6)


@pytest.mark.parametrize("option", ["-x", "--maxfail=1"])
def test_the_first_failure_ends_the_run_and_a_skip_does_not(
    pytester: pytest.Pytester, option: str
) -> None:
    rewrite(pytester, FAILING + "\n@require_secret('ONE')\ndef test_late(): pass\n")
    run(pytester, option).assert_outcomes(passed=6, skipped=1, failed=1)
    run(pytester, option, "--credcheck-strict").assert_outcomes(passed=6, errors=1)


# ── reruns and order ──────────────────────────────────────────────────────────────────────────

FLAKY = """
import pytest
from credcheck import require_secret

TIMES = []

{mark}
@require_secret("ONE")
def test_flaky(secrets):
    TIMES.append(secrets["ONE"])
    assert len(TIMES) > 2

@require_secret("MISSING")
def test_missing(): raise AssertionError

{mark}
def test_inside(secrets): secrets.require("MISSING")
"""


@pytest.mark.parametrize(
    ("mark", "words"), [("", ["--reruns=2"]), ("@pytest.mark.flaky(reruns=2)", [])]
)
def test_a_test_that_is_run_again_keeps_its_secret_and_a_skip_is_final(
    pytester: pytest.Pytester, mark: str, words: list[str]
) -> None:
    if find_spec("pytest_rerunfailures") is None:
        missing("pytest-rerunfailures", "uv sync --group plugins")
    rewrite(pytester, FLAKY.replace("{mark}", mark))
    result = run(pytester, "-p", "rerunfailures", *words)
    assert result.parseoutcomes() == {"passed": 1, "skipped": 2, "rerun": 2}
    assert asked(pytester.path) == [{"ONE", "MISSING"}]


def test_a_test_that_fails_for_want_of_a_secret_counts_once_however_often_it_is_run(
    pytester: pytest.Pytester,
) -> None:
    if find_spec("pytest_rerunfailures") is None:
        missing("pytest-rerunfailures", "uv sync --group plugins")
    rewrite(pytester, FLAKY.replace("{mark}", ""))
    result = run(pytester, "-p", "rerunfailures", "--reruns=2", "--credcheck-strict")
    counts = result.parseoutcomes()
    assert (counts["passed"], counts["failed"], counts["errors"]) == (1, 1, 1)
    result.stdout.fnmatch_lines(["test_new: failed 2 tests: MISSING is absent"])
    assert asked(pytester.path) == [{"ONE", "MISSING"}]


def test_any_order_has_the_same_outcomes_and_one_question(pytester: pytest.Pytester) -> None:
    rewrite(pytester, FAILING)
    orders = set()
    for seed in range(1, 6):
        result = run(pytester, "-p", "randomly", f"--randomly-seed={seed}", "-v")
        result.assert_outcomes(passed=6, skipped=1, failed=1)
        assert asked(pytester.path) == [ALL | {"MISSING", "IDLE"}]
        orders.add(
            tuple(line.split()[0] for line in result.stdout.lines if "::" in line and "%" in line)
        )
    assert len(orders) > 1
