"""The plugin under pytest-xdist, in whole processes."""

from __future__ import annotations

import json
import os
import sys

import pytest

from support.counting import asked, install_counting
from support.keys import stripe_live, stripe_test

MANIFEST = """
[secrets.STRIPE_TEST_KEY]
service = "stripe"
"""
MARKED = """
    import os
    import pytest
    from credcheck import require_secret

    @require_secret("STRIPE_TEST_KEY")
    @pytest.mark.parametrize("n", range(4))
    def test_charge(secrets, n):
        assert secrets["STRIPE_TEST_KEY"].startswith("sk_" + "test_")

    @require_secret("MISSING")
    def test_skipped(): raise AssertionError

    def test_plain(): pass
"""


@pytest.fixture(autouse=True)
def clean(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in list(os.environ):
        if name.startswith(("CI", "GITHUB_", "GITLAB_", "STRIPE", "CREDCHECK_", "PYTEST_XDIST")):
            monkeypatch.delenv(name)


def run(pytester: pytest.Pytester, *words: str) -> pytest.RunResult:
    return pytester.runpytest_subprocess("-p", "no:randomly", "-n", "2", *words)


def refused(result: pytest.RunResult) -> str:
    assert result.ret == 3
    output = result.stdout.str() + result.stderr.str()
    assert "credcheck refuses to run: " in output
    assert "INTERNALERROR" not in output
    secret = stripe_live()[8:]
    assert not [n for n in range(len(secret) - 7) if secret[n : n + 8] in output]
    return output


def test_workers_get_the_values_that_the_controller_resolved(pytester: pytest.Pytester) -> None:
    (pytester.path / "credcheck.toml").write_text(MANIFEST)
    (pytester.path / ".env.test").write_text(f"STRIPE_TEST_KEY={stripe_test()}\n")
    # a worker that read the file by itself would find it gone
    pytester.makeconftest(
        """
        import os, pathlib
        if "PYTEST_XDIST_WORKER" in os.environ:
            pathlib.Path(".env.test").unlink(missing_ok=True)
        """
    )
    pytester.makepyfile(test_pay=MARKED)
    result = run(pytester)
    result.assert_outcomes(passed=5, skipped=1)
    result.stdout.fnmatch_lines(
        [
            "credcheck: context local*",
            "credcheck: 1 secret ready (STRIPE_TEST_KEY), 1 missing (MISSING: absent)",
            "test_pay: skipped 1 test: MISSING is absent",
        ]
    )


def test_a_value_is_neither_in_the_environment_nor_on_the_command_line_of_a_worker(
    pytester: pytest.Pytester,
) -> None:
    (pytester.path / "credcheck.toml").write_text(MANIFEST)
    (pytester.path / ".env.test").write_text(f"STRIPE_TEST_KEY={stripe_test()}\n")
    pytester.makepyfile(
        """
        import os, sys
        from credcheck import require_secret

        @require_secret("STRIPE_TEST_KEY")
        def test_a(secrets):
            value = secrets["STRIPE_TEST_KEY"]
            assert value not in str(dict(os.environ)) + str(sys.argv)
            if os.path.exists("/proc/self/cmdline"):
                for name in ("environ", "cmdline"):
                    with open("/proc/self/" + name, "rb") as file:
                        assert value.encode() not in file.read()
        """
    )
    run(pytester).assert_outcomes(passed=1)


def test_a_live_key_ends_the_run_before_any_test(
    pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("STRIPE_TEST_KEY", stripe_live())
    pytester.makepyfile(MARKED)
    result = run(pytester)
    refused(result)
    assert result.parseoutcomes() == {}


def test_a_live_key_that_lies_here_ends_the_run_before_any_worker(
    pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    (pytester.path / "credcheck.toml").write_text(MANIFEST)
    monkeypatch.setenv("STRIPE_TEST_KEY", stripe_live())
    pytester.makepyfile(MARKED)
    assert "workers" not in refused(run(pytester))


def test_a_live_key_that_only_a_worker_can_find_ends_the_run(
    pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("STRIPE_TEST_KEY", stripe_live())
    pytester.makepyfile(
        """
        def test_a(secrets): secrets.require("_".join(["STRIPE", "TEST", "KEY"]))
        def test_b(): pass
        """
    )
    assert "2 workers" in refused(run(pytester))


def test_a_live_key_behind_a_mark_that_cannot_be_read_ends_the_run(
    pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("STRIPE_TEST_KEY", stripe_live())
    pytester.makepyfile(
        """
        from credcheck import require_secret
        @require_secret("_".join(["STRIPE", "TEST", "KEY"]))
        def test_a(): raise AssertionError
        """
    )
    result = run(pytester)
    refused(result)
    assert "AssertionError" not in result.stdout.str()


def test_a_policy_that_fails_does_so_in_a_worker(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(MARKED)
    result = run(pytester, "--credcheck-strict")
    result.assert_outcomes(passed=1, errors=5)


def test_a_manifest_mistake_is_a_usage_error(pytester: pytest.Pytester) -> None:
    (pytester.path / "credcheck.toml").write_text("ambiet = 'warn'\n")
    pytester.makepyfile(MARKED)
    result = run(pytester)
    assert result.ret == pytest.ExitCode.USAGE_ERROR


def test_the_report_is_written_by_the_controller(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(MARKED)
    run(pytester, "--credcheck-report", "report.json")
    assert '"MISSING"' in (pytester.path / "report.json").read_text()


@pytest.mark.parametrize("mode", ["load", "loadscope", "loadgroup", "worksteal", "each"])
def test_every_way_to_distribute_works(pytester: pytest.Pytester, mode: str) -> None:
    pytester.makepyfile(MARKED)
    result = run(pytester, "--dist", mode)
    times = 2 if mode == "each" else 1
    result.assert_outcomes(passed=times, skipped=5 * times)


def test_without_workers_the_run_is_a_plain_one(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(test_pay=MARKED)
    result = run(pytester, "-n", "0")
    result.assert_outcomes(passed=1, skipped=5)
    result.stdout.fnmatch_lines(
        ["credcheck: 0 secrets ready, 2 missing (MISSING: absent, STRIPE_TEST_KEY: absent)"]
    )


def test_what_only_a_worker_can_know_is_counted_and_reported(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(
        test_odd="""
        import unittest
        from credcheck import require_secret

        def test_a(secrets): secrets.require("_".join(["IN", "BODY"]))

        class TestUnit(unittest.IsolatedAsyncioTestCase):
            @require_secret("_".join(["IN", "MARK"]))
            async def test_b(self): raise AssertionError
            async def test_c(self): pass
        """
    )
    result = run(pytester, "--credcheck-report", "report.json")
    result.assert_outcomes(passed=1, skipped=2)
    result.stdout.fnmatch_lines(
        [
            "*= credcheck =*",
            "test_odd: skipped 1 test: IN_BODY is absent",
            "    IN_BODY: add *",
            "test_odd: skipped 1 test: IN_MARK is absent",
            "    IN_MARK: add *",
        ],
        consecutive=True,
    )
    report = json.loads((pytester.path / "report.json").read_text())
    assert {s["name"]: s["state"] for s in report["secrets"]} == {"IN_MARK": "absent"}


def test_the_report_is_of_the_tests_that_were_selected(pytester: pytest.Pytester) -> None:
    (pytester.path / "credcheck.toml").write_text(MANIFEST)
    pytester.makepyfile(test_pay=MARKED)
    result = run(pytester, "-k", "skipped", "--credcheck-report", "report.json")
    result.assert_outcomes(skipped=1)
    report = json.loads((pytester.path / "report.json").read_text())
    assert [(s["name"], s["tests"], s["missing"]) for s in report["suites"]] == [
        ("test_pay", 1, ["MISSING"])
    ]


def test_arguments_are_meant_from_where_pytest_was_started(
    pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    (pytester.path / "credcheck.toml").write_text(MANIFEST)
    (pytester.path / "pytest.ini").write_text("[pytest]\n")
    inner = pytester.mkdir("inner")
    (inner / "test_x.py").write_text(
        "from credcheck import require_secret\n@require_secret('MISSING')\ndef test_a(): pass\n"
    )
    monkeypatch.chdir(inner)
    result = run(pytester, "test_x.py::test_a")
    result.assert_outcomes(skipped=1)
    result.stdout.fnmatch_lines(["credcheck: 0 secrets ready, 1 missing (MISSING: absent)"])


def test_a_worker_that_finds_a_live_key_stops_the_others(
    pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("STRIPE_TEST_KEY", stripe_live())
    pytester.makepyfile(
        """
        import pytest, time
        def test_a(secrets): secrets.require("_".join(["STRIPE", "TEST", "KEY"]))
        @pytest.mark.parametrize("n", range(400))
        def test_b(n): time.sleep(0.05)
        """
    )
    result = run(pytester, "--credcheck-report", "report.json")
    refused(result)
    outcomes = result.parseoutcomes()
    assert outcomes["failed"] == 1
    assert outcomes.get("passed", 0) < 200
    assert json.loads((pytester.path / "report.json").read_text())["exit_code"] == 3


def test_a_project_that_uses_nothing_is_told_nothing(
    pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("STRIPE_TEST_KEY", stripe_live())
    pytester.makepyfile("def test_a(): pass")
    result = run(pytester)
    result.assert_outcomes(passed=1)
    result.stdout.no_fnmatch_line("credcheck: *")
    result.stdout.no_fnmatch_line("*= credcheck =*")


def test_a_broken_env_test_that_a_worker_finds_ends_the_run_with_the_usage_code(
    pytester: pytest.Pytester,
) -> None:
    (pytester.path / ".env.test").write_text("A='open\n")
    pytester.makepyfile('def test_a(secrets): secrets.require("".join(["MISS", "ING"]))')
    result = run(pytester)
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stdout.fnmatch_lines(["*credcheck: .env.test:1: not a line of the form NAME=value*"])
    assert "INTERNALERROR" not in result.stdout.str()


# ── what is asked of the sources ──────────────────────────────────────────────────────────────


@pytest.fixture
def counted(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> pytest.Pytester:
    """A project whose source writes down what it is asked for."""
    install_counting(pytester.path, monkeypatch)
    names = ["ONE", "TWO", "THREE", "MISSING"]
    tables = "".join(f"[secrets.{n}]\nunproven = 'invented'\n" for n in names)
    (pytester.path / "credcheck.toml").write_text(
        f'sources = ["dotenv", "env", "counting"]\n{tables}'
    )
    return pytester


ALL = {"MISSING", "ONE", "THREE", "TWO"}

SELECTED = """
    import pytest
    from credcheck import require_secret

    pytestmark = pytest.mark.parametrize("n", range(3))

    @pytest.mark.slow
    @require_secret("ONE")
    def test_one(secrets, n): assert secrets["ONE"] == "a-value-of-one"

    @require_secret("_".join(["TWO"]))
    def test_two(secrets, n): assert secrets["TWO"] == "a-value-of-two"

    @require_secret("MISSING", "THREE")
    def test_none(n): raise AssertionError

    def test_plain(n): pass
"""


@pytest.mark.parametrize(
    ("words", "names"),
    [
        ([], [ALL]),
        (["-k", "test_two"], [{"TWO"}]),
        (["-m", "not slow"], [{"MISSING", "THREE", "TWO"}]),
        (["test_it.py::test_one[1]"], [{"ONE"}]),
        (["--deselect", "test_it.py::test_none"], [{"ONE", "TWO"}]),
        (["-k", "plain"], []),
        (["--collect-only"], []),
    ],
    ids=["all", "k", "m", "id", "deselect", "plain", "collect"],
)
@pytest.mark.parametrize("workers", ["0", "3"])
def test_a_source_is_asked_once_and_for_the_selected_tests_only(
    counted: pytest.Pytester, words: list[str], names: list[set[str]], workers: str
) -> None:
    counted.makeini("[pytest]\nmarkers = slow\n")
    counted.makepyfile(test_it=SELECTED)
    result = counted.runpytest_subprocess("-p", "no:randomly", "-n", workers, *words)
    assert result.ret == 0
    assert asked(counted.path) == names


@pytest.mark.parametrize(
    "mode", ["load", "loadscope", "loadfile", "loadgroup", "worksteal", "each"]
)
def test_a_source_is_asked_once_however_tests_are_distributed(
    counted: pytest.Pytester, mode: str
) -> None:
    counted.makeini("[pytest]\nmarkers = slow\n")
    counted.makepyfile(test_it=SELECTED)
    run(counted, "--dist", mode)
    assert asked(counted.path) == [ALL]


def test_what_failed_last_is_asked_for_alone(counted: pytest.Pytester) -> None:
    counted.makeini("[pytest]\nmarkers = slow\n")
    counted.makepyfile(test_it=SELECTED.replace('"a-value-of-two"', '"other"'))
    run(counted).assert_outcomes(passed=6, skipped=3, failed=3)
    run(counted, "--lf").assert_outcomes(failed=3)
    assert asked(counted.path) == [ALL, {"TWO"}]


def test_what_running_tests_ask_for_is_asked_once_for_all_workers(counted: pytest.Pytester) -> None:
    counted.makepyfile(
        """
        import pytest
        @pytest.mark.parametrize("n", range(8))
        def test_body(secrets, n): assert secrets.require("ONE") == "a-value-of-one"
        @pytest.fixture(scope="session")
        def client(session_secrets): return session_secrets.require("TWO")
        @pytest.mark.parametrize("n", range(8))
        def test_fixture(client, n): assert client == "a-value-of-two"
        """
    )
    result = run(counted, "--dist", "each")
    result.assert_outcomes(passed=32)
    assert sorted(asked(counted.path), key=sorted) == [{"ONE"}, {"TWO"}]


def test_a_worker_that_takes_the_place_of_a_crashed_one_gets_the_same_values(
    counted: pytest.Pytester,
) -> None:
    counted.makepyfile(
        """
        import os, pytest
        from credcheck import require_secret
        @require_secret("ONE")
        @pytest.mark.parametrize("n", range(6))
        def test_it(secrets, n):
            assert secrets["ONE"] == "a-value-of-one"
            if n in {1, 3}: os._exit(9)
        """
    )
    result = run(counted)
    result.assert_outcomes(passed=4, failed=2)
    result.stdout.fnmatch_lines(["*worker 'gw?' crashed while running*test_it[[]?]*"])
    assert asked(counted.path) == [{"ONE"}]


def test_a_live_key_that_a_crashing_worker_found_ends_the_run(
    pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("STRIPE_TEST_KEY", stripe_live())
    pytester.makepyfile(
        """
        import os, pytest
        def test_a(secrets):
            try: secrets.require("STRIPE_TEST_KEY")
            finally: os._exit(9)
        def test_b(): pass
        """
    )
    assert run(pytester, "--max-worker-restart", "0").ret == 3


def test_a_test_reads_its_value_again_when_failing_tests_are_run_in_a_loop(
    pytester: pytest.Pytester,
) -> None:
    pexpect = pytest.importorskip("pexpect")
    (pytester.path / "credcheck.toml").write_text(MANIFEST)
    path = pytester.makepyfile(test_pay=MARKED.replace("MISSING", "STRIPE_TEST_KEY"))
    words = ["-m", "pytest", "-p", "no:randomly", "--credcheck-strict", "-f", "-k", "charge"]
    child = pexpect.spawn(sys.executable, words, cwd=str(pytester.path), timeout=60)
    try:
        child.expect("4 errors")
        child.expect("waiting for changes")
        (pytester.path / ".env.test").write_text(f"STRIPE_TEST_KEY={stripe_test()}\n")
        path.write_text(path.read_text() + "\n\n# changed\n")
        child.expect("4 passed")
    finally:
        child.close(force=True)


def test_members_of_an_enumeration_are_names(pytester: pytest.Pytester) -> None:
    (pytester.path / ".env.test").write_text(f"STRIPE_TEST_KEY={stripe_test()}\n")
    pytester.makepyfile(
        """
        import enum, pytest
        from credcheck import require_secret
        class Key(enum.StrEnum):
            STRIPE = "STRIPE_TEST_KEY"
        @require_secret(Key.STRIPE)
        def test_a(secrets): assert secrets[Key.STRIPE]
        @pytest.mark.require_secret(Key.STRIPE, "OTHER", any_of=True)
        def test_b(secrets): assert secrets[Key.STRIPE]
        def test_c(secrets): assert secrets.require(Key.STRIPE)
        """
    )
    run(pytester, "--credcheck-report", "report.json").assert_outcomes(passed=3)


def test_a_mistake_in_a_mark_ends_the_run_with_the_usage_code(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(
        """
        import pytest
        @pytest.mark.require_secret
        def test_a(): raise AssertionError
        """
    )
    result = run(pytester)
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines(["ERROR: pytest.mark.require_secret needs names: *"])
    assert "INTERNALERROR" not in result.stdout.str() + result.stderr.str()


def test_a_broken_env_test_ends_the_run_with_the_usage_code(pytester: pytest.Pytester) -> None:
    (pytester.path / ".env.test").write_text("A='open\n")
    pytester.makepyfile(MARKED)
    result = run(pytester)
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines(["ERROR: credcheck: .env.test:1: not a line of the form*"])
    assert "INTERNALERROR" not in result.stdout.str() + result.stderr.str()
