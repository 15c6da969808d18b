"""`check --probe`: whom a run asks, and what becomes of the secrets, the suites and the exit code."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from credcheck.cli import main
from credcheck.errors import NotReady, Refused
from servers.stand_in import Answer, answer_json, stand_in
from support.keys import sendgrid, stripe_live, stripe_test, tail
from support.projects import broker_for, enter_project, write_project

if TYPE_CHECKING:
    from pathlib import Path

    from credcheck.model import Finding
    from servers.stand_in import StandIn

STRIPE = "[secrets.STRIPE_KEY]\nservice = 'stripe'\n[suites.s]\nrequires = ['STRIPE_KEY']\n"
MAIL = "[secrets.MAIL_KEY]\nservice = 'sendgrid'\n[suites.m]\nrequires = ['MAIL_KEY']\n"
OWN = """
[secrets.ACME_KEY]
service = 'acme'
[suites.a]
requires = ['ACME_KEY']
[[services.acme.kinds]]
id = 'key'
bare = ['acme_']
tail = 'base62{{20}}'
[services.acme.probe]
url = '{0}/whoami'
mode = 'live'
test = [false]
live = [true]
"""
ACME = "acme_" + tail(20)


def about(found: tuple[Finding, ...], name: str) -> list[str]:
    return [each.code for each in found if each.secret == name]


def paths(server: StandIn) -> list[str]:
    return [request.path for request in server.asked]


def test_nothing_is_asked_without_the_option(tmp_path: Path) -> None:
    with stand_in(lambda _: answer_json({"livemode": True})) as server:
        write_project(tmp_path, STRIPE, STRIPE_KEY=stripe_test(), STRIPE_API_BASE=server.address)
        assert broker_for(tmp_path).report().exit_code == 0
        assert server.asked == []


def test_a_key_that_works_stays_ready(tmp_path: Path) -> None:
    with stand_in(lambda _: answer_json({"livemode": False})) as server:
        write_project(tmp_path, STRIPE, STRIPE_KEY=stripe_test(), STRIPE_API_BASE=server.address)
        broker = broker_for(tmp_path)
        report = broker.report(probe=True)
        assert paths(server) == ["/v1/balance"]
        broker.probe()
        broker.probe(["STRIPE_KEY"])
        assert len(server.asked) == 1
    (status,) = report.secrets
    assert (status.state, status.mode, report.exit_code) == ("ready", "test", 0)
    assert status.reason.endswith("; Stripe accepts it, as a test key")
    attempt = status.attempts[-1]
    assert attempt == ("probe", "found", "Stripe accepts it, as a test key")
    assert broker["STRIPE_KEY"] == stripe_test()


def test_a_key_that_its_vendor_calls_live_is_refused(tmp_path: Path) -> None:
    with stand_in(lambda _: answer_json({"livemode": True})) as server:
        write_project(tmp_path, STRIPE, STRIPE_KEY=stripe_test(), STRIPE_API_BASE=server.address)
        broker = broker_for(tmp_path)
        report = broker.report(probe=True)
    (status,) = report.secrets
    assert (status.state, status.mode, report.exit_code) == ("live", "live", 3)
    assert status.reason == "Stripe accepts it, as a live key"
    assert [suite.outcome for suite in report.suites] == ["refused"]
    (told,) = [found for found in report.findings if found.code == "CRED002"]
    assert "Take it out of .env.test:1" in told.hint
    with pytest.raises(Refused):
        broker["STRIPE_KEY"]


@pytest.mark.parametrize(
    ("answer", "state"),
    [
        (answer_json({"error": {}}, 401), "rejected"),
        (answer_json({"error": {"code": "api_key_expired"}}, 401), "expired"),
    ],
)
@pytest.mark.parametrize(("context", "code", "outcome"), [("ci", 4, "fail"), ("local", 0, "skip")])
def test_a_key_that_no_longer_works_is_broken_and_not_missing(
    tmp_path: Path, answer: Answer, state: str, context: str, code: int, outcome: str
) -> None:
    with stand_in(lambda _: answer) as server:
        write_project(tmp_path, STRIPE, STRIPE_KEY=stripe_test(), STRIPE_API_BASE=server.address)
        broker = broker_for(tmp_path, context=context)
        report = broker.report(probe=True)
    (status,) = report.secrets
    assert (status.state, report.exit_code) == (state, code)
    assert [suite.outcome for suite in report.suites] == [outcome]
    assert about(report.findings, "STRIPE_KEY") == ["CRED003"]
    assert status.attempts[-1].outcome == "denied"
    assert status.hint
    with pytest.raises(NotReady, match=state):
        broker["STRIPE_KEY"]


@pytest.mark.parametrize(
    "answer", [answer_json({}, 503), Answer(200, b"<html>"), answer_json({}, 404)]
)
def test_a_vendor_that_says_neither_changes_nothing_but_a_warning(
    tmp_path: Path, answer: Answer
) -> None:
    with stand_in(lambda _: answer) as server:
        write_project(tmp_path, STRIPE, STRIPE_KEY=stripe_test(), STRIPE_API_BASE=server.address)
        broker = broker_for(tmp_path, context="ci")
        report = broker.report(probe=True)
    (status,) = report.secrets
    assert (status.state, status.mode, report.exit_code) == ("ready", "test", 0)
    assert about(report.findings, "STRIPE_KEY") == ["CRED022"]
    assert status.attempts[-1].outcome == "unreachable"
    assert broker["STRIPE_KEY"] == stripe_test()


# ── who says it ───────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("live", "state", "mode", "codes"),
    [
        (False, "ready", "test", []),
        (True, "live", "live", ["CRED002"]),
        (None, "ready", "unknown", ["CRED004"]),
    ],
)
def test_a_key_without_a_mode_becomes_what_its_own_vendor_says(
    tmp_path: Path, live: bool | None, state: str, mode: str, codes: list[str]
) -> None:
    with stand_in(lambda _: answer_json({"live": live})) as server:
        write_project(tmp_path, OWN.format(server.address), ACME_KEY=ACME)
        report = broker_for(tmp_path).report(probe=True)
        assert paths(server) == ["/whoami"]
    (status,) = report.secrets
    assert (status.state, status.mode) == (state, mode)
    assert about(report.findings, "ACME_KEY") == codes


def test_another_server_proves_no_test_key(tmp_path: Path) -> None:
    with stand_in(lambda _: answer_json({"live": False})) as server:
        manifest = OWN.format("https://api.acme.example").replace(
            "[[services", "[services.acme]\nendpoints = ['ACME_URL']\n[[services"
        )
        write_project(tmp_path, manifest, ACME_KEY=ACME, ACME_URL=server.address)
        report = broker_for(tmp_path).report(probe=True)
        assert paths(server) == ["/whoami"]
    (status,) = report.secrets
    assert (status.state, status.mode) == ("ready", "unknown")
    assert about(report.findings, "ACME_KEY") == ["CRED004"]


def test_vouching_does_not_excuse_a_key_that_its_vendor_calls_live(tmp_path: Path) -> None:
    with stand_in(lambda _: answer_json({"live": True})) as server:
        manifest = OWN.format(server.address).replace(
            "'acme'\n[suites", "'acme'\nunproven = 'x'\n[suites"
        )
        write_project(tmp_path, manifest, ACME_KEY=ACME)
        report = broker_for(tmp_path).report(probe=True)
    assert report.exit_code == 3


# ── what is never sent ────────────────────────────────────────────────────────────────────────


def test_once_anything_is_live_nothing_is_sent(tmp_path: Path) -> None:
    with stand_in(lambda _: answer_json({})) as server:
        write_project(
            tmp_path, STRIPE + MAIL, STRIPE_KEY=stripe_live(), MAIL_KEY=sendgrid(),
            SENDGRID_API_BASE=server.address, STRIPE_API_BASE=server.address,
        )  # fmt: skip
        assert broker_for(tmp_path).report(probe=True).exit_code == 3
        assert server.asked == []


@pytest.mark.parametrize(
    ("manifest", "value"),
    [
        (STRIPE, "whsec_" + tail(32)),
        (STRIPE, "not-of-that-vendor"),
        (STRIPE, "changeme"),
        (STRIPE.replace("'stripe'", "'stripe'\nprovided-by = 'x'"), stripe_test()),
        (STRIPE.replace("'stripe'", "'adyen'"), stripe_test()),
        (STRIPE.replace("service = 'stripe'", ""), tail(30)),
    ],
)
def test_only_a_key_of_a_form_that_can_be_asked_about_is_sent(
    tmp_path: Path, manifest: str, value: str
) -> None:
    with stand_in(lambda _: answer_json({"livemode": True})) as server:
        write_project(tmp_path, manifest, STRIPE_KEY=value, STRIPE_API_BASE=server.address)
        assert broker_for(tmp_path, context="local").report(probe=True).exit_code == 0
        assert server.asked == []


def test_the_content_of_a_file_is_not_sent(tmp_path: Path) -> None:
    with stand_in(lambda _: answer_json({"livemode": True})) as server:
        (tmp_path / "key").write_text(stripe_test(), encoding="utf-8")
        manifest = STRIPE.replace("'stripe'", "'stripe'\nfile = true")
        write_project(tmp_path, manifest, STRIPE_KEY="key", STRIPE_API_BASE=server.address)
        assert broker_for(tmp_path).report(probe=True).exit_code == 0
        assert server.asked == []


def test_only_the_secrets_of_the_chosen_suite_are_asked_about(tmp_path: Path) -> None:
    with stand_in(lambda _: answer_json({})) as server:
        write_project(
            tmp_path, STRIPE + MAIL, STRIPE_KEY=stripe_test(), MAIL_KEY=sendgrid(),
            SENDGRID_API_BASE=server.address, STRIPE_API_BASE=server.address,
        )  # fmt: skip
        broker_for(tmp_path).report(suites=["m"], probe=True)
        assert paths(server) == ["/v3/scopes"]


# ── the command ───────────────────────────────────────────────────────────────────────────────


def test_the_command_asks_and_shows_no_part_of_a_key(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    enter_project(tmp_path, monkeypatch)
    with stand_in(lambda _: answer_json({"livemode": True, "echo": stripe_test()})) as server:
        write_project(tmp_path, STRIPE, STRIPE_KEY=stripe_test(), STRIPE_API_BASE=server.address)
        for form in ("json", "text", "github", "markdown"):
            assert main(["check", "--probe", "--format", form]) == 3
            shown = "".join(capsys.readouterr())
            assert stripe_test()[8:16] not in shown
            if form == "json":
                (secret,) = json.loads(shown)["secrets"]
                assert secret["attempts"][-1]["source"] == "probe"
            else:
                assert "Stripe accepts it, as a live key" in shown
