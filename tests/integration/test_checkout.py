"""The example from end to end, as a user runs it: whole processes, real servers."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import pytest

from support.keys import aws_key_id, sendgrid, stripe_live, stripe_test, tail

if TYPE_CHECKING:
    from servers.mail_server import MailServer

pytest_plugins = ["servers.mail_server", "servers.moto_server", "servers.stripe_mock"]

REPOSITORY = Path(__file__).parents[2]
EXAMPLE = REPOSITORY / "examples" / "checkout"
PLAIN, DISTRIBUTED = (), ("-n", "2")


class Run(NamedTuple):
    code: int
    out: str
    err: str

    @property
    def counts(self) -> dict[str, int]:
        """What pytest counted in its last line."""
        last = self.out.strip().splitlines()[-1]
        return {word: int(number) for number, word in re.findall(r"(\d+) (\w+)", last)}


class Checkout:
    """A copy of the example, with an environment that holds nothing but what a test sets."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.environ = {
            name: value
            for name, value in os.environ.items()
            if name in {"PATH", "HOME", "PYTHONPATH", "SYSTEMROOT"} or name.startswith("COVERAGE_")
        }

    def run(self, *words: str) -> Run:
        done = subprocess.run(
            [sys.executable, "-m", *words],
            cwd=self.root,
            env=self.environ,
            capture_output=True,
            text=True,
            encoding="utf-8",
            timeout=100,
        )
        return Run(done.returncode, done.stdout, done.stderr)

    def check(self, *words: str) -> Run:
        return self.run("credcheck", "check", *words)

    def pytest(self, *words: str) -> Run:
        return self.run("pytest", "-p", "no:randomly", "-p", "no:cacheprovider", *words)

    def plan(self, *words: str) -> dict[str, tuple[str, int]]:
        report = json.loads(self.check("--format", "json", *words).out)
        return {suite["name"]: (suite["outcome"], suite["tests"]) for suite in report["suites"]}


@pytest.fixture
def checkout(tmp_path: Path) -> Checkout:
    root = tmp_path / "checkout"
    shutil.copytree(EXAMPLE, root, ignore=shutil.ignore_patterns("__pycache__", ".*_cache"))
    return Checkout(root)


COUNTS = {"unit": 14, "payments": 4, "mail": 3, "storage": 4}


def test_without_a_credential_the_plan_is_to_run_the_unit_tests_and_skip_the_rest(
    checkout: Checkout,
) -> None:
    assert checkout.plan() == {
        name: ("run" if name == "unit" else "skip", count) for name, count in COUNTS.items()
    }
    run = checkout.check()
    assert run.code == 0
    assert re.search(r"^SKIP +payments +4 tests +STRIPE_TEST_KEY is absent$", run.out, re.MULTILINE)
    assert "get one at https://dashboard.stripe.com/test/apikeys" in run.out


@pytest.mark.parametrize("mode", [PLAIN, DISTRIBUTED])
def test_without_a_credential_the_unit_tests_run_and_the_rest_skip(
    checkout: Checkout, mode: tuple[str, ...]
) -> None:
    run = checkout.pytest("-rs", *mode)
    assert run.code == 0
    assert run.counts == {"passed": 14, "skipped": 11}
    assert "payments: skipped 4 tests: STRIPE_TEST_KEY is absent" in run.out


def test_in_ci_a_missing_credential_fails(checkout: Checkout) -> None:
    checkout.environ["CI"] = "true"
    assert checkout.check().code == 1
    run = checkout.pytest()
    assert (run.code, run.counts) == (1, {"passed": 14, "errors": 11})


@pytest.mark.parametrize("mode", [PLAIN, DISTRIBUTED])
def test_with_a_test_key_the_payments_really_run(
    checkout: Checkout, stripe_mock: str, mode: tuple[str, ...]
) -> None:
    checkout.environ |= {"STRIPE_TEST_KEY": stripe_test(), "STRIPE_API_BASE": stripe_mock}
    assert checkout.plan()["payments"] == ("run", 4)
    run = checkout.pytest(*mode)
    assert (run.code, run.counts) == (0, {"passed": 18, "skipped": 7}), run.out


def test_mail_runs_against_a_server_and_in_the_sandbox(
    checkout: Checkout, mail_server: MailServer
) -> None:
    checkout.environ["SENDGRID_API_BASE"] = mail_server.address
    (checkout.root / ".env.test").write_text(f"SENDGRID_TEST_KEY={sendgrid()}\n")
    (checkout.root / ".env.test").chmod(0o600)
    assert checkout.plan()["mail"] == ("run", 3)
    run = checkout.pytest("tests/mail")
    assert (run.code, run.counts) == (0, {"passed": 3}), run.out
    sandbox = [mail["mail_settings"]["sandbox_mode"]["enable"] for mail in mail_server.accepted]
    assert sandbox == [True]  # the other two were turned down


def test_storage_runs_against_moto(checkout: Checkout, aws_endpoint: str) -> None:
    checkout.environ |= {
        "AWS_ACCESS_KEY_ID": aws_key_id("111111111111"),
        "AWS_SECRET_ACCESS_KEY": tail(40),
        "AWS_ENDPOINT_URL": aws_endpoint,
        "AWS_EC2_METADATA_DISABLED": "true",
    }
    assert checkout.plan()["storage"] == ("run", 4)
    run = checkout.pytest("tests/storage")
    assert (run.code, run.counts) == (0, {"passed": 4}), run.out


def shows(text: str) -> list[str]:
    """The parts of the live key that a text shows."""
    secret = stripe_live().rpartition("_")[2]
    return [secret[n : n + 8] for n in range(len(secret) - 7) if secret[n : n + 8] in text]


@pytest.mark.parametrize("mode", [PLAIN, DISTRIBUTED])
def test_with_a_live_key_nothing_runs(checkout: Checkout, mode: tuple[str, ...]) -> None:
    checkout.environ["STRIPE_TEST_KEY"] = stripe_live()
    run = checkout.pytest("-v", *mode)
    assert run.code == 3
    assert "STRIPE_TEST_KEY is a production credential" in run.out
    assert "PASSED" not in run.out
    assert shows(run.out + run.err) == []


def test_a_check_refuses_a_live_key_in_every_format(checkout: Checkout) -> None:
    checkout.environ["STRIPE_TEST_KEY"] = stripe_live()
    for name in ("text", "json", "github", "markdown"):
        run = checkout.check("--format", name)
        assert run.code == 3
        assert "STRIPE_TEST_KEY" in run.out.replace("\\", "")
        assert shows(run.out + run.err) == []


def test_the_plan_can_be_made_from_another_folder(checkout: Checkout) -> None:
    manifest = str(checkout.root / "credcheck.toml")
    elsewhere = Checkout(REPOSITORY)
    elsewhere.environ = checkout.environ
    assert elsewhere.plan("--manifest", manifest) == checkout.plan()


def test_the_examples_names_stand_in_its_env_test_example(checkout: Checkout) -> None:
    report = json.loads(checkout.check("--format", "json").out)
    text = (checkout.root / ".env.test.example").read_text(encoding="utf-8")
    names = re.findall(r"^([A-Z_]+)=$", text, re.MULTILINE)
    assert names == [secret["name"] for secret in report["secrets"]]
    assert ".env.test" in (checkout.root / ".gitignore").read_text().split()


def test_the_readmes_output_is_what_the_commands_print(checkout: Checkout) -> None:
    readme = (EXAMPLE / "README.md").read_text(encoding="utf-8")
    plan = readme.partition("$ credcheck check\n")[2].partition("```")[0].splitlines()
    printed = checkout.check().out.splitlines()
    start = printed.index(plan[0])
    assert printed[start : start + len(plan)] == plan
    assert "\n14 passed, 11 skipped\n" in readme
