"""Heavy imports happen in the function that needs them: what a run has in `sys.modules`."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from support.keys import stripe_test
from support.projects import write_project

if TYPE_CHECKING:
    from pathlib import Path

HEAVY = {"boto3", "botocore", "hvac", "keyring", "pydantic", "rich", "requests", "urllib3"}
SLOW = {"asyncio", "importlib.metadata", "ssl", "dataclasses", "inspect", "subprocess", "logging"}
SLOW |= {"json", "ast", "difflib", "unicodedata", "dotenv", "threading", "tempfile"}

MANIFEST = "".join(
    f"[secrets.STRIPE_KEY_{n}]\nservice = 'stripe'\n[suites.s{n}]\nrequires = ['STRIPE_KEY_{n}']\n"
    for n in range(20)
)


def modules_after(code: str, root: Path) -> set[str]:
    """Run some code in a fresh interpreter and give the modules that it has loaded."""
    printed = subprocess.run(
        [sys.executable, "-c", f"{code}\nimport sys\nprint('|'.join(['', *sys.modules]))"],
        cwd=root,
        env={name: os.environ[name] for name in ("PATH", "PYTHONPATH") if name in os.environ},
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    return set(printed.rpartition("\n|")[2].strip().split("|"))


@pytest.fixture
def before(tmp_path: Path) -> set[str]:
    """What is loaded before the first line: a tool that measures may load much."""
    return modules_after("", tmp_path)


def test_a_local_check_of_twenty_secrets_imports_nothing_heavy(
    tmp_path: Path, before: set[str]
) -> None:
    write_project(tmp_path, MANIFEST, **{f"STRIPE_KEY_{n}": stripe_test(n) for n in range(20)})
    code = "from credcheck.cli import main\nassert main(['check']) == 0"
    loaded = modules_after(code, tmp_path) - before
    assert "credcheck.cli.check" in loaded
    assert loaded & (HEAVY | SLOW) == set()
    assert loaded & {"credcheck.classifier.dsn", "credcheck.ambient", "credcheck.probing"} == set()


def test_the_version_needs_no_parser(tmp_path: Path, before: set[str]) -> None:
    code = "from credcheck.cli import main\nassert main(['--version']) == 0"
    loaded = modules_after(code, tmp_path) - before
    assert loaded & {"argparse", "tomllib", "pathlib", "credcheck.broker"} == set()


def test_the_plugin_adds_light_modules_to_pytest_only(tmp_path: Path) -> None:
    loaded = modules_after("import pytest\nimport credcheck.pytest_plugin", tmp_path)
    ours = {name for name in loaded if name.startswith("credcheck")}
    assert loaded & HEAVY == set()
    assert ours & {"credcheck.broker", "credcheck.manifest", "credcheck.classifier"} == set()


def test_importing_the_package_imports_nothing_of_it(tmp_path: Path) -> None:
    loaded = modules_after("import credcheck", tmp_path)
    assert {name for name in loaded if name.startswith("credcheck.")} == set()


def test_every_public_name_can_be_imported() -> None:
    import credcheck

    assert [name for name in credcheck.__all__ if not hasattr(credcheck, name)] == []
    assert dir(credcheck) == sorted(credcheck.__all__)
    with pytest.raises(AttributeError, match="has no attribute 'nothing'"):
        _ = credcheck.nothing
