from __future__ import annotations

import pytest

from credcheck import classify
from credcheck.classifier import Rules, is_placeholder, live_marker
from credcheck.classifier.aws import account_of
from credcheck.classifier.dsn import places
from credcheck.classifier.fingerprint import fingerprint, matches_any
from credcheck.classifier.hosts import says_production
from credcheck.model import Allow, Refuse
from support.keys import aws_key_id, sendgrid, stripe_live, stripe_test, tail

LOOPBACK = {"STRIPE_API_BASE": "http://localhost:12111"}


def mode(value: str, service: str | None = None, **companions: str) -> str:
    return classify(value, service, companions).mode


# ── what a verdict says ───────────────────────────────────────────────────────────────────────


def test_a_test_key_names_its_service_kind_and_marker() -> None:
    verdict = classify(stripe_test(), "stripe")
    assert (verdict.mode, verdict.service, verdict.kind) == ("test", "stripe", "secret-key")
    assert verdict.reason == "a Stripe secret API key in test mode, marked sk_test_"


def test_a_live_key_names_its_marker_and_nothing_else() -> None:
    verdict = classify(stripe_live(), "stripe")
    assert (verdict.mode, verdict.kind) == ("live", "secret-key")
    assert verdict.reason == "it carries the live marker sk_live_ of stripe and others"


def test_a_malformed_key_is_told_from_a_vendor_without_modes() -> None:
    assert classify("abc", "stripe").malformed
    mail = classify(sendgrid(), "sendgrid")
    assert (mail.mode, mail.malformed, mail.kind) == ("unknown", False, "api-key")
    hook = classify("whsec_" + tail(32), "stripe")
    assert (hook.mode, hook.malformed, hook.kind) == ("unknown", False, "webhook-secret")


def test_a_client_side_kind_is_told() -> None:
    verdict = classify("pk_" + "test_" + tail(24), "stripe")
    assert verdict.mode == "test"
    assert verdict.warnings == ("a publishable key is made to be published",)


def test_an_unknown_service_is_no_service() -> None:
    assert classify("anything at all", "nobody").service is None


# ── documented values ─────────────────────────────────────────────────────────────────────────


def test_a_documented_key_is_test_with_a_warning() -> None:
    verdict = classify("sk_" + "test_" + "4eC39HqLy" + "jWDarjtT1" + "zdp7dc", "stripe")
    assert verdict.mode == "test"
    assert verdict.warnings[0].startswith("it is publicly documented: ")


def test_the_key_for_stripe_mock_is_test_at_a_local_server_only() -> None:
    key = "sk_" + "test_" + "123"
    assert classify(key, "stripe", LOOPBACK).mode == "test"
    alone = classify(key, "stripe")
    assert (alone.mode, alone.placeholder) == ("unknown", True)
    assert classify(key, "stripe", {"STRIPE_API_BASE": "https://api.stripe.com"}).mode == "unknown"


# ── placeholders ──────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("value", ["op://vault/item", "/run/secrets/key", "./key.pem", "C:\\key"])
def test_references_and_file_names_are_placeholders(value: str) -> None:
    assert classify(value, "stripe").placeholder


def test_a_key_of_one_run_is_a_placeholder_though_its_form_fits() -> None:
    assert classify("sk_" + "test_" + "x" * 24, "stripe").placeholder


def test_a_well_formed_key_with_a_dummy_word_inside_is_none() -> None:
    assert classify("sk_" + "test_" + "aXXXb9Your" + tail(14), "stripe").mode == "test"


def test_a_secret_that_starts_like_a_path_is_no_file_name() -> None:
    assert not classify("/" + tail(39), "aws").placeholder


def test_placeholder_words_count_in_any_case_and_quotes() -> None:
    assert is_placeholder(" 'ChangeMe' ")
    assert not is_placeholder("  ")


# ── companions ────────────────────────────────────────────────────────────────────────────────


def test_a_live_half_makes_the_test_half_live() -> None:
    assert mode("pk_" + "test_" + tail(24), "stripe", STRIPE_SECRET_KEY=stripe_live()) == "live"


def test_an_unrelated_live_value_does_not() -> None:
    assert mode(stripe_test(), "stripe", OTHER=stripe_live()) == "test"


def test_a_paypal_pair_is_what_its_endpoint_says() -> None:
    secret = "E" + tail(79)
    assert mode(secret, "paypal") == "unknown"
    assert mode(secret, "paypal", PAYPAL_API_BASE="https://api-m.sandbox.paypal.com") == "test"
    assert mode(secret, "paypal", PAYPAL_API_BASE="api-m.sandbox.paypal.com") == "test"
    assert mode(secret, "paypal", PAYPAL_API_BASE="https://api-m.paypal.com") == "live"
    assert mode(secret, "paypal", PAYPAL_API_BASE="https://evil.example") == "unknown"


def test_a_sandbox_endpoint_does_not_redeem_a_live_key() -> None:
    assert classify(stripe_live(), "stripe", LOOPBACK).mode == "live"


# ── AWS ───────────────────────────────────────────────────────────────────────────────────────

ACCOUNT = "111111111111"
ALLOWED = Rules(allow=Allow(aws_accounts=(ACCOUNT,)))


@pytest.mark.parametrize(
    ("prefix", "rest", "account"),
    [
        ("ASIA", "Y34FZKBOKMUTVV7A", "609629065308"),
        ("ASIA", "QNZGKIQY56JQ7WML", "029608264753"),
        ("ASIA", "VJ2E6QGR2WZILJFM", "364679954851"),
        ("ASIA", "R2TG44V5PDTTBZRR", "125843596666"),
        ("AKIA", "SP2TPHJSQH3FJXYZ", "171436882533"),
        ("AKIA", "RZPUZDIKGB2VALC4", "123456789012"),
        ("ASIA", "QAAAAAAAGMKEM7X5", "000000000000"),
        ("AKIA", "IOSFODNN7EXAMPLE", None),
        ("AKIA", "I44QH8DHBEXAMPLE", None),
        ("AKIA", "6RVFFB77QAAAAAAA", "999999999999"),
        ("AKIA", "7777777777777777", None),
        ("AKIA", "PPPPPPPPPPPPPPPP", None),
        ("ASIA", "RTXV5AHDQAAAAAAA", "111111111111"),
        ("akia", "rzpuzdikgb2valc4", None),
        ("AKIA", "RZPUZDIKGB2VALC", None),
        ("AROA", "RZPUZDIKGB2VALC4", None),
        ("LKIA", "RZPUZDIKGB2VALC4", "123456789012"),
    ],
)
def test_published_vectors_of_the_account_inside_a_key_id(
    prefix: str, rest: str, account: str | None
) -> None:
    assert account_of(prefix + rest) == account


def test_an_allowed_account_proves_test_and_any_other_nothing() -> None:
    assert classify(aws_key_id(ACCOUNT), "aws", rules=ALLOWED).mode == "test"
    other = classify(aws_key_id("222222222222"), "aws", rules=ALLOWED)
    assert (other.mode, other.malformed) == ("unknown", True)
    assert not classify(aws_key_id(ACCOUNT), "aws").malformed


def test_a_secret_key_is_judged_by_the_id_beside_it() -> None:
    beside = {"AWS_ACCESS_KEY_ID": aws_key_id(ACCOUNT)}
    assert classify(tail(40), "aws", beside, rules=ALLOWED).mode == "test"
    assert classify(tail(40), "aws", beside).mode == "unknown"
    emulator = {"AWS_ACCESS_KEY_ID": aws_key_id(ACCOUNT, "LKIA")}
    assert classify(tail(40), "aws", emulator).mode == "test"


def test_a_refused_account_is_live_wherever_its_id_stands() -> None:
    rules = Rules(refuse=Refuse(aws_accounts=(ACCOUNT,)), allow=Allow(aws_accounts=(ACCOUNT,)))
    for text in (aws_key_id(ACCOUNT), f"key: {aws_key_id(ACCOUNT)}\n"):
        assert classify(text, "aws", rules=rules).mode == "live"


def test_a_canary_is_live_whatever_the_lists_say() -> None:
    rules = Rules(allow=Allow(aws_accounts=("171436882533",)))
    verdict = classify(aws_key_id("171436882533"), "aws", rules=rules)
    assert verdict.mode == "live"
    assert "raises an alarm" in verdict.reason


# ── the operator's lists ──────────────────────────────────────────────────────────────────────


def test_a_refused_fingerprint_is_live() -> None:
    line = fingerprint("pa55word of production", b"s" * 16)
    assert line.startswith("scrypt:")
    rules = Rules(refuse=Refuse(values=("scrypt:broken", "other:aa:bb", "scrypt:!!:!!", line)))
    assert classify(" pa55word of production\n", rules=rules).mode == "live"
    assert classify("pa55word of a test", rules=rules).mode == "unknown"


def test_fingerprints_reveal_nothing_across_projects() -> None:
    lines = {fingerprint("value", salt) for salt in (b"a" * 16, b"b" * 16)}
    assert len(lines) == 2
    assert matches_any("value", lines)


def test_a_refused_cloud_project_is_live_as_a_whole_word() -> None:
    rules = Rules(refuse=Refuse(gcp_projects=("acme-prod-1",)))
    assert classify('{"project_id": "acme-prod-1"}', rules=rules).mode == "live"
    assert classify('{"project_id": "acme-prod-12"}', rules=rules).mode == "unknown"


LISTS = Rules(
    refuse=Refuse(hosts=("*.prod.example.com", "db.acme.example"), databases=("*_prod",)),
    allow=Allow(hosts=("localhost", "*.test.example.com")),
)


@pytest.mark.parametrize(
    ("value", "expected", "malformed"),
    [
        ("postgres://app:x@localhost:5432/app", "test", False),
        ("postgres://app:x@db.test.example.com/app", "test", False),
        ("postgres://app:x@elsewhere/app", "unknown", True),
        ("postgres://app:x@localhost,elsewhere/app", "unknown", True),
        ("postgres://app:x@DB.ACME.EXAMPLE.:5432/app", "live", False),
        ("postgres://app:x@localhost,eu.prod.example.com/app", "live", False),
        ("postgres://app:x@localhost/shop_prod", "live", False),
        ("host=localhost dbname=shop user=app", "test", False),
        ("Server=eu.prod.example.com;Database=shop", "live", False),
        ("host=localhost dbname=shop_prod", "live", False),
        ("postgres:///app?host=eu.prod.example.com", "live", False),
    ],
)
def test_hosts_and_databases_are_held_against_the_lists(
    value: str, expected: str, malformed: bool
) -> None:
    verdict = classify(value, "database_url", rules=LISTS)
    assert (verdict.mode, verdict.malformed) == (expected, malformed)


@pytest.mark.parametrize(
    ("text", "hosts"),
    [
        ("postgres://u:p@a:1,b:2/db", ("a", "b")),
        ("https://a@b@C.Example./x", ("c.example",)),
        ("redis://[::1]:6379/0", ("::1",)),
        ("Server=tcp:db.example,1433;User Id=sa", ("db.example",)),
        ("mysql://h/db?host=i", ("h", "i")),
    ],
)
def test_the_hosts_of_an_address(text: str, hosts: tuple[str, ...]) -> None:
    (place,) = places(text)
    assert place.hosts == hosts


@pytest.mark.parametrize(
    ("host", "live"),
    [
        ("product-db.acme.internal", False),
        ("productivity.acme.com", False),
        ("reproducer-01", False),
        ("preprod-db.acme.com", False),
        ("nonprod.acme.com", False),
        ("mail.live.com", False),
        ("liverpool.acme.com", False),
        ("db.prod.acme.com.test", False),
        ("staging-to-prod-sync.acme.com", True),
        ("qa-prod-replica.acme.com", True),
        ("dbprod.acme.com", True),
        ("prodpg.acme.com", True),
        ("b.prod", True),
        ("prod1", True),
    ],
)
def test_only_whole_live_words_of_a_host_count(host: str, live: bool) -> None:
    (place,) = places(f"postgres://u:p@{host}/x")
    assert says_production(place) is live


def test_the_user_of_a_tunnel_can_be_production() -> None:
    assert mode("postgres://prod_readonly:x@localhost:15432/app", "database_url") == "live"


# ── a project's own service ───────────────────────────────────────────────────────────────────

ACME = {
    "kinds": [
        {"id": "key", "test": ["acme_t_"], "live": ["acme_production_"], "tail": "base62{10}"},
        {"id": "old", "test": ["t-"], "live": ["l-"], "tail": "digits{6}"},
        {"id": "mid", "live": ["acmel"], "tail": "digits{6}"},
        {"id": "plain", "bare-shapes": ["hex{16}"], "unmarked": "live"},
    ]
}


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("acme_t_" + tail(10), "test"),
        ("acme_production_" + tail(10), "live"),
        ("t-123456", "unknown"),
        ("t-135246", "test"),
        ("l-135246", "live"),
        ("x,acmel", "live"),
        ("0a1b2c3d4e5f6a7b", "live"),
        ("nothing of it", "unknown"),
    ],
)
def test_a_projects_own_service_is_judged_by_the_same_rules(value: str, expected: str) -> None:
    assert classify(value, "acme", rules=Rules(services={"acme": ACME})).mode == expected


# ── markers anywhere ──────────────────────────────────────────────────────────────────────────


def test_a_text_without_a_live_marker_has_none() -> None:
    assert live_marker("live and let live in production") is None
    assert live_marker("") is None


def test_a_marker_in_a_text_is_named() -> None:
    assert live_marker("duffel_" + "live_x") == "it carries the live marker duffel_live_ of duffel"
    shared = live_marker(f"old: {stripe_live()}")
    assert shared == "it carries the live marker sk_live_ of clerk and others"


# ── glued ─────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("glue", ["", "-", "_"])
@pytest.mark.parametrize(
    ("service", "test", "live"),
    [
        ("tremendous", "TEST_", "PROD_"),
        ("ebay", "SBX-", "PRD-"),
        ("klarna", "klarna_test_api_", "K123456_"),
    ],
)
def test_a_live_key_glued_to_a_test_key_is_no_proof_of_test(
    service: str, test: str, live: str, glue: str
) -> None:
    key = test + tail(24)
    assert mode(key, service) == "test"
    secret = tail(24) if service != "klarna" else "0a1b2c3d4e5f6071"
    assert mode(key + glue + live + secret, service) != "test"
    assert mode(key + glue + live + secret) != "test"


def test_a_vendors_live_marker_glued_to_a_key_of_another_vendor_is_no_proof_of_test() -> None:
    key = "pypi-AgENdGVzdC5weXBpLm9yZw" + tail(100)
    assert mode(key) == "test"
    assert mode(key + "sk-" + "ant-" + tail(60)) != "test"
