"""From a decision to what a test's report and the summary say."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from credcheck.model import Need
from credcheck.preflight import Decision
from credcheck.pytest_plugin.stops import Stop, reason_text, stop_now, stop_of
from credcheck.pytest_plugin.telling import stopped_lines
from support.projects import broker_for, write_project

if TYPE_CHECKING:
    from pathlib import Path

SKIP = Stop("mail", "skip", ("A",), "A is absent", ("A: add it",), "credcheck: A is absent")


def test_the_reason_says_what_is_missing_what_for_and_where_to_get_it() -> None:
    decision = Decision("skip", "mail", ("A",), "A is absent", "add A to .env.test")
    assert reason_text(decision) == "credcheck: A is absent; add A to .env.test"
    assert reason_text(decision, ("sends mail", "reads mail")) == (
        "credcheck: A is absent (needed for: sends mail; reads mail); add A to .env.test"
    )
    assert reason_text(decision._replace(hint="")) == "credcheck: A is absent"
    assert reason_text(decision._replace(hint="a\nb\x1b")) == ("credcheck: A is absent; a\\nb\\x1b")


def test_a_stop_has_the_hint_of_each_missing_secret(tmp_path: Path) -> None:
    write_project(tmp_path, '[secrets.A]\nobtain = "https://a.example"\n[secrets.B]\n')
    broker = broker_for(tmp_path)
    stop = stop_of(broker, broker.decide("tests/test_x.py", Need(any_of=(("A", "B"),))))
    assert stop == Stop(
        suite="tests/test_x",
        outcome="skip",
        missing=("A", "B"),
        reason="one of 2 is needed: A is absent, B is absent",
        hints=(
            "A: get one at https://a.example and add A=<your test key> to .env.test",
            "B: add B=<your test key> to .env.test",
        ),
        text="credcheck: one of 2 is needed: A is absent, B is absent; "
        "get one at https://a.example and add A=<your test key> to .env.test",
    )


def test_a_stop_skips_at_the_tests_line_or_fails_without_traceback() -> None:
    with pytest.raises(pytest.skip.Exception) as skipped:
        stop_now(SKIP)
    assert skipped.value._use_item_location
    assert skipped.value.credcheck == SKIP  # type: ignore[attr-defined]
    for outcome in ("fail", "refused"):
        with pytest.raises(pytest.fail.Exception) as failed:
            stop_now(SKIP._replace(outcome=outcome))
        assert not failed.value.pytrace
        assert str(failed.value) == SKIP.text


def test_the_summary_counts_by_suite_and_reason_and_gives_each_hint_once() -> None:
    other = SKIP._replace(
        suite="api", reason="A is absent; B is absent", hints=("A: add it", "B: x")
    )
    stopped = {
        "t.py::1": SKIP,
        "t.py::2": SKIP,
        "t.py::3": SKIP._replace(outcome="fail"),
        "t.py::4": other,
        "t.py::5": SKIP._replace(outcome="refused"),
    }
    assert list(stopped_lines(stopped)) == [
        "api: skipped 1 test: A is absent; B is absent",
        "    A: add it",
        "    B: x",
        "mail: failed 1 test: A is absent",
        "mail: skipped 2 tests: A is absent",
    ]
    assert list(stopped_lines({})) == []
