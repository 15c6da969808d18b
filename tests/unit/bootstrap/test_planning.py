from __future__ import annotations

from typing import TYPE_CHECKING

from credcheck.bootstrap.planning import make_plan
from credcheck.bootstrap.table import render
from credcheck.model import (
    Manifest,
    Need,
    Report,
    SecretSpec,
    SecretStatus,
    State,
    Suite,
    TestGroup,
)

if TYPE_CHECKING:
    from pathlib import Path

    from credcheck.bootstrap.planning import Plan, Store


def planned(
    root: Path,
    *secrets: tuple[str, State, str | None],
    suites: tuple[Suite, ...] = (),
    groups: tuple[TestGroup, ...] = (),
    only: tuple[str, ...] = (),
    store: Store = "dotenv",
) -> Plan:
    manifest = Manifest(
        root=root,
        secrets={name: SecretSpec(name=name, file=name == "FILE") for name, _, _ in secrets},
        suites={suite.name: suite for suite in suites},
    )
    statuses = tuple(
        SecretStatus(name, state, "unknown", None, source, "a reason", hint="vault login")
        for name, state, source in secrets
    )
    report = Report("0", "local", 0, (), statuses, (), ())
    return make_plan(manifest, report, groups, suites=only, store=store)


def actions(plan: Plan) -> dict[str, str]:
    return {step.name: step.action for step in plan.steps}


def test_each_state_has_its_action(tmp_path: Path) -> None:
    plan = planned(
        tmp_path,
        ("IN_FILE", "ready", "dotenv"),
        ("IN_ENV", "ready", "env"),
        ("IN_KEYRING", "ready", "keyring"),
        ("IN_VAULT", "ready", "vault"),
        ("GONE", "absent", None),
        ("EMPTY", "empty", None),
        ("DUMMY", "placeholder", None),
        ("WRONG", "malformed", "dotenv"),
        ("DOWN", "unreachable", None),
        ("SHUT", "denied", None),
        ("LATER", "deferred", None),
    )
    assert actions(plan) == {
        "IN_FILE": "keep",
        "IN_ENV": "keep",
        "IN_KEYRING": "copy",
        "IN_VAULT": "copy",
        "GONE": "ask",
        "EMPTY": "ask",
        "DUMMY": "ask",
        "WRONG": "ask",
        "DOWN": "sign-in",
        "SHUT": "sign-in",
        "LATER": "wait",
    }
    assert not plan.is_ready


def test_what_is_in_the_keyring_stays_there_if_it_is_the_store(tmp_path: Path) -> None:
    plan = planned(tmp_path, ("A", "ready", "keyring"), ("B", "ready", "vault"), store="keyring")
    assert actions(plan) == {"A": "keep", "B": "copy"}


def test_a_machine_is_ready_when_nothing_is_to_be_done(tmp_path: Path) -> None:
    suite = Suite("s", requires=("A", "B"))
    plan = planned(
        tmp_path,
        ("A", "ready", "env"),
        ("B", "deferred", None),
        ("UNUSED", "absent", None),
        suites=(suite,),
    )
    assert actions(plan)["UNUSED"] == "leave"
    assert plan.is_ready


def test_one_of_a_group_is_enough(tmp_path: Path) -> None:
    suite = Suite("s", any_of=(("A", "B"), ("C", "D")))
    plan = planned(
        tmp_path,
        ("A", "ready", "env"),
        ("B", "absent", None),
        ("C", "absent", None),
        ("D", "absent", None),
        suites=(suite,),
    )
    assert actions(plan) == {"A": "keep", "B": "leave", "C": "ask", "D": "ask"}
    assert plan.is_wanted("D", {"A"})
    assert not plan.is_wanted("D", {"A", "C"})


def test_what_another_suite_needs_by_itself_is_wanted_all_the_same(tmp_path: Path) -> None:
    suites = (Suite("either", any_of=(("A", "B"),)), Suite("both", requires=("B",)))
    plan = planned(tmp_path, ("A", "ready", "env"), ("B", "absent", None), suites=suites)
    assert actions(plan)["B"] == "ask"
    assert plan.steps[1].suites == ("either", "both")
    assert plan.steps[1].alternatives == ()


def test_tests_without_a_suite_need_what_they_name(tmp_path: Path) -> None:
    group = TestGroup("tests/test_x.py", 1, 1, Need(all_of=("A",)))
    plan = planned(tmp_path, ("A", "absent", None), ("B", "absent", None), groups=(group,))
    assert actions(plan) == {"A": "ask", "B": "leave"}
    assert plan.steps[0].suites == ("tests/test_x",)


def test_it_can_be_narrowed_to_suites(tmp_path: Path) -> None:
    suites = (Suite("one", requires=("A",)), Suite("two", requires=("A",)))
    plan = planned(tmp_path, ("A", "absent", None), suites=suites, only=("two",))
    assert plan.steps[0].suites == ("two",)


def test_the_table_names_secret_suites_state_and_action(tmp_path: Path) -> None:
    suites = (Suite("[red]shop", requires=("DOWN", "A")), Suite("or", any_of=(("B", "C"),)))
    plan = planned(
        tmp_path,
        ("A", "ready", "vault"),
        ("B", "absent", None),
        ("C", "absent", None),
        ("DOWN", "unreachable", None),
        suites=suites,
    )
    assert render(plan, ".env.test", width=100, color=False) == (
        "secret  needed by  now             what happens\n"
        "A       [red]shop  ready in vault  is copied to .env.test\n"
        "B       or         absent          is asked for\n"
        "C       or         absent          is asked for\n"
        "DOWN    [red]shop  unreachable     needs a sign-in first\n"
        "one of these is enough: B, C\n"
        "DOWN: a reason\n"
        "  next: vault login\n"
    )


def test_the_table_has_color_only_if_it_may(tmp_path: Path) -> None:
    plan = planned(tmp_path, ("A", "absent", None))
    assert "\x1b[" in render(plan, ".env.test", width=100, color=True)
    assert "\x1b[" not in render(plan, ".env.test", width=100, color=False)


def test_the_path_of_a_file_may_be_seen(tmp_path: Path) -> None:
    plan = planned(tmp_path, ("FILE", "absent", None), ("A", "absent", None))
    assert [step.is_path for step in plan.steps] == [True, False]
