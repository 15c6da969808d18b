"""The example as a team runs it: keys in a real Vault, in Secrets Manager and in a real keyring."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import boto3
import jwt
import pexpect
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from servers.forwarding import forwarding
from servers.keyring_server import gnome_keyring
from servers.moto_running import running_moto
from servers.stand_in import Answer, stand_in
from servers.vault_server import built_vault
from support.keys import aws_key_id, sendgrid, stripe_live, stripe_test, tail
from support.projects import write_project

if TYPE_CHECKING:
    from collections.abc import Iterator

    from servers.vault_server import Vault

pytest_plugins = ["servers.fixtures", "servers.stripe_mock", "servers.mail_server"]

EXAMPLE = Path(__file__).parents[2] / "examples" / "checkout"
KEPT = {"PATH", "PYTHONPATH", "SYSTEMROOT"}
VALUES = {
    "STRIPE_TEST_KEY": stripe_test(7),
    "SENDGRID_TEST_KEY": sendgrid(),
    "AWS_ACCESS_KEY_ID": aws_key_id("111111111111"),
    "AWS_SECRET_ACCESS_KEY": tail(40, seed=3),
}


class Team:
    """A copy of the example, and the environment of somebody who may read the team's keys."""

    def __init__(self, root: Path, environ: dict[str, str]) -> None:
        self.root = root
        self.environ = environ

    def run(self, *words: str, **more: str) -> subprocess.CompletedProcess[str]:
        done = subprocess.run(
            [sys.executable, "-m", *words],
            cwd=self.root,
            env={**self.environ, **more},
            capture_output=True,
            text=True,
            encoding="utf-8",
            timeout=100,
        )
        printed = done.stdout + done.stderr
        assert not [name for name, value in VALUES.items() if value in printed]
        return done

    def states(self, **more: str) -> dict[str, tuple[str, str | None]]:
        report = json.loads(self.run("credcheck", "check", "--format", "json", **more).stdout)
        return {s["name"]: (s["state"], s["source"]) for s in report["secrets"]}


@pytest.fixture(scope="module")
def aws() -> Iterator[str]:
    """Secrets Manager with the shop's keys, and S3."""
    with running_moto() as endpoint:
        client = boto3.client(
            "secretsmanager",
            region_name="eu-central-1",
            endpoint_url=endpoint,
            aws_access_key_id="testing",
            aws_secret_access_key="testing",
        )
        held = {name.removeprefix("AWS_").lower(): VALUES[name] for name in VALUES if "AWS" in name}
        client.create_secret(Name="ci/checkout", SecretString=json.dumps(held))
        yield endpoint


@pytest.fixture
def team(
    tmp_path: Path, vault: Vault, aws: str, stripe_mock: str, mail_server: Any
) -> Iterator[Team]:
    root = tmp_path / "checkout"
    shutil.copytree(EXAMPLE, root, ignore=shutil.ignore_patterns("__pycache__", ".*_cache"))
    vault.put("ci/stripe", {"api_key": VALUES["STRIPE_TEST_KEY"], "webhook": "not asked for"})
    config = tmp_path / "aws-config"
    config.write_text(
        "[profile tests]\nregion = eu-central-1\naws_access_key_id = testing\n"
        "aws_secret_access_key = testing\n"
    )
    with gnome_keyring() as bus:
        environ = {
            **{name: value for name, value in os.environ.items() if name in KEPT},
            **{n: v for n, v in os.environ.items() if n.startswith("COVERAGE_")},
            **bus,
            "CREDCHECK_MANIFEST": "credcheck.team.toml",
            "VAULT_ADDR": vault.address,
            "AWS_PROFILE": "tests",
            "AWS_CONFIG_FILE": str(config),
            "AWS_ENDPOINT_URL": aws,
            "STRIPE_API_BASE": stripe_mock,
            "SENDGRID_API_BASE": mail_server.address,
        }
        code = "import keyring, sys; keyring.set_password(*sys.argv[1:3], sys.stdin.read())"
        subprocess.run(
            [sys.executable, "-c", code, "credcheck/checkout", "sendgrid-test"],
            input=VALUES["SENDGRID_TEST_KEY"],
            env=environ,
            text=True,
            check=True,
        )
        yield Team(root, environ)


@pytest.fixture
def by_approle(team: Team, vault: Vault) -> Team:
    team.environ |= vault.approle("checkout", vault.policy("secret/data/ci/*"))
    return team


ALL_READY: dict[str, tuple[str, str | None]] = {
    "STRIPE_TEST_KEY": ("ready", "vault"),
    "SENDGRID_TEST_KEY": ("ready", "keyring"),
    "AWS_ACCESS_KEY_ID": ("ready", "aws"),
    "AWS_SECRET_ACCESS_KEY": ("ready", "aws"),
}


def test_the_teams_manifest_is_the_other_one_with_places() -> None:
    def lines(name: str) -> list[str]:
        text = (EXAMPLE / name).read_text(encoding="utf-8")
        return text[text.index("# In CI a missing key") :].splitlines()

    more = [line for line in lines("credcheck.team.toml") if line not in lines("credcheck.toml")]
    assert [line.split()[0] for line in more] == ["vault", "keyring", "aws", "aws"]
    assert [line for line in lines("credcheck.team.toml") if line not in more] == lines(
        "credcheck.toml"
    )


def test_every_key_comes_from_its_place_by_approle(by_approle: Team) -> None:
    assert by_approle.states() == ALL_READY
    done = by_approle.run("pytest", "-p", "no:cacheprovider")
    assert done.returncode == 0, done.stdout
    assert re.search(r"\b25 passed\b", done.stdout)


def test_every_key_comes_from_its_place_under_xdist_and_is_asked_for_once(
    by_approle: Team, vault: Vault
) -> None:
    with forwarding(vault.address) as between:
        done = by_approle.run(
            "pytest", "-p", "no:cacheprovider", "-n", "2", VAULT_ADDR=between.address
        )
    assert re.search(r"\b25 passed\b", done.stdout), done.stdout
    assert sorted(between.paths()) == ["/v1/auth/approle/login", "/v1/secret/data/ci/stripe"]


def test_every_key_comes_from_its_place_by_the_token_of_a_ci_job(team: Team, vault: Vault) -> None:
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    pem = key.public_key().public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    vault.enable("jwt", "gitlab")
    vault.root.auth.jwt.configure(jwt_validation_pubkeys=[pem.decode()], path="gitlab")
    vault.root.auth.jwt.create_role(
        "checkout",
        role_type="jwt",
        allowed_redirect_uris=[],
        user_claim="sub",
        bound_audiences=["vault"],
        token_policies=[vault.policy("secret/data/ci/*")],
        path="gitlab",
    )
    now = int(time.time())
    claims = {"sub": "project_path:acme/shop", "aud": "vault", "iat": now, "exp": now + 300}
    with (team.root / "credcheck.team.toml").open("a") as manifest:
        manifest.write('\n[vault]\nauth = "jwt"\nrole = "checkout"\nmount = "gitlab"\n[keyring]\n')
    job = {"CI": "true", "GITLAB_CI": "true", "VAULT_ID_TOKEN": jwt.encode(claims, key, "RS256")}
    assert team.states(**job) == ALL_READY
    done = team.run("pytest", "-p", "no:cacheprovider", **job)
    assert re.search(r"\b25 passed\b", done.stdout), done.stdout


def test_a_vault_that_stopped_skips_here_and_fails_in_ci(by_approle: Team) -> None:
    with built_vault() as stopped:
        address = stopped.address
    local = by_approle.run("credcheck", "check", VAULT_ADDR=address)
    assert local.returncode == 0
    line = r"^SKIP +payments +4 tests +STRIPE_TEST_KEY is unreachable$"
    assert re.search(line, local.stdout, re.MULTILINE)
    assert "nobody listens at 127.0.0.1:" in local.stdout
    assert re.search(r"^RUN +storage", local.stdout, re.MULTILINE)
    in_ci = by_approle.run("credcheck", "check", "--context", "ci", VAULT_ADDR=address)
    assert in_ci.returncode == 4
    done = by_approle.run("pytest", "-p", "no:cacheprovider", "-rs", VAULT_ADDR=address)
    assert (done.returncode, "21 passed, 4 skipped" in done.stdout) == (0, True), done.stdout
    assert "payments: skipped 4 tests: STRIPE_TEST_KEY is unreachable" in done.stdout


def test_a_vault_that_is_sealed_between_two_runs_is_no_missing_secret(team: Team) -> None:
    with built_vault() as own:
        own.mount("secret", 2)
        own.put("ci/stripe", {"api_key": VALUES["STRIPE_TEST_KEY"]})
        signed_in = {"VAULT_ADDR": own.address, "VAULT_TOKEN": own.root_token}
        assert team.states(**signed_in)["STRIPE_TEST_KEY"] == ("ready", "vault")
        own.root.sys.seal()
        assert team.states(**signed_in)["STRIPE_TEST_KEY"] == ("unreachable", None)


def test_a_live_key_in_vault_is_refused_and_nothing_runs(by_approle: Team, vault: Vault) -> None:
    vault.put("ci/stripe", {"api_key": stripe_live(1)})
    done = by_approle.run("credcheck", "check")
    assert done.returncode == 3
    assert stripe_live(1) not in done.stdout + done.stderr
    assert by_approle.run("pytest", "-p", "no:cacheprovider").returncode == 3


def test_a_refused_place_ends_the_run_before_any_request(by_approle: Team) -> None:
    with (by_approle.root / "credcheck.team.toml").open("a") as manifest:
        manifest.write('\n[refuse]\nvault = ["secret/ci/*"]\n')
    with stand_in(lambda _: Answer(500)) as vault, stand_in(lambda _: Answer(500)) as aws:
        servers = {"VAULT_ADDR": vault.address, "AWS_ENDPOINT_URL": aws.address}
        done = by_approle.run("credcheck", "check", "--format", "json", **servers)
        assert done.returncode == 3
        assert by_approle.run("pytest", "-p", "no:cacheprovider", **servers).returncode == 3
        assert (vault.asked, aws.asked) == ([], [])
    secrets = {s["name"]: s for s in json.loads(done.stdout)["secrets"]}
    assert secrets["STRIPE_TEST_KEY"]["reason"] == (
        "its place, vault secret/ci/stripe, is refused by the manifest and was not read"
    )
    assert secrets["AWS_ACCESS_KEY_ID"]["state"] == "unreachable"
    assert {a["outcome"] for a in secrets["AWS_ACCESS_KEY_ID"]["attempts"]} == {
        "absent",
        "not-asked",
    }


def test_a_selection_that_needs_nothing_asks_no_remote_source(by_approle: Team) -> None:
    with stand_in(lambda _: Answer(500)) as vault:
        done = by_approle.run(
            "pytest", "-p", "no:cacheprovider", "tests/unit", VAULT_ADDR=vault.address
        )
        assert (done.returncode, vault.asked) == (0, [])
        collected = by_approle.run(
            "pytest", "-p", "no:cacheprovider", "--collect-only", "-q", VAULT_ADDR=vault.address
        )
        assert (collected.returncode, vault.asked) == (0, [])


def test_a_value_of_a_local_source_saves_the_request(by_approle: Team) -> None:
    with stand_in(lambda _: Answer(500)) as vault:
        states = by_approle.states(VAULT_ADDR=vault.address, STRIPE_TEST_KEY=stripe_test(3))
        assert states["STRIPE_TEST_KEY"] == ("ready", "env")
        assert vault.asked == []


def test_an_interruption_while_a_source_is_asked_ends_at_once_and_silently(
    tmp_path: Path,
) -> None:
    write_project(tmp_path, "[secrets.A]\nvault = 'secret/a#b'\n[vault]\ntimeout = 90\n")
    with stand_in(slow) as server:
        child = subprocess.Popen(
            [sys.executable, "-m", "credcheck", "check"],
            cwd=tmp_path,
            env={**_kept(), "VAULT_ADDR": server.address, "VAULT_TOKEN": "hvs.x"},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        while not server.asked:
            assert child.poll() is None
            time.sleep(0.02)
        child.send_signal(signal.SIGINT)
        out, err = child.communicate(timeout=30)
    assert (child.returncode, out, err) == (130, "", "")


def _kept() -> dict[str, str]:
    return {name: value for name, value in os.environ.items() if name in KEPT}


# ── credcheck sources ─────────────────────────────────────────────────────────────────────────


def test_sources_tells_who_we_are_everywhere(by_approle: Team) -> None:
    done = by_approle.run("credcheck", "sources")
    assert done.returncode == 0, done.stdout
    assert re.search(r"^keyring  ok  .*entries of credcheck/checkout", done.stdout, re.MULTILINE)
    assert re.search(
        r"^vault    ok  .*signed in by approle  \(\d+ ms\)$", done.stdout, re.MULTILINE
    )
    assert re.search(r"^         as +approle$", done.stdout, re.MULTILINE)
    assert re.search(r"^         until +20\d\d-", done.stdout, re.MULTILINE)
    assert re.search(r"^aws      ok  .*account 123456789012", done.stdout, re.MULTILINE)


def test_sources_as_json_has_the_same(by_approle: Team) -> None:
    told = json.loads(by_approle.run("credcheck", "sources", "--format", "json").stdout)
    assert told["schema"] == "credcheck.sources/1"
    assert [s["name"] for s in told["sources"]] == ["dotenv", "env", "keyring", "vault", "aws"]
    (vault,) = [s for s in told["sources"] if s["name"] == "vault"]
    assert (vault["status"], vault["identity"]) == ("ok", "approle")
    assert vault["elapsed_ms"] > 0


def test_sources_exits_with_4_when_one_that_is_used_is_broken(team: Team) -> None:
    done = team.run("credcheck", "sources")  # nothing to sign in to Vault with
    assert done.returncode == 4
    assert re.search(r"^vault    denied  .*nothing to sign in to", done.stdout, re.MULTILINE)
    assert re.search(
        r"^         next +export VAULT_ADDR=.*; vault login$", done.stdout, re.MULTILINE
    )


def test_sources_that_nothing_names_are_not_asked(tmp_path: Path) -> None:
    write_project(tmp_path, "[secrets.A]\n")
    with stand_in(lambda _: Answer(500)) as vault:
        done = subprocess.run(
            [sys.executable, "-m", "credcheck", "sources"],
            cwd=tmp_path,
            env={"PATH": os.environ["PATH"], "VAULT_ADDR": vault.address, "AWS_REGION": "x"},
            capture_output=True,
            text=True,
        )
        assert (done.returncode, vault.asked) == (0, [])
    assert len(re.findall(r"not-asked +no secret names a place there", done.stdout)) == 3


def test_a_wrong_format_is_named_with_the_right_ones(by_approle: Team) -> None:
    done = by_approle.run("credcheck", "sources", "--format", "jsn")
    assert done.returncode == 2
    assert "there is no format 'jsn' here (did you mean 'json'?)" in done.stderr


# ── a line on the terminal while we wait ──────────────────────────────────────────────────────


def slow(_: object) -> Answer:
    return Answer(200, b"x" * 100, drip=0.1)


def watched(tmp_path: Path, address: str, **more: str) -> str:
    """Run a check at a terminal, and give everything that it showed."""
    write_project(tmp_path, "[secrets.A]\nvault = 'secret/a#b'\n[vault]\ntimeout = 2\n")
    child = pexpect.spawn(
        sys.executable,
        ["-m", "credcheck", "check"],
        cwd=str(tmp_path),
        env={
            "PATH": os.environ["PATH"],
            "TERM": "xterm",
            "VAULT_ADDR": address,
            "VAULT_TOKEN": "hvs.x",
            **more,
        },
        encoding="utf-8",
        timeout=30,
    )
    child.expect(pexpect.EOF)
    child.close()
    return str(child.before)


def test_a_slow_source_is_shown_on_a_terminal(tmp_path: Path) -> None:
    with stand_in(slow) as server:
        assert "asking vault" in watched(tmp_path, server.address)


def test_nothing_moves_in_ci(tmp_path: Path) -> None:
    with stand_in(slow) as server:
        shown = watched(tmp_path, server.address, CI="true")
    assert "asking vault" not in shown
    assert "did not answer within 2 s" in shown


# ── a developer's machine is brought to ready ─────────────────────────────────────────────────


def test_bootstrap_copies_what_the_sources_have_and_asks_nothing(by_approle: Team) -> None:
    done = by_approle.run("credcheck", "bootstrap")
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.count("is copied to .env.test") == 4
    from dotenv import dotenv_values

    path = by_approle.root / ".env.test"
    assert dotenv_values(path, interpolate=False) == VALUES
    assert path.stat().st_mode & 0o077 == 0
    offline = {"VAULT_ADDR": "", "AWS_ENDPOINT_URL": "http://127.0.0.1:9"}
    assert set(by_approle.states(**offline).values()) == {("ready", "dotenv")}
    again = by_approle.run("credcheck", "bootstrap", **offline)
    assert (again.returncode, "ready: nothing to do" in again.stdout) == (0, True)


def test_bootstrap_keeps_what_a_source_has_in_the_keyring_if_that_is_asked_for(
    by_approle: Team,
) -> None:
    with (by_approle.root / "credcheck.team.toml").open("a") as manifest:
        manifest.write("\n[keyring]\n")
    words = ("credcheck", "bootstrap", "--store", "keyring", "--suite", "payments")
    done = by_approle.run(*words)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "STRIPE_TEST_KEY: kept in the keyring" in done.stdout
    assert not (by_approle.root / ".env.test").exists()
    assert by_approle.states(VAULT_ADDR="")["STRIPE_TEST_KEY"] == ("ready", "keyring")


def test_bootstrap_tells_how_to_sign_in_and_does_not_work_around_it(team: Team) -> None:
    done = team.run("credcheck", "bootstrap", "--suite", "payments")
    assert (done.returncode, "needs a sign-in first" in done.stdout) == (0, True), done.stdout
    assert re.search(r"^  next: .*vault login$", done.stdout, re.MULTILINE)
    assert "1 secret left: sign in first, and run it again" in done.stdout
    assert team.run("credcheck", "bootstrap", "--check", "--suite", "payments").returncode == 4
