"""What is counted from the source is what pytest collects."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tracemalloc
from collections import Counter
from pathlib import Path
from textwrap import dedent

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from credcheck.discovery import discover
from credcheck.discovery.files import read_source
from credcheck.discovery.settings import read_settings
from credcheck.model import Need, TestGroup

# What every shape is collected with: the marks of each item are written down as pytest sees them.
TRUTH_CONFTEST = """
import json, sys, types
from pathlib import Path
import pytest

def require_secret(*names, any_of=False):
    return pytest.mark.require_secret(*names, any_of=any_of)

sys.modules["credcheck"] = types.ModuleType("credcheck")
sys.modules["credcheck"].require_secret = require_secret
sys.modules["credcheck"].__all__ = ["require_secret"]

@pytest.fixture
def secrets(): return {}

@pytest.fixture(scope="session")
def session_secrets(): return {}

def pytest_collection_finish(session):
    found = []
    for item in session.items:
        names, groups = set(), set()
        for mark in item.iter_markers("require_secret"):
            if mark.kwargs.get("any_of") and len(set(mark.args)) > 1:
                groups.add(tuple(sorted(set(mark.args))))
            else:
                names |= set(mark.args)
        path = item.path.relative_to(session.config.rootpath).as_posix()
        found.append([path, sorted(names), sorted(groups)])
    Path(session.config.rootpath, "truth.json").write_text(json.dumps(found))
"""

HEAD = "import pytest\nfrom credcheck import require_secret\n"

# name -> the module's source; every one is compared with pytest, needs and all.
MARKED = {
    "function": HEAD
    + """
@require_secret("A")
def test_one(): ...
@require_secret("A", "B")
def test_two(): ...
@require_secret("B", "A")
async def test_other_order(): ...
@require_secret("A")
@require_secret("C")
def test_stacked(): ...
def test_free(): ...
def helper(): ...
""",
    "any_of": HEAD
    + """
@require_secret("A", "B", any_of=True)
def test_either(): ...
@require_secret("A", any_of=True)
def test_only(): ...
@require_secret("A", "B", any_of=False)
def test_both(): ...
@require_secret("C")
@require_secret("A", "B", any_of=True)
def test_and_one_more(): ...
""",
    "classes": HEAD
    + """
@require_secret("A")
class TestOuter:
    def test_one(self): ...
    @require_secret("B")
    def test_two(self): ...
    @staticmethod
    def test_static(): ...
    @classmethod
    def test_class(cls): ...
    @property
    def test_property(self): return 1
    @require_secret("C")
    class TestInner:
        pytestmark = [require_secret("D")]
        def test_three(self): ...
        class TestInnermost:
            def test_four(self): ...
class TestMarked:
    KEY = "E"
    pytestmark = require_secret(KEY)
    def test_five(self): ...
    @require_secret(KEY + "_2")
    def test_six(self): ...
""",
    "pytestmark_one": HEAD + 'pytestmark = require_secret("A")\ndef test_a(): ...\n',
    "pytestmark_list": HEAD
    + """
pytestmark = [pytest.mark.slow, require_secret("A"), require_secret("B", "C", any_of=True)]
def test_a(): ...
class TestB:
    def test_b(self): ...
""",
    "pytestmark_grown": HEAD
    + """
pytestmark = [require_secret("A")]
pytestmark += [require_secret("B")]
pytestmark.append(require_secret("C"))
pytestmark.extend([require_secret("D")])
pytestmark = pytestmark + [require_secret("E")]
def test_a(): ...
""",
    "pytestmark_star": HEAD
    + """
MORE = (require_secret("A"),)
pytestmark: list = [*MORE, require_secret("B")]
if True:
    pytestmark = [*MORE]
def test_a(): ...
""",
    "param": HEAD
    + """
BOTH = [require_secret("A"), require_secret("B")]
@pytest.mark.parametrize("x", [1, pytest.param(2, marks=require_secret("A")),
    pytest.param(3, marks=[require_secret("B"), pytest.mark.slow]),
    pytest.param(4, marks=(require_secret("A"),)), pytest.param(5, marks=BOTH),
    pytest.param(6, id="six")])
def test_params(x): ...
@require_secret("C")
@pytest.mark.parametrize("y", [1, 2])
@pytest.mark.parametrize("x", [pytest.param(1, marks=require_secret("A")), 2, 3])
def test_stacked(x, y): ...
""",
    "param_lists": HEAD
    + """
CASES = [1, 2, 3]
NAMED = {"a": 1, "b": 2}
def unused(x): return x
@pytest.mark.parametrize(argnames=("x", "y"), argvalues=[(1, 2), (3, 4)])
def test_tuple(x, y): ...
@pytest.mark.parametrize("x", CASES)
def test_name(x): ...
@pytest.mark.parametrize("x", CASES + [4])
def test_sum(x): ...
@pytest.mark.parametrize("x", [*CASES, 4, 5])
def test_starred(x): ...
@pytest.mark.parametrize("x", range(4))
def test_range(x): ...
@pytest.mark.parametrize("x", range(2, 10, 3))
def test_range_step(x): ...
@pytest.mark.parametrize("x", "abc")
def test_letters(x): ...
@pytest.mark.parametrize("x", {1, 2})
def test_set(x): ...
@pytest.mark.parametrize("x", NAMED)
def test_dict(x): ...
@pytest.mark.parametrize("x", NAMED.items())
def test_items(x): ...
@pytest.mark.parametrize("x", NAMED.values())
def test_values(x): ...
@pytest.mark.parametrize("x", sorted(CASES))
def test_sorted(x): ...
@pytest.mark.parametrize("x", [1] * 3)
def test_times(x): ...
@pytest.mark.parametrize("x", [unused(c) for c in CASES])
def test_comprehension(x): ...
@pytest.mark.parametrize("x", [pytest.param(c, marks=require_secret("A")) for c in CASES])
def test_marked_comprehension(x): ...
@pytest.mark.parametrize("x", [])
def test_empty(x): ...
@pytest.mark.parametrize("x", [1, 2])
class TestAll:
    def test_one(self, x): ...
    @pytest.mark.parametrize("y", [1, 2, 3])
    def test_two(self, x, y): ...
""",
    "parametrized_module": HEAD
    + """
pytestmark = [pytest.mark.parametrize("x", [1, pytest.param(2, marks=require_secret("A"))])]
def test_one(x): ...
class TestTwo:
    def test_two(self, x): ...
""",
    "marker": "import pytest\n@pytest.mark.require_secret('A')\ndef test_a(): ...\n",
    "marker_alias": """
import pytest as pt
from pytest import mark
from pytest import mark as m
needs = m.require_secret
@pt.mark.require_secret("A")
def test_a(): ...
@mark.require_secret("B")
def test_b(): ...
@needs("C")
def test_c(): ...
@mark.parametrize("x", [1, 2])
def test_d(x): ...
""",
    "aliases": """
import credcheck, credcheck as cc
from credcheck import require_secret as needs
same = needs
stripe_key = "STRIPE_TEST_KEY"
NAMES = ("A", "B")
X, Y = "x1", "y1"
needs_stripe = needs(stripe_key)
needs_all = [needs_stripe, needs(*NAMES)]
@needs("A")
def test_a(): ...
@credcheck.require_secret("B")
def test_b(): ...
@cc.require_secret("C")
def test_c(): ...
@same("D")
def test_d(): ...
@needs_stripe
def test_e(): ...
@needs(f"{stripe_key}_2", X)
def test_f(): ...
class TestAll:
    pytestmark = needs_all
    def test_g(self): ...
""",
    "star_import": """
from credcheck import *
@require_secret("A")
def test_a(): ...
""",
    "guarded_import": """
try:
    from credcheck import require_secret
except ImportError:
    require_secret = None
if True:
    @require_secret("A")
    def test_a(): ...
else:
    def test_a(): ...
for name in ("x",):
    def test_in_loop(): ...
""",
    "unittest": HEAD
    + """
import unittest
from unittest import TestCase
@require_secret("A")
class Cases(unittest.TestCase):
    def test_one(self): ...
    @require_secret("B")
    def testTwo(self): ...
    def check(self): ...
    class TestNested:
        def test_never(self): ...
class Derived(Cases):
    def test_three(self): ...
class Async(unittest.IsolatedAsyncioTestCase):
    @require_secret("C")
    async def test_four(self): ...
@require_secret("D")
class Disabled(TestCase):
    __test__ = False
    def test_never(self): ...
""",
    "inheritance": HEAD
    + """
@require_secret("A")
class Base:
    pytestmark = require_secret("A2")
    def test_inherited(self): ...
    def test_overridden(self): ...
    def test_hidden(self): ...
@require_secret("B")
class TestOne(Base):
    def test_own(self): ...
    @require_secret("C")
    def test_overridden(self): ...
    test_hidden = None
class TestTwo(TestOne): ...
class Mixin:
    def test_mixed(self): ...
class TestThree(Mixin, Base): ...
class TestDiamondLeft(Base): ...
class TestDiamond(TestDiamondLeft, Mixin, Base): ...
""",
    "not_collected": HEAD
    + """
import abc, dataclasses, enum, typing
@require_secret("A")
class TestInit:
    def __init__(self): ...
    def test_a(self): ...
class TestInheritsInit(TestInit):
    def test_b(self): ...
class TestNew:
    def __new__(cls): return object.__new__(cls)
    def test_c(self): ...
@dataclasses.dataclass
class TestData:
    x: int = 1
    def test_d(self): ...
class TestEnum(enum.Enum):
    def test_e(self): ...
class TestTuple(typing.NamedTuple):
    x: int
    def test_f(self): ...
class TestOff:
    __test__ = False
    def test_g(self): ...
class TestAbstract(abc.ABC):
    @abc.abstractmethod
    def make(self): ...
    @require_secret("B")
    def test_h(self): ...
class TestConcrete(TestAbstract):
    def make(self): ...
class NotATest:
    def test_i(self): ...
class Forced:
    __test__ = True
    def test_j(self): ...
@pytest.fixture
def test_fixture(): ...
@require_secret("A")
def not_a_test(): ...
def make():
    @require_secret("A")
    def test_inner(): ...
""",
    "names": HEAD
    + """
@require_secret("A")
def check(): ...
test_alias = check
test_lambda = lambda: None
def test_twice(): ...
@require_secret("B")
def test_twice(): ...
test_number = 3
TestAlias = type("TestAlias", (), {})
""",
    "no_tests_here": "__test__ = False\n" + HEAD + '@require_secret("A")\ndef test_a(): ...\n',
    "conditional_mark": HEAD
    + """
needs = require_secret("A") if True else require_secret("A")
@needs
def test_a(): ...
""",
    "fixture_params": HEAD
    + """
@pytest.fixture(params=[1, pytest.param(2, marks=require_secret("A")), 3])
def number(request): return request.param
@pytest.fixture
def doubled(number): return 2 * number
@pytest.fixture(params=["x", "y"], name="letter")
def make_letter(request): return request.param
@pytest.fixture(params=[1, 2], autouse=True)
def always(request): ...
def test_one(number): ...
def test_two(doubled, letter): ...
def test_both(doubled, number): ...
def test_default(number=1): ...
@pytest.mark.usefixtures("letter")
def test_used(): ...
@pytest.mark.parametrize("number", [1, 2])
def test_replaced(number): ...
@pytest.mark.parametrize("number", [1, 2, 3, 4], indirect=True)
def test_indirect(number): ...
@pytest.mark.parametrize(("number", "letter"), [(1, 2)], indirect=["letter"])
def test_some_indirect(number, letter): ...
class TestOwn:
    @pytest.fixture(params=[1, 2, 3, 4, 5])
    def letter(self, request): ...
    def test_three(self, letter): ...
    class TestInner:
        def test_four(self, letter, always): ...
class TestSuper:
    @pytest.fixture
    def letter(self, letter): return letter
    def test_five(self, letter): ...
""",
    "encoded": "# -*- coding: latin-1 -*-\n" + HEAD + '@require_secret("A")\ndef test_a(): "\\d"\n',
}

# Files that stand beside the modules above, and modules that use them.
SHARED = {
    "shared/shared_marks.py": HEAD
    + """
needs_stripe = require_secret("STRIPE_TEST_KEY")
NAME = "SHARED_KEY"
LIST = [needs_stripe, require_secret("B")]
PARAMS = [1, pytest.param(2, marks=needs_stripe)]
class Keys:
    AWS = "AWS_KEY"
""",
    "shared/shared_bases.py": HEAD
    + """
from shared_marks import NAME
pytestmark = require_secret("NOT_INHERITED")
@require_secret(NAME)
class Base:
    def test_inherited(self): ...
class TestImported:
    def test_imported(self): ...
@require_secret("FUNCTION")
def test_imported_function(): ...
""",
    "shared/test_shared.py": """
import pytest, shared_marks
from credcheck import require_secret
from shared_marks import LIST, NAME, PARAMS, Keys, needs_stripe as needs
@needs
def test_a(): ...
@shared_marks.needs_stripe
def test_b(): ...
@require_secret(NAME, shared_marks.Keys.AWS)
def test_c(): ...
@require_secret(Keys.AWS)
def test_d(): ...
@pytest.mark.parametrize("x", PARAMS)
def test_e(x): ...
class TestF:
    pytestmark = LIST
    def test_f(self): ...
""",
    "shared/test_only_helper.py": """
from shared_marks import needs_stripe
@needs_stripe
def test_a(): ...
""",
    "shared/test_derived.py": """
from shared_bases import Base, TestImported, test_imported_function
class TestDerived(Base):
    def test_own(self): ...
""",
    "shared/test_starred.py": """
from shared_bases import *
class TestDerived(Base): ...
""",
    "shared/test_of_another_test.py": """
from test_shared_base import TestBase
class TestMore(TestBase): ...
""",
    "shared/test_shared_base.py": HEAD
    + """
class TestBase:
    @require_secret("Z")
    def test_z(self): ...
""",
    "pack/__init__.py": "from credcheck import require_secret\nneeds_pack = require_secret('PACK')\n",
    "pack/marks.py": "from . import needs_pack\nagain = needs_pack\n",
    "pack/sub/__init__.py": "",
    "pack/sub/test_relative.py": """
import pack.marks
from .. import needs_pack
from ..marks import again
from pack import needs_pack as third
@needs_pack
def test_a(): ...
@again
def test_b(): ...
@third
def test_c(): ...
@pack.marks.again
def test_d(): ...
""",
}

Key = tuple[tuple[str, ...], tuple[tuple[str, ...], ...]]


def key(need: Need) -> Key:
    return tuple(sorted(need.all_of)), tuple(sorted(tuple(sorted(g)) for g in need.any_of))


def counts(groups: tuple[TestGroup, ...], path: str) -> Counter[Key]:
    found: Counter[Key] = Counter()
    for group in groups:
        if group.path == path:
            assert not group.opaque
            found[key(group.need)] += group.count
    return found


def write(root: Path, files: dict[str, str]) -> Path:
    for name, text in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(dedent(text), encoding="utf-8")
    return root


def collect(root: Path, *arguments: str) -> dict[str, Counter[Key]]:
    """Ask pytest itself, in a process of its own."""
    write(root, {"conftest.py": TRUTH_CONFTEST})
    command = [sys.executable, "-m", "pytest", "--collect-only", "-q", "-p", "no:credcheck"]
    command += ["-p", "no:cacheprovider", "-p", "no:randomly", *arguments]
    done = subprocess.run(command, cwd=root, capture_output=True, text=True, check=False)
    assert done.returncode in {0, 5}, done.stdout + done.stderr
    truth: dict[str, Counter[Key]] = {}
    for path, names, groups in json.loads((root / "truth.json").read_text(encoding="utf-8")):
        found = truth.setdefault(path, Counter())
        found[tuple(names), tuple(tuple(group) for group in groups)] += 1
    return truth


@pytest.fixture(scope="module")
def shapes(
    tmp_path_factory: pytest.TempPathFactory,
) -> tuple[dict[str, Counter[Key]], tuple[TestGroup, ...], tuple[TestGroup, ...]]:
    root = tmp_path_factory.mktemp("shapes")
    files = {f"test_{name}.py": text for name, text in MARKED.items()}
    write(root, {**files, **SHARED, "pytest.ini": "[pytest]\nfilterwarnings = ignore\n"})
    problems: list[str] = []
    every = discover(root, suite_paths=["."], problems=problems)
    needing = discover(root, problems=problems)
    assert problems == []
    return collect(root), every, needing


@pytest.mark.parametrize(
    "path",
    [f"test_{name}.py" for name in MARKED] + [path for path in SHARED if "/test_" in path],
)
def test_counts_by_need_are_those_of_pytest(
    path: str,
    shapes: tuple[dict[str, Counter[Key]], tuple[TestGroup, ...], tuple[TestGroup, ...]],
) -> None:
    truth, every, needing = shapes
    expected = truth.get(path, Counter())
    assert counts(every, path) == expected
    expected = Counter({need: n for need, n in expected.items() if need != ((), ())})
    assert counts(needing, path) == expected


# ── fixtures and bodies ───────────────────────────────────────────────────────────────────────


def found(root: Path, files: dict[str, str], **options: object) -> list[tuple[object, ...]]:
    """Write a project, discover it, and give each group as (path, count, all_of, any_of)."""
    write(root, files)
    problems: list[str] = []
    groups = discover(root, problems=problems, **options)  # type: ignore[arg-type]
    assert problems == []
    return [
        (g.path, g.count, g.need.all_of, g.need.any_of, *(["opaque"] if g.opaque else []))
        for g in groups
    ]


ASKING = {
    "require": ("def test_a(secrets): secrets.require('A')", ["A"]),
    "session": ("def test_a(session_secrets): return session_secrets.require('A')", ["A"]),
    "lookup": ("def test_a(secrets): f(secrets['B'], secrets['A'])", ["B", "A"]),
    "nested": ("def test_a(secrets):\n  if x:\n    with y: z = [secrets.require('A')]", ["A"]),
    "async": ("async def test_a(secrets): await f(secrets['A'])", ["A"]),
    "keyword_only": ("def test_a(*, secrets): secrets.require('A')", ["A"]),
    "local": ("def test_a(secrets):\n  name = 'A'\n  secrets.require(name)", ["A"]),
    "constant": ("NAME = 'A'\ndef test_a(secrets): secrets.require(NAME)", ["A"]),
    "twice": ("def test_a(secrets): secrets.require('A'); secrets['A']", ["A"]),
    "method": ("class TestA:\n  def test_a(self, secrets): secrets.require('A')", ["A"]),
}


@pytest.mark.parametrize("shape", ASKING)
def test_what_a_body_asks_for_is_needed(shape: str, tmp_path: Path) -> None:
    source, names = ASKING[shape]
    assert found(tmp_path, {"test_a.py": source}) == [("test_a.py", 1, tuple(names), ())]


OWN_FIXTURE = "import pytest\n@pytest.fixture\ndef secrets(): return {}\n"


@pytest.mark.parametrize(
    "source",
    [
        "import secrets\ndef test_a(): secrets.require('A')",
        "def test_a(secrets): secrets['A'] = 1",
        "def test_a(secrets): secrets.provide('A', 'x')",
        "def test_a(secrets=None): secrets.require('A')",
        "def test_a(secrets): other.secrets.require('A')",
        OWN_FIXTURE + "def test_a(secrets): secrets['A']",
        "def test_a(x): session_secrets.require('A')",
    ],
)
def test_what_is_not_the_fixture_of_ours_asks_for_nothing(source: str, tmp_path: Path) -> None:
    assert found(tmp_path, {"test_a.py": source}) == []


def test_one_of_several_asked_for_in_a_body_is_one_group(tmp_path: Path) -> None:
    source = "def test_a(secrets): secrets.require('A', 'B', any_of=True)"
    assert found(tmp_path, {"test_a.py": source}) == [("test_a.py", 1, (), (("A", "B"),))]


def test_an_override_of_the_fixture_that_takes_it_is_still_ours(tmp_path: Path) -> None:
    source = """
        import pytest
        @pytest.fixture
        def secrets(secrets): return secrets
        def test_a(secrets): secrets.require("A")
    """
    assert found(tmp_path, {"test_a.py": source}) == [("test_a.py", 1, ("A",), ())]


FIXTURES = """
    import pytest
    from credcheck import require_secret
    @pytest.fixture(scope="session")
    def stripe(session_secrets): return session_secrets.require("A")
    @pytest.fixture(name="mail")
    def make_mail(secrets):
        yield secrets["B"]
    @pytest.fixture
    def shop(stripe, mail): ...
    @pytest.fixture
    def dynamic(request): return request.getfixturevalue("stripe")
    @pytest.fixture()
    def plain(): ...
"""
TAKING = {
    "directly": ("def test_a(stripe): ...", ("A",)),
    "through_another": ("def test_a(shop): ...", ("B", "A")),
    "by_its_other_name": ("def test_a(mail): ...", ("B",)),
    "not_by_its_function": ("def test_a(make_mail): ...", None),
    "by_request": ("def test_a(dynamic): ...", ("A",)),
    "used": ("import pytest\n@pytest.mark.usefixtures('stripe')\ndef test_a(): ...", ("A",)),
    "used_by_module": (
        "import pytest\npytestmark = pytest.mark.usefixtures('stripe', 'mail')\ndef test_a(): ...",
        ("B", "A"),
    ),
    "used_by_class": (
        "import pytest\n@pytest.mark.usefixtures('stripe')\nclass TestA:\n  def test_a(self): ...",
        ("A",),
    ),
    "unittest": (
        (
            "import pytest, unittest\n@pytest.mark.usefixtures('stripe')\n"
            "class A(unittest.TestCase):\n  def test_a(self): ..."
        ),
        ("A",),
    ),
    "plain": ("def test_a(plain): ...", None),
    "replaced_by_a_parameter": (
        "import pytest\n@pytest.mark.parametrize('stripe', [1])\ndef test_a(stripe): ...",
        None,
    ),
    "not_when_it_has_a_default": ("def test_a(stripe=None): ...", None),
    "not_when_overridden": (
        "import pytest\n@pytest.fixture\ndef stripe(): ...\ndef test_a(stripe): ...",
        None,
    ),
    "not_when_overridden_in_the_class": (
        (
            "import pytest\nclass TestA:\n  @pytest.fixture\n  def stripe(self): ...\n"
            "  def test_a(self, stripe): ..."
        ),
        None,
    ),
    "when_the_override_takes_it": (
        "import pytest\n@pytest.fixture\ndef stripe(stripe): ...\ndef test_a(stripe): ...",
        ("A",),
    ),
}


@pytest.mark.parametrize("shape", TAKING)
@pytest.mark.parametrize("place", ["conftest.py", "tests/conftest.py"])
def test_a_test_needs_what_its_fixtures_ask_for(shape: str, place: str, tmp_path: Path) -> None:
    source, names = TAKING[shape]
    groups = found(tmp_path, {place: FIXTURES, "tests/sub/test_a.py": source})
    assert groups == ([("tests/sub/test_a.py", 1, names, ())] if names else [])


def test_fixtures_of_the_same_module_and_class_count(tmp_path: Path) -> None:
    source = (
        dedent(FIXTURES)
        + "def test_a(stripe): ...\n"
        + "class TestB:\n"
        + "  @pytest.fixture\n  def own(self, secrets): return secrets.require('C')\n"
        + "  def test_b(self, own): ...\n"
        + "  class TestInner:\n    def test_c(self, own, mail): ...\n"
        + "class TestD(TestB): ...\n"
    )
    assert found(tmp_path, {"test_a.py": source}) == [
        ("test_a.py", 1, ("A",), ()),
        ("test_a.py", 2, ("C",), ()),
        ("test_a.py", 2, ("B", "C"), ()),
    ]


def test_a_fixture_for_all_makes_every_test_below_it_need_its_secret(tmp_path: Path) -> None:
    conftest = """
        import pytest
        @pytest.fixture(autouse=True)
        def always(stripe): ...
    """
    files = {
        "conftest.py": FIXTURES,
        "tests/paid/conftest.py": conftest,
        "tests/paid/test_a.py": "def test_a(): ...",
        "tests/paid/test_b.py": "import unittest\nclass B(unittest.TestCase):\n"
        "  def test_b(self): ...\n",
        "tests/free/test_c.py": "def test_c(): ...",
    }
    assert found(tmp_path, files) == [
        ("tests/paid/test_a.py", 1, ("A",), ()),
        ("tests/paid/test_b.py", 1, ("A",), ()),
    ]


def test_a_unittest_that_is_handed_the_fixture_asks_through_self(tmp_path: Path) -> None:
    source = """
        import pytest, unittest
        class Paying(unittest.TestCase):
            @pytest.fixture(autouse=True)
            def hand_over(self, secrets): self.secrets = secrets
            def test_a(self): self.secrets.require("A")
            def test_b(self): ...
    """
    assert found(tmp_path, {"test_a.py": source}) == [("test_a.py", 1, ("A",), ())]


def test_a_decorated_fixture_hands_its_need_on(tmp_path: Path) -> None:
    conftest = """
        import pytest
        from credcheck import require_secret
        @require_secret("A")
        @pytest.fixture
        def client(): ...
    """
    files = {"conftest.py": conftest, "tests/test_a.py": "def test_a(client): ..."}
    assert found(tmp_path, files) == [("tests/test_a.py", 1, ("A",), ())]


def test_fixtures_come_from_plugins_and_imports_too(tmp_path: Path) -> None:
    files = {
        "tests/support/__init__.py": "",
        "tests/support/pay.py": FIXTURES,
        "tests/conftest.py": "pytest_plugins = ['support.pay']",
        "tests/test_plugin.py": "def test_a(stripe): ...",
        "other/tests/pay.py": FIXTURES,
        "other/tests/test_import.py": "from pay import stripe, stripe as s\n"
        "def test_a(stripe): ...",
        "star/tests/pay.py": FIXTURES,
        "star/tests/conftest.py": "from pay import *",
        "star/tests/test_star.py": "def test_a(shop): ...",
        "one/conftest.py": "pytest_plugins = 'one_pay'",
        "one/one_pay.py": FIXTURES,
        "one/test_one.py": "def test_a(mail): ...",
    }
    assert found(tmp_path, files) == [
        ("one/test_one.py", 1, ("B",), ()),
        ("other/tests/test_import.py", 1, ("A",), ()),
        ("star/tests/test_star.py", 1, ("B", "A"), ()),
        ("tests/test_plugin.py", 1, ("A",), ()),
    ]


def test_a_parametrized_fixture_of_a_conftest_multiplies(tmp_path: Path) -> None:
    conftest = """
        import pytest
        from credcheck import require_secret
        @pytest.fixture(params=["free", pytest.param("paid", marks=require_secret("A"))])
        def plan(request): ...
    """
    files = {
        "conftest.py": conftest,
        "tests/test_a.py": "def test_a(plan): ...\ndef test_b(plan): ...\ndef test_c(): ...",
    }
    assert found(tmp_path, files) == [("tests/test_a.py", 2, ("A",), ())]


# ── what cannot be read ───────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("decorator", "names"),
    [
        ("require_secret(os.environ['X'])", ()),
        ("require_secret('A', name())", ("A",)),
        ("require_secret(*names())", ()),
        ("require_secret('A', *names())", ("A",)),
        ("require_secret(f'{x!r}')", ()),
        ("require_secret('A', any_of=flag())", ("A",)),
        ("require_secret('A', f(), any_of=True)", ()),
        ("require_secret(1)", ()),
        ("require_secret(loop)", ()),
    ],
)
def test_a_name_that_cannot_be_read_makes_the_group_opaque(
    decorator: str, names: tuple[str, ...], tmp_path: Path
) -> None:
    source = f"{HEAD}loop = again\nagain = loop\n@{decorator}\ndef test_a(): ...\n"
    assert found(tmp_path, {"test_a.py": source}) == [("test_a.py", 1, names, (), "opaque")]


@pytest.mark.parametrize("call", ["secrets.require(name)", "secrets[name]", "secrets.require(x)"])
def test_a_name_that_a_body_computes_makes_the_group_opaque(call: str, tmp_path: Path) -> None:
    source = f"x = 'A'\ndef test_a(secrets, x):\n  for name in f(): {call}"
    assert found(tmp_path, {"test_a.py": source}) == [("test_a.py", 1, (), (), "opaque")]


@pytest.mark.parametrize(
    "values",
    ["cases()", "CASES", "[c for c in x()]", "[1, 2] * n", "range(n)", "range(10**9)",
     "range(999999999)", "[c for c in [1, 2] if c]", "x.items()", "x.y(1)", "zip([1], [2])",
     "range(1, 5, 0)", "cases() + [1]", "[1] + cases()", "[1, 2] - [2]"],
)  # fmt: skip
def test_a_list_of_unknown_length_counts_as_one_test(values: str, tmp_path: Path) -> None:
    source = (
        f"{HEAD}@require_secret('A')\n@pytest.mark.parametrize('x', {values})\ndef test_a(x): ...\n"
    )
    assert found(tmp_path, {"test_a.py": source}) == [("test_a.py", 1, ("A",), ())]


def test_countless_combinations_are_counted_as_opaque(tmp_path: Path) -> None:
    axis = "@pytest.mark.parametrize('{0}', [1, pytest.param(2, marks=require_secret('{0}'))])\n"
    source = HEAD + "".join(axis.format(f"X{n}") for n in range(40)) + "def test_a(): ...\n"
    groups = found(tmp_path, {"test_a.py": source})
    assert sum(int(str(group[1])) for group in groups) == 2**40
    assert all(group[-1] == "opaque" for group in groups)


@pytest.mark.parametrize(
    ("data", "problem"),
    [
        (b"require_secret\ndef (:\n", "tests/test_x.py:2: cannot be parsed"),
        (b"require_secret = '\xff\xfe'\n", "tests/test_x.py:1: cannot be parsed"),
        (b"# coding: nonsense\nrequire_secret\n", "tests/test_x.py: cannot be parsed"),
        (b"require_secret\0\n", "tests/test_x.py: cannot be parsed"),
        (b"require_secret = " + b"(" * 5000, "tests/test_x.py: cannot be parsed"),
        (
            b"require_secret\n" + b"#" * 2_000_001,
            "tests/test_x.py: is longer than 2 MB and was not read",
        ),
    ],
)
def test_a_file_that_cannot_be_parsed_is_skipped_and_told_of(
    data: bytes, problem: str, tmp_path: Path
) -> None:
    write(tmp_path, {"tests/test_a.py": HEAD + "@require_secret('A')\ndef test_a(): ...\n"})
    (tmp_path / "tests/test_x.py").write_bytes(data)
    problems: list[str] = []
    groups = discover(tmp_path, problems=problems)
    assert [group.path for group in groups] == ["tests/test_a.py"]
    assert [p.replace(":1: cannot", ": cannot") if b"((" in data else p for p in problems] == [
        problem
    ]
    assert discover(tmp_path) == groups


def doubling(pattern: str) -> str:
    return "".join(pattern.format(n, n + 1) for n in range(100)) + "n100 = 'A'\n"


@pytest.mark.parametrize(
    "source",
    [
        doubling("n{0} = n{1} + n{1}\n") + "@require_secret(n0)\ndef test_a(): ...\n",
        doubling("n{0} = [*n{1}, *n{1}]\n") + "@require_secret(*n0)\ndef test_a(): ...\n",
        doubling("n{0} = [n{1}, n{1}]\n") + "pytestmark = n0\n" * 9 + "def test_a(): ...\n",
        doubling("class n{0}(n{1}, n{1}): ...\n") + "class TestA(n0):\n def test_a(self): ...\n",
    ],
)
@pytest.mark.parametrize("place", ["test_a.py", "conftest.py"])
def test_names_that_double_without_end_do_not_hang(source: str, place: str, tmp_path: Path) -> None:
    fixture = "@pytest.fixture(params=n0)\n@require_secret(n0)\ndef client(): ...\n"
    files = {place: HEAD + source + fixture, "tests/test_b.py": "def test_b(client): ...\n"}
    write(tmp_path, files)
    problems: list[str] = []
    discover(tmp_path, problems=problems, suite_paths=["."])
    assert all(problem.endswith("is too involved to be read") for problem in problems)


@pytest.mark.skipif(sys.platform == "win32" or os.geteuid() == 0, reason="root reads everything")
def test_a_file_without_permission_is_told_of(tmp_path: Path) -> None:
    write(tmp_path, {"test_a.py": HEAD})
    (tmp_path / "test_a.py").chmod(0)
    problems: list[str] = []
    assert discover(tmp_path, problems=problems) == ()
    assert problems == ["test_a.py: cannot be read"]


def test_a_broken_file_that_cannot_matter_is_passed_over(tmp_path: Path) -> None:
    write(tmp_path, {"test_a.py": "def (:"})
    problems: list[str] = []
    assert discover(tmp_path, problems=problems) == ()
    assert problems == []


# ── which files ───────────────────────────────────────────────────────────────────────────────

MARKED_TEST = HEAD + "@require_secret('A')\ndef test_a(): ...\n"
TREE = dict.fromkeys(
    (
        "test_root.py",
        "tests/test_a.py",
        "tests/check_a.py",
        "tests/a_test.py",
        "tests/spec.py",
        "tests/deep/er/test_deep.py",
        "tests/skipped/test_skipped.py",
        "tests/build/test_build.py",
        "tests/.hidden/test_hidden.py",
        "tests/node_modules/test_node.py",
        "tests/env/lib/test_env.py",
        "integration/check_more.py",
        "integration/test_more.py",
    ),
    HEAD
    + """\n@require_secret("A")\ndef test_a(): ...\n@require_secret("A")\ndef check_b(): ...\n@require_secret("A")\nclass TestC:\n    def test_c(self): ...\n    def check_d(self): ...\n    class SpecInner:\n        def test_e(self): ...\n@require_secret("A")\nclass SpecF:\n    def test_f(self): ...\n@require_secret("A")\nclass FSuite:\n    def test_g(self): ...\n""",
) | {"tests/env/pyvenv.cfg": "", "tests/notes.txt": "require_secret"}

CONFIGURATIONS = {
    "none": {},
    "pytest_ini": {"pytest.ini": "[pytest]\npython_files = check_*.py\ntestpaths = tests\n"},
    "hidden_ini": {".pytest.ini": "[pytest]\npython_files: spec.py a_test.py\n"},
    "empty_ini_wins": {
        "pytest.ini": "",
        "pyproject.toml": "[tool.pytest.ini_options]\ntestpaths = 'tests'\n",
    },
    "pyproject": {
        "pyproject.toml": """
            [project]
            name = "x"
            [tool.pytest.ini_options]
            testpaths = ["tests", "integration"]
            python_functions = ["check", "test_*"]
            python_classes = "Spec *Suite"
            [tool.other]
            [[tool.other.list]]
        """
    },
    "pyproject_inline": {
        "pyproject.toml": "tool.pytest.ini_options.python_functions = 'check_?'\n"
    },
    "pyproject_without": {
        "pyproject.toml": "[tool.x]\n",
        "tox.ini": "[tox]\nenvlist = x\n[pytest]\n# a comment\ntestpaths =\n    tests/deep\n"
        "    integration\nnorecursedirs = 'er'\n",
    },
    "setup_cfg": {"setup.cfg": "[metadata]\n[tool:pytest]\nnorecursedirs = skipped .* tests/de*\n"},
    "glob_paths": {"pytest.ini": "[pytest]\ntestpaths = tests/d*\n"},
    "missing_paths": {"pytest.ini": "[pytest]\ntestpaths = nowhere\n"},
    "patterns": {"pytest.ini": "[pytest]\npython_files = tests/*_a.py [ts]e*.py\n"},
}


@pytest.mark.parametrize("name", CONFIGURATIONS)
def test_configured_collection_is_that_of_pytest(name: str, tmp_path: Path) -> None:
    (tmp_path / ".git").mkdir()
    write(tmp_path, {**TREE, **CONFIGURATIONS[name]})
    groups = discover(tmp_path)
    truth = collect(tmp_path, "--import-mode=importlib")
    assert truth
    assert {path: counts(groups, path) for path in {g.path for g in groups}} == truth


@pytest.mark.parametrize(
    ("files", "option", "value"),
    [
        ({"pytest.toml": "[pytest]\ntestpaths = ['a b']\n"}, "testpaths", ("a b",)),
        ({".pytest.toml": "[pytest]\ntestpaths = ['x']\n"}, "testpaths", ("x",)),
        ({"pyproject.toml": "[tool.pytest]\ntestpaths = ['x']\n"}, "testpaths", ("x",)),
        ({"pytest.ini": "[pytest]\ntestpaths = 'a b' c\n"}, "testpaths", ("a b", "c")),
        ({"pytest.ini": "[pytest]\ntestpaths = 'a b\n"}, "testpaths", ()),
        ({"pytest.ini": "x = 1\n[pytest]\n  y\n= z\ntestpaths = x\n"}, "testpaths", ("x",)),
        ({"pytest.ini": "[pytest]\nusefixtures = x y\n"}, "usefixtures", ("x", "y")),
        ({"pytest.toml": "broken ="}, "testpaths", ()),
        ({"pytest.toml": "pytest = 1"}, "testpaths", ()),
        ({"pytest.toml": "[pytest]\ntestpaths = 1"}, "testpaths", ()),
        ({"pyproject.toml": "[tool.pytest"}, "testpaths", ()),
        ({"pyproject.toml": "[tool]\npytest = 1\n# ini_options"}, "testpaths", ()),
        ({"tox.ini": "[tox]\ntestpaths = x"}, "testpaths", ()),
    ],
)
def test_an_option_is_read_from_every_place(
    files: dict[str, str], option: str, value: tuple[str, ...], tmp_path: Path
) -> None:
    write(tmp_path, files)
    assert getattr(read_settings(str(tmp_path)), option) == value


def test_a_configuration_that_cannot_be_read_counts_as_absent(tmp_path: Path) -> None:
    (tmp_path / "pytest.ini").write_bytes(b"[pytest]\n\xff")
    (tmp_path / "tox.ini").write_text("[pytest]\n" + "#" * 2_000_001)
    (tmp_path / "setup.cfg").mkdir()
    assert read_settings(str(tmp_path)).home == ""


def test_a_configuration_above_the_root_holds_inside_the_repository_alone(tmp_path: Path) -> None:
    ini = "[pytest]\npython_functions = check\ntestpaths = nowhere\n"
    write(tmp_path, {"pytest.ini": ini, "sub/test_a.py": TREE["test_root.py"]})
    assert [g.count for g in discover(tmp_path / "sub")] == [2]  # test_a, TestC.test_c
    (tmp_path / ".git").mkdir()
    assert [g.count for g in discover(tmp_path / "sub")] == [2]  # check_b, TestC.check_d
    assert [g.line for g in discover(tmp_path / "sub")] == [7]


@pytest.mark.parametrize(
    ("paths", "expected"),
    [
        (["tests"], {"tests/test_a.py": 6, "tests/sub/test_b.py": 1}),
        (["tests/sub"], {"tests/sub/test_b.py": 1}),
        (["./tests/sub/../test_a.py"], {"tests/test_a.py": 6}),
        (["tests/helper.py"], {"tests/helper.py": 1}),
        (["tests/test_a.py::test_a"], {"tests/test_a.py": 3}),
        (["tests/test_a.py::test_a[2]"], {"tests/test_a.py": 3}),
        (["tests/test_a.py::TestB"], {"tests/test_a.py": 3}),
        (["tests/test_a.py::TestB::test_b"], {"tests/test_a.py": 1}),
        (["tests/test_a.py::TestB::TestC"], {"tests/test_a.py": 2}),
        (["tests/test_a.py::TestB::TestC::test_d[x::y]"], {"tests/test_a.py": 1}),
        (["tests/test_a.py::test_a", "tests/test_a.py::TestB::test_b"], {"tests/test_a.py": 4}),
        (["tests/test_a.py::test_a", "tests/test_a.py"], {"tests/test_a.py": 6}),
        (["tests/test_a.py", "tests/test_a.py::test_a"], {"tests/test_a.py": 6}),
        (["tests/test_a.py::test_none"], {}),
    ],
)
def test_paths_and_node_ids_narrow(
    paths: list[str], expected: dict[str, int], tmp_path: Path
) -> None:
    source = """
        @require_secret("A")
        @pytest.mark.parametrize("x", [1, 2, 3])
        def test_a(x): ...
        @require_secret("A")
        class TestB:
            def test_b(self): ...
            class TestC:
                def test_c(self): ...
                def test_d(self): ...
    """
    files = {
        "tests/test_a.py": HEAD + dedent(source),
        "tests/sub/test_b.py": MARKED_TEST,
        "tests/helper.py": MARKED_TEST,
        "test_elsewhere.py": MARKED_TEST,
    }
    write(tmp_path, files)
    for asked in (paths, [str(tmp_path / path) for path in paths]):
        assert {g.path: g.count for g in discover(tmp_path, asked)} == expected


def test_a_path_that_does_not_exist_is_told_of(tmp_path: Path) -> None:
    problems: list[str] = []
    assert discover(tmp_path, ["tests/test_x.py::test_a"], problems=problems) == ()
    assert problems == ["tests/test_x.py: there is no such file or folder"]


def test_a_path_outside_of_the_root_is_named_in_full(tmp_path: Path) -> None:
    write(tmp_path, {"other/test_a.py": MARKED_TEST, "root/x.py": ""})
    groups = discover(tmp_path / "root", ["../other"])
    assert [g.path for g in groups] == [(tmp_path / "other/test_a.py").as_posix()]


def test_below_a_suites_paths_every_test_counts(tmp_path: Path) -> None:
    free = "def test_free(): ...\n" * 2 + "def test_more(): ...\n"
    files = {
        "pytest.ini": "[pytest]\ntestpaths = tests\n",
        "tests/pay/test_a.py": free,
        "tests/payment/test_b.py": free,
        "e2e/test_c.py": free + MARKED_TEST,
        "one/test_d.py": free,
        "one/test_e.py": free,
    }
    groups = found(tmp_path, files, suite_paths=["./tests/pay/", "e2e", "one/test_d.py", "none"])
    assert groups == [
        ("e2e/test_c.py", 2, (), ()),
        ("e2e/test_c.py", 1, ("A",), ()),
        ("one/test_d.py", 2, (), ()),
        ("tests/pay/test_a.py", 2, (), ()),
    ]


def test_groups_are_sorted_and_name_the_first_line(tmp_path: Path) -> None:
    source = """
        import pytest
        from credcheck import require_secret
        @require_secret("B")
        def test_b(): ...
        @require_secret("A")
        def test_a(): ...
        @require_secret("B")
        async def test_c(): ...
    """
    write(tmp_path, {"test_b.py": source, "test_a.py": MARKED_TEST})
    assert discover(tmp_path) == (
        TestGroup(path="test_a.py", line=4, count=1, need=Need(all_of=("A",))),
        TestGroup(path="test_b.py", line=5, count=2, need=Need(all_of=("B",))),
        TestGroup(path="test_b.py", line=7, count=1, need=Need(all_of=("A",))),
    )


@pytest.mark.skipif(sys.platform == "win32", reason="symbolic links need a right there")
def test_links_in_a_circle_and_pipes_end(tmp_path: Path) -> None:
    write(tmp_path, {"tests/test_a.py": MARKED_TEST})
    (tmp_path / "tests/loop").symlink_to(tmp_path, target_is_directory=True)
    (tmp_path / "tests/again").symlink_to(tmp_path / "tests", target_is_directory=True)
    (tmp_path / "tests/self").symlink_to("self")
    (tmp_path / "tests/test_self.py").symlink_to("test_self.py")
    (tmp_path / "tests/test_gone.py").symlink_to("gone.py")
    os.mkfifo(tmp_path / "tests/test_pipe.py")
    assert [g.path for g in discover(tmp_path)] == ["tests/test_a.py"]
    assert discover(tmp_path, ["tests/test_pipe.py"]) == ()


@pytest.mark.skipif(sys.platform == "win32", reason="symbolic links need a right there")
def test_a_linked_folder_is_followed_once(tmp_path: Path) -> None:
    write(tmp_path, {"elsewhere/test_a.py": MARKED_TEST, "root/x.py": ""})
    for name in ("one", "two"):
        (tmp_path / "root" / name).symlink_to(tmp_path / "elsewhere", target_is_directory=True)
    assert [g.path for g in discover(tmp_path / "root")] == ["one/test_a.py"]


def test_an_empty_project_has_no_tests(tmp_path: Path) -> None:
    assert discover(tmp_path) == ()
    assert discover(tmp_path / "nowhere") == ()


# ── cost and robustness ───────────────────────────────────────────────────────────────────────


def test_without_marks_nothing_is_parsed_or_imported_for_it(tmp_path: Path) -> None:
    write(tmp_path, {f"tests/test_{n}.py": "def test_a(): ...\n" for n in range(3)})
    code = (
        "import sys; from pathlib import Path; from credcheck.discovery import discover\n"
        "assert discover(Path(sys.argv[1])) == ()\n"
        "bad = {'ast', 'dataclasses', 'inspect', 'json', 'credcheck.discovery.source'}\n"
        "assert not bad & set(sys.modules), bad & set(sys.modules)\n"
    )
    subprocess.run([sys.executable, "-S", "-c", code, str(tmp_path)], check=True, env=_only_us())


def test_parsing_does_not_import_the_ast_module(tmp_path: Path) -> None:
    write(tmp_path, {"tests/test_a.py": MARKED_TEST})
    code = (
        "import sys; from pathlib import Path; from credcheck.discovery import discover\n"
        "assert len(discover(Path(sys.argv[1]))) == 1\n"
        "assert 'ast' not in sys.modules\n"
    )
    subprocess.run([sys.executable, "-S", "-c", code, str(tmp_path)], check=True, env=_only_us())


def _only_us() -> dict[str, str]:
    """The package alone, without what a site's start-up files import."""
    import credcheck

    kept = {name: os.environ[name] for name in ("PATH", "SYSTEMROOT") if name in os.environ}
    return kept | {"PYTHONPATH": str(Path(credcheck.__file__).parents[1])}


FRAGMENTS = [
    "require_secret", "from credcheck import require_secret\n", "import pytest\n", "@", "(", ")",
    "'A'", "def test_a(secrets): ", "class TestA(TestA):\n ", "pytestmark", " = ", " += ", "\n",
    "[", "]", ", ", "pytest.param", "marks=", "@pytest.mark.parametrize('x', ", "x", "*", "x = y\n",
    "y = x\n", "secrets.require(", "secrets[", "from . import *\n", "from .test_a import x\n",
    "from test_a import *\n", "import test_a\n", "test_a.x", "@pytest.fixture\n", "lambda: 0",
    "pytest_plugins = 'test_a'\n", "return secrets", "@require_secret('A')\n", "...\n",
]  # fmt: skip


@settings(max_examples=300, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    source=st.one_of(
        st.text(max_size=200),
        st.lists(st.sampled_from(FRAGMENTS), max_size=30).map("".join),
    ),
    conftest=st.lists(st.sampled_from(FRAGMENTS), max_size=12).map("".join),
)
def test_no_source_text_raises(
    source: str, conftest: str, tmp_path_factory: pytest.TempPathFactory
) -> None:
    root = tmp_path_factory.mktemp("any")
    (root / "test_a.py").write_bytes(source.encode("utf-8", "surrogatepass"))
    (root / "conftest.py").write_bytes(conftest.encode("utf-8", "surrogatepass"))
    groups = discover(root, suite_paths=["."], problems=[])
    assert all(group.count > 0 for group in groups)


@settings(max_examples=100, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.binary(max_size=200))
def test_no_configuration_raises(data: bytes, tmp_path_factory: pytest.TempPathFactory) -> None:
    root = tmp_path_factory.mktemp("any")
    for name in ("pytest.ini", "tox.ini"):
        (root / name).write_bytes(b"[pytest]\n" + data)
    (root / "pyproject.toml").write_bytes(b"[tool.pytest.ini_options]\n" + data)
    read_settings(str(root))
    (root / "pytest.ini").unlink()
    read_settings(str(root))


def test_what_is_no_readable_file_is_told_of(tmp_path: Path) -> None:
    problems: list[str] = []
    assert read_source(str(tmp_path), "test_a.py", problems) is None
    assert problems == ["test_a.py: cannot be read"]


def test_memory_does_not_grow_with_the_number_of_files(tmp_path: Path) -> None:
    text = MARKED_TEST + "def helper(): return [1, 2, 3, {'a': 'b'}]\n" * 200
    for n in range(40):
        write(tmp_path, {f"{'few' if n < 4 else 'many'}/test_{n}.py": text})
    peaks = []
    for folder in ("few", "many"):
        tracemalloc.start()
        assert len(discover(tmp_path, [folder])) in {4, 36}
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
    assert peaks[1] < 2 * peaks[0]


def test_a_mark_that_goes_round_in_circles_ends(tmp_path: Path) -> None:
    files = {
        "tests/marks_a.py": HEAD + "from marks_b import needs\nfrom marks_b import *\n",
        "tests/marks_b.py": "from marks_a import needs\nfrom marks_a import *\n",
        "tests/test_a.py": "from marks_a import needs, other\nx = y\ny = x\n"
        "pytestmark = [x, needs, other.z]\n@needs\n@other\ndef test_a(): ...\n",
    }
    assert found(tmp_path, files) == []


@pytest.mark.parametrize("word", ["require_secret", "secrets"])
def test_a_helper_that_cannot_be_parsed_is_told_of_once(word: str, tmp_path: Path) -> None:
    write(tmp_path, {"conftest.py": f"{word} fixture (", "tests/test_a.py": MARKED_TEST})
    problems: list[str] = []
    assert [g.count for g in discover(tmp_path, problems=problems)] == [1]
    assert problems == ["conftest.py:1: cannot be parsed"]
