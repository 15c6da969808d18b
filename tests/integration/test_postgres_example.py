"""The example whose credential exists only while its tests run, on a real PostgreSQL."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from servers.finding import missing

EXAMPLE = Path(__file__).parents[2] / "examples" / "postgres"
KEPT = {"PATH", "HOME", "PYTHONPATH", "SYSTEMROOT", "LANG"}


@pytest.fixture
def orders(tmp_path: Path) -> Path:
    debian = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    if not debian and shutil.which("initdb") is None:
        missing("postgresql", "apt-get install postgresql (Debian, Ubuntu), or the like")
    root = tmp_path / "orders"
    shutil.copytree(EXAMPLE, root, ignore=shutil.ignore_patterns("__pycache__", ".*_cache"))
    return root


def run(root: Path, *words: str, **more: str) -> subprocess.CompletedProcess[str]:
    environ = {name: value for name, value in os.environ.items() if name in KEPT}
    return subprocess.run(
        [sys.executable, "-m", *words],
        cwd=root,
        env={**environ, **more},
        capture_output=True,
        text=True,
        timeout=110,
    )


def pytest_run(root: Path, *words: str) -> subprocess.CompletedProcess[str]:
    return run(root, "pytest", "-p", "no:cacheprovider", "-p", "no:randomly", *words)


def test_before_the_run_it_is_deferred_and_its_suite_counts_as_running(orders: Path) -> None:
    done = run(orders, "credcheck", "check", "--format", "json")
    report = json.loads(done.stdout)
    assert [(s["name"], s["state"]) for s in report["secrets"]] == [("DATABASE_URL", "deferred")]
    assert [(s["name"], s["outcome"], s["tests"]) for s in report["suites"]] == [
        ("store", "run", 4)
    ]


def test_the_database_is_started_and_used(orders: Path) -> None:
    done = pytest_run(orders)
    assert re.search(r"\b6 passed\b", done.stdout), done.stdout


def test_every_worker_starts_one_of_its_own(orders: Path) -> None:
    done = pytest_run(orders, "-n", "2")
    assert re.search(r"\b6 passed\b", done.stdout), done.stdout


def test_the_address_is_masked_from_the_first_test_on(orders: Path) -> None:
    (orders / "tests" / "store" / "test_a_leak.py").write_text(
        "def test_leaks(postgres, secrets):\n"
        "    url = secrets['DATABASE_URL']\n"
        "    print('printed', url)\n"
        "    password = url.partition('tests:')[2].partition('@')[0]\n"
        "    open('seen', 'w').write(password)\n"
        "    assert url == password\n"
    )
    done = pytest_run(orders, "-l", "--junitxml=junit.xml")
    password = (orders / "seen").read_text()
    assert len(password) == 32
    written = done.stdout + done.stderr + (orders / "junit.xml").read_text()
    assert re.search(r"\b1 failed, 6 passed\b", done.stdout), done.stdout
    assert password not in written
    assert "printed [REDACTED:DATABASE_URL]" in written


@pytest.mark.parametrize(
    "url",
    [
        "postgresql://app:a-password-1@db" + ".prod.example.com/shop",
        "postgresql://a:b@localhost/shop_prod",
    ],
)
def test_an_address_that_is_refused_ends_the_run(orders: Path, url: str) -> None:
    text = (orders / "tests" / "conftest.py").read_text()
    handed_in = f'session_secrets.provide("DATABASE_URL", "{url}")'
    (orders / "tests" / "conftest.py").write_text(
        text.replace('session_secrets.provide("DATABASE_URL", url)', handed_in)
    )
    done = pytest_run(orders)
    assert done.returncode == 3, done.stdout
    assert "DATABASE_URL is a production credential" in done.stdout + done.stderr
    assert "a-password-1" not in done.stdout + done.stderr


def test_without_postgresql_the_store_is_skipped_with_the_reason(orders: Path) -> None:
    text = (orders / "tests" / "conftest.py").read_text()
    (orders / "tests" / "conftest.py").write_text(
        text.replace("programs = find_programs()", "programs = None")
    )
    done = pytest_run(orders, "-rs")
    assert re.search(r"\b2 passed, 4 skipped\b", done.stdout), done.stdout
    assert "PostgreSQL is not here: apt-get install postgresql" in done.stdout
