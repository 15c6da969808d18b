from __future__ import annotations

import asyncio
import copy
import os
import pickle
import subprocess
import sys
import threading
import time
from typing import TYPE_CHECKING

import pytest

from credcheck.broker import Broker
from credcheck.errors import (
    CommandLineError,
    CredcheckError,
    DotenvError,
    ManifestError,
    NotReady,
    Refused,
)
from credcheck.model import Need, TestGroup
from support.keys import aws_key_id, sendgrid, stripe_live, stripe_test
from support.projects import broker_for, write_env_test, write_project

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from credcheck.model import Finding

STRIPE = """
[secrets.STRIPE_TEST_KEY]
service = "stripe"
obtain = "https://dashboard.stripe.com/test/apikeys"
aliases = ["STRIPE_SANDBOX_KEY"]

[suites.payments]
requires = ["STRIPE_TEST_KEY"]
"""


def codes(findings: Iterable[Finding]) -> list[str]:
    return [found.code for found in findings]


# ── handing out ───────────────────────────────────────────────────────────────────────────────


def test_a_test_key_is_handed_out(tmp_path: Path) -> None:
    write_project(tmp_path, STRIPE, STRIPE_TEST_KEY=stripe_test())
    broker = broker_for(tmp_path)
    assert broker["STRIPE_TEST_KEY"] == stripe_test()
    assert broker.get("STRIPE_TEST_KEY") == stripe_test()
    status = broker.status("STRIPE_TEST_KEY")
    assert (status.state, status.mode, status.service, status.source) == (
        "ready", "test", "stripe", "dotenv",
    )  # fmt: skip


def test_a_missing_secret_is_a_key_error_that_says_what_to_do(tmp_path: Path) -> None:
    write_project(tmp_path, STRIPE)
    broker = broker_for(tmp_path)
    with pytest.raises(KeyError) as caught:
        broker["STRIPE_TEST_KEY"]
    assert isinstance(caught.value, NotReady)
    assert str(caught.value) == (
        "STRIPE_TEST_KEY is absent: no source has it (asked: dotenv, env)\n"
        "  hint: get one at https://dashboard.stripe.com/test/apikeys and add "
        "STRIPE_TEST_KEY=<your test key> to .env.test"
    )
    assert broker.get("STRIPE_TEST_KEY") is None


def test_a_live_key_is_refused_and_never_handed_out(tmp_path: Path) -> None:
    write_project(tmp_path, STRIPE, STRIPE_TEST_KEY=stripe_live())
    broker = broker_for(tmp_path)
    for ask in (broker.__getitem__, broker.get):
        with pytest.raises(Refused) as caught:
            ask("STRIPE_TEST_KEY")
        assert stripe_live()[8:16] not in str(caught.value)
    assert broker.status("STRIPE_TEST_KEY").state == "live"


def test_each_secret_is_resolved_once(tmp_path: Path) -> None:
    write_project(tmp_path, STRIPE, STRIPE_TEST_KEY=stripe_test())
    broker = broker_for(tmp_path)
    first = broker["STRIPE_TEST_KEY"]
    write_env_test(tmp_path, f"STRIPE_TEST_KEY={stripe_test(seed=9)}\n")
    assert broker["STRIPE_TEST_KEY"] == first


def test_the_library_reads_the_processs_own_environment(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_project(tmp_path, STRIPE)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("STRIPE_TEST_KEY", stripe_test())
    monkeypatch.delenv("CREDCHECK_MANIFEST", raising=False)
    assert Broker.load()["STRIPE_TEST_KEY"] == stripe_test()


def test_the_manifest_can_be_named_by_argument_or_variable(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    write_project(tmp_path / "a", STRIPE)
    path = tmp_path / "a" / "credcheck.toml"
    by_argument = Broker.load("a/credcheck.toml", environ={}, cwd=tmp_path)
    by_variable = Broker.load(environ={"CREDCHECK_MANIFEST": str(path)}, cwd=tmp_path)
    assert by_argument.manifest == by_variable.manifest
    assert by_argument.manifest.root == tmp_path / "a"


def test_a_broken_env_test_is_an_error_with_its_line(tmp_path: Path) -> None:
    write_project(tmp_path, STRIPE)
    write_env_test(tmp_path, "A=1\nSTRIPE_TEST_KEY\n")
    with pytest.raises(DotenvError, match=r"\.env\.test:2: not a line of the form NAME=value"):
        broker_for(tmp_path).status("STRIPE_TEST_KEY")


# ── states ────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("value", "state"),
    [
        (stripe_test(), "ready"),
        (stripe_live(), "live"),
        ("", "empty"),
        ("changeme", "placeholder"),
        ("sk_" + "test_" + "short", "malformed"),
        (sendgrid(), "malformed"),
    ],
)
def test_the_state_is_what_the_value_proves(tmp_path: Path, value: str, state: str) -> None:
    write_project(tmp_path, STRIPE)
    broker = broker_for(tmp_path, {"STRIPE_TEST_KEY": value})
    assert broker.status("STRIPE_TEST_KEY").state == state


def test_a_placeholder_does_not_hide_a_later_value(tmp_path: Path) -> None:
    write_project(tmp_path, STRIPE, STRIPE_TEST_KEY="changeme")
    broker = broker_for(tmp_path, {"STRIPE_TEST_KEY": stripe_test()})
    status = broker.status("STRIPE_TEST_KEY")
    assert (status.state, status.source) == ("ready", "env")
    assert status.attempts[0].detail == ".env.test:1: a placeholder, not a value"


@pytest.mark.parametrize(
    ("environ", "reason"),
    [
        ({"STRIPE_TEST_KEY": ""}, "STRIPE_TEST_KEY is set, but empty"),
        ({"STRIPE_TEST_KEY": "changeme"}, "variable STRIPE_TEST_KEY: a placeholder, not a value"),
    ],
)
def test_the_reason_says_where_the_useless_value_stands(
    tmp_path: Path, environ: dict[str, str], reason: str
) -> None:
    write_project(tmp_path, STRIPE, OTHER="1")
    assert broker_for(tmp_path, environ).status("STRIPE_TEST_KEY").reason == reason


def test_a_vendor_without_modes_is_ready_with_a_warning(tmp_path: Path) -> None:
    write_project(tmp_path, "[secrets.MAIL_KEY]\nservice = 'sendgrid'\n", MAIL_KEY=sendgrid())
    broker = broker_for(tmp_path)
    assert broker.status("MAIL_KEY").state == "ready"
    assert codes(broker.findings()) == ["CRED004"]


def test_the_operators_word_takes_the_warning_away_and_is_shown(tmp_path: Path) -> None:
    write_project(
        tmp_path,
        "[secrets.MAIL_KEY]\nservice = 'sendgrid'\nunproven = 'a sandbox account'\n",
        MAIL_KEY=sendgrid(),
    )
    broker = broker_for(tmp_path)
    broker.resolve(["MAIL_KEY"])
    (told,) = broker.findings()
    assert (told.code, told.severity) == ("CRED005", "info")
    assert "a sandbox account" in told.message


def test_the_operators_word_never_excuses_a_live_key(tmp_path: Path) -> None:
    write_project(
        tmp_path,
        "[secrets.MAIL_KEY]\nservice = 'sendgrid'\nunproven = 'a sandbox account'\n",
        MAIL_KEY=stripe_live(),
    )
    assert broker_for(tmp_path).status("MAIL_KEY").state == "live"


@pytest.mark.parametrize(
    ("lists", "state", "mode"),
    [
        ("", "ready", "unknown"),
        ("[allow]\naws-accounts = ['111111111111']\n", "ready", "test"),
        ("[allow]\naws-accounts = ['222222222222']\n", "malformed", "unknown"),
        ("[refuse]\naws-accounts = ['111111111111']\n", "live", "live"),
    ],
)
def test_the_operators_lists_decide_about_an_aws_account(
    tmp_path: Path, lists: str, state: str, mode: str
) -> None:
    manifest = "[secrets.AWS_ACCESS_KEY_ID]\nservice = 'aws'\n" + lists
    write_project(tmp_path, manifest, AWS_ACCESS_KEY_ID=aws_key_id("111111111111"))
    status = broker_for(tmp_path).status("AWS_ACCESS_KEY_ID")
    assert (status.state, status.mode) == (state, mode)


@pytest.mark.parametrize(
    "error",
    [
        NotReady("A_KEY", "A_KEY is absent", "add it"),
        Refused("A_KEY", "A_KEY is live", "take it out"),
        ManifestError(["one", "two"], "correct them"),
        CommandLineError("no such suite", "name another"),
    ],
    ids=lambda error: type(error).__name__,
)
def test_an_error_comes_whole_out_of_another_process(error: CredcheckError) -> None:
    for again in (pickle.loads(pickle.dumps(error)), copy.copy(error)):
        assert type(again) is type(error)
        assert (str(again), again.args, vars(again)) == (str(error), error.args, vars(error))


# ── files as values ───────────────────────────────────────────────────────────────────────────

FILE = "[secrets.KEY_FILE]\nservice = 'stripe'\nfile = true\n"


@pytest.mark.parametrize(
    ("content", "state"), [(stripe_test(), "ready"), (stripe_live(), "live"), ("", "empty")]
)
def test_the_content_of_a_file_variable_is_judged(tmp_path: Path, content: str, state: str) -> None:
    write_project(tmp_path, FILE)
    (tmp_path / "key.txt").write_text(content + "\n")
    broker = broker_for(tmp_path, {"KEY_FILE": "key.txt"})
    assert broker.status("KEY_FILE").state == state


def test_what_is_handed_out_is_the_path(tmp_path: Path) -> None:
    write_project(tmp_path, FILE)
    (tmp_path / "key.txt").write_text(stripe_test())
    assert broker_for(tmp_path, {"KEY_FILE": "key.txt"})["KEY_FILE"] == "key.txt"


@pytest.mark.parametrize("path", ["none.txt", ".", "a\0b"])
def test_a_file_variable_that_names_no_file_is_absent(tmp_path: Path, path: str) -> None:
    write_project(tmp_path, FILE)
    status = broker_for(tmp_path, {"KEY_FILE": path}).status("KEY_FILE")
    assert (status.state, status.reason) == ("absent", "it names no readable file")


@pytest.mark.parametrize(
    ("manifest", "hint"),
    [
        ("", "add KEY_FILE=<path of a file with it> to .env.test"),
        ("[dotenv]\npath = 'config/test.env'\n", "to config/test.env"),
        ("sources = ['env']\n", "set KEY_FILE in the environment"),
        ("sources = ['vault', 'aws']\n", "store it where the manifest looks: vault, aws"),
    ],
)
def test_the_hint_names_the_place_where_the_manifest_looks(
    tmp_path: Path, manifest: str, hint: str
) -> None:
    write_project(tmp_path, manifest + FILE)
    assert hint in broker_for(tmp_path).status("KEY_FILE").hint


@pytest.mark.parametrize("shadowed", [True, False])
def test_a_live_key_in_the_place_of_a_path_is_refused(tmp_path: Path, *, shadowed: bool) -> None:
    write_project(tmp_path, FILE)
    if shadowed:
        (tmp_path / "key.txt").write_text(stripe_test())
        write_env_test(tmp_path, "KEY_FILE=key.txt\n")
    broker = broker_for(tmp_path, {"KEY_FILE": stripe_live()})
    assert broker.status("KEY_FILE").state == "live"
    assert codes(broker.refusals()) == ["CRED002"]


def test_the_folder_may_be_a_text(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_project(tmp_path, FILE)
    monkeypatch.chdir(tmp_path.parent)
    assert "KEY_FILE" in Broker.load(environ={}, cwd=tmp_path.name).manifest.secrets


# ── live wherever it is seen ──────────────────────────────────────────────────────────────────


def test_a_live_value_that_a_test_value_shadows_is_refused(tmp_path: Path) -> None:
    write_project(tmp_path, STRIPE, STRIPE_TEST_KEY=stripe_test())
    broker = broker_for(tmp_path, {"STRIPE_TEST_KEY": stripe_live()})
    assert broker.status("STRIPE_TEST_KEY").state == "live"
    (told,) = broker.refusals()
    assert told.code == "CRED002"
    assert "variable STRIPE_TEST_KEY" in told.hint


def test_a_live_value_under_an_alias_is_refused(tmp_path: Path) -> None:
    write_project(tmp_path, STRIPE, STRIPE_TEST_KEY=stripe_test(), STRIPE_SANDBOX_KEY=stripe_live())
    assert broker_for(tmp_path).status("STRIPE_TEST_KEY").state == "live"


def test_a_live_value_of_a_secret_that_is_not_needed_is_refused(tmp_path: Path) -> None:
    write_project(tmp_path, STRIPE, STRIPE_TEST_KEY=stripe_live())
    assert codes(broker_for(tmp_path).refusals()) == ["CRED002"]


def test_a_live_value_that_only_a_mark_names_is_refused_where_it_is_shadowed(
    tmp_path: Path,
) -> None:
    write_project(tmp_path, "", OTHER_KEY=stripe_test())
    broker = broker_for(tmp_path, {"OTHER_KEY": stripe_live()})
    assert broker.status("OTHER_KEY").state == "live"


def test_a_live_value_under_any_other_name_of_the_file_is_refused(tmp_path: Path) -> None:
    write_project(tmp_path, STRIPE, STRIPE_TEST_KEY=stripe_test(), SHOP_KEY=stripe_live())
    broker = broker_for(tmp_path)
    broker.resolve(["STRIPE_TEST_KEY"])
    (told,) = broker.refusals()
    assert (told.code, told.severity) == ("CRED008", "error")
    assert told.message.startswith(
        ".env.test:2 holds a production credential under the name SHOP_KEY: "
    )


def test_a_live_key_in_a_comment_is_a_warning(tmp_path: Path) -> None:
    write_project(tmp_path, STRIPE)
    write_env_test(tmp_path, f"# old: {stripe_live()}\nSTRIPE_TEST_KEY={stripe_test()}\n")
    broker = broker_for(tmp_path)
    assert (codes(broker.findings()), broker.refusals()) == (["CRED009"], ())


@pytest.mark.parametrize(
    ("ambient", "told", "refused"),
    [("warn", ["CRED007"], []), ("refuse", ["CRED007"], ["CRED007"]), ("off", [], [])],
)
def test_a_live_key_under_an_undeclared_variable_is_told_by_ambient(
    tmp_path: Path, ambient: str, told: list[str], refused: list[str]
) -> None:
    write_project(tmp_path, f"ambient = '{ambient}'\n" + STRIPE)
    broker = broker_for(tmp_path, {"SHOP_KEY": stripe_live()})
    assert codes(broker.findings()) == told
    assert codes(broker.refusals()) == refused


def test_a_refused_place_is_refused_before_anything_is_read(tmp_path: Path) -> None:
    write_project(
        tmp_path,
        "[secrets.A]\nvault = 'secret/prod/stripe#key'\n[refuse]\nvault = ['secret/prod/*']\n",
    )
    broker = broker_for(tmp_path, {"A": stripe_test()})
    status = broker.status("A")
    assert (status.state, status.attempts) == ("live", ())
    assert codes(broker.refusals()) == ["CRED016"]


def test_a_place_that_is_not_refused_is_asked(tmp_path: Path) -> None:
    write_project(tmp_path, "[secrets.A]\nkeyring = 'ci-a'\n[refuse]\nkeyring = ['prod-*']\n")
    assert broker_for(tmp_path).refusals() == ()


# ── the rest of hygiene ───────────────────────────────────────────────────────────────────────


def test_two_values_for_one_secret_are_told_with_their_places(tmp_path: Path) -> None:
    write_project(tmp_path, STRIPE, STRIPE_TEST_KEY=stripe_test())
    broker = broker_for(tmp_path, {"STRIPE_TEST_KEY": stripe_test(seed=9)})
    broker.resolve(["STRIPE_TEST_KEY"])
    (told,) = broker.findings()
    assert told.message == (
        "STRIPE_TEST_KEY has another value in variable STRIPE_TEST_KEY than in .env.test:1, "
        "which wins."
    )


def test_the_same_value_twice_is_not_worth_telling(tmp_path: Path) -> None:
    write_project(tmp_path, STRIPE, STRIPE_TEST_KEY=stripe_test())
    broker = broker_for(tmp_path, {"STRIPE_TEST_KEY": stripe_test()})
    broker.resolve(["STRIPE_TEST_KEY"])
    assert broker.findings() == ()


@pytest.mark.skipif(os.name != "posix", reason="needs POSIX modes")
def test_a_file_that_others_can_read_is_a_warning(tmp_path: Path) -> None:
    write_project(tmp_path, STRIPE, OTHER="1")
    (tmp_path / ".env.test").chmod(0o644)
    assert codes(broker_for(tmp_path).findings()) == ["CRED011"]


def test_a_name_close_to_a_declared_one_is_told(tmp_path: Path) -> None:
    write_project(tmp_path, STRIPE)
    broker = broker_for(tmp_path)
    broker.resolve(["STRIPE_TSET_KEY", "SOMETHING_ELSE"])
    (told,) = broker.findings()
    assert told.code == "CRED015"
    assert "did you mean 'STRIPE_TEST_KEY'?" in told.message


# ── run-time credentials ──────────────────────────────────────────────────────────────────────

PROVIDED = "[secrets.STRIPE_TEST_KEY]\nservice = 'stripe'\nprovided-by = 'vendor'\n"


def test_a_provided_secret_is_deferred_until_it_comes(tmp_path: Path) -> None:
    write_project(tmp_path, PROVIDED)
    broker = broker_for(tmp_path)
    assert broker.status("STRIPE_TEST_KEY").state == "deferred"
    with pytest.raises(NotReady, match="the fixture 'vendor' hands it in at run time"):
        broker["STRIPE_TEST_KEY"]
    assert broker.provide("STRIPE_TEST_KEY", stripe_test()).state == "ready"
    assert broker["STRIPE_TEST_KEY"] == stripe_test()


def test_a_provided_live_key_is_refused_at_once(tmp_path: Path) -> None:
    write_project(tmp_path, PROVIDED)
    broker = broker_for(tmp_path)
    assert broker.provide("STRIPE_TEST_KEY", stripe_live()).state == "live"
    assert codes(broker.refusals()) == ["CRED002"]


# ── hints by context ──────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("environ", "context", "hint"),
    [
        ({"CI": "true"}, None, "set STRIPE_TEST_KEY in the settings of your CI"),
        (
            {"GITHUB_ACTIONS": "true"},
            None,
            "then map it under env: STRIPE_TEST_KEY: ${{ secrets.STRIPE_TEST_KEY }}",
        ),
        ({}, "fork", "secrets are withheld from forks by design"),
    ],
)
def test_the_hint_fits_the_context(
    tmp_path: Path, environ: dict[str, str], context: str | None, hint: str
) -> None:
    write_project(tmp_path, STRIPE)
    assert hint in broker_for(tmp_path, environ, context).status("STRIPE_TEST_KEY").hint


# ── deciding and reporting ────────────────────────────────────────────────────────────────────


def test_a_test_is_decided_by_its_suite_and_its_marks(tmp_path: Path) -> None:
    write_project(tmp_path, STRIPE + "paths = ['tests/payments']\n")
    broker = broker_for(tmp_path)
    assert broker.suite_secrets("tests/payments/test_x.py") == ("STRIPE_TEST_KEY",)
    assert broker.suite_secrets("tests/test_x.py") == ()
    decision = broker.decide("tests/payments/test_x.py", Need())
    assert (decision.outcome, decision.suite, decision.missing) == (
        "skip", "payments", ("STRIPE_TEST_KEY",),
    )  # fmt: skip
    assert broker.decide("tests/test_x.py", Need(), strict=True).outcome == "run"
    assert broker.decide("tests/payments/test_x.py", Need(), strict=True).outcome == "fail"


def test_a_refusal_anywhere_refuses_every_test(tmp_path: Path) -> None:
    write_project(tmp_path, STRIPE, SHOP_KEY=stripe_live())
    decision = broker_for(tmp_path).decide("tests/test_x.py", Need(all_of=("OTHER",)))
    assert decision.outcome == "refused"
    assert decision.reason.startswith("nothing runs: .env.test:1 holds a production credential")


def group(path: str, *names: str, count: int = 1) -> TestGroup:
    return TestGroup(path=path, line=1, count=count, need=Need(all_of=names))


def test_the_report_tells_suites_secrets_findings_and_sources(tmp_path: Path) -> None:
    write_project(tmp_path, STRIPE)
    report = broker_for(tmp_path).report(
        groups=[group("tests/test_pay.py", "STRIPE_TEST_KEY", count=4)]
    )
    assert (report.ok, report.exit_code, report.context) == (True, 0, "local")
    assert [(s.name, s.outcome, s.tests) for s in report.suites] == [("payments", "skip", 4)]
    assert [(s.name, s.state) for s in report.secrets] == [("STRIPE_TEST_KEY", "absent")]
    assert [(f.code, f.severity, f.suite) for f in report.findings] == [
        ("CRED001", "info", "payments")
    ]
    assert [(s.name, s.status) for s in report.sources] == [
        ("dotenv", "ok"), ("env", "ok"), ("keyring", "not-asked"), ("vault", "not-asked"),
        ("aws", "not-asked"),
    ]  # fmt: skip


def test_a_suite_that_fails_makes_its_finding_an_error(tmp_path: Path) -> None:
    write_project(tmp_path, STRIPE + "on-missing = 'fail'\n")
    report = broker_for(tmp_path).report()
    assert (report.exit_code, report.findings[0].severity) == (1, "error")


def test_a_place_that_cannot_be_asked_is_exit_4_in_ci(tmp_path: Path) -> None:
    manifest = (
        "sources = ['env', 'vault']\n[secrets.A]\nvault = 'kv/a#b'\n[suites.s]\nrequires = ['A']\n"
    )
    write_project(tmp_path, manifest)
    codes_by_context = [
        broker_for(tmp_path, context=kind).report().exit_code for kind in ("local", "ci", "fork")
    ]
    assert codes_by_context[0] == 0


def test_a_refusal_makes_every_suite_refused_and_the_exit_code_3(tmp_path: Path) -> None:
    manifest = STRIPE + "[secrets.B]\n[suites.other]\nrequires = ['B']\n"
    write_project(tmp_path, manifest, STRIPE_TEST_KEY=stripe_live())
    report = broker_for(tmp_path).report()
    assert report.exit_code == 3
    assert [(s.name, s.outcome) for s in report.suites] == [
        ("payments", "refused"), ("other", "refused"),
    ]  # fmt: skip


def test_a_named_suite_narrows_report_and_exit_code(tmp_path: Path) -> None:
    manifest = STRIPE + "on-missing = 'fail'\n[secrets.B]\n[suites.other]\nrequires = ['B']\n"
    write_project(tmp_path, manifest)
    report = broker_for(tmp_path).report(
        suites=["other"], groups=[group("tests/test_x.py", "STRIPE_TEST_KEY")]
    )
    assert (report.exit_code, [s.name for s in report.suites]) == (0, ["other"])
    assert [s.name for s in report.secrets] == ["B"]


def test_an_undeclared_suite_can_be_named_by_its_module(tmp_path: Path) -> None:
    groups = [group("tests/test_x.py", "A"), group("tests/test_y.py", "B")]
    report = broker_for(tmp_path).report(suites=["tests/test_y"], groups=groups)
    assert [(s.name, s.missing) for s in report.suites] == [("tests/test_y", ("B",))]


def test_an_unknown_suite_is_an_error_with_a_suggestion(tmp_path: Path) -> None:
    write_project(tmp_path, STRIPE)
    with pytest.raises(CommandLineError) as caught:
        broker_for(tmp_path).report(suites=["payment"])
    assert str(caught.value) == (
        "there is no suite 'payment' (did you mean 'payments'?)\n  hint: the suites are: payments"
    )


def test_a_secret_that_nothing_needs_is_told(tmp_path: Path) -> None:
    write_project(tmp_path, STRIPE + "[secrets.B]\n")
    report = broker_for(tmp_path).report()
    assert [(f.code, f.secret) for f in report.findings if f.code == "CRED017"] == [
        ("CRED017", "B")
    ]


def test_strict_makes_warnings_count(tmp_path: Path) -> None:
    write_project(tmp_path, "[secrets.MAIL_KEY]\nservice = 'sendgrid'\n", MAIL_KEY=sendgrid())
    assert broker_for(tmp_path).report().exit_code == 0
    assert broker_for(tmp_path).report(strict=True).exit_code == 1


# ── xdist ─────────────────────────────────────────────────────────────────────────────────────


def builtin(value: object) -> bool:
    if isinstance(value, dict):
        return type(value) is dict and all(builtin(v) for pair in value.items() for v in pair)
    if isinstance(value, list | tuple):
        return type(value) in {list, tuple} and all(map(builtin, value))
    return value is None or type(value) in {str, bool, int, float}


def test_a_restored_broker_knows_all_and_asks_nobody(tmp_path: Path) -> None:
    write_project(tmp_path, STRIPE, STRIPE_TEST_KEY=stripe_test(), SHOP_KEY=stripe_live())
    first = broker_for(tmp_path)
    first.resolve(["STRIPE_TEST_KEY", "OTHER"])
    state = first.dump(["STRIPE_TEST_KEY", "OTHER"])
    assert builtin(state)
    (tmp_path / ".env.test").unlink()
    second = broker_for(tmp_path)
    second.restore(state)
    assert second["STRIPE_TEST_KEY"] == stripe_test()
    assert second.status("STRIPE_TEST_KEY") == first.status("STRIPE_TEST_KEY")
    assert second.status("OTHER") == first.status("OTHER")
    assert second.findings() == first.findings()
    assert second.refusals() == first.refusals()


def test_a_restored_broker_still_judges_what_a_fixture_provides(tmp_path: Path) -> None:
    write_project(tmp_path, PROVIDED)
    second = broker_for(tmp_path)
    second.restore(broker_for(tmp_path).dump(["STRIPE_TEST_KEY"]))
    assert second.provide("STRIPE_TEST_KEY", stripe_live()).state == "live"


# ── threads, event loops, forks ───────────────────────────────────────────────────────────────

posix = pytest.mark.skipif(os.name != "posix", reason="needs POSIX pipes")


def slow_env_test(root: Path, text: str, seconds: float) -> threading.Thread:
    """An `.env.test` as password managers mount it: it can be read once, and not at once."""
    write_project(root, STRIPE)
    os.mkfifo(root / ".env.test", 0o600)

    def serve() -> None:
        with (root / ".env.test").open("w") as pipe:
            time.sleep(seconds)
            pipe.write(text)

    server = threading.Thread(target=serve)
    server.start()
    return server


@posix
def test_threads_that_ask_at_once_share_one_resolution(tmp_path: Path) -> None:
    server = slow_env_test(tmp_path, f"STRIPE_TEST_KEY={stripe_test()}\n", 0.2)
    broker = broker_for(tmp_path)
    seen: list[object] = []

    def ask(number: int) -> None:
        seen.append(broker["STRIPE_TEST_KEY"])
        seen.append(broker.report().exit_code)
        broker.resolve([f"OTHER_{number}_{n}" for n in range(20)])
        seen.append(len(broker.findings()))

    threads = [threading.Thread(target=ask, args=(n,)) for n in range(8)]
    for thread in threads:
        thread.start()
    for thread in (*threads, server):
        thread.join()
    assert seen.count(stripe_test()) == 8
    assert seen.count(0) >= 8
    assert len(seen) == 24


@posix
def test_the_event_loop_goes_on_while_secrets_are_resolved(tmp_path: Path) -> None:
    server = slow_env_test(tmp_path, f"STRIPE_TEST_KEY={stripe_test()}\n", 0.3)

    async def work() -> tuple[Broker, int]:
        ticks = 0

        async def tick() -> None:
            nonlocal ticks
            while True:
                ticks += 1
                await asyncio.sleep(0.01)

        ticking = asyncio.create_task(tick())
        broker = await Broker.aload(environ={}, cwd=tmp_path)
        ticking.cancel()
        return broker, ticks

    broker, ticks = asyncio.run(work())
    server.join()
    assert ticks > 5
    assert broker.resolved() == ("STRIPE_TEST_KEY",)
    assert broker["STRIPE_TEST_KEY"] == stripe_test()


def test_what_is_to_be_resolved_without_blocking_can_be_named(tmp_path: Path) -> None:
    write_project(tmp_path, STRIPE)
    broker = asyncio.run(
        Broker.aload(environ={"OTHER": "o"}, cwd=tmp_path, context="ci", names=["OTHER"])
    )
    assert (broker.resolved(), broker.context.kind) == (("OTHER",), "ci")


FORK = """
import os, threading, time
from credcheck import broker
holding = threading.Event()
def hold():
    with broker._lock:
        holding.set()
        time.sleep(5)
threading.Thread(target=hold, daemon=True).start()
holding.wait()
pid = os.fork()
if not pid:
    made = broker.Broker.load(environ={"A": "a-value"})
    os._exit(0 if made["A"] == "a-value" else 1)
os._exit(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))
"""


@posix
def test_a_child_that_was_forked_while_a_thread_resolves_does_not_wait_for_it(
    tmp_path: Path,
) -> None:
    begin = time.monotonic()
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", FORK], cwd=tmp_path, timeout=30, check=False
    )
    assert done.returncode == 0
    assert time.monotonic() - begin < 4
