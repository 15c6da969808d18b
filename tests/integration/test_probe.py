"""Asking real servers about keys: Stripe's own mock, and AWS' interface as moto has it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import boto3

from support.keys import aws_key_id, stripe_test, tail
from support.projects import broker_for, write_project

if TYPE_CHECKING:
    from pathlib import Path

pytest_plugins = ["servers.stripe_mock", "servers.moto_server"]

STRIPE = "[secrets.STRIPE_KEY]\nservice = 'stripe'\n"
AWS = "[secrets.AWS_ACCESS_KEY_ID]\n[secrets.AWS_SECRET_ACCESS_KEY]\n"
SUITES = "[suites.s]\nrequires = [{}]\n"


def test_stripe_mock_accepts_a_test_key(stripe_mock: str, tmp_path: Path) -> None:
    manifest = STRIPE + SUITES.format("'STRIPE_KEY'")
    write_project(tmp_path, manifest, STRIPE_KEY=stripe_test(), STRIPE_API_BASE=stripe_mock)
    report = broker_for(tmp_path, context="ci").report(probe=True)
    (status,) = report.secrets
    assert (status.state, status.mode, report.exit_code) == ("ready", "test", 0)
    assert status.attempts[-1][:2] == ("probe", "found")
    assert not [found for found in report.findings if found.code == "CRED022"]


def test_sts_tells_the_account_of_a_pair(aws_endpoint: str, tmp_path: Path) -> None:
    client = boto3.client(
        "sts", aws_access_key_id="x", aws_secret_access_key="x", region_name="us-east-1",
        endpoint_url=aws_endpoint,
    )  # fmt: skip
    account = client.get_caller_identity()["Account"]
    manifest = AWS + SUITES.format("'AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY'")
    pair = {"AWS_ACCESS_KEY_ID": aws_key_id("111111111111"), "AWS_SECRET_ACCESS_KEY": tail(40)}
    lists = f"[allow]\naws-accounts = ['111111111111']\n[refuse]\naws-accounts = ['{account}']\n"
    for refusing, state in (("", "ready"), (lists, "live")):
        write_project(tmp_path, manifest + refusing, **pair, AWS_ENDPOINT_URL=aws_endpoint)
        report = broker_for(tmp_path, context="ci").report(probe=True)
        assert {status.state for status in report.secrets} == {state}
        assert report.exit_code == (3 if refusing else 0)
        assert all(status.attempts[-1].source == "probe" for status in report.secrets)
