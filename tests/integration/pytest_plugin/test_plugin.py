"""The plugin in whole pytest runs, in process; under xdist: test_xdist.py."""

from __future__ import annotations

import json
import os
import sys
from typing import TYPE_CHECKING

import pytest

from support.keys import stripe_live, stripe_test

if TYPE_CHECKING:
    from pathlib import Path

MANIFEST = """
[secrets.STRIPE_TEST_KEY]
service = "stripe"
obtain = "https://dashboard.stripe.com/test/apikeys"

[secrets.OTHER_KEY]
"""
PAYMENTS = """
[suites.payments]
requires = ["STRIPE_TEST_KEY"]
paths = ["payments"]
"""
MARKED = """
    from credcheck import require_secret

    @require_secret("STRIPE_TEST_KEY")
    def test_charge(secrets):
        assert secrets["STRIPE_TEST_KEY"].startswith("sk_")

    def test_plain():
        pass
"""
HINT = "get one at https://dashboard.stripe.com/test/apikeys and add STRIPE_TEST_KEY=<your test key> to .env.test"


@pytest.fixture(autouse=True)
def clean(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in list(os.environ):
        if name.startswith(("CI", "GITHUB_", "GITLAB_", "STRIPE", "CREDCHECK_")):
            monkeypatch.delenv(name)
    for name in [m for m in sys.modules if m.startswith("test_") and "plugin" not in m]:
        monkeypatch.delitem(sys.modules, name)


def run(pytester: pytest.Pytester, *words: str) -> pytest.RunResult:
    return pytester.runpytest_inprocess("-p", "no:randomly", "-p", "no:xdist", *words)


def manifest(pytester: pytest.Pytester, text: str = MANIFEST) -> None:
    (pytester.path / "credcheck.toml").write_text(text)


def has_key(monkeypatch: pytest.MonkeyPatch, value: str | None = None) -> None:
    monkeypatch.setenv("STRIPE_TEST_KEY", value or stripe_test())


# ── idle ──────────────────────────────────────────────────────────────────────────────────────


def test_a_project_without_manifest_and_marks_sees_nothing_of_the_plugin(
    pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    has_key(monkeypatch, stripe_live())
    pytester.makepyfile("def test_a(): pass")
    result = run(pytester)
    result.assert_outcomes(passed=1)
    told = [line for line in result.stdout.lines if "credcheck" in line]
    assert [line for line in told if not line.startswith(("plugins: ", "rootdir: "))] == []


def test_the_plugin_can_be_switched_off(
    pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    manifest(pytester)
    has_key(monkeypatch, stripe_live())
    pytester.makepyfile("def test_a(): pass")
    result = run(pytester, "-p", "no:credcheck")
    result.assert_outcomes(passed=1)


def test_collect_only_resolves_nothing(
    pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    manifest(pytester)
    has_key(monkeypatch, stripe_live())
    pytester.makepyfile(MARKED)
    result = run(pytester, "--collect-only", "-q")
    assert result.ret == 0
    result.stdout.fnmatch_lines(["*::test_charge", "*::test_plain"])


# ── marks ─────────────────────────────────────────────────────────────────────────────────────


def test_a_ready_secret_is_handed_to_the_test(
    pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    manifest(pytester)
    has_key(monkeypatch)
    pytester.makepyfile(MARKED)
    run(pytester).assert_outcomes(passed=2)


def test_a_missing_secret_skips_at_the_tests_own_line(pytester: pytest.Pytester) -> None:
    manifest(pytester)
    pytester.makepyfile(test_pay=MARKED)
    result = run(pytester, "-rs")
    result.assert_outcomes(passed=1, skipped=1)
    result.stdout.fnmatch_lines(
        [f"SKIPPED [[]1[]] test_pay.py:3: credcheck: STRIPE_TEST_KEY is absent; {HINT}"]
    )


def test_marks_work_on_classes_modules_params_and_unittest(
    pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    pytester.makepyfile(
        test_classes="""
            import unittest
            import pytest
            from credcheck import require_secret

            @require_secret("MISSING")
            class TestClass:
                def test_a(self): raise AssertionError
                def test_b(self): raise AssertionError

            @require_secret("MISSING")
            class TestUnit(unittest.TestCase):
                def test_c(self): raise AssertionError

            class TestMethod(unittest.IsolatedAsyncioTestCase):
                @require_secret("MISSING")
                async def test_d(self): raise AssertionError
                async def test_e(self): pass

            @pytest.mark.parametrize("n", [1, pytest.param(2, marks=require_secret("MISSING"))])
            def test_f(n): assert n == 1
        """,
        test_module="""
            from credcheck import require_secret
            pytestmark = require_secret("MISSING")
            def test_g(): raise AssertionError
        """,
    )
    run(pytester).assert_outcomes(passed=2, skipped=6)


def test_one_of_several_is_enough_with_any_of(
    pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SECOND", "some-value-of-it")
    pytester.makepyfile(
        """
        import pytest
        from credcheck import require_secret

        @require_secret("FIRST", "SECOND", any_of=True)
        def test_either(secrets):
            assert list(secrets) == ["SECOND"]
            assert "SECOND" in secrets
            assert "FIRST" not in secrets
            assert secrets.get("FIRST") is None
            assert len(secrets) == 1
            with pytest.raises(KeyError, match="FIRST is absent"):
                secrets["FIRST"]

        @require_secret("FIRST", "THIRD", any_of=True)
        def test_neither(): raise AssertionError
        """
    )
    result = run(pytester, "-rs")
    result.assert_outcomes(passed=1, skipped=1)
    result.stdout.fnmatch_lines(["*one of 2 is needed: FIRST is absent, THIRD is absent*"])


def test_the_reason_of_a_mark_is_shown(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(
        """
        from credcheck import require_secret
        @require_secret("MISSING", reason="charges a card")
        def test_a(): pass
        """
    )
    run(pytester, "-rs").stdout.fnmatch_lines(["*MISSING is absent (needed for: charges a card)*"])


@pytest.mark.parametrize(
    ("use", "message"),
    [
        ("@require_secret\ndef test_a(): pass", "require_secret takes names only"),
        ("@require_secret()\ndef test_a(): pass", "require_secret needs at least one name"),
        ("@require_secret(' ')\ndef test_a(): pass", "require_secret takes names only"),
    ],
)
def test_a_mark_that_was_used_wrongly_shows_the_right_use(
    pytester: pytest.Pytester, use: str, message: str
) -> None:
    pytester.makepyfile(f"from credcheck import require_secret\n{use}\n")
    result = run(pytester)
    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines([f'*{message}: write @require_secret("STRIPE_TEST_KEY")*'])


def test_a_mark_made_by_hand_without_names_is_a_usage_error(pytester: pytest.Pytester) -> None:
    pytester.makepyfile("import pytest\n@pytest.mark.require_secret\ndef test_a(): pass\n")
    result = run(pytester)
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines(["*pytest.mark.require_secret needs names*"])


def test_strict_markers_know_the_mark(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(MARKED)
    run(pytester, "--strict-markers").assert_outcomes(passed=1, skipped=1)


def test_a_name_close_to_a_declared_one_is_told(pytester: pytest.Pytester) -> None:
    manifest(pytester)
    pytester.makepyfile(MARKED.replace('t("STRIPE_TEST_KEY")', 't("STRIPE_TSET_KEY")'))
    result = run(pytester)
    result.stdout.fnmatch_lines(["*CRED015*did you mean 'STRIPE_TEST_KEY'?*"])


# ── suites by path ────────────────────────────────────────────────────────────────────────────


def test_a_suite_with_paths_needs_no_decorator(
    pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    manifest(pytester, MANIFEST + PAYMENTS)
    (pytester.path / "payments").mkdir()
    (pytester.path / "payments" / "test_x.py").write_text(
        "def test_a(secrets): assert secrets['STRIPE_TEST_KEY']\n"
    )
    pytester.makepyfile("def test_b(): pass")
    run(pytester).assert_outcomes(passed=1, skipped=1)
    has_key(monkeypatch)
    run(pytester).assert_outcomes(passed=2)


def test_a_policy_that_says_fail_fails_with_the_reason_and_no_traceback(
    pytester: pytest.Pytester,
) -> None:
    manifest(pytester, MANIFEST + PAYMENTS + "on-missing = {ci = 'fail'}\n")
    (pytester.path / "payments").mkdir()
    (pytester.path / "payments" / "test_x.py").write_text("def test_a(): pass\n")
    run(pytester).assert_outcomes(skipped=1)
    result = run(pytester, "--credcheck-context", "ci")
    result.assert_outcomes(errors=1)
    assert result.ret == 1
    result.stdout.fnmatch_lines([f"credcheck: STRIPE_TEST_KEY is absent; *{HINT[:10]}*"])
    result.stdout.no_fnmatch_line("*gating.py*")


def test_strict_fails_what_would_be_skipped(pytester: pytest.Pytester) -> None:
    manifest(pytester)
    pytester.makepyfile(MARKED)
    run(pytester, "--credcheck-strict").assert_outcomes(passed=1, errors=1)


# ── selection ─────────────────────────────────────────────────────────────────────────────────


def report_of(pytester: pytest.Pytester) -> dict[str, object]:
    report: dict[str, object] = json.loads((pytester.path / "out/report.json").read_text())
    return report


def test_only_what_the_selected_tests_need_is_resolved(
    pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    manifest(pytester)
    pytester.makepyfile(
        """
        from credcheck import require_secret
        @require_secret("STRIPE_TEST_KEY")
        def test_one(): pass
        @require_secret("OTHER_KEY")
        def test_two(): pass
        """
    )
    result = run(pytester, "-k", "two")
    result.stdout.fnmatch_lines(["credcheck: 0 secrets ready, 1 missing (OTHER_KEY: absent)"])


def test_the_report_is_written_with_missing_folders(pytester: pytest.Pytester) -> None:
    manifest(pytester)
    pytester.makepyfile(test_pay=MARKED)
    run(pytester, "--credcheck-report", "out/report.json")
    report = report_of(pytester)
    assert report["schema"] == "credcheck.report/1"
    assert [(s["name"], s["outcome"], s["tests"]) for s in report["suites"]] == [  # type: ignore[attr-defined]
        ("test_pay", "skip", 1)
    ]


def test_a_report_that_cannot_be_written_is_a_usage_error(pytester: pytest.Pytester) -> None:
    manifest(pytester)
    pytester.makepyfile(MARKED)
    (pytester.path / "folder").mkdir()
    result = run(pytester, "--credcheck-report", "folder")
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines(["*credcheck: *folder cannot be written: Is a directory*"])


# ── telling ───────────────────────────────────────────────────────────────────────────────────


def test_header_and_summary_tell_what_is_missing_and_where_to_get_it(
    pytester: pytest.Pytester,
) -> None:
    manifest(pytester)
    pytester.makepyfile(test_pay=MARKED)
    result = run(pytester)
    result.stdout.fnmatch_lines(
        [
            "credcheck: context local (no CI variable is set), manifest credcheck.toml",
            "credcheck: 0 secrets ready, 1 missing (STRIPE_TEST_KEY: absent)",
            "*= credcheck =*",
            "test_pay: skipped 1 test: STRIPE_TEST_KEY is absent",
            f"    STRIPE_TEST_KEY: {HINT}",
        ]
    )


def test_a_run_without_anything_to_tell_has_no_summary(
    pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    manifest(pytester)
    has_key(monkeypatch)
    pytester.makepyfile(MARKED)
    run(pytester).stdout.no_fnmatch_line("*= credcheck =*")


# ── mistakes ──────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("text", "words", "message"),
    [
        ("ambiet = 'warn'\n", (), "*did you mean 'ambient'?*"),
        (MANIFEST, ("--credcheck-context", "loca"), "*did you mean 'local'?*"),
    ],
)
def test_a_mistake_in_manifest_or_options_is_pytests_usage_error(
    pytester: pytest.Pytester, text: str, words: tuple[str, ...], message: str
) -> None:
    manifest(pytester, text)
    pytester.makepyfile("def test_a(): pass")
    result = run(pytester, *words)
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines([message])
    assert "Traceback" not in result.stderr.str()


@pytest.mark.parametrize("test", [MARKED, "def test_a(): pass"])
def test_a_broken_env_test_is_a_usage_error(pytester: pytest.Pytester, test: str) -> None:
    manifest(pytester)
    (pytester.path / ".env.test").write_text("A='open\n")
    pytester.makepyfile(test)
    result = run(pytester)
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines(["*.env.test:1: not a line of the form NAME=value*"])


# ── live ──────────────────────────────────────────────────────────────────────────────────────


def refused(result: pytest.RunResult) -> str:
    assert result.ret == 3
    output = result.stdout.str() + result.stderr.str()
    assert "credcheck refuses to run: " in output
    secret = stripe_live()[8:]
    assert not [n for n in range(len(secret) - 7) if secret[n : n + 8] in output]
    return output


def test_a_live_key_ends_the_session_before_the_first_test(
    pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    manifest(pytester)
    has_key(monkeypatch, stripe_live())
    pytester.makepyfile(MARKED)
    result = run(pytester, "--credcheck-report", "out/report.json")
    assert "STRIPE_TEST_KEY is a production credential" in refused(result)
    result.assert_outcomes()
    assert report_of(pytester)["exit_code"] == 3


def test_it_does_so_without_a_manifest(
    pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    has_key(monkeypatch, stripe_live())
    pytester.makepyfile(MARKED)
    assert "STRIPE_TEST_KEY is a production credential" in refused(run(pytester))


def test_a_live_key_that_no_selected_test_needs_ends_it_too(pytester: pytest.Pytester) -> None:
    manifest(pytester)
    (pytester.path / ".env.test").write_text(f"SHOP_KEY={stripe_live()}\n")
    pytester.makepyfile("def test_a(): pass")
    assert "under the name SHOP_KEY" in refused(run(pytester))


def test_a_live_key_found_in_a_tests_body_ends_the_run(
    pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    has_key(monkeypatch, stripe_live())
    pytester.makepyfile(
        """
        def test_a(secrets): secrets.require("STRIPE_TEST_KEY")
        def test_b(): pass
        """
    )
    result = run(pytester)
    refused(result)
    result.assert_outcomes(failed=1)


# ── in the body, and fixtures ─────────────────────────────────────────────────────────────────


def test_require_skips_from_inside_at_the_users_line(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(
        test_in="""
        def test_a(secrets):
            secrets.require("MISSING")
            raise AssertionError
        """
    )
    result = run(pytester, "-rs")
    result.assert_outcomes(skipped=1)
    result.stdout.fnmatch_lines(["SKIPPED [[]1[]] test_in.py:*: credcheck: MISSING is absent*"])


def test_require_gives_a_ready_value_and_fails_by_policy(
    pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    has_key(monkeypatch)
    pytester.makepyfile(
        """
        def test_a(secrets):
            assert secrets.require("STRIPE_TEST_KEY") == secrets["STRIPE_TEST_KEY"]
        def test_b(secrets):
            secrets.require("MISSING")
        """
    )
    result = run(pytester, "--credcheck-strict")
    result.assert_outcomes(passed=1, failed=1)


def test_a_name_that_the_test_did_not_declare_is_a_key_error_with_the_line_to_add(
    pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    manifest(pytester)
    has_key(monkeypatch)
    pytester.makepyfile(
        """
        import pytest
        def test_a(secrets):
            with pytest.raises(KeyError) as caught:
                secrets["STRIPE_TEST_KEY"]
            assert 'add the line @require_secret("STRIPE_TEST_KEY")' in str(caught.value)
            assert repr(secrets) == "<secrets: none>"
        """
    )
    run(pytester).assert_outcomes(passed=1)


def test_a_session_fixture_that_lacks_a_secret_skips_its_tests(
    pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    pytester.makepyfile(
        """
        import pytest
        @pytest.fixture(scope="session")
        def client(session_secrets):
            return session_secrets.require("STRIPE_TEST_KEY")
        def test_a(client): assert client
        def test_b(client): assert client
        """
    )
    run(pytester).assert_outcomes(skipped=2)
    has_key(monkeypatch)
    run(pytester).assert_outcomes(passed=2)


PROVIDED = """
[secrets.STRIPE_TEST_KEY]
service = "stripe"
provided-by = "vendor"
"""


def test_a_fixture_hands_a_credential_in(pytester: pytest.Pytester) -> None:
    manifest(pytester, PROVIDED)
    pytester.makepyfile(
        f"""
        import pytest
        from credcheck import require_secret
        @pytest.fixture(scope="session", autouse=True)
        def vendor(session_secrets):
            session_secrets.provide("STRIPE_TEST_KEY", "{"sk_"}" + "{stripe_test()[3:]}")
        @require_secret("STRIPE_TEST_KEY")
        def test_a(secrets): assert secrets["STRIPE_TEST_KEY"]
        """
    )
    result = run(pytester)
    result.assert_outcomes(passed=1)
    result.stdout.fnmatch_lines(["credcheck: 1 secret ready (STRIPE_TEST_KEY: deferred)"])


def test_a_live_credential_that_is_handed_in_ends_the_run(pytester: pytest.Pytester) -> None:
    manifest(pytester, PROVIDED)
    pytester.makepyfile(
        """
        import pytest
        @pytest.fixture(scope="session")
        def vendor(session_secrets):
            session_secrets.provide("STRIPE_TEST_KEY", "".join(["sk_", "live_", "x" * 24]))
        def test_a(vendor): pass
        def test_b(): pass
        """
    )
    result = run(pytester)
    assert result.ret == 3
    result.assert_outcomes(errors=1)


def test_the_manifest_of_the_repository_above_is_found(
    pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    manifest(pytester, "[tool.credcheck.secrets.STRIPE_TEST_KEY]\nservice = 'stripe'\n")
    (pytester.path / "credcheck.toml").rename(pytester.path / "pyproject.toml")
    (pytester.path / ".git").mkdir()
    inner: Path = pytester.path / "inner"
    inner.mkdir()
    (inner / "pytest.ini").write_text("[pytest]\n")
    (inner / "test_x.py").write_text("def test_a(): pass\n")
    monkeypatch.chdir(inner)
    result = run(pytester, "-c", "pytest.ini")
    result.stdout.fnmatch_lines(["*manifest pyproject.toml"])


# ── the selection is final, and nothing beyond it is asked ────────────────────────────────────

REMOTE = """
[secrets.REMOTE_KEY]
vault = "secret/ci/shop#key"

[suites.far]
requires = ["REMOTE_KEY", "OTHER_KEY"]
on-broken = "skip"

[vault]
address = "http://127.0.0.1:9"
timeout = 0.5
"""


def source_status(pytester: pytest.Pytester, name: str) -> str:
    report = json.loads((pytester.path / "out/report.json").read_text())
    return str(next(source["status"] for source in report["sources"] if source["name"] == name))


@pytest.mark.parametrize(("word", "status"), [("near", "not-asked"), ("far", "unreachable")])
def test_a_remote_source_is_asked_only_for_what_the_selected_tests_need(
    pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch, word: str, status: str
) -> None:
    monkeypatch.setenv("VAULT_TOKEN", "a-token-that-nobody-reads")
    manifest(pytester, MANIFEST + REMOTE)
    pytester.makepyfile(
        test_pay="""
        from credcheck import require_secret
        @require_secret("OTHER_KEY")
        def test_near(): pass
        @require_secret("REMOTE_KEY")
        def test_far(): pass
        """
    )
    run(pytester, "-k", word, "--credcheck-report", "out/report.json")
    assert source_status(pytester, "vault") == status
    secrets = {secret["name"] for secret in report_of(pytester)["secrets"]}  # type: ignore[attr-defined]
    assert secrets == {"OTHER_KEY" if word == "near" else "REMOTE_KEY"}
    assert [(s["name"], s["tests"]) for s in report_of(pytester)["suites"]] == [("far", 1)]  # type: ignore[attr-defined]


def test_a_selection_that_needs_nothing_asks_no_remote_source(pytester: pytest.Pytester) -> None:
    manifest(pytester, MANIFEST + REMOTE)
    pytester.makepyfile("def test_a(): pass")
    result = run(pytester, "--credcheck-report", "out/report.json")
    assert source_status(pytester, "vault") == "not-asked"
    assert report_of(pytester)["suites"] == []
    result.stdout.no_fnmatch_line("*= credcheck =*")


def test_what_last_failed_deselects_is_not_resolved(pytester: pytest.Pytester) -> None:
    manifest(pytester)
    pytester.makepyfile(
        """
        from credcheck import require_secret
        class TestBoth:
            @require_secret("OTHER_KEY")
            def test_needs(self): pass
            def test_fails(self): raise AssertionError
        """
    )
    run(pytester).assert_outcomes(failed=1, skipped=1)
    result = run(pytester, "--lf")
    result.assert_outcomes(failed=1)
    result.stdout.no_fnmatch_line("*OTHER_KEY*")


@pytest.mark.parametrize("option", ["--collect-only", "--fixtures", "--help"])
def test_a_run_without_tests_refuses_nothing(
    pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch, option: str
) -> None:
    manifest(pytester)
    has_key(monkeypatch, stripe_live())
    pytester.makepyfile(MARKED)
    result = run(pytester, option)
    assert result.ret == 0
    result.stdout.no_fnmatch_line("*production*")


def test_help_is_shown_in_spite_of_a_manifest_mistake(pytester: pytest.Pytester) -> None:
    manifest(pytester, "ambiet = 'warn'\n")
    result = run(pytester, "--help")
    assert result.ret == 0
    result.stdout.fnmatch_lines(["*--credcheck-context*", "*--credcheck-report=FILE*"])


# ── beside pytest's own marks ─────────────────────────────────────────────────────────────────


def test_a_test_that_skips_itself_stays_skipped_where_the_policy_fails(
    pytester: pytest.Pytester,
) -> None:
    pytester.makepyfile(
        """
        import pytest
        from credcheck import require_secret
        @pytest.mark.skip(reason="not today")
        @require_secret("MISSING")
        def test_a(): raise AssertionError
        """
    )
    for words in ((), ("--credcheck-strict",)):
        result = run(pytester, "-rs", *words)
        result.assert_outcomes(skipped=1)
        result.stdout.fnmatch_lines(["*: not today"])
        result.stdout.no_fnmatch_line("*= credcheck =*")


def test_a_test_is_kept_from_running_without_pytests_own_skipping(
    pytester: pytest.Pytester,
) -> None:
    pytester.makepyfile(
        """
        from credcheck import require_secret
        @require_secret("MISSING")
        def test_a(): raise AssertionError
        """
    )
    result = run(pytester, "-p", "no:skipping")
    result.assert_outcomes(skipped=1)
    assert summary_of(result)[0].endswith("skipped 1 test: MISSING is absent")


def test_an_expected_failure_does_not_hide_a_missing_credential(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(
        """
        import pytest
        from credcheck import require_secret
        @pytest.mark.xfail
        @require_secret("MISSING")
        def test_a(): raise AssertionError
        @pytest.mark.xfail
        def test_b(secrets): secrets.require("MISSING")
        @pytest.mark.xfail
        def test_c(): raise AssertionError
        """
    )
    result = run(pytester, "--credcheck-strict")
    result.assert_outcomes(errors=1, failed=1, xfailed=1)
    assert result.ret == 1


# ── the account of what was stopped ───────────────────────────────────────────────────────────


def summary_of(result: pytest.RunResult) -> list[str]:
    lines = result.stdout.lines
    start = next(n for n, line in enumerate(lines) if "= credcheck =" in line)
    end = next(n for n, line in enumerate(lines) if n > start and line.startswith("="))
    return lines[start + 1 : end]


def test_the_summary_counts_every_way_to_be_stopped(pytester: pytest.Pytester) -> None:
    manifest(pytester, MANIFEST + PAYMENTS + "on-missing = 'fail'\n")
    (pytester.path / "payments").mkdir()
    (pytester.path / "payments" / "test_x.py").write_text("def test_a(): pass\n")
    pytester.makepyfile(
        test_other="""
        import pytest
        from credcheck import require_secret
        @pytest.fixture(scope="module")
        def client(session_secrets): session_secrets.require("OTHER_KEY")
        def test_a(client): pass
        def test_b(client): pass
        def test_c(secrets): secrets.require("OTHER_KEY")
        @require_secret("STRANGE")
        def test_d(): pass
        """
    )
    assert summary_of(run(pytester)) == [
        "payments: failed 1 test: STRIPE_TEST_KEY is absent",
        f"    STRIPE_TEST_KEY: {HINT}",
        "test_other: skipped 3 tests: OTHER_KEY is absent",
        "    OTHER_KEY: add OTHER_KEY=<your test key> to .env.test",
        "test_other: skipped 1 test: STRANGE is absent",
        "    STRANGE: add STRANGE=<your test key> to .env.test",
    ]


def test_a_body_obeys_the_policy_of_its_suite(pytester: pytest.Pytester) -> None:
    suite = "\n[suites.other]\npaths = ['other']\non-missing = 'fail'\n"
    manifest(pytester, MANIFEST + suite)
    (pytester.path / "other").mkdir()
    (pytester.path / "other" / "test_x.py").write_text(
        "def test_a(secrets): secrets.require('OTHER_KEY')\n"
    )
    result = run(pytester)
    result.assert_outcomes(failed=1)
    assert summary_of(result)[0] == "other: failed 1 test: OTHER_KEY is absent"


def test_a_quiet_run_tells_nothing_before_its_tests(pytester: pytest.Pytester) -> None:
    manifest(pytester)
    pytester.makepyfile(MARKED)
    run(pytester, "-q").stdout.no_fnmatch_line("credcheck: *")


def test_a_name_cannot_forge_a_line(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(
        r"""
        from credcheck import require_secret
        @require_secret("A\n\x1b[31mFORGED")
        def test_a(): pass
        """
    )
    output = run(pytester, "-rs").stdout.str()
    assert "FORGED" in output
    assert "\x1b[31mFORGED" not in output
    assert not [line for line in output.splitlines() if line.startswith("FORGED")]


# ── session_secrets ───────────────────────────────────────────────────────────────────────────


def test_session_secrets_see_what_is_declared_and_what_tests_need(
    pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    manifest(pytester)
    has_key(monkeypatch)
    monkeypatch.setenv("UNDECLARED", "some-value-of-it")
    pytester.makepyfile(
        """
        import pytest
        from credcheck import require_secret
        @pytest.fixture(scope="session")
        def both(session_secrets):
            with pytest.raises(KeyError, match='session_secrets.require."STRANGE"'):
                session_secrets["STRANGE"]
            return session_secrets["STRIPE_TEST_KEY"], session_secrets["UNDECLARED"]
        @require_secret("UNDECLARED")
        def test_a(both): assert all(both)
        """
    )
    run(pytester).assert_outcomes(passed=1)


def test_what_no_fixture_has_handed_in_is_a_key_error_at_the_users_line(
    pytester: pytest.Pytester,
) -> None:
    manifest(pytester, PROVIDED)
    pytester.makepyfile("def test_a(secrets): secrets.require('STRIPE_TEST_KEY')\n")
    result = run(pytester)
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(
        ["*STRIPE_TEST_KEY is deferred: the fixture 'vendor' hands it in at run time"]
    )
    result.stdout.no_fnmatch_line("*fixtures.py*")
    result.stdout.no_fnmatch_line("*broker.py*")


def test_a_fixture_of_one_test_may_hand_in_a_value_too(pytester: pytest.Pytester) -> None:
    manifest(pytester, PROVIDED)
    pytester.makepyfile(
        f"""
        import pytest
        from credcheck import require_secret
        @pytest.fixture(params=[{stripe_test()!r}, {stripe_test(1)!r}], ids=["a", "b"])
        def vendor(secrets, request):
            secrets.provide("STRIPE_TEST_KEY", request.param)
            return request.param
        @require_secret("STRIPE_TEST_KEY")
        def test_a(vendor, secrets): assert secrets["STRIPE_TEST_KEY"] == vendor
        def test_b(vendor): print(vendor); assert False
        """
    )
    result = run(pytester)
    result.assert_outcomes(passed=2, failed=2)
    result.stdout.fnmatch_lines(["[[]REDACTED:STRIPE_TEST_KEY]"])
    assert stripe_test()[8:16] not in result.stdout.str()


@pytest.mark.parametrize(
    ("value", "outcomes", "text"),
    [
        ("'changeme'", {"skipped": 1}, "*STRIPE_TEST_KEY is placeholder*"),
        ("b'abc'", {"errors": 1}, "*provide('STRIPE_TEST_KEY', …) takes a str, not bytes"),
    ],
)
def test_what_is_handed_in_must_be_usable(
    pytester: pytest.Pytester, value: str, outcomes: dict[str, int], text: str
) -> None:
    manifest(pytester, PROVIDED)
    pytester.makepyfile(
        f"""
        import pytest
        @pytest.fixture(scope="session")
        def vendor(session_secrets): session_secrets.provide("STRIPE_TEST_KEY", {value})
        def test_a(vendor): raise AssertionError
        """
    )
    result = run(pytester, "-rs")
    result.assert_outcomes(**outcomes)
    result.stdout.fnmatch_lines([text])


# ── mistakes, second part ─────────────────────────────────────────────────────────────────────


def test_a_refusal_wins_over_a_report_that_cannot_be_written(
    pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    manifest(pytester)
    has_key(monkeypatch, stripe_live())
    pytester.makepyfile(MARKED)
    (pytester.path / "folder").mkdir()
    result = run(pytester, "--credcheck-report", "folder")
    assert "folder cannot be written: Is a directory" in refused(result)


def test_a_broken_env_test_that_a_body_finds_ends_the_run_with_the_usage_code(
    pytester: pytest.Pytester,
) -> None:
    (pytester.path / ".env.test").write_text("A='open\n")
    pytester.makepyfile(
        """
        def test_a(secrets): secrets.require("MISSING")
        def test_b(): pass
        """
    )
    result = run(pytester)
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(["credcheck: .env.test:1: not a line of the form NAME=value*"])


def test_a_report_of_a_project_that_uses_nothing_is_empty_or_says_what_is_broken(
    pytester: pytest.Pytester,
) -> None:
    pytester.makepyfile("def test_a(): pass")
    assert run(pytester, "--credcheck-report", "out/report.json").ret == 0
    assert report_of(pytester)["secrets"] == []
    (pytester.path / ".env.test").write_text("A='open\n")
    result = run(pytester, "--credcheck-report", "out/report.json")
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines(["ERROR: credcheck: .env.test:1: not a line*"])


# ── where the manifest is ─────────────────────────────────────────────────────────────────────


def inner_project(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> None:
    inner = pytester.mkdir("inner")
    (inner / "pytest.ini").write_text("[pytest]\n")
    (inner / "test_x.py").write_text("def test_a(): pass\n")
    monkeypatch.chdir(inner)


def test_outside_of_a_repository_no_manifest_above_is_taken(
    pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    manifest(pytester)
    inner_project(pytester, monkeypatch)
    run(pytester).stdout.no_fnmatch_line("credcheck: *")


def test_the_variable_names_a_manifest_from_where_pytest_was_started(
    pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    (pytester.path / "other.toml").write_text(MANIFEST)
    inner_project(pytester, monkeypatch)
    pytester.mkdir("inner/deeper")
    monkeypatch.chdir(pytester.path / "inner" / "deeper")
    monkeypatch.setenv("CREDCHECK_MANIFEST", "../../other.toml")
    run(pytester, "..").stdout.fnmatch_lines(["credcheck: *manifest other.toml"])


def test_a_mistake_in_the_toml_is_told_by_the_reader_of_the_manifest(
    pytester: pytest.Pytester,
) -> None:
    (pytester.path / "pyproject.toml").write_text("[tool.credcheck]\nambient = \n")
    pytester.makepyfile("def test_a(): pass")
    result = run(pytester, "-c", os.devnull, "--rootdir", ".")
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines(["ERROR: credcheck: pyproject.toml:2: not valid TOML*"])


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("[dependency-groups]\ntest = ['pytest-credcheck']\n", False),
        ("# [tool.credcheck]\n", False),
        ("[tool]\ncredcheck = {ambient = 'off'}\n", True),
        ('[ tool . "credcheck" ]\n', True),
    ],
)
def test_a_table_is_told_from_a_mention(pytester: pytest.Pytester, text: str, found: bool) -> None:
    (pytester.path / "pyproject.toml").write_text(text)
    pytester.makepyfile("def test_a(): pass")
    output = run(pytester, "-c", os.devnull, "--rootdir", ".").stdout.lines
    assert any(line.startswith("credcheck: context") for line in output) is found


# ── cost ──────────────────────────────────────────────────────────────────────────────────────


def test_the_report_of_a_test_that_passes_is_not_looked_through(
    pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    manifest(pytester)
    has_key(monkeypatch)
    pytester.makeconftest(
        """
        from credcheck.pytest_plugin.state import STATE

        def pytest_runtest_logreport(report):
            assert cleaner.is_plain(report) == (not report.sections)

        def pytest_collection_finish(session):
            global cleaner
            cleaner = session.config.stash[STATE].scrubbing.cleaner
        """
    )
    pytester.makepyfile(
        MARKED
        + """
    def test_another_secret_becomes_known():
        from credcheck import Scrubber
        Scrubber().add("LATER", "k3Y-" * 5)

    def test_after_it():
        pass
    """
    )
    run(pytester).assert_outcomes(passed=4)
