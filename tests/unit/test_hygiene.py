"""What the environment, the tools and a broken file mean for a whole run."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from credcheck.errors import DotenvError, Refused
from credcheck.hygiene import BrokenFile
from credcheck.model import Request, SecretSpec
from credcheck.reporters import REPORTERS, render
from support.keys import aws_key_id, sendgrid, stripe_live, stripe_test, tail
from support.projects import broker_for, write_env_test, write_project

if TYPE_CHECKING:
    from pathlib import Path

MANIFEST = "[secrets.STRIPE_KEY]\nservice = 'stripe'\n[suites.s]\nrequires = ['STRIPE_KEY']\n"
REFUSE = "[refuse]\nhosts = ['*.prod.example.com']\naws-accounts = ['999999999999']\n"


def codes(root: Path, environ: dict[str, str]) -> list[tuple[str, str]]:
    report = broker_for(root, environ, context="local").report()
    return [(f.code, f.severity) for f in report.findings if f.code >= "CRED019"]


# ── what the manifest refuses, in the environment ─────────────────────────────────────────────


@pytest.mark.parametrize(
    "value",
    [
        "postgres://app:x@db.prod.example.com/app",
        "db.prod.example.com",
        "db.prod.example.com:5432",
        "localhost:9092,db.prod.example.com:9092",
        "https://db.prod.example.com/x",
        aws_key_id("999999999999"),
        "arn:aws:iam::999999999999:role/admin",
    ],
)
def test_a_variable_that_leads_to_what_is_refused_is_told(tmp_path: Path, value: str) -> None:
    write_project(tmp_path, MANIFEST + REFUSE, STRIPE_KEY=stripe_test())
    environ = {"OTHER": value}
    assert codes(tmp_path, environ) == [("CRED019", "warning")]
    broker = broker_for(tmp_path, environ, context="local")
    report = broker.report()
    (found,) = [f for f in report.findings if f.code == "CRED019"]
    assert found.message.startswith("The variable OTHER of the environment holds what the manifest")
    assert found.hint == "unset OTHER"
    assert value not in found.message
    assert report.exit_code == 0


def test_without_lists_no_address_in_the_environment_is_looked_at(tmp_path: Path) -> None:
    write_project(tmp_path, MANIFEST, STRIPE_KEY=stripe_test())
    environ = {"OTHER": "postgres://app@db.prod.example.com/app", "PGHOST": "db.prod.example.com"}
    assert codes(tmp_path, environ) == []


@pytest.mark.parametrize(
    ("ambient", "expected", "code"),
    [("off", [], 0), ("warn", [("CRED019", "warning")], 0), ("refuse", [("CRED019", "error")], 3)],
)
def test_the_policy_says_how_grave_it_is(
    tmp_path: Path, ambient: str, expected: list[tuple[str, str]], code: int
) -> None:
    manifest = f"ambient = '{ambient}'\n{MANIFEST}{REFUSE}"
    write_project(tmp_path, manifest, STRIPE_KEY=stripe_test())
    environ = {"PGHOST": "db.prod.example.com"}
    assert codes(tmp_path, environ) == expected
    report = broker_for(tmp_path, environ, context="local").report()
    assert report.exit_code == code
    assert [suite.outcome for suite in report.suites] == ["refused" if code else "run"]


def test_the_environment_is_looked_at_also_where_it_is_no_source(tmp_path: Path) -> None:
    write_project(tmp_path, f"sources = ['dotenv']\n{MANIFEST}", STRIPE_KEY=stripe_test())
    report = broker_for(tmp_path, {"OTHER": stripe_live()}, context="local").report()
    assert "CRED007" in [f.code for f in report.findings]


def test_a_live_key_of_the_projects_own_service_in_the_environment_is_told(tmp_path: Path) -> None:
    kind = "id = 'key'\nlive = ['acme_live_']\ntail = 'base62{20}'\n"
    write_project(tmp_path, f"{MANIFEST}[[services.acme.kinds]]\n{kind}")
    report = broker_for(tmp_path, {"OTHER": "acme_live_" + tail(20)}, context="local").report()
    (told,) = [f.message for f in report.findings if f.code == "CRED007"]
    assert "under the name OTHER: it has the form of a live key of acme." in told


def test_a_tool_of_a_declared_vendor_is_looked_at(tmp_path: Path) -> None:
    write_project(tmp_path, MANIFEST, STRIPE_KEY=stripe_test())
    path = tmp_path / "home" / ".config" / "stripe" / "config.toml"
    path.parent.mkdir(parents=True)
    path.write_text(f"[default]\nlive_mode_api_key = '{stripe_live()}'\n", encoding="utf-8")
    assert codes(tmp_path, {"HOME": str(tmp_path / "home")}) == [("CRED020", "warning")]
    assert codes(tmp_path, {}) == []
    refusing = f"ambient = 'refuse'\n{MANIFEST}"
    (tmp_path / "credcheck.toml").write_text(refusing, encoding="utf-8")
    broker = broker_for(tmp_path, {"USERPROFILE": str(tmp_path / "home")}, context="local")
    assert broker.report().exit_code == 3


# ── a broken file beside a live key ───────────────────────────────────────────────────────────

BROKEN = "STRIPE_KEY=x\nthis line is no line\n"


@pytest.mark.parametrize(
    ("environ", "manifest"),
    [
        ({"STRIPE_KEY": stripe_live()}, MANIFEST),
        ({"STRIPE_ALIAS": stripe_live()}, MANIFEST.replace("[suites", "aliases=['STRIPE_ALIAS']\n[suites")),
        ({"OTHER": stripe_live()}, f"ambient = 'refuse'\n{MANIFEST}"),
    ],
)  # fmt: skip
def test_a_live_key_wins_over_a_broken_file(
    tmp_path: Path, environ: dict[str, str], manifest: str
) -> None:
    write_project(tmp_path, manifest)
    write_env_test(tmp_path, BROKEN)
    broker = broker_for(tmp_path, environ, context="ci")
    report = broker.report()
    assert report.exit_code == 3
    (line,) = [s for s in report.sources if s.name == "dotenv"]
    assert line.status == "unreachable"
    assert ".env.test:2: not a line of the form NAME=value" in line.detail
    with pytest.raises(Refused) if "OTHER" not in environ else pytest.raises(KeyError):
        broker["STRIPE_KEY"]


def test_a_refused_place_wins_over_a_broken_file(tmp_path: Path) -> None:
    manifest = MANIFEST.replace("[suites", "vault = 'secret/prod/x#y'\n[suites")
    write_project(tmp_path, f"{manifest}[refuse]\nvault = ['secret/prod/*']\n")
    write_env_test(tmp_path, BROKEN)
    assert broker_for(tmp_path, {}, context="ci").report().exit_code == 3


@pytest.mark.parametrize("environ", [{}, {"OTHER": stripe_live()}, {"STRIPE_KEY": stripe_test()}])
def test_a_broken_file_without_a_refusal_stays_the_users_mistake(
    tmp_path: Path, environ: dict[str, str]
) -> None:
    write_project(tmp_path, MANIFEST)
    write_env_test(tmp_path, BROKEN)
    broker = broker_for(tmp_path, environ, context="ci")
    for _ in range(2):
        with pytest.raises(DotenvError):
            broker.report()


def test_what_stands_for_a_broken_file_holds_nothing() -> None:
    stand_in = BrokenFile(DotenvError(".env.test:2: broken", "mend it"))
    answer = stand_in.fetch([Request(SecretSpec(name="A"))])["A"]
    assert (answer.detail, answer.hint) == (".env.test:2: broken", "mend it")  # type: ignore[union-attr]
    assert stand_in.holdings() == ()
    assert stand_in.health().status == "unreachable"


# ── the operator's word ───────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("name", REPORTERS)
def test_the_reason_of_a_vouching_stands_in_every_report(tmp_path: Path, name: str) -> None:
    vouched = "[secrets.MAIL_KEY]\nservice = 'sendgrid'\nunproven = 'a sub-account of nobody'\n"
    write_project(tmp_path, f"{vouched}[suites.m]\nrequires = ['MAIL_KEY']\n", MAIL_KEY=sendgrid())
    report = broker_for(tmp_path, context="ci").report()
    assert report.exit_code == 0
    assert "a sub-account of nobody" in render(name, report)


@pytest.mark.parametrize(
    ("name", "value", "warned"),
    [
        ("SENDGRID_LIVE_KEY", sendgrid(), True),
        ("SENDGRID_PROD_KEY", sendgrid(), True),
        ("SENDGRID_DELIVERY_KEY", sendgrid(), False),
        ("STRIPE_LIVE_KEY", stripe_test(), False),
    ],
)
def test_a_name_may_raise_suspicion_where_nothing_is_proven(
    tmp_path: Path, name: str, value: str, warned: bool
) -> None:
    write_project(
        tmp_path, f"[secrets.{name}]\n[suites.s]\nrequires = ['{name}']\n", **{name: value}
    )
    found = broker_for(tmp_path, context="ci").report().findings
    assert ("CRED014" in [each.code for each in found]) is warned
