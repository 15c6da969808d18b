from __future__ import annotations

from functools import partial
from pathlib import Path

import pytest

from credcheck.model import (
    Finding,
    Manifest,
    Need,
    Policies,
    SecretStatus,
    State,
    Suite,
    TestGroup,
)
from credcheck.preflight import Decision, assign, below, decide, exit_code, plan

FAIL = Policies(local="fail", ci="fail", fork="fail")
ROOT = Path("/project")


def statuses(**states: State) -> dict[str, SecretStatus]:
    return {
        name: SecretStatus(
            name=name, state=state, mode="unknown", service=None, source=None, reason="", hint=""
        )
        for name, state in states.items()
    }


def manifest(*suites: Suite, **fields: Policies) -> Manifest:
    return Manifest(root=ROOT, suites={s.name: s for s in suites}, **fields)  # type: ignore[arg-type]


def decided(suite: Suite, strict: bool = False, **states: State) -> Decision:
    return decide(suite, statuses(**states), manifest(), "local", strict=strict)


# ── deciding ──────────────────────────────────────────────────────────────────────────────────


def test_a_suite_runs_when_all_it_requires_is_ready_or_deferred() -> None:
    suite = Suite(name="s", requires=("A", "B"))
    assert decided(suite, A="ready", B="deferred") == Decision("run", "s")


@pytest.mark.parametrize("state", ["absent", "empty", "placeholder", "malformed"])
def test_a_missing_secret_skips_by_default(state: State) -> None:
    got = decided(Suite(name="s", requires=("A", "B")), A="ready", B=state)
    assert got == Decision("skip", "s", ("B",), f"B is {state}")


def test_the_suites_own_policy_goes_before_the_manifests() -> None:
    got = decided(Suite(name="s", requires=("A",), on_missing=FAIL), A="absent")
    assert (got.outcome, got.broken) == ("fail", False)


def test_the_policy_is_that_of_the_context() -> None:
    suite = Suite(name="s", requires=("A",), on_missing=Policies(ci="fail"))
    known = statuses(A="absent")
    outcomes = [decide(suite, known, manifest(), k).outcome for k in ("local", "ci", "fork")]
    assert outcomes == ["skip", "fail", "skip"]


@pytest.mark.parametrize("state", ["unreachable", "denied", "expired", "rejected"])
def test_a_broken_source_fails_in_ci_by_default_and_skips_elsewhere(state: State) -> None:
    suite, known = Suite(name="s", requires=("A",)), statuses(A=state)
    got = [decide(suite, known, manifest(), kind) for kind in ("local", "ci", "fork")]
    assert [d.outcome for d in got] == ["skip", "fail", "skip"]
    assert got[1].broken


def test_strict_makes_every_policy_fail() -> None:
    suite = Suite(name="s", requires=("A",))
    assert decided(suite, strict=True, A="absent").outcome == "fail"
    assert decided(suite, strict=True, A="unreachable").broken


def test_one_of_a_group_is_enough() -> None:
    suite = Suite(name="s", any_of=(("A", "B"),))
    assert decided(suite, A="absent", B="ready").outcome == "run"
    got = decided(suite, A="absent", B="empty")
    assert (got.missing, got.reason) == (
        ("A", "B"),
        "one of 2 is needed: A is absent, B is empty",
    )


def test_a_group_with_a_broken_member_is_broken_not_missing() -> None:
    suite = Suite(name="s", any_of=(("A", "B"),))
    got = decide(suite, statuses(A="absent", B="denied"), manifest(), "ci")
    assert (got.outcome, got.broken) == ("fail", True)


def test_a_live_secret_refuses_the_suite_even_in_a_group_with_a_ready_one() -> None:
    got = decided(Suite(name="s", any_of=(("A", "B"),)), A="ready", B="live")
    assert (got.outcome, got.reason) == ("refused", "B is a production credential")


def test_a_refusal_elsewhere_refuses_every_suite() -> None:
    got = decide(
        Suite(name="s", requires=("A",)), statuses(A="ready"), manifest(), "ci", refused="X is live"
    )
    assert (got.outcome, got.reason) == ("refused", "nothing runs: X is live")


def test_the_hint_is_that_of_the_first_missing_secret_that_has_one() -> None:
    known = statuses(A="absent", B="absent")
    known["B"] = known["B"]._replace(hint="get B")
    assert decide(Suite(name="s", requires=("A", "B")), known, manifest(), "ci").hint == "get B"


# ── assigning ─────────────────────────────────────────────────────────────────────────────────

PAYMENTS = Suite(name="payments", requires=("A",), paths=("tests/payments",))
MAIL = Suite(name="mail", requires=("B",), any_of=(("C", "D"),))


@pytest.mark.parametrize(
    ("path", "folder", "expected"),
    [
        ("tests/a/test_x.py", "tests/a", True),
        ("tests/a/test_x.py", "./tests/a/", True),
        ("tests/a/test_x.py", "tests/a/test_x.py", True),
        ("tests/ab/test_x.py", "tests/a", False),
        ("tests/test_x.py", ".", True),
    ],
)
def test_a_path_lies_below_whole_folders_only(path: str, folder: str, expected: bool) -> None:
    assert below(path, (folder,)) is expected


def test_a_test_below_a_suites_paths_belongs_to_it_and_needs_all_of_it() -> None:
    got = assign(manifest(PAYMENTS), "tests/payments/test_x.py", Need())
    assert (got.name, got.requires) == ("payments", ("A",))


def test_the_longest_path_decides() -> None:
    inner = Suite(name="inner", requires=("B",), paths=("tests/payments/inner",))
    both = manifest(PAYMENTS, inner)
    assert assign(both, "tests/payments/inner/test_x.py", Need()).name == "inner"
    assert assign(both, "tests/payments/test_x.py", Need()).name == "payments"


def test_a_test_that_needs_more_than_its_suite_goes_under_its_module() -> None:
    suite = PAYMENTS._replace(on_missing=FAIL)
    got = assign(manifest(suite), "tests/payments/test_x.py", Need(all_of=("Z",)))
    assert (got.name, got.requires, got.on_missing) == ("tests/payments/test_x", ("A", "Z"), FAIL)


def test_a_marked_test_belongs_to_the_suite_that_names_its_secrets() -> None:
    got = assign(manifest(MAIL), "tests/test_x.py", Need(any_of=(("C", "D"),)))
    assert (got.name, got.requires, got.any_of) == ("mail", (), (("C", "D"),))


def test_the_smallest_such_suite_is_taken() -> None:
    small = Suite(name="small", requires=("B",))
    assert assign(manifest(MAIL, small), "t.py", Need(all_of=("B",))).name == "small"


def test_without_a_suite_the_module_is_one() -> None:
    got = assign(manifest(), "tests/test_x.py", Need(all_of=("A",)))
    assert (got.name, got.declared) == ("tests/test_x", False)


# ── planning ──────────────────────────────────────────────────────────────────────────────────


def planned(
    of: Manifest, *groups: TestGroup, **states: State
) -> list[tuple[str, str, int, tuple[str, ...], str]]:
    lines = plan(
        of, groups, partial(decide, statuses=statuses(**states), manifest=of, kind="local")
    )
    return [(d.suite, d.outcome, tests, d.missing, d.reason) for d, tests in lines]


def group(path: str, count: int, *names: str) -> TestGroup:
    return TestGroup(path=path, line=1, count=count, need=Need(all_of=names))


def test_each_declared_suite_is_one_line_with_its_tests() -> None:
    got = planned(
        manifest(PAYMENTS, MAIL),
        group("tests/payments/test_a.py", 2),
        group("tests/payments/test_b.py", 3, "A"),
        A="ready",
        B="absent",
        C="absent",
        D="ready",
    )
    assert got == [
        ("payments", "run", 5, (), ""),
        ("mail", "skip", 0, ("B",), "B is absent"),
    ]


def test_tests_whose_fate_differs_from_their_suites_stand_under_their_module() -> None:
    suite = Suite(name="s", requires=("A", "B"))
    got = planned(
        manifest(suite), group("t/test_a.py", 2, "A"), group("t/test_a.py", 1, "A", "B"),
        A="ready", B="absent",
    )  # fmt: skip
    assert got == [("s", "skip", 1, ("B",), "B is absent"), ("t/test_a", "run", 2, (), "")]


def test_a_module_of_several_needs_tells_the_gravest_and_how_many() -> None:
    got = planned(
        manifest(), group("t/test_a.py", 2, "A"), group("t/test_a.py", 1, "B"),
        group("t/test_a.py", 3, "C"), A="ready", B="absent", C="empty",
    )  # fmt: skip
    reason = "4 of 6 tests: B is absent; C is empty"
    assert got == [("t/test_a", "skip", 6, ("B", "C"), reason)]


# ── exit codes ────────────────────────────────────────────────────────────────────────────────

RUN, SKIP = Decision("run", "s"), Decision("skip", "s")
FAILED, BROKEN = Decision("fail", "s"), Decision("fail", "s", broken=True)
WARNING, ERROR = Finding("CRED004", "warning", ""), Finding("CRED012", "error", "")


@pytest.mark.parametrize(
    ("decisions", "findings", "refused", "strict", "code"),
    [
        ([], [], False, False, 0),
        ([RUN, SKIP], [WARNING], False, False, 0),
        ([RUN, SKIP], [WARNING], False, True, 1),
        ([RUN], [ERROR], False, False, 1),
        ([FAILED], [], False, False, 1),
        ([FAILED, BROKEN], [ERROR], False, False, 4),
        ([FAILED, BROKEN], [ERROR], True, True, 3),
    ],
)
def test_exit_codes_follow_the_contracts_precedence(
    decisions: list[Decision], findings: list[Finding], refused: bool, strict: bool, code: int
) -> None:
    assert exit_code(decisions, findings, refused=refused, strict=strict) == code
