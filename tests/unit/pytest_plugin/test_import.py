"""What the plugin costs a project that does not use it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from typing import TYPE_CHECKING

from support.keys import stripe_test

if TYPE_CHECKING:
    from pathlib import Path

PLUGIN = "credcheck.pytest_plugin"


def imported_by(statement: str) -> set[str]:
    code = f"""
import json, sys, pytest
before = set(sys.modules)
{statement}
print(json.dumps(sorted(set(sys.modules) - before)))
"""
    run = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60
    )
    return set(json.loads(run.stdout))


def test_the_plugin_imports_nothing_but_a_few_light_modules_of_its_own() -> None:
    assert imported_by("import credcheck.pytest_plugin") == {
        "credcheck",
        "credcheck.pytest_plugin",
        "credcheck.pytest_plugin.fixtures",
        "credcheck.pytest_plugin.state",
    }


def test_the_decorator_imports_no_more_than_the_plugin() -> None:
    added = imported_by("from credcheck import require_secret")
    assert {name for name in added if name.startswith("credcheck")} == {
        "credcheck",
        "credcheck.pytest_plugin",
        "credcheck.pytest_plugin.fixtures",
        "credcheck.pytest_plugin.marks",
        "credcheck.pytest_plugin.state",
    }


AFTERWARDS = """
import gc, inspect, sys, weakref
from importlib.resources import files
import pytest

class Watcher:
    def pytest_configure(self, config):
        self.config = weakref.ref(config)

watcher = Watcher()
assert pytest.main(["-q", "test_a.py"], plugins=[watcher]) == 0
del sys.modules["test_a"]  # pytest's own hold on the run
gc.collect()
assert watcher.config() is None, gc.get_referrers(watcher.config())
import credcheck.pytest_plugin.scrubbing as module
assert "class Scrubbing" in inspect.getsource(module)
assert files("credcheck").joinpath("services", "stripe.toml").is_file()
"""


def test_a_run_that_is_over_is_not_kept_alive_by_the_plugin(tmp_path: Path) -> None:
    (tmp_path / "credcheck.toml").write_text("[secrets.STRIPE_TEST_KEY]\n")
    (tmp_path / ".env.test").write_text(f"STRIPE_TEST_KEY={stripe_test()}\n")
    (tmp_path / "test_a.py").write_text("def test_a(secrets): secrets.require('STRIPE_TEST_KEY')\n")
    environ = {**os.environ, "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1", "PYTEST_PLUGINS": PLUGIN}
    done = subprocess.run(
        [sys.executable, "-c", AFTERWARDS],
        cwd=tmp_path,
        env=environ,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
