"""The operator's word, and what a project may say of a shipped service."""

from __future__ import annotations

import base64
import json

import pytest

from credcheck.classifier import Rules, classify
from credcheck.classifier.fingerprint import fingerprint
from credcheck.model import Allow, Refuse
from credcheck.services import service_ids
from credcheck.services.build import examples_of
from support.cases import Maker
from support.keys import sendgrid, tail

SALT = b"0123456789abcdef"

# ── places ────────────────────────────────────────────────────────────────────────────────────


def test_an_endpoint_that_the_operator_refuses_makes_the_value_live() -> None:
    rules = Rules(refuse=Refuse(hosts=("api.acme.example",)))
    beside = {"STRIPE_API_BASE": "https://api.acme.example/v1"}
    assert classify("sk_" + "test_" + tail(24), "stripe", beside, rules=rules).mode == "live"


ACCOUNT = {
    "type": "service_account",
    "project_id": "acme-prod-1",
    "client_email": "ci@acme-prod-1.iam.gserviceaccount.com",
    "private_key": "x",
}


@pytest.mark.parametrize("pattern", ["acme-prod-1", "acme-prod-*", "*-PROD-*"])
@pytest.mark.parametrize(
    "value",
    [
        json.dumps(ACCOUNT),
        json.dumps(ACCOUNT, indent=2),
        base64.b64encode(json.dumps(ACCOUNT).encode()).decode(),
        json.dumps({"type": "authorized_user", "quota_project_id": "acme-prod-1"}),
        json.dumps({"client_email": "ci@acme-prod-1.iam.gserviceaccount.com"}),
        "projects/acme-prod-1/topics/orders",
        "postgres:///app?host=/cloudsql/acme-prod-1:eu:db",
    ],
)
def test_a_refused_project_is_found_wherever_it_is_named(pattern: str, value: str) -> None:
    rules = Rules(refuse=Refuse(gcp_projects=(pattern,)))
    verdict = classify(value, "sendgrid", rules=rules)
    assert verdict.mode == "live"
    assert verdict.reason == "it belongs to a Google Cloud project that the manifest refuses"


def test_another_project_is_not_refused() -> None:
    rules = Rules(refuse=Refuse(gcp_projects=("acme-prod", "prod-*")))
    assert classify(json.dumps(ACCOUNT), "sendgrid", rules=rules).mode == "unknown"


# ── fingerprints ──────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    "wrapping",
    ["{}", " {}\n", '"{}"', "'\"{}\"'", "\ufeff{}", "Bearer {}", "export KEY={}", "x, {}",
     '{{"key": "{}"}}', "first\n{}"],
)  # fmt: skip
def test_a_fingerprint_is_found_in_every_wrapping(wrapping: str) -> None:
    key = sendgrid()
    rules = Rules(refuse=Refuse(values=(fingerprint(key, SALT),)))
    verdict = classify(wrapping.format(key), "sendgrid", rules=rules)
    assert verdict.mode == "live"
    assert verdict.reason == "it is a credential whose fingerprint the manifest refuses"
    assert classify(wrapping.format(sendgrid(8)), "sendgrid", rules=rules).mode == "unknown"


def test_a_fingerprint_is_found_in_base64_too() -> None:
    key = sendgrid()
    rules = Rules(refuse=Refuse(values=(fingerprint(key, SALT),)))
    encoded = base64.b64encode(key.encode()).decode()
    assert classify(encoded, "sendgrid", rules=rules).mode == "live"


def test_a_fingerprint_costs_a_bounded_number_of_digests(monkeypatch: pytest.MonkeyPatch) -> None:
    from credcheck.classifier import fingerprint as module

    tried: list[str] = []

    def matches_nothing(text: str, _: object) -> bool:
        tried.append(text)
        return False

    monkeypatch.setattr(module, "matches_any", matches_nothing)
    rules = Rules(refuse=Refuse(values=("scrypt:x:y",)))
    classify(" ".join(tail(30, seed=n) for n in range(900)), "sendgrid", rules=rules)
    assert 2 <= len(tried) <= 16


# ── a shipped service, described anew ─────────────────────────────────────────────────────────

LIVE = [
    (service_id, example)
    for service_id in service_ids()
    for example in examples_of(service_id)
    if example.mode == "live"
]


def everything_is_test(service_id: str, prefix: str) -> Rules:
    kinds = [
        {"id": "all", "test-shapes": ["any{1,}"]},
        {"id": "begins", "test": [prefix], "tail": "any{0,}"},
        {"id": "longer", "test": [prefix + "x"], "tail": "any{0,}"},
    ]
    return Rules(services={service_id: {"kinds": kinds, "hosts": {"sandbox": ["*"]}}})


@pytest.mark.parametrize(("service_id", "example"), LIVE, ids=[f"{s}-{e.kind}" for s, e in LIVE])
def test_no_description_of_a_project_makes_a_live_key_test(
    service_id: str, example: object
) -> None:
    value = Maker(service_id).value(example.pieces)  # type: ignore[attr-defined]
    for length in (1, 4, 9):
        rules = everything_is_test(service_id, value[:length])
        assert classify(value, service_id, rules=rules).mode == "live"


def test_a_production_host_stays_one() -> None:
    own = {"hosts": {"sandbox": ["*.paypal.com"]}}
    rules = Rules(services={"paypal": own})
    assert classify("https://api-m.paypal.com", "paypal", rules=rules).mode == "live"
    beside = {"PAYPAL_API_BASE": "https://api-m.paypal.com"}
    assert classify("A" + tail(79), "paypal", beside, rules=rules).mode == "live"
    assert classify("https://api-m.sandbox.paypal.com", "paypal", rules=rules).mode == "test"


def test_what_a_project_adds_to_a_shipped_service_counts() -> None:
    own = {"kinds": [{"id": "internal", "test": ["acme-sg-"], "tail": "hex{16}"}]}
    rules = Rules(services={"sendgrid": own})
    verdict = classify("acme-sg-0a1b2c3d4e5f6a7c", "sendgrid", rules=rules)
    assert (verdict.mode, verdict.kind) == ("test", "internal")
    assert classify(sendgrid(), "sendgrid", rules=rules).kind == "api-key"


def test_an_own_service_is_read_once_for_a_manifest() -> None:
    table: dict[str, object] = {"kinds": [{"id": "k", "test": ["acme-"], "tail": "hex{8}"}]}
    rules = Rules(services={"acme": table})
    assert classify("acme-0a1b2c3d", "acme", rules=rules).mode == "test"
    changed = Rules(services={"acme": {"kinds": []}}, allow=Allow())
    assert classify("acme-0a1b2c3d", "acme", rules=changed).mode == "unknown"


@pytest.mark.parametrize(
    "value",
    [
        "acme-prod-7@appspot.gserviceaccount.com",
        '{"projectId": "acme-prod-7"}',
        "GOOGLE_CLOUD_PROJECT=acme-prod-7",
        "bigquery://acme-prod-7/sales",
        "https://acme-prod-7.firebaseapp.com/",
        "gs://acme-prod-7.appspot.com/x",
    ],
)
def test_a_project_that_a_pattern_refuses_is_found_wherever_a_cloud_names_it(value: str) -> None:
    rules = Rules(refuse=Refuse(gcp_projects=("acme-prod-*",)))
    reason = classify(value, None, rules=rules).reason
    assert reason == "it belongs to a Google Cloud project that the manifest refuses"


@pytest.mark.parametrize(
    "value",
    [
        "postgres://app:{}@localhost/x",
        "redis://:{}@localhost:6379/0",
        "mysql://app:{}@db.example:3306/x?charset=utf8mb4&sslmode=require&application_name=reports",
        "https://api.example.com/v1?first=something&api_key={}&more=something",
        " ".join(f"wordnumber{n}" for n in range(40)) + " password={}",
        json.dumps({f"field{n}{n}": f"something-{n}{n}" for n in range(30)} | {"password": "{}"}),
    ],
)
def test_a_refused_password_is_found_inside_a_longer_value(value: str) -> None:
    password = "correct-horse-" + tail(8)
    rules = Rules(refuse=Refuse(values=(fingerprint(password, SALT),)))
    assert classify(value.replace("{}", password), None, rules=rules).mode == "live"
    assert classify(value.replace("{}", password + "x"), None, rules=rules).mode != "live"


def test_a_refused_password_is_found_behind_the_escapes_of_a_url() -> None:
    rules = Rules(refuse=Refuse(values=(fingerprint("p@ss/word#1234", SALT),)))
    value = "postgres://app:p%40ss%2Fword%231234@localhost/x"
    assert classify(value, "database_url", rules=rules).mode == "live"


@pytest.mark.parametrize(
    ("pattern", "host"),
    [
        ("db.acme.com:5432", "db.acme.com"),
        (" db.acme.com ", "db.acme.com:6432"),
        ("https://db.acme.com/", "db.acme.com"),
        ("postgres://u:p@*.acme.com:5432/x", "db.acme.com"),
        ("2001:0db8:0::1", "[2001:db8::1]:5432"),
        ("[2001:db8::1]:5432", "[2001:DB8::1]"),
        ("db.acme.[cn]om", "db.acme.com"),
        ("10.1.0.0/16", "10.1.200.7:5432"),
        ("10.1.2.3/16", "0x0a01c807"),
        (" 2001:db8::/32", "[2001:0db8:1::7]"),
    ],
)
def test_a_refused_host_is_found_however_its_pattern_was_copied(pattern: str, host: str) -> None:
    rules = Rules(refuse=Refuse(hosts=(pattern,)), allow=Allow(hosts=("*",)))
    assert classify(f"postgres://u:p@{host}/app", "database_url", rules=rules).mode == "live"
    other = classify("postgres://u:p@db.acme.org/app", "database_url", rules=rules)
    assert other.mode == "test"
