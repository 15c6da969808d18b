"""The line about what is ready, and the manifest of one run's report."""

from __future__ import annotations

from pathlib import Path

import pytest

from credcheck.model import Manifest, Need, SecretSpec, SecretStatus, State, Suite, TestGroup
from credcheck.pytest_plugin.telling import narrowed, ready_line


def statuses(**states: State) -> list[SecretStatus]:
    return [
        SecretStatus(name=n, state=s, mode="unknown", service=None, source=None, reason="")
        for n, s in states.items()
    ]


@pytest.mark.parametrize(
    ("states", "line"),
    [
        ({"A": "ready"}, "1 secret ready (A)"),
        ({"A": "absent"}, "0 secrets ready, 1 missing (A: absent)"),
        (
            {"A": "ready", "B": "empty", "C": "deferred", "D": "unreachable"},
            "2 secrets ready (A, C: deferred), 2 missing (B: empty, D: unreachable)",
        ),
        (
            {f"K{n}": "ready" for n in range(12)},
            "12 secrets ready (K0, K1, K2, K3, K4, K5, K6, K7, K8, K9, and 2 more)",
        ),
        ({"A\n": "ready"}, "1 secret ready (A\\n)"),
    ],
)
def test_the_line_names_what_is_ready_and_what_is_missing(
    states: dict[str, State], line: str
) -> None:
    assert ready_line(statuses(**states)) == line


MANIFEST = Manifest(
    root=Path("/p"),
    secrets={name: SecretSpec(name=name) for name in "ABCDE"},
    suites={
        "path": Suite(name="path", requires=("A",), any_of=(("B", "C"),), paths=("path",)),
        "wide": Suite(name="wide", requires=("C", "D"), any_of=(("D", "E"), ("A", "B"))),
        "idle": Suite(name="idle", requires=("E",)),
    },
)


def group(path: str, *names: str) -> TestGroup:
    return TestGroup(path=path, line=0, count=1, need=Need(all_of=names))


def test_the_manifest_of_a_run_has_what_its_tests_need() -> None:
    view = narrowed(MANIFEST, [group("path/test_x.py"), group("test_y.py", "D")], ("A", "B", "D"))
    assert view == MANIFEST._replace(
        secrets={name: SecretSpec(name=name) for name in ("A", "B", "D")},
        suites={
            "path": MANIFEST.suites["path"],
            "wide": Suite(name="wide", requires=("D",), any_of=(("D",), ("A", "B"))),
        },
    )


def test_a_test_that_needs_more_than_its_suite_keeps_the_suites_policy() -> None:
    view = narrowed(MANIFEST, [group("path/test_x.py", "E")], ("A", "B", "C", "E"))
    assert view.suites == {"path": MANIFEST.suites["path"]}


def test_a_run_that_needs_nothing_has_an_empty_manifest() -> None:
    assert narrowed(MANIFEST, [], ()) == MANIFEST._replace(secrets={}, suites={})


def test_a_module_of_no_suite_stands_for_itself() -> None:
    assert narrowed(MANIFEST, [group("test_z.py", "X")], ("X",)).suites == {}
