from __future__ import annotations

import tomllib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from credcheck.errors import ManifestError
from credcheck.services import (
    all_services,
    build,
    guess_service,
    load_service,
    service_ids,
)
from credcheck.services import test_candidates as candidates
from credcheck.services.shape import fits, parse_shape
from credcheck.services.tables import check_service, parse_service


def test_every_long_marker_has_an_anchor_that_is_searched_first() -> None:
    lines = build.render_index(
        [parse_service("acme", {"kinds": [{"id": "k", "live": ["ACMEPAY-"], "tail": "hex{4}"}]})]
    )
    assert "\nacmepay-\n" in lines.partition("ANCHORS")[2].partition("TEST")[0]


def test_a_live_shape_counts_whole_only_and_is_no_marker() -> None:
    kind = {"id": "k", "live-shapes": ["'production_' hex{4}"]}
    lines = build.render_index([parse_service("acme", {"kinds": [kind]})])
    assert "production_" not in lines.partition("WHOLE")[0]
    assert "\nproduction_\tacme\n" in lines
    guess = {**kind, "confidence": "guess"}
    assert "production_" not in build.render_index([parse_service("acme", {"kinds": [guess]})])


@pytest.mark.parametrize("service_id", service_ids())
def test_every_shipped_file_is_complete(service_id: str) -> None:
    path = build.FOLDER / f"{service_id}.toml"
    text = path.read_text(encoding="utf-8")
    assert check_service(service_id, tomllib.loads(text)) == []
    tables = [line for line in text.splitlines() if line.startswith("[")]
    assert "[[examples]]" not in tables[: -tables.count("[[examples]]")]  # they stand last
    service = load_service(service_id)
    shown = {example.kind for example in build.examples_of(service_id)}
    assert {kind.id for kind in service.kinds} <= shown


def test_an_unknown_service_is_a_key_error() -> None:
    with pytest.raises(KeyError):
        load_service("nobody")


def test_all_services_are_read() -> None:
    assert tuple(service.id for service in all_services()) == service_ids()


@pytest.mark.parametrize(
    ("variable", "service"),
    [
        ("STRIPE_TEST_KEY", "stripe"),
        ("stripe", "stripe"),
        ("STRIPED_KEY", None),
        ("PAYPAL_SANDBOX_SECRET", "paypal"),
        ("DATABASE_URL", "database_url"),
        ("REDIS_URL", "database_url"),
        ("MY_KEY", None),
        ("FIREBASE_SERVICE_ACCOUNT", "gcp_service_account"),  # a usual name beats the first words
        ("LEMON_SQUEEZY_API_KEY", "lemonsqueezy"),
        ("MODERN_TREASURY_KEY", "modern_treasury"),
        ("", None),
        ("_STRIPE", None),
    ],
)
def test_a_variables_first_words_or_usual_name_supply_the_service(
    variable: str, service: str | None
) -> None:
    assert guess_service(variable) == service


def test_candidates_are_the_services_whose_test_keys_begin_alike() -> None:
    assert "stripe" in candidates("rk_test_abc")
    assert "duffel" not in candidates("rk_test_abc")
    assert {"clerk", "paystack", "stripe"} <= set(candidates("sk_test_abc"))
    assert "stripe" not in candidates("nothing")


def test_a_service_knows_its_kinds() -> None:
    stripe = load_service("stripe")
    assert stripe.marks_test
    assert stripe.kind("secret-key") is not None
    assert stripe.kind("none") is None
    assert not load_service("sendgrid").marks_test


# ── the schema ────────────────────────────────────────────────────────────────────────────────


def test_every_mistake_of_a_table_is_listed() -> None:
    table = {
        "nam": "x",
        "env": "X",
        "sandbox-exists": "yes",
        "hosts": {"sandbax": []},
        "kinds": [
            1,
            {"test": ["a"]},
            {"id": "k", "tail": "base63{3}", "exposure": "open", "bare-shapes": ["'x"]},
            {"id": "k", "test": ["t_"], "live": ["t_"], "tail": "uuid", "pair": ["k", "none"]},
            {"id": "other", "live": "t_", "tail": "uuid"},
        ],
        "dummies": [{"parts": [1]}, {"what": "x", "kind": "none"}],
        "examples": [{"kind": "k"}],
    }
    assert check_service("acme", table) == [
        "services.acme.nam: unknown key (did you mean 'name'?)",
        "services.acme.env: must be a list of strings",
        "services.acme.sandbox-exists: must be true or false",
        "services.acme.hosts.sandbax: unknown key (did you mean 'sandbox'?)",
        "services.acme.kinds[0]: must be a table",
        "services.acme.kinds[2].exposure: must be one of secret, public",
        "services.acme.kinds[4].live: must be a list of strings",
        "services.acme.dummies[0].parts: must be a list of strings",
        "services.acme.kinds[1].id: is missing",
        "services.acme.kinds[1].tail: is missing, and test needs it",
        "services.acme.kinds[2].id: is the id of another kind too",
        (
            "services.acme.kinds[2].tail: piece 1 is neither 'text' nor an alphabet with a "
            "length, such as base62{24}"
        ),
        (
            "services.acme.kinds[2].bare-shapes[0]: piece 1 is neither 'text' nor an alphabet "
            "with a length, such as base62{24}"
        ),
        "services.acme.kinds[3].id: is the id of another kind too",
        "services.acme.kinds[3].pair[1]: names no kind of the service",
        "services.acme.kinds[3].live[0]: stands under test too",
        "services.acme.dummies[1].parts: is missing",
        "services.acme.dummies[1].kind: names no kind of the service",
        "services.acme.examples[0].mode: is missing",
        "services.acme.examples[0].pieces: is missing",
    ]


def test_a_projects_own_service_with_mistakes_is_a_manifest_error() -> None:
    with pytest.raises(ManifestError):
        parse_service("acme", {"nam": "x"})


@pytest.mark.parametrize("table", [{"kinds": 1}, {"hosts": 1}, {"kinds": {}}])
def test_tables_of_the_wrong_type_are_told(table: dict[str, object]) -> None:
    assert len(check_service("acme", table)) == 1


# ── shapes ────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("shape", "text", "fitting"),
    [
        ("base62{3}", "aB1", True),
        ("base62{3}", "aB", False),
        ("base62{3}", "aB_", False),
        ("base62{2,}", "abcdef", True),
        ("base62{2,4} '-' digits{2}", "abcd-12", True),
        ("base62{2,4} '-' digits{2}", "abcd_12", False),
        ("base62{2,4} '-' digits{2}", "a-12", False),
        ("base62{1,9} digits{2}", "ab12", True),
        ("any{3}", "a\n ", True),
        ("uuid", "0b0e7a1c-51a2-4f4e-9d61-1f2a3b4c5d6e", True),
    ],
)
def test_a_shape_is_matched_as_a_whole(shape: str, text: str, fitting: bool) -> None:
    assert fits(parse_shape(shape), text) is fitting


def test_the_literal_head_of_a_shape() -> None:
    assert parse_shape("'ab' digits{2}").head == "ab"
    assert parse_shape("digits{2}").head == ""
    assert parse_shape("").head == ""


@given(st.text(max_size=40), st.integers(0, 40))
def test_no_text_makes_matching_raise(text: str, start: int) -> None:
    assert fits(parse_shape("base62{1,9} '-' any{0,} digits{1,3}"), text, start) in {True, False}
