"""What the plugin costs a project that does not use it."""

from __future__ import annotations

import json
import subprocess
import sys


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
