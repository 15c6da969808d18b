"""Values that belong together, and the dummies that count at one endpoint only."""

from __future__ import annotations

import pytest

from credcheck.classifier import Rules, classify
from credcheck.classifier.aws import role_account
from credcheck.model import Allow, Refuse
from support.keys import aws_key_id, stripe_live, tail

MOCK = "sk_" + "test_" + "123"
TEST, OTHER = "111111111111", "222222222222"
ALLOWED = Rules(allow=Allow(aws_accounts=(TEST,)))
REFUSED = Rules(refuse=Refuse(aws_accounts=(TEST,)), allow=Allow(aws_accounts=(OTHER,)))


@pytest.mark.parametrize(
    ("endpoints", "expected"),
    [
        ({"STRIPE_API_BASE": "http://localhost:12111"}, "test"),
        ({"STRIPE_API_BASE": "'http://127.0.0.1:12111'"}, "test"),
        ({"STRIPE_API_BASE": "localhost:12111"}, "test"),
        ({"STRIPE_API_BASE": "http://127.evil.com"}, "unknown"),
        ({"STRIPE_API_BASE": "http://localhost\\.evil.com"}, "unknown"),
        ({"STRIPE_API_BASE": "http://localhost http://evil.com"}, "unknown"),
        ({"STRIPE_API_BASE": "http://localhost", "STRIPE_API_URL": "https://a.com"}, "unknown"),
        ({"STRIPE_API_BASE": " "}, "unknown"),
        ({"SOME_URL": "http://localhost"}, "unknown"),
    ],
)
def test_a_dummy_for_a_local_server_counts_when_every_endpoint_is_local(
    endpoints: dict[str, str], expected: str
) -> None:
    assert classify(MOCK, "stripe", endpoints).mode == expected


@pytest.mark.parametrize(
    ("endpoint", "expected"),
    [
        ("http://localhost:4566", "test"),
        ("http://localhost.localstack.cloud:4566", "test"),
        ("http://s3.localhost.localstack.cloud:4566", "test"),
        ("https://s3.amazonaws.com", "unknown"),
        ("", "unknown"),
    ],
)
def test_an_emulators_customary_key_counts_at_the_emulator(endpoint: str, expected: str) -> None:
    assert classify("test", "aws", {"AWS_ENDPOINT_URL": endpoint}).mode == expected


@pytest.mark.parametrize(
    ("endpoint", "expected"),
    [
        ("https://api-m.sandbox.paypal.com", "test"),
        ("https://API-M.SANDBOX.PAYPAL.COM./v1", "test"),
        ("https://api-m.sandbox.paypal.com@evil.example/", "unknown"),
        ("https://api-m.sandbox.paypal.com.evil.example/", "unknown"),
        ("https://api-m.sandbox.paypal.com\\.evil.example/", "unknown"),
        ("https://api-m.paypal.com", "live"),
    ],
)
def test_an_endpoint_counts_if_every_reader_finds_a_documented_host(
    endpoint: str, expected: str
) -> None:
    beside = {"PAYPAL_API_BASE": endpoint, "PAYPAL_MODE": "sandbox"}
    assert classify("E" + tail(79), "paypal", beside).mode == expected


def test_an_endpoint_proves_nothing_for_a_value_that_is_no_key() -> None:
    beside = {"PAYPAL_API_BASE": "https://api-m.sandbox.paypal.com"}
    assert classify("hello", "paypal", beside).mode == "unknown"
    beside["PAYPAL_CLIENT_ID"] = stripe_live()
    assert classify("E" + tail(79), "paypal", beside).mode == "live"


def test_a_refused_account_beside_a_secret_key_makes_it_live() -> None:
    beside = {"AWS_ACCESS_KEY_ID": aws_key_id(TEST)}
    assert classify(tail(40), "aws", beside, rules=REFUSED).mode == "live"
    canary = {"AWS_ACCESS_KEY_ID": aws_key_id("171436882533")}
    assert classify(tail(40), "aws", canary).mode == "live"


@pytest.mark.parametrize(
    "value",
    [
        "\ufeff" + aws_key_id(TEST),
        aws_key_id(TEST)[:6] + "\u200b" + aws_key_id(TEST)[6:],
        f"arn:aws:iam::{TEST}:role/ci",
        f"https://sqs.eu-west-1.amazonaws.com/{TEST}/queue",
    ],
)
def test_a_refused_account_is_found_behind_damage_and_in_names(value: str) -> None:
    assert classify(value, "aws", rules=REFUSED).mode == "live"


def test_the_role_that_will_be_assumed_must_be_allowed_too() -> None:
    key = aws_key_id(TEST)
    for account, expected in ((TEST, "test"), (OTHER, "unknown")):
        beside = {"AWS_ROLE_ARN": f"arn:aws:iam::{account}:role/ci"}
        verdict = classify(key, "aws", beside, rules=ALLOWED)
        assert (verdict.mode, verdict.malformed) == (expected, expected == "unknown")


def test_a_secret_key_beside_an_unlisted_id_is_malformed() -> None:
    beside = {"AWS_ACCESS_KEY_ID": aws_key_id(OTHER)}
    assert classify(tail(40), "aws", beside, rules=ALLOWED).malformed
    assert not classify(tail(40), "aws", rules=ALLOWED).malformed


def test_a_key_of_another_store_under_an_aws_name_is_not_malformed() -> None:
    assert not classify("DO00" + tail(16), "aws").malformed


def test_the_account_of_a_role() -> None:
    assert role_account(f"arn:aws:iam::{TEST}:role/ci") == TEST
    assert role_account(f"arn:aws:sts::{TEST}:assumed-role/ci/x") == TEST
    assert role_account(f"arn:aws:iam::{TEST}:user/ci") is None
    assert role_account(TEST) is None


# ── a project's own service ───────────────────────────────────────────────────────────────────

ACME = Rules(
    services={
        "acme": {
            "endpoints": ["ACME_URL"],
            "env": ["ACME_ID", "ACME_SECRET"],
            "kinds": [
                {"id": "id", "test": ["acme-t-"], "live": ["acme-"], "tail": "digits{6}"},
                {"id": "guess", "test": ["maybe-"], "tail": "digits{6}", "confidence": "guess"},
                {"id": "secret", "bare-shapes": ["hex{16}"], "pair": ["id"]},
            ],
            "dummies": [
                {"parts": ["play", "key"], "what": "the playground's key", "endpoint": "play.acme"},
                {"parts": ["ad", "min"], "what": "a default", "proves": "nothing"},
            ],
        }
    }
)


@pytest.mark.parametrize(
    ("value", "companions", "expected"),
    [
        ("playkey", {"ACME_URL": "https://play.acme/x"}, "test"),
        ("playkey", {"ACME_URL": "https://localhost"}, "unknown"),
        ("admin", {}, "unknown"),
        ("maybe-135246", {}, "unknown"),
        ("acme-t-135246", {}, "test"),
        ("0a1b2c3d4e5f6a7c", {"ACME_ID": "acme-t-135246"}, "test"),
        ("0a1b2c3d4e5f6a7c", {"ACME_ID": "acme-t-123456"}, "unknown"),
        ("0a1b2c3d4e5f6a7c", {"ACME_SECRET": "0a1b2c3d4e5f6a7d"}, "unknown"),
        ("0a1b2c3d4e5f6a7c", {"ACME_ID": "x acme-135246"}, "live"),
        ("0a1b2c3d4e5f6a7c", {"ACME_ID": "xacme-acme-1"}, "unknown"),
    ],
)
def test_pairs_dummies_and_guesses_of_a_projects_own_service(
    value: str, companions: dict[str, str], expected: str
) -> None:
    assert classify(value, "acme", companions, rules=ACME).mode == expected


def test_the_longest_prefix_decides_and_a_shorter_one_does_not_stand_in() -> None:
    verdict = classify("acme-t-1352", "acme", rules=ACME)
    assert verdict.mode != "test"


def test_the_emulators_published_key_is_test_at_a_local_server_only() -> None:
    parts = ("Eby8vdM02", "xNOcqFlqU", "wJPLlmEtl", "CDXJ1OUzF", "T50uSRZ6I", "FsuFq2U")
    key = "".join((*parts, "VErCz4I6t", "q/K1SZFPT", "Otr/KBHBe", "ksoGMGw=="))
    local = {"AZURE_STORAGE_ENDPOINT": "http://127.0.0.1:10000/devstoreaccount1"}
    assert classify(key, "azure_storage").mode == "unknown"
    assert classify(key, "azure_storage", local).mode == "test"


@pytest.mark.parametrize(
    "address",
    [
        "//production.plaid.com/",
        "https:/production.plaid.com",
        "https:\\\\production.plaid.com",
        "https%3A%2F%2Fproduction.plaid.com",
        "production.plaid.com",
    ],
)
def test_a_production_endpoint_makes_a_value_live_in_every_spelling(address: str) -> None:
    value = tail(30, "0123456789abcdef")
    assert classify(value, "plaid", {"PLAID_BASE_URL": address}).mode == "live"


@pytest.mark.parametrize("path", ["//live/v2", "/sandbox/../live/v2", "/%6Cive/v2"])
def test_an_odd_path_of_a_production_endpoint_is_live(path: str) -> None:
    beside = {"AMAZON_PAY_API_BASE": "https://pay-api.amazon.com" + path}
    key = "SANDBOX-" + tail(24, "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567")
    assert classify(key, "amazon_pay", beside).mode == "live"


def test_a_sandbox_endpoint_that_needs_repair_proves_nothing() -> None:
    value = tail(30, "0123456789abcdef")
    for address, expected in (
        ("https://sandbox.plaid.com", "test"),
        ("sandbox.plaid.com", "test"),
        ("//sandbox.plaid.com", "unknown"),
    ):
        assert classify(value, "plaid", {"PLAID_BASE_URL": address}).mode == expected
