from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from credcheck.cli import main
from credcheck.services import service_ids
from support.projects import enter_project, write_project

if TYPE_CHECKING:
    from pathlib import Path


def test_the_list_has_a_line_for_every_service(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["services"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert [line.split()[0] for line in lines] == list(service_ids())
    told = {line.split()[0]: line for line in lines}
    assert told["stripe"].endswith("test keys are marked")
    assert told["paypal"].endswith("the endpoint decides")
    assert told["sendgrid"].endswith("keys carry no mode")
    assert told["anthropic"].endswith("every key counts as live")


@pytest.mark.parametrize("name", service_ids())
def test_every_service_has_a_page(capsys: pytest.CaptureFixture[str], name: str) -> None:
    assert main(["services", name]) == 0
    out = capsys.readouterr().out
    assert f"({name})" in out
    assert "looked at on " in out


def page_of(capsys: pytest.CaptureFixture[str], name: str) -> str:
    assert main(["services", name]) == 0
    return capsys.readouterr().out


def test_a_page_tells_the_marks_of_each_kind(capsys: pytest.CaptureFixture[str]) -> None:
    omise = page_of(capsys, "omise")
    assert "  secret-key: secret key\n    test     skey_test_…\n    live     skey_…\n" in omise
    assert "    test     …-SBX-…\n" in page_of(capsys, "ebay")
    assert "    no mode  hex{30}\n" in page_of(capsys, "plaid")


def test_a_page_tells_what_decides_where_no_mark_does(capsys: pytest.CaptureFixture[str]) -> None:
    assert "    the endpoint beside it decides\n" in page_of(capsys, "paypal")
    assert "    the key-id beside it decides\n" in page_of(capsys, "razorpay")
    assert "    without a test mark it is live\n" in page_of(capsys, "anthropic")
    assert "    a guess: it never proves test\n" in page_of(capsys, "fleetbase")
    assert "    its last characters are a checksum\n" in page_of(capsys, "github")


def test_a_page_tells_hosts_published_values_and_how_to_ask(
    capsys: pytest.CaptureFixture[str],
) -> None:
    okta = page_of(capsys, "okta")
    assert "  sandbox    *.oktapreview.com\n  live       *.okta.com\n  neither    dev-" in okta
    stripe = page_of(capsys, "stripe")
    assert "the shared sample secret key of the documentation" in stripe
    assert "  ask        GET https://api.stripe.com/v1/balance: livemode\n" in stripe


def test_an_unknown_service_is_an_error_with_a_suggestion(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert main(["services", "strpe"]) == 2
    assert "there is no service 'strpe' (did you mean 'stripe'?)" in capsys.readouterr().err


# ── the project's own ─────────────────────────────────────────────────────────────────────────

OWN = """
[[services.acme.kinds]]
id = "key"
test = ["acme_test_"]
tail = "hex{8}"
"""


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    enter_project(tmp_path, monkeypatch)
    return tmp_path


def test_a_service_of_the_project_is_told_like_the_others(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write_project(project, OWN)
    assert page_of(capsys, "acme") == (
        "acme (acme): test keys are marked\n  key: key\n    test     acme_test_…\n"
    )
    assert main(["services"]) == 0
    last = capsys.readouterr().out.splitlines()[-1]
    assert last.split()[:2] == ["acme", "acme"]
    assert last.endswith("test keys are marked (of this project)")


def test_a_service_of_the_project_takes_the_place_of_a_shipped_one(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write_project(project, OWN.replace("acme", "stripe"))
    assert page_of(capsys, "stripe").startswith("stripe (stripe): test keys are marked\n  key")


def test_a_broken_manifest_does_not_hide_the_vendors(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write_project(project, "nonsense = 1\n")
    assert page_of(capsys, "stripe").startswith("Stripe (stripe), payments: ")
