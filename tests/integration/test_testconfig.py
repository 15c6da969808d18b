"""The example of typed settings, as a team runs it."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from support.keys import sendgrid, stripe_live, stripe_test
from support.projects import write_env_test
from support.terminals import bare_environ

EXAMPLE = Path(__file__).parents[2] / "examples" / "testconfig"


@pytest.fixture
def project(tmp_path: Path) -> Path:
    root = tmp_path / "testconfig"
    shutil.copytree(EXAMPLE, root, ignore=shutil.ignore_patterns("__pycache__", ".*_cache"))
    return root


def outcome(root: Path, **environ: str) -> tuple[int, dict[str, int], str]:
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-p", "no:randomly", "-p", "no:cacheprovider"],
        cwd=root,
        env=bare_environ(**environ),
        capture_output=True,
        text=True,
        timeout=100,
    )
    last = done.stdout.strip().splitlines()[-1]
    counts = {word: int(number) for number, word in re.findall(r"(\d+) (\w+)", last)}
    return done.returncode, counts, done.stdout + done.stderr


def test_without_credentials_the_flags_are_tested_and_the_rest_skips(project: Path) -> None:
    code, counts, text = outcome(project)
    assert (code, counts) == (0, {"passed": 3, "skipped": 2}), text


def test_with_credentials_and_flags_everything_runs(project: Path) -> None:
    write_env_test(
        project,
        f"STRIPE_TEST_KEY={stripe_test()}\nSENDGRID_TEST_KEY={sendgrid()}\n"
        "DATABASE_URL=postgresql://app:local-9931@localhost/shop\nFEATURES__RECEIPTS=pdf\n",
    )
    code, counts, text = outcome(project)
    assert (code, counts) == (0, {"passed": 5}), text
    assert stripe_test()[8:] not in text


def test_a_switch_that_is_wrong_is_told_without_a_value(project: Path) -> None:
    code, _, text = outcome(project, FEATURES__RECEIPTS="a-value-5567-of-ours")
    assert code == 1
    assert "features.receipts" in text
    assert "a-value-5567" not in text.replace("FEATURES__RECEIPTS", "")


def test_a_production_database_means_that_nothing_runs(project: Path) -> None:
    code, _, text = outcome(project, DATABASE_URL="postgresql://app:pw@db.prod.example.com/shop")
    assert code == 3
    assert "passed" not in text


def test_a_live_key_under_another_name_of_the_file_means_that_nothing_runs(project: Path) -> None:
    write_env_test(project, f"MAIL__SENDER={stripe_live()}\n")
    assert outcome(project)[0] == 3
