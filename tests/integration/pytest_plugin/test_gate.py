"""The gate stands before every kind of test: with its secret it runs, without it is skipped.

Each project is run twice, with `KEY` absent and with a value for it, so that a gate which lets all
through is seen as well as one that lets nobody pass. What is asked for: test_selection.py.
"""

from __future__ import annotations

import os
import sys
from textwrap import dedent

import pytest

VALUE = "some-value-of-the-tests"
PAYMENTS = "[secrets.KEY]\n[suites.payments]\nrequires = ['KEY']\npaths = ['payments']\n"


@pytest.fixture(autouse=True)
def clean(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in list(os.environ):
        if name.startswith(("CI", "GITHUB_", "GITLAB_", "CREDCHECK_", "KEY")):
            monkeypatch.delenv(name)


def run(pytester: pytest.Pytester, *words: str) -> pytest.RunResult:
    for name in [n for n in sys.modules if n.startswith("test_in_") or n == "conftest"]:
        del sys.modules[name]
    off = ("-p", "no:randomly", "-p", "no:xdist", "-p", "no:timeout")
    return pytester.runpytest_inprocess(*off, "-rs", *words)


def write(pytester: pytest.Pytester, source: str, head: str = "") -> None:
    (pytester.path / "pytest.ini").write_text("[pytest]\nfilterwarnings = error\n")
    head = f"import pytest\nfrom credcheck import require_secret\n{head}\n"
    pytester.makepyfile(test_in_here=f"{head}\n{dedent(source)}")


def both_ways(
    pytester: pytest.Pytester,
    monkeypatch: pytest.MonkeyPatch,
    *words: str,
    without: dict[str, int],
    having: dict[str, int],
) -> pytest.RunResult:
    """Run without `KEY` and then with it; give the first run."""
    first = run(pytester, *words)
    assert first.parseoutcomes() == without, first.stdout.str()
    told = [line for line in first.stdout.lines if line.startswith("SKIPPED")]
    assert told
    assert all("credcheck: KEY is absent" in line for line in told), told
    monkeypatch.setenv("KEY", VALUE)
    second = run(pytester, *words)
    assert second.parseoutcomes() == having, second.stdout.str()
    return first


# ── the places of a mark ──────────────────────────────────────────────────────────────────────

KINDS = {
    "function": """
        @require_secret("KEY")
        def test_a(secrets): assert secrets["KEY"]
        def test_b(): pass
    """,
    "class": """
        @require_secret("KEY")
        class TestIt:
            def test_a(self, secrets): assert secrets["KEY"]
        class TestOther:
            def test_b(self): pass
    """,
    "class_above": """
        @require_secret("KEY")
        class Above:
            def test_a(self, secrets): assert secrets["KEY"]
        class TestBelow(Above): pass
        def test_b(): pass
    """,
    "nested_class": """
        class TestOuter:
            @require_secret("KEY")
            class TestInner:
                def test_a(self, secrets): assert secrets["KEY"]
            def test_b(self): pass
    """,
    "pytestmark_of_a_class": """
        class TestIt:
            pytestmark = [pytest.mark.usefixtures("secrets"), require_secret("KEY")]
            def test_a(self, secrets): assert secrets["KEY"]
        def test_b(): pass
    """,
    "param": """
        @pytest.mark.parametrize("n", [1, pytest.param(2, marks=require_secret("KEY"), id="two")])
        def test_a(n, secrets): assert n == 1 or secrets["KEY"]
    """,
    "param_of_a_class": """
        @pytest.mark.parametrize("n", [1, pytest.param(2, marks=[require_secret("KEY")])])
        class TestIt:
            def test_a(self, n, secrets): assert n == 1 or secrets["KEY"]
    """,
    "param_of_a_fixture": """
        @pytest.fixture(params=[1, pytest.param(2, marks=require_secret("KEY"))])
        def n(request, secrets): return request.param == 1 or secrets["KEY"]
        def test_a(n): assert n
    """,
    "unittest_class": """
        import unittest
        @require_secret("KEY")
        class TestIt(unittest.TestCase):
            @classmethod
            def setUpClass(cls): cls.is_set_up = True
            @pytest.fixture(autouse=True)
            def _key(self, secrets): self.key = secrets["KEY"]
            def test_a(self): assert self.key and self.is_set_up
        class TestOther(unittest.TestCase):
            def test_b(self): pass
    """,
    "unittest_method": """
        import unittest
        class TestIt(unittest.TestCase):
            @pytest.fixture(autouse=True)
            def _secrets(self, secrets): self.secrets = secrets
            @require_secret("KEY")
            def test_a(self): assert self.secrets["KEY"]
            def test_b(self): pass
    """,
    "unittest_async_class": """
        import unittest
        @require_secret("KEY")
        class TestIt(unittest.IsolatedAsyncioTestCase):
            async def asyncSetUp(self): self.is_set_up = True
            async def test_a(self): assert self.is_set_up
        class TestOther(unittest.IsolatedAsyncioTestCase):
            async def test_b(self): pass
    """,
    "unittest_async_method": """
        import unittest
        class TestIt(unittest.IsolatedAsyncioTestCase):
            @pytest.fixture(autouse=True)
            def _secrets(self, secrets): self.secrets = secrets
            @require_secret("KEY")
            async def test_a(self): assert self.secrets["KEY"]
            async def test_b(self): pass
    """,
    "by_hand": """
        @pytest.mark.require_secret("KEY")
        def test_a(secrets): assert secrets["KEY"]
        def test_b(): pass
    """,
    "unittest_with_subtests": """
        import unittest
        class TestIt(unittest.TestCase):
            @pytest.fixture(autouse=True)
            def _secrets(self, secrets): self.secrets = secrets
            @require_secret("KEY")
            def test_a(self):
                with self.subTest("inner"): assert self.secrets["KEY"]
            def test_b(self): pass
    """,
    "hook": """
        def test_a(secrets): assert secrets["KEY"]
        def test_b(): pass
    """,
}
HOOK = """
from credcheck import require_secret
def pytest_collection_modifyitems(items):
    for item in items:
        if item.name == "test_a":
            item.add_marker(require_secret("KEY"))
"""


@pytest.mark.parametrize("kind", KINDS)
def test_a_mark_holds_what_it_stands_on_and_nothing_beside_it(
    pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    write(pytester, KINDS[kind])
    if kind == "hook":
        pytester.makeconftest(HOOK)
    both_ways(pytester, monkeypatch, without={"passed": 1, "skipped": 1}, having={"passed": 2})


def test_all_of_them_at_once_under_xdist(
    pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    head = "import pytest\nfrom credcheck import require_secret\n"
    kinds = {kind: source for kind, source in KINDS.items() if kind != "hook"}
    for kind, source in kinds.items():
        (pytester.path / f"test_in_{kind}.py").write_text(head + dedent(source))
    for outcomes in ({"passed": len(kinds), "skipped": len(kinds)}, {"passed": 2 * len(kinds)}):
        result = pytester.runpytest_subprocess("-p", "no:randomly", "-n", "2")
        counts = result.parseoutcomes()
        counts.pop("subtests passed", None)
        assert counts == outcomes, result.stdout.str()
        monkeypatch.setenv("KEY", VALUE)


def test_a_mark_of_a_module_holds_all_of_it(
    pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(
        pytester,
        """
        import unittest
        pytestmark = require_secret("KEY")
        def test_a(secrets): assert secrets["KEY"]
        class TestIt:
            def test_b(self, secrets): assert secrets["KEY"]
        class TestUnit(unittest.TestCase):
            def test_c(self): pass
        """,
    )
    both_ways(pytester, monkeypatch, without={"skipped": 3}, having={"passed": 3})


def test_nothing_of_a_class_is_set_up_whose_tests_are_all_skipped_or_failed(
    pytester: pytest.Pytester,
) -> None:
    write(
        pytester,
        """
        import unittest
        @require_secret("KEY")
        class TestUnit(unittest.TestCase):
            @classmethod
            def setUpClass(cls): raise AssertionError("set up")
            def test_a(self): pass
        @require_secret("KEY")
        class TestIt:
            @classmethod
            def setup_class(cls): raise AssertionError("set up")
            @pytest.fixture(autouse=True, scope="class")
            def broken(self): raise AssertionError("set up")
            def test_b(self): pass
        """,
    )
    for words, outcomes in ((), {"skipped": 2}), (("--credcheck-strict",), {"errors": 2}):
        result = run(pytester, *words)
        assert result.parseoutcomes() == outcomes
        result.stdout.no_fnmatch_line("*set up")


def test_the_reasons_of_all_marks_are_shown_the_outermost_first(
    pytester: pytest.Pytester,
) -> None:
    write(
        pytester,
        """
        @require_secret("KEY", reason="talks to the shop")
        class TestIt:
            @require_secret("OTHER_KEY", reason="charges a card")
            def test_a(self): pass
            @require_secret("FIRST", "SECOND", any_of=True, reason="either bank")
            def test_b(self): pass
        """,
    )
    told = [line for line in run(pytester).stdout.lines if line.startswith("SKIPPED")]
    assert len(told) == 2
    assert "KEY is absent; OTHER_KEY is absent" in told[0]
    assert "(needed for: talks to the shop; charges a card)" in told[0]
    assert "one of 2 is needed: FIRST is absent, SECOND is absent" in told[1]
    assert "(needed for: talks to the shop; either bank)" in told[1]


def test_each_group_of_any_of_needs_one_and_the_other_marks_all(
    pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(
        pytester,
        """
        @require_secret("KEY_1", "KEY_2", any_of=True)
        class TestIt:
            @require_secret("KEY_3", "KEY_4", any_of=True)
            @require_secret("KEY_5")
            def test_a(self, secrets): assert sorted(secrets) == ["KEY_2", "KEY_3", "KEY_5"]
        """,
    )
    for name in ("KEY_2", "KEY_3", "KEY_5"):
        assert run(pytester).parseoutcomes() == {"skipped": 1}, name
        monkeypatch.setenv(name, f"{VALUE}-{name}")
    assert run(pytester).parseoutcomes() == {"passed": 1}


# ── beside pytest's own marks ─────────────────────────────────────────────────────────────────


def test_the_marks_of_pytest_keep_their_meaning(
    pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(
        pytester,
        """
        @pytest.mark.xfail(reason="known bug")
        @require_secret("KEY")
        def test_a(): raise AssertionError
        @pytest.mark.xfail(strict=True)
        @require_secret("KEY")
        def test_b(): raise AssertionError
        @pytest.mark.skipif(False, reason="never")
        @require_secret("KEY")
        def test_c(): pass
        @require_secret("KEY")
        @pytest.mark.usefixtures("tmp_path")
        @pytest.mark.filterwarnings("ignore")
        def test_d(): pass
        """,
    )
    both_ways(pytester, monkeypatch, without={"skipped": 4}, having={"xfailed": 2, "passed": 2})


def test_a_unittest_that_is_to_fail_does_not_hide_a_missing_credential(
    pytester: pytest.Pytester,
) -> None:
    write(
        pytester,
        """
        import unittest
        class TestIt(unittest.TestCase):
            @pytest.fixture(autouse=True)
            def _secrets(self, secrets): self.secrets = secrets
            @unittest.expectedFailure
            @require_secret("KEY")
            def test_a(self): raise AssertionError
            @unittest.expectedFailure
            def test_b(self): self.secrets.require("KEY")
        """,
    )
    assert run(pytester).parseoutcomes() == {"skipped": 2}
    assert run(pytester, "--credcheck-strict").parseoutcomes() == {"errors": 1, "failed": 1}


def test_a_test_that_is_skipped_for_another_reason_says_that_one(
    pytester: pytest.Pytester,
) -> None:
    write(
        pytester,
        """
        @pytest.mark.skipif(True, reason="not on this machine")
        @require_secret("KEY")
        def test_a(): raise AssertionError
        @require_secret("KEY")
        @pytest.mark.xfail(run=False)
        def test_b(): raise AssertionError
        """,
    )
    result = run(pytester)
    result.stdout.fnmatch_lines(["SKIPPED*: not on this machine"])
    assert run(pytester, "--credcheck-strict").parseoutcomes()["skipped"] == 1


# ── fixtures ──────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("scope", ["function", "class", "module", "package", "session"])
@pytest.mark.parametrize("autouse", [False, True])
def test_what_a_fixture_of_any_scope_lacks_skips_the_tests_that_take_it(
    pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch, scope: str, autouse: bool
) -> None:
    takes = "" if autouse else "client"
    write(
        pytester,
        f"""
        @pytest.fixture(scope="{scope}", autouse={autouse})
        def client({"session_secrets" if scope != "function" else "secrets"}):
            yield {"session_secrets" if scope != "function" else "secrets"}.require("KEY")
        @pytest.fixture
        def wrapped({takes}): return 1
        def test_a(wrapped): pass
        class TestIt:
            def test_b(self, {takes}): pass
            def test_c(self, wrapped): pass
        """,
    )
    pytester.makepyfile(test_in_there="def test_d(): pass")
    both_ways(pytester, monkeypatch, without={"passed": 1, "skipped": 3}, having={"passed": 4})


def test_a_fixture_that_skips_is_made_once_and_leaves_nothing_behind(
    pytester: pytest.Pytester,
) -> None:
    write(
        pytester,
        """
        @pytest.fixture(scope="session")
        def client(session_secrets):
            with open("made", "a") as file: file.write("x")
            yield session_secrets.require("KEY")
            raise AssertionError("torn down")
        def test_a(client): pass
        def test_b(client): pass
        """,
    )
    result = run(pytester)
    assert result.parseoutcomes() == {"skipped": 2}
    assert (pytester.path / "made").read_text() == "x"
    result.stdout.fnmatch_lines(["test_in_here: skipped 2 tests: KEY is absent"])


def test_a_fixture_fails_its_tests_where_the_policy_says_so(pytester: pytest.Pytester) -> None:
    write(
        pytester,
        """
        @pytest.fixture(scope="module")
        def client(session_secrets): return session_secrets.require("KEY")
        def test_a(client): pass
        def test_b(client): pass
        """,
    )
    result = run(pytester, "--credcheck-strict")
    assert result.parseoutcomes() == {"errors": 2}
    result.stdout.fnmatch_lines(["test_in_here: failed 2 tests: KEY is absent"])


def test_a_name_that_is_not_declared_is_told_at_the_users_own_line(
    pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KEY", VALUE)
    write(
        pytester,
        """
        @require_secret("OTHER", "KEY", any_of=True)
        def test_a(secrets):
            secrets["KEY_2"]
        def test_b(session_secrets):
            session_secrets["KEY_2"]
        """,
    )
    result = run(pytester)
    assert result.parseoutcomes() == {"failed": 2}
    added = "E       KeyError: 'this test does not declare KEY_2; add the line {}'"
    lines = result.stdout.lines
    assert (
        lines[lines.index(added.format('@require_secret("KEY_2")')) + 2]
        == "test_in_here.py:8: KeyError"
    )
    result.stdout.fnmatch_lines(
        ["E*'no test declares KEY_2; write session_secrets.require(\"KEY_2\")'"]
    )
    result.stdout.no_fnmatch_line("*fixtures.py*")


# ── items that are no functions ───────────────────────────────────────────────────────────────

YAML = """
import pytest
def pytest_collect_file(parent, file_path):
    if file_path.suffix == ".yaml":
        return YamlFile.from_parent(parent, path=file_path)
class YamlFile(pytest.File):
    def collect(self):
        yield YamlItem.from_parent(self, name="one")
class YamlItem(pytest.Item):
    def runtest(self):
        assert self.path.read_text() == "ok"
    def reportinfo(self): return self.path, 0, "yaml item"
"""


def test_files_of_other_kinds_below_the_paths_of_a_suite_are_held_too(
    pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(pytester, "def test_a(): pass\n")
    (pytester.path / "credcheck.toml").write_text(PAYMENTS)
    pytester.makeconftest(YAML)
    for folder in (pytester.path, pytester.mkdir("payments")):
        (folder / "some.yaml").write_text("ok")
        (folder / "told.txt").write_text(">>> 1 + 1\n2\n")
        (folder / f"documented_{folder.name[:3]}.py").write_text('"""\n>>> 1 + 1\n2\n"""\n')
    words = ("--doctest-modules", "--doctest-glob=*.txt")
    both_ways(
        pytester, monkeypatch, *words, without={"passed": 4, "skipped": 3}, having={"passed": 7}
    )


def test_a_test_of_a_suite_by_paths_reads_the_secrets_of_the_suite(
    pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(pytester, "def test_a(secrets): assert 'KEY' not in secrets\n")
    (pytester.path / "credcheck.toml").write_text(PAYMENTS)
    source = (pytester.path / "test_in_here.py").read_text().replace("not in", "in")
    (pytester.mkdir("payments") / "test_in_suite.py").write_text(source)
    both_ways(pytester, monkeypatch, without={"passed": 1, "skipped": 1}, having={"passed": 2})


# ── the plugin is not there ───────────────────────────────────────────────────────────────────


def test_without_the_plugin_pytest_warns_of_the_mark_and_strict_markers_refuse_it(
    pytester: pytest.Pytester,
) -> None:
    write(pytester, '@require_secret("KEY")\ndef test_a(): pass\ndef test_b(secrets): pass\n')
    (pytester.path / "pytest.ini").write_text("[pytest]\n")
    off = ("-p", "no:credcheck", "-p", "no:randomly", "-p", "no:xdist")
    # in whole processes: pytest keeps the marks that it has once seen
    result = pytester.runpytest_subprocess(*off)
    assert result.parseoutcomes() == {"passed": 1, "errors": 1, "warnings": 1}
    result.stdout.fnmatch_lines(["*fixture 'secrets' not found"])
    result.stdout.fnmatch_lines(["*PytestUnknownMarkWarning: Unknown pytest.mark.require_secret*"])
    result = pytester.runpytest_subprocess(*off, "--strict-markers")
    assert result.parseoutcomes() == {"errors": 1}
    result.stdout.fnmatch_lines(["'require_secret' not found in `markers` configuration option"])


def test_required_plugins_make_its_absence_an_error(pytester: pytest.Pytester) -> None:
    write(pytester, "def test_a(): pass\n")
    (pytester.path / "pytest.ini").write_text("[pytest]\nrequired_plugins = pytest-credcheck\n")
    assert run(pytester).ret == 0
    result = run(pytester, "-p", "no:credcheck")
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines(["ERROR: Missing required plugins: pytest-credcheck"])


def test_where_no_plugin_loads_by_itself_it_is_named(
    pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(pytester, '@require_secret("KEY")\ndef test_a(): raise AssertionError\n')
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")
    assert pytester.runpytest_subprocess("-p", "credcheck").parseoutcomes() == {"skipped": 1}


# ── the types ─────────────────────────────────────────────────────────────────────────────────


def test_the_fixtures_give_what_is_public_for_annotations(
    pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(
        pytester,
        """
        from credcheck import Secrets, SessionSecrets
        def test_a(secrets: Secrets, session_secrets: SessionSecrets):
            assert type(secrets) is Secrets
            assert type(session_secrets) is SessionSecrets
        """,
    )
    assert run(pytester).parseoutcomes() == {"passed": 1}
