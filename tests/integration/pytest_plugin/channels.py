"""Every way in which a value can get out of a run: one test source each, with a secret of its own.

`KEY` in a source is the secret of that channel. Not collected by pytest: `test_channels.py` runs
them all in one project.
"""

from __future__ import annotations

from textwrap import dedent
from typing import NamedTuple


class Channel(NamedTuple):
    """One way out."""

    name: str
    source: str
    shows_in: tuple[str, ...]  # the runs in which it leaks without the plugin

    @property
    def secret(self) -> str:
        """The variable that holds its secret."""
        return f"KEY_{self.name.upper()}"

    @property
    def module(self) -> str:
        """The test module."""
        head = f"import os, sys, pytest\nKEY = os.environ[{self.secret!r}]\n"
        return head + dedent(self.source)


def _table(shows_in: tuple[str, ...], sources: dict[str, str]) -> list[Channel]:
    return [Channel(name, source, shows_in) for name, source in sources.items()]


EVERYWHERE = ("brief", "loud", "native", "whole")

CHANNELS = [
    # ── what a failing test shows ─────────────────────────────────────────────────────────────
    *_table(
        EVERYWHERE,
        {
            "equal": "def test_a(): assert KEY == 'x'",
            "not_in_list": "def test_a(): assert 'x' in [KEY]",
            "contained": "def test_a(): assert 'zz' not in 'zz' + KEY",
            "dicts": "def test_a(): assert {'a': 1, 'k': KEY} == {'a': 1, 'k': 'y'}",
            "lists": "def test_a(): assert [1, KEY, 3] == [1, 'y', 3]",
            "sets": "def test_a(): assert {KEY} == {'y'}",
            "lines": "def test_a(): assert f'one\\n{KEY}\\nthree' == 'one\\ntwo\\nthree'",
            "nearly": "def test_a(): assert KEY + 'a' == KEY + 'b'",
            "starts": "def test_a(): assert KEY.startswith('nothing')",
            "message": "def test_a(): assert False, f'bad key {KEY}'",
            "raised": "def test_a(): raise ValueError(KEY)",
            "chained": """
                def test_a():
                    try: raise ValueError(KEY)
                    except ValueError as error: raise RuntimeError("outer") from error
            """,
            "in_context": """
                def test_a():
                    try: raise ValueError(KEY)
                    except ValueError: raise RuntimeError("outer")
            """,
            "grouped": "def test_a(): raise ExceptionGroup('many', [ValueError(KEY), OSError('x')])",
            "noted": """
                def test_a():
                    error = ValueError("plain")
                    error.add_note(f"with {KEY}")
                    raise error
            """,
            "dataclass": """
                import dataclasses
                @dataclasses.dataclass
                class Account:
                    key: str
                def test_a(): assert Account(KEY) == Account('y')
            """,
            "key_error": "def test_a(): {}[KEY]",
            "int": "def test_a(): int(KEY)",
            "compared_by_plugin": """
                class Special:
                    def __init__(self, key): self.key = key
                    def __eq__(self, other): return self.key == other.key
                def test_a(): assert Special('a') == Special('x'), KEY
            """,
            "command": """
                import subprocess
                def test_a():
                    subprocess.run([sys.executable, '-c', 'raise SystemExit(2)', KEY], check=True)
            """,
            "failed": "def test_a(): pytest.fail(f'because {KEY}')",
            "failed_short": "def test_a(): pytest.fail(f'because {KEY}', pytrace=False)",
            "match": """
                def test_a():
                    with pytest.raises(ValueError, match='nothing'): raise ValueError(KEY)
            """,
            "not_raised": """
                def test_a():
                    with pytest.raises(ValueError): raise OSError(KEY)
            """,
            "strict_xfail": "@pytest.mark.xfail(reason=f'not {KEY}', strict=True)\ndef test_a(): pass",
            "setup": """
                @pytest.fixture
                def broken(): raise ValueError(KEY)
                def test_a(broken): pass
            """,
            "teardown": """
                @pytest.fixture
                def broken():
                    yield
                    raise ValueError(KEY)
                def test_a(broken): pass
            """,
            "unittest": """
                import unittest
                class TestUnit(unittest.TestCase):
                    def test_a(self): self.assertEqual(KEY, 'x')
            """,
            "unittest_sub": """
                import unittest
                class TestUnit(unittest.TestCase):
                    def test_a(self):
                        with self.subTest('inner'): self.fail(f'{KEY} is wrong')
            """,
            "async": """
                import unittest
                class TestUnit(unittest.IsolatedAsyncioTestCase):
                    async def test_a(self): raise ValueError(KEY)
            """,
            "encoded_json": "import json\ndef test_a(): assert False, json.dumps({'k': KEY})",
            "encoded_bytes": "def test_a(): assert KEY.encode() == b'x'",
            "encoded_basic": """
                import base64
                def test_a(): assert False, base64.b64encode(f'user:{KEY}'.encode()).decode()
            """,
            "encoded_hex": "def test_a(): assert False, KEY.encode().hex()",
            "encoded_url": """
                from urllib.parse import urlencode
                def test_a(): assert False, 'https://x/?' + urlencode({'k': KEY})
            """,
            "coloured": "def test_a(): assert False, KEY[:9] + '\\x1b[31m' + KEY[9:] + '\\x1b[0m'",
            "wrapped": "import textwrap\ndef test_a(): assert False, textwrap.fill(KEY, 12)",
        },
    ),
    *_table(
        ("brief", "loud", "whole"),
        {
            "arguments": """
                def send(url, headers): raise ConnectionError("refused")
                def test_a(): send("http://x", {"X-Vault-Token": KEY})
            """,
            "subtests": """
                def test_a(subtests):
                    with subtests.test("inner", key=KEY): assert False
            """,
        },
    ),
    *_table(
        ("loud", "whole"),
        {
            "logging_error": """
                import logging
                def test_a():
                    logging.getLogger('shop').error("only %d", KEY)
                    assert False
            """,
            "local": "def test_a():\n    token = KEY\n    assert False",
            "local_of_helper": """
                def helper():
                    token = {'deep': [KEY]}
                    raise ValueError("no")
                def test_a(): helper()
            """,
        },
    ),
    # ── what is captured ──────────────────────────────────────────────────────────────────────
    *_table(
        EVERYWHERE,
        {
            "printed": "def test_a():\n    print(KEY)\n    assert False",
            "printed_in_pieces": """
                def test_a():
                    for c in KEY: print(c, end="")
                    assert False
            """,
            "printed_to_error": "def test_a():\n    print(KEY, file=sys.stderr)\n    assert False",
            "printed_in_setup": """
                @pytest.fixture
                def said(): print(KEY)
                def test_a(said): assert False
            """,
            "printed_in_teardown": """
                @pytest.fixture
                def said():
                    yield
                    print(KEY)
                    raise ValueError("x")
                def test_a(said): pass
            """,
            "logged": "import logging\ndef test_a():\n    logging.warning(KEY)\n    assert False",
            "logged_with_arguments": """
                import logging
                def test_a():
                    logging.getLogger('shop').error("key %s", KEY)
                    assert False
            """,
            "logged_traceback": """
                import logging
                def test_a():
                    try: raise ValueError(KEY)
                    except ValueError: logging.exception("failed")
                    assert False
            """,
        },
    ),
    *_table(
        ("brief", "loud", "whole"),  # with -s they are the matter of the descriptor level
        {
            "child": """
                import subprocess
                def test_a():
                    code = "import os; print(os.environ['KEY_CHILD'])"
                    subprocess.run([sys.executable, '-c', code])
                    assert False
            """,
            "raw": "def test_a():\n    os.write(1, KEY.encode() + b'\\n')\n    assert False",
        },
    ),
    *_table(
        ("loud",),
        {
            "printed_and_passed": "def test_a(): print(KEY)",
            "debug": "import logging\ndef test_a(): logging.getLogger('shop').debug(KEY)",
            "set_up": "@pytest.fixture(params=[KEY])\ndef made(request): pass\ndef test_a(made): pass",
        },
    ),
    *_table(
        ("brief", "loud", "native", "whole"),
        {
            "not_captured": """
                def test_a(capsys):
                    with capsys.disabled(): print(f"not captured {KEY}")
            """,
        },
    ),
    # ── reasons, warnings, threads ────────────────────────────────────────────────────────────
    *_table(
        EVERYWHERE,
        {
            "skipped": "def test_a(): pytest.skip(f'because {KEY}')",
            "skipped_by_mark": "@pytest.mark.skip(reason=f'because {KEY}')\ndef test_a(): pass",
            "xfailed": "@pytest.mark.xfail(reason=f'because {KEY}')\ndef test_a(): assert False",
            "warned": "import warnings\ndef test_a(): warnings.warn(f'old {KEY}')",
            "warned_at_import": "import warnings\nwarnings.warn(f'old {KEY}')\ndef test_a(): pass",
            "warned_by_class": """
                import warnings
                class Old(UserWarning):
                    def __init__(self, key, more): super().__init__(key, more)
                def test_a(): warnings.warn(Old(KEY, 1))
            """,
            "warning_not_matched": """
                import warnings
                def test_a():
                    with pytest.warns(UserWarning, match='nothing'): warnings.warn(KEY)
            """,
            "thread": """
                import threading
                def work(): raise ValueError(KEY)
                def test_a():
                    thread = threading.Thread(target=work)
                    thread.start()
                    thread.join()
            """,
            "thread_name": """
                import threading
                def work(): raise ValueError("x")
                def test_a():
                    thread = threading.Thread(target=work, name=KEY)
                    thread.start()
                    thread.join()
            """,
            "unraisable": """
                class Odd:
                    def __del__(self): raise ValueError(KEY)
                def test_a(): Odd()
            """,
        },
    ),
    # ── ids ───────────────────────────────────────────────────────────────────────────────────
    *_table(
        EVERYWHERE,
        {
            "id": "@pytest.mark.parametrize('k', [KEY])\ndef test_a(k): assert not k",
            "id_of_bytes": "@pytest.mark.parametrize('k', [KEY.encode()])\ndef test_a(k): assert not k",
            "ids_listed": "@pytest.mark.parametrize('k', [1, 2], ids=[KEY, 'b'])\ndef test_a(k): assert k > 9",
            "ids_by_function": "@pytest.mark.parametrize('k', [1], ids=lambda k: KEY)\ndef test_a(k): assert k > 9",
            "ids_without_end": """
                import itertools
                @pytest.mark.parametrize('k', [1], ids=(f'{KEY}{n}' for n in itertools.count()))
                def test_a(k): assert k > 9
            """,
            "id_of_param": "@pytest.mark.parametrize('k', [pytest.param(1, id=KEY)])\ndef test_a(k): assert k > 9",
            "id_of_fixture": """
                @pytest.fixture(params=[KEY, KEY + 'b'])
                def k(request): return request.param
                def test_a(k): assert not k
            """,
            "ids_stacked": """
                @pytest.mark.parametrize('a', [KEY])
                @pytest.mark.parametrize('b', [KEY, 2])
                def test_a(a, b): assert not a
            """,
            "id_of_class": """
                @pytest.mark.parametrize('k', [KEY])
                class TestIt:
                    def test_a(self, k): assert not k
            """,
            "id_of_passing": "@pytest.mark.parametrize('k', [KEY])\ndef test_a(k, tmp_path): assert k",
        },
    ),
    # ── properties and the cache ──────────────────────────────────────────────────────────────
    *_table(
        ("loud",),
        {
            "property": "def test_a(record_property): record_property('key', KEY)",
            "property_of_suite": """
                def test_a(record_testsuite_property): record_testsuite_property('key', KEY)
            """,
        },
    ),
    *_table(
        EVERYWHERE,
        {"cached": "def test_a(cache): cache.set('shop/token', KEY)"},
    ),
]

CONFTEST = """
import os, pathlib
import pytest

SEEN = pathlib.Path(__file__).with_name("seen.txt")


def pytest_configure(config):
    config.addinivalue_line("markers", "nothing: nothing")


def pytest_report_header():
    return "header " + os.environ["KEY_HEADER"]


def pytest_terminal_summary(terminalreporter):
    terminalreporter.section("summary " + os.environ["KEY_SUMMARY"])


def pytest_sessionfinish(session):
    if not hasattr(session.config, "workerinput"):
        print("finished " + os.environ["KEY_FINISH"])


def pytest_report_collectionfinish():
    return "collected " + os.environ["KEY_COLLECTED"]


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item, call):
    # a plugin that keeps what it sees, and adds what it knows
    report = yield
    if report.when == "call" and "equal" in item.name + report.nodeid:
        with SEEN.open("a") as file:
            file.write(report.longreprtext)
        report.sections.append(("added", "added " + os.environ["KEY_ADDED"]))
    return report


def pytest_runtest_logreport(report):
    if report.when == "call" and "test_equal" in report.nodeid:
        with SEEN.open("a") as file:
            file.write(report.longreprtext)


def pytest_assertrepr_compare(op, left, right):
    if type(left).__name__ == "Special":
        return ["special comparison", "own " + os.environ["KEY_OWN_COMPARISON"]]


@pytest.fixture(scope="session", autouse=True)
def at_the_end():
    yield
    print("late " + os.environ["KEY_LATE"])
"""
# secrets of the conftest, with the runs in which they show without the plugin
HOOKS = {
    "header": EVERYWHERE,
    "summary": EVERYWHERE,
    "finish": EVERYWHERE,
    "collected": EVERYWHERE,
    "added": EVERYWHERE,
    "own_comparison": EVERYWHERE,
    "late": ("native",),
}
# what never shows under xdist: the controller prints neither this nor what its workers print
SILENT_UNDER_XDIST = {
    "KEY_COLLECTED",
    "KEY_LATE",
    "KEY_NOT_CAPTURED",
    "KEY_PROPERTY_OF_SUITE",
    "KEY_CHILD",
    "KEY_RAW",
}
# written to the descriptor itself, past everything in the process: only `fd` sees it
RAW = {"KEY_CHILD", "KEY_RAW"}

RUNS: dict[str, tuple[str, ...]] = {
    "brief": ("-ra",),
    "loud": (
        "-l", "-vv", "-rA", "--setup-show", "--durations=0", "--junitxml=out/junit.xml",
        "--html=out/page.html", "--json-report", "--json-report-file=out/report.json",
        "--report-log=out/log.jsonl", "--alluredir=out/allure", "--log-file=out/run.log",
        "--log-file-level=DEBUG", "--log-level=DEBUG",
        "-p", "html", "-p", "html_fixtures", "-p", "metadata", "-p", "pytest_jsonreport",
        "-p", "pytest_reportlog", "-p", "allure_pytest",
    ),
    "native": ("--tb=native", "-s", "-v"),
    "whole": ("--tb=long", "-l", "--color=yes", "--log-cli-level=DEBUG", "-rA", "--capture=tee-sys"),
}  # fmt: skip
