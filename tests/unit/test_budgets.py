"""How many tests may be skipped, and from when on none."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from credcheck.budgets import limit_of
from credcheck.errors import ManifestError
from credcheck.model import Manifest, Need, SkipBudget, Suite, TestGroup
from support.projects import broker_for, write_project

if TYPE_CHECKING:
    from pathlib import Path

TODAY = "2026-11-24"


def limit(*budgets: SkipBudget, own: int | None = None, kind: Any = "ci") -> int | None:
    manifest = Manifest(
        root=None,  # type: ignore[arg-type]  # nothing is read
        suites={"pay": Suite(name="pay", max_skipped=own)},
        skip_budget=budgets,
    )
    return limit_of(manifest, "pay", kind, TODAY)


def test_without_a_limit_any_number_may_be_skipped() -> None:
    assert limit() is None


def test_the_suites_own_limit() -> None:
    assert limit(own=0) == 0
    assert limit(own=3) == 3


def test_an_allowance_goes_before_the_suites_own_limit() -> None:
    assert limit(SkipBudget(5), own=0) == 5


@pytest.mark.parametrize(
    "budget",
    [SkipBudget(5, suite="mail"), SkipBudget(5, context="local"), SkipBudget(5, "pay", "fork")],
)
def test_an_allowance_for_another_suite_or_context_does_not_count(budget: SkipBudget) -> None:
    assert limit(budget) is None
    assert limit(budget, own=1) == 1


def test_an_allowance_holds_to_the_end_of_its_last_day() -> None:
    assert limit(SkipBudget(5, until=TODAY)) == 5
    assert limit(SkipBudget(5, until="2026-11-23")) == 0
    assert limit(SkipBudget(5, until="2026-11-23"), SkipBudget(2, until="2027-01-01")) == 2
    assert limit(SkipBudget(5, until="2026-11-23"), own=9) == 0


MANIFEST = """
[secrets.A]
[suites.pay]
requires = ["A"]
"""


def report(tmp_path: Path, more: str, tests: int = 4) -> tuple[str, int, str]:
    write_project(tmp_path, MANIFEST + more)
    broker = broker_for(tmp_path)
    made = broker.report(groups=[TestGroup("tests/test_pay.py", 1, tests, Need(("A",)))])
    return made.suites[0].outcome, made.exit_code, made.suites[0].reason


def test_the_preflight_fails_a_suite_of_which_too_many_would_be_skipped(tmp_path: Path) -> None:
    assert report(tmp_path, "")[:2] == ("skip", 0)
    assert report(tmp_path, "max-skipped = 4\n")[:2] == ("skip", 0)
    outcome, code, reason = report(tmp_path, "max-skipped = 3\n")
    assert (outcome, code) == ("fail", 1)
    assert reason == "A is absent; 4 tests skipped, and 3 may be"
    assert report(tmp_path, "max-skipped = 0\n", tests=1)[2].endswith(
        "1 test skipped, and none may be"
    )


def test_an_allowance_of_the_manifest_is_kept_to(tmp_path: Path) -> None:
    more = 'max-skipped = 0\n[[skip-budget]]\nsuite = "pay"\nmax-skipped = 9\nuntil = {}\n'
    assert report(tmp_path, more.format("2999-12-31"))[:2] == ("skip", 0)
    assert report(tmp_path, more.format('"2999-12-31"'))[:2] == ("skip", 0)
    assert report(tmp_path, more.format("2001-01-01"))[:2] == ("fail", 1)


@pytest.mark.parametrize(
    ("more", "message"),
    [
        ("max-skipped = -1", "suites.pay.max-skipped: expected a whole number, 0 or more"),
        ("max-skipped = true", "suites.pay.max-skipped: expected a whole number, 0 or more"),
        ("[[skip-budget]]\nsuite = 'pay'", "skip-budget[0]: max-skipped is missing"),
        ("[[skip-budget]]\nmax-skipped = 1\nsuite = 'pya'", "skip-budget[0].suite: unknown suite"),
        (
            "[[skip-budget]]\nmax-skipped = 1\nuntil = 'soon'",
            "skip-budget[0].until: expected a day",
        ),
        ("[[skip-budget]]\nmax-skipped = 1\nuntil = 2026", "skip-budget[0].until: expected a day"),
        ("[[skip-budget]]\nmax-skipped = 1\ncontext = 'cli'", "skip-budget[0].context: expected"),
        ("[skip-budget]\nmax-skipped = 1", "skip-budget: expected a list of tables"),
    ],
)
def test_a_wrong_budget_is_named(tmp_path: Path, more: str, message: str) -> None:
    write_project(tmp_path, f"{MANIFEST}{more}\n")
    with pytest.raises(ManifestError) as error:
        broker_for(tmp_path)
    assert message in str(error.value)
