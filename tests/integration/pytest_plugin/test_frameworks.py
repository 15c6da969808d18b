"""The gate beside what runs tests in its own way: asyncio, anyio, pytest-bdd, Django."""

from __future__ import annotations

import os
import re
import sys
from importlib.util import find_spec
from pathlib import Path
from textwrap import dedent

import pytest

from servers.finding import missing

PAGE = Path(__file__).parents[3] / "docs" / "how-to" / "pytest.md"
PYTHON = re.compile(r"^```python\n(.*?)^```", re.MULTILINE | re.DOTALL)
# by their modules: an `asyncio` that this process has imported is not what is meant
ASYNCIO = ("-p", "pytest_asyncio.plugin")
ANYIO = ("-p", "anyio.pytest_plugin")
VALUE = "some-value-of-the-tests"


@pytest.fixture(autouse=True)
def clean(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in list(os.environ):
        if name.startswith(("CI", "GITHUB_", "GITLAB_", "CREDCHECK_", "KEY", "DJANGO_")):
            monkeypatch.delenv(name)


def needs(module: str) -> None:
    if find_spec(module) is None:
        missing(module, "uv sync --group plugins")


def write(pytester: pytest.Pytester, source: str, ini: str = "") -> None:
    warnings = "filterwarnings =\n    error::pytest.PytestWarning\n    ignore::DeprecationWarning\n"
    (pytester.path / "pytest.ini").write_text(f"[pytest]\n{warnings}{ini}")
    head = "import pytest\nfrom credcheck import require_secret\n"
    pytester.makepyfile(test_in_here=head + dedent(source))


def both_ways(
    pytester: pytest.Pytester,
    monkeypatch: pytest.MonkeyPatch,
    *words: str,
    without: dict[str, int],
    having: dict[str, int],
    apart: bool = False,
) -> pytest.RunResult:
    """Run without `KEY` and then with it; give the first run."""
    off = ("-p", "no:randomly", "-p", "no:xdist", "-p", "no:timeout")
    results = []
    for counts in (without, having):
        for name in [n for n in sys.modules if n in {"test_in_here", "conftest"}]:
            del sys.modules[name]
        run = pytester.runpytest_subprocess if apart else pytester.runpytest_inprocess
        result = run(*off, "-rs", *words)
        assert result.parseoutcomes() == counts, result.stdout.str()
        results.append(result)
        monkeypatch.setenv("KEY", VALUE)
    told = [line for line in results[0].stdout.lines if line.startswith("SKIPPED")]
    assert told
    assert all("credcheck: KEY is absent" in line for line in told), told
    return results[0]


# ── tests that are coroutines ─────────────────────────────────────────────────────────────────

COROUTINES = """
@require_secret("KEY")
{mark}
async def test_marked(secrets):
    assert secrets["KEY"]

{mark}
async def test_by_fixture(client):
    assert client

{mark}
async def test_by_wide_fixture(wide):
    assert wide

{mark}
async def test_inside(secrets):
    assert secrets.require("KEY")

{mark}
@require_secret("KEY")
class TestIt:
    async def test_method(self, client, wide):
        assert client == wide

{mark}
@pytest.mark.parametrize("n", [1, pytest.param(2, marks=require_secret("KEY"))])
async def test_param(n, secrets):
    assert n == 1 or secrets["KEY"]

{mark}
async def test_plain():
    pass
"""
FIXTURES = """
@{fixture}
async def client(secrets):
    yield secrets.require("KEY")

@{fixture}(scope="session"{loop})
async def wide(session_secrets):
    yield session_secrets.require("KEY")
"""


@pytest.mark.parametrize("mode", ["auto", "strict"])
def test_coroutines_and_their_fixtures_by_asyncio(
    pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch, mode: str
) -> None:
    needs("pytest_asyncio")
    mark = '@pytest.mark.asyncio(loop_scope="session")' if mode == "strict" else ""
    fixture = "pytest_asyncio.fixture" if mode == "strict" else "pytest.fixture"
    loop = ', loop_scope="session"' if mode == "strict" else ""
    source = "import pytest_asyncio\n" + FIXTURES.format(fixture=fixture, loop=loop)
    ini = f"asyncio_mode = {mode}\nasyncio_default_fixture_loop_scope = session\n"
    ini += "asyncio_default_test_loop_scope = session\n"
    write(pytester, source + COROUTINES.replace("{mark}", mark), ini)
    both_ways(
        pytester,
        monkeypatch,
        *ASYNCIO,
        without={"passed": 2, "skipped": 6},
        having={"passed": 8},
        apart=True,  # an event loop that is left behind is told of in a later run
    )


def test_coroutines_and_their_fixtures_by_anyio(
    pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    needs("anyio")
    backend = "\n@pytest.fixture(scope='session')\ndef anyio_backend(): return 'asyncio'\n"
    source = FIXTURES.format(fixture="pytest.fixture", loop="") + backend
    write(pytester, source + COROUTINES.replace("{mark}", "@pytest.mark.anyio"))
    both_ways(
        pytester,
        monkeypatch,
        *ANYIO,
        without={"passed": 2, "skipped": 6},
        having={"passed": 8},
        apart=True,  # an event loop that is left behind is told of in a later run
    )


def test_a_wide_coroutine_fixture_that_lacks_a_secret_fails_its_tests_by_policy(
    pytester: pytest.Pytester,
) -> None:
    needs("pytest_asyncio")
    write(
        pytester,
        FIXTURES.format(fixture="pytest.fixture", loop="")
        + "async def test_a(wide): pass\nasync def test_b(wide): pass\n",
        "asyncio_mode = auto\nasyncio_default_fixture_loop_scope = session\n"
        "asyncio_default_test_loop_scope = session\n",
    )
    words = (*ASYNCIO, "-p", "no:randomly", "-p", "no:xdist", "--credcheck-strict")
    result = pytester.runpytest_subprocess(*words)
    assert result.parseoutcomes() == {"errors": 2}
    result.stdout.fnmatch_lines(["test_in_here: failed 2 tests: KEY is absent"])


# ── generated arguments ───────────────────────────────────────────────────────────────────────

GIVEN = """
from hypothesis import given, settings, strategies as st

@require_secret("KEY")
@given(st.integers())
def test_marked(session_secrets, n): assert session_secrets["KEY"]

@settings(database=None)
@given(st.integers())
def test_inside(session_secrets, n): assert session_secrets.require("KEY")

@given(st.integers())
def test_plain(n): pass
"""


def test_tests_of_hypothesis_with_the_fixture_that_it_allows(
    pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(pytester, GIVEN)
    both_ways(pytester, monkeypatch, without={"passed": 1, "skipped": 2}, having={"passed": 3})


# ── scenarios ─────────────────────────────────────────────────────────────────────────────────

FEATURE = """
Feature: Shop
  Scenario: Pay
    Given a client
  Scenario: Look
    Given a visitor
  Scenario Outline: Pay in
    Given a client
    Examples:
      | money |
      | euro  |
      | yen   |
"""
STEPS = """
from pytest_bdd import given, scenario, scenarios
@given("a client")
def client(secrets): assert secrets["KEY"]
@given("a visitor")
def visitor(): pass
"""
SCENARIOS = {
    "mark": (
        """
        @require_secret("KEY")
        @scenario("shop.feature", "Pay")
        def test_pay(): pass
        @scenario("shop.feature", "Look")
        def test_look(): pass
        @pytest.mark.usefixtures("tmp_path")
        @require_secret("KEY")
        @scenario("shop.feature", "Pay in")
        def test_pay_in(): pass
        """,
        {"passed": 1, "skipped": 3},
    ),
    "module": ("pytestmark = require_secret('KEY')\nscenarios('shop.feature')", {"skipped": 4}),
}


@pytest.mark.parametrize("kind", SCENARIOS)
def test_scenarios_are_held_by_marks(
    pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    needs("pytest_bdd")
    source, without = SCENARIOS[kind]
    write(pytester, STEPS + dedent(source))
    (pytester.path / "shop.feature").write_text(FEATURE)
    both_ways(pytester, monkeypatch, "-p", "pytest-bdd", without=without, having={"passed": 4})


def test_scenarios_are_held_by_tags_with_the_hook_of_the_page(
    pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    needs("pytest_bdd")
    write(pytester, STEPS + "scenarios('shop.feature')")
    (hook,) = (block for block in PYTHON.findall(PAGE.read_text("utf-8")) if "_apply_tag" in block)
    (pytester.path / "conftest.py").write_text(hook)
    feature = FEATURE.partition("  Scenario Outline")[0]
    tagged = feature.replace("  Scenario: Pay\n", "  @secret:KEY\n  Scenario: Pay\n")
    (pytester.path / "shop.feature").write_text(tagged)
    both_ways(
        pytester,
        monkeypatch,
        *("-p", "pytest-bdd"),
        without={"passed": 1, "skipped": 1},
        having={"passed": 2},
    )


# ── Django ────────────────────────────────────────────────────────────────────────────────────

DJANGO = """
from django.conf import settings
from django.contrib.auth.models import User
from django.test import LiveServerTestCase, SimpleTestCase, TestCase, TransactionTestCase

@require_secret("KEY")
class TestSimple(SimpleTestCase):
    def test_a(self): assert settings.configured

class TestOfDatabase(TestCase):
    @classmethod
    def setUpTestData(cls): cls.user = User.objects.create(username="somebody")
    @pytest.fixture(autouse=True)
    def _secrets(self, secrets): self.secrets = secrets
    @require_secret("KEY")
    def test_b(self): assert self.secrets["KEY"] and User.objects.count() == 1
    def test_c(self): assert User.objects.count() == 1
    async def test_d(self): assert await User.objects.acount() == 1
    @require_secret("KEY")
    async def test_e(self): assert await User.objects.acount() == 1

class TestInside(TransactionTestCase):
    @pytest.fixture(autouse=True)
    def _secrets(self, secrets): secrets.require("KEY")
    def test_f(self): assert User.objects.count() == 0

@require_secret("KEY")
class TestNever(TestCase):
    @classmethod
    def setUpTestData(cls):
        import os
        assert "KEY" in os.environ
    def test_g(self): pass

@require_secret("KEY")
@pytest.mark.django_db
def test_h(secrets, client): assert secrets["KEY"] and User.objects.count() == 0

@require_secret("KEY")
def test_i(db, admin_user, settings): assert admin_user.pk
"""
SETTINGS = """
SECRET_KEY = "not-one"
INSTALLED_APPS = ["django.contrib.auth", "django.contrib.contenttypes"]
DATABASES = {"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": ":memory:"}}
USE_TZ = True
ALLOWED_HOSTS = ["*"]
"""


def test_the_test_classes_and_fixtures_of_django(
    pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    needs("pytest_django")
    write(pytester, DJANGO, "DJANGO_SETTINGS_MODULE = shop_settings\npythonpath = .\n")
    (pytester.path / "shop_settings.py").write_text(SETTINGS)
    both_ways(
        pytester,
        monkeypatch,
        *("-p", "django"),
        without={"passed": 2, "skipped": 7},
        having={"passed": 9},
        apart=True,  # Django can be set up once in a process
    )


def test_all_of_them_at_once_under_xdist(
    pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in ("pytest_asyncio", "anyio", "pytest_bdd", "pytest_django"):
        needs(module)
    head = "import pytest\nfrom credcheck import require_secret\n"
    backend = "\n@pytest.fixture(scope='session')\ndef anyio_backend(): return 'asyncio'\n"
    asyncio = '@pytest.mark.asyncio(loop_scope="session")'
    loop = ', loop_scope="session"'
    modules = {
        "asyncio": "import pytest_asyncio\n"
        + FIXTURES.format(fixture="pytest_asyncio.fixture", loop=loop)
        + COROUTINES.replace("{mark}", asyncio),
        "anyio": FIXTURES.format(fixture="pytest.fixture", loop="")
        + backend
        + COROUTINES.replace("{mark}", "@pytest.mark.anyio"),
        "bdd": STEPS + dedent(SCENARIOS["mark"][0]),
        "django": DJANGO,
    }
    for name, source in modules.items():
        (pytester.path / f"test_{name}.py").write_text(head + source)
    (pytester.path / "shop.feature").write_text(FEATURE)
    (pytester.path / "shop_settings.py").write_text(SETTINGS)
    (pytester.path / "pytest.ini").write_text(
        "[pytest]\nDJANGO_SETTINGS_MODULE = shop_settings\npythonpath = .\n"
        "asyncio_default_fixture_loop_scope = session\n"
    )
    monkeypatch.setenv("PYTEST_ADDOPTS", "-p no:randomly")
    for outcomes in ({"passed": 2 + 2 + 1 + 2, "skipped": 6 + 6 + 3 + 7}, {"passed": 29}):
        result = pytester.runpytest_subprocess("-n", "2")
        assert result.parseoutcomes() == outcomes, result.stdout.str()
        monkeypatch.setenv("KEY", VALUE)
