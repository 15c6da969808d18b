"""What a run says about scrubbing, and the masks that it gives to GitHub Actions."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from support.keys import stripe_test

if TYPE_CHECKING:
    from pathlib import Path

MANIFEST = """
[secrets.STRIPE_TEST_KEY]
service = "stripe"
[secrets.PIN]
unproven = "invented"
[secrets.OTHER]
unproven = "invented"
[secrets.DOCUMENT]
unproven = "invented"
[secrets.DATABASE_URL]
provided-by = "database"
unproven = "invented"
"""
TESTS = """
import os, pytest
from credcheck import require_secret

@require_secret("STRIPE_TEST_KEY", "PIN")
def test_charge(secrets):
    print("a part of a line", end="")
    os.write(1, b"raw")

@pytest.fixture(scope="session")
def database(session_secrets):
    session_secrets.provide("DATABASE_URL", "".join(["gauge-", "walnut-", "81-", "kelp"]))

def test_query(database): pass
"""
PROVIDED = "-".join(["gauge", "walnut", "81", "kelp"])
SAID = "warning: PIN is not masked in output: it is too short"


@pytest.fixture
def project(tmp_path: Path) -> Path:
    (tmp_path / "credcheck.toml").write_text(MANIFEST)
    (tmp_path / "test_pay.py").write_text(TESTS)
    (tmp_path / ".env.test").write_text(f"STRIPE_TEST_KEY={stripe_test()}\nPIN=4711\n")
    return tmp_path


def run(folder: Path, *words: str, **variables: str) -> str:
    kept = {n: v for n, v in os.environ.items() if n in {"PATH", "HOME", "PYTHONPATH"}}
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-p", "no:randomly", *words],
        cwd=folder,
        env={**kept, **variables},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    return done.stdout


WAYS = pytest.mark.parametrize("way", [(), ("-n", "2")], ids=["plain", "xdist"])


@WAYS
def test_the_summary_says_once_whose_value_is_not_masked(
    project: Path, way: tuple[str, ...]
) -> None:
    out = run(project, *way)
    assert "2 passed" in out
    assert out.count(SAID) == 1


def test_nothing_is_said_where_all_is_masked(project: Path) -> None:
    (project / ".env.test").write_text(f"STRIPE_TEST_KEY={stripe_test()}\nPIN=kelp-4711-gauge\n")
    assert "is not masked" not in run(project)


@WAYS
def test_a_run_whose_scrubbing_fails_shows_no_text_and_says_so_once(
    project: Path, way: tuple[str, ...]
) -> None:
    # no text makes it fail: the failure is brought about from outside
    (project / "conftest.py").write_text(
        "from credcheck.scrubber.index import Index\n"
        "true = Index.scrub\n"
        "def scrub(self, data):\n"
        "    if b'fragile' in data: raise RuntimeError(data)\n"
        "    return true(self, data)\n"
        "Index.scrub = scrub\n"
    )
    (project / "test_bad.py").write_text(
        "def test_bad(): assert False, 'fragile ' + open('.env.test').read()\n"
    )
    out = run(project, *way)
    assert "1 failed, 2 passed" in out
    assert "INTERNALERROR" not in out
    assert stripe_test()[8:16] not in out
    assert "fragile" not in out
    assert out.count("error: scrubbing failed: ") == 1


# ── masks ─────────────────────────────────────────────────────────────────────────────────────


def masked(out: str) -> list[str]:
    return [line[12:] for line in out.splitlines() if line.startswith("::add-mask::")]


@WAYS
@pytest.mark.parametrize("capture", ["sys", "fd"])
def test_github_is_told_of_each_value_that_did_not_come_from_it(
    project: Path, way: tuple[str, ...], capture: str
) -> None:
    words = ("--credcheck-add-mask", f"--credcheck-capture={capture}", *way)
    out = run(project, *words, GITHUB_ACTIONS="true", OTHER="gauge-of-the-environment")
    assert "2 passed" in out
    provided = [] if way else [PROVIDED]  # only the worker knows it, and scrubs its own output
    assert masked(out) == [stripe_test(), *provided]


def test_a_document_is_masked_by_its_texts(project: Path) -> None:
    text = json.dumps({"user": "kelp-kelp-12", "key": "walnut%gauge-7"})
    (project / ".env.test").write_text(f"DOCUMENT='{text}'\n")
    out = run(project, "--credcheck-add-mask", GITHUB_ACTIONS="true")
    assert "walnut%25gauge-7" in masked(out)


@pytest.mark.parametrize(
    ("words", "variables"),
    [
        ((), {"GITHUB_ACTIONS": "true"}),
        (("--credcheck-add-mask",), {}),
        (("--credcheck-add-mask",), {"GITHUB_ACTIONS": "true", "STRIPE_TEST_KEY": stripe_test()}),
    ],
    ids=["not asked", "elsewhere", "from the environment"],
)
def test_no_mask_is_written_unasked_or_elsewhere_or_for_what_github_knows(
    project: Path, words: tuple[str, ...], variables: dict[str, str]
) -> None:
    out = run(project, "-k", "charge", *words, **variables)
    assert "1 passed" in out
    assert masked(out) == []
    assert stripe_test()[8:16] not in out
