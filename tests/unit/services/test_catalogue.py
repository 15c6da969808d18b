"""The catalogue: every vendor is here, and no vendor's key is taken for another's."""

from __future__ import annotations

import re
import tomllib
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from credcheck.classifier import classify
from credcheck.classifier.forms import match_form
from credcheck.services import Dummy, Form, Kind, Service, all_services, load_service, service_ids
from credcheck.services.build import examples_of
from credcheck.services.schema import SHORT
from support.cases import Maker
from support.shapes import fill

ROOT = Path(__file__).parents[3]
CATALOGUE = tomllib.loads((ROOT / "tests/data/catalogue.toml").read_text(encoding="utf-8"))
SERVICES = tuple(all_services())
FORMS = [
    (service, kind, form) for service in SERVICES for kind in service.kinds for form in kind.forms
]
TEST = [each for each in FORMS if each[2].mode == "test"]
GUESSED = [each for each in TEST if each[1].confidence == "guess"]
Each = tuple[Service, Kind, Form]

seeds = st.integers(0, 10**9)


def test_every_vendor_of_the_catalogue_is_here_with_every_kind() -> None:
    missing = {
        f"{name}: {kind}"
        for name, kinds in CATALOGUE.items()
        for kind in kinds
        if name not in service_ids() or load_service(name).kind(kind) is None
    }
    assert missing == set()
    assert len(CATALOGUE) >= 154
    assert sum(map(len, CATALOGUE.values())) >= 294


@pytest.mark.parametrize("service", SERVICES, ids=lambda service: service.id)
def test_what_is_known_has_a_source_and_a_date(service: Service) -> None:
    assert service.name
    assert service.category.isalnum()
    assert service.sources
    assert date.fromisoformat(service.checked) <= date(2100, 1, 1)
    assert service.env
    if service.sandbox_exists and service.category not in {"database", "generic"}:
        assert service.obtain.startswith("https://")
    for kind in service.kinds:
        assert kind.forms, kind.id
        assert all(form.prefix or form.tail.least > 1 for form in kind.forms), kind.id


@pytest.mark.parametrize("service", SERVICES, ids=lambda service: service.id)
def test_hosts_are_names_in_their_one_spelling(service: Service) -> None:
    hosts = service.hosts
    for name in (*hosts.sandbox, *hosts.production, *hosts.either):
        assert re.fullmatch(r"[a-z0-9*\[\].-]+\.[a-z]{2,}(/[a-z0-9/.-]+)?", name), name
    assert set(hosts.sandbox).isdisjoint(hosts.production)


@given(st.sampled_from(TEST), seeds)
def test_a_test_form_of_a_service_proves_test_under_it(each: Each, seed: int) -> None:
    service, kind, form = each
    verdict = classify(fill(form, seed), service.id)
    assert verdict.mode == ("unknown" if kind.confidence == "guess" else "test")


@given(st.sampled_from([each for each in FORMS if each[2].mode == "live"]), seeds)
def test_a_live_form_of_a_service_is_live_under_it(each: Each, seed: int) -> None:
    service, _, form = each
    assert classify(fill(form, seed), service.id).mode == "live"


@given(st.sampled_from([each for each in FORMS if each[2].mode == "bare"]), seeds)
def test_a_form_without_a_mode_never_proves_test_alone(each: Each, seed: int) -> None:
    service, kind, form = each
    mode = classify(fill(form, seed), service.id).mode
    assert mode != "test"
    if kind.unmarked == "live":
        assert mode == "live"


@given(st.sampled_from(GUESSED), seeds, st.sampled_from([True, False]))
def test_a_guess_never_makes_test(each: Each, seed: int, declared: bool) -> None:
    service, _, form = each
    assert classify(fill(form, seed), service.id if declared else None).mode != "test"


def test_a_guess_alone_does_not_make_a_service_one_that_marks_its_test_keys() -> None:
    assert load_service("fleetbase").kinds[0].confidence == "guess"
    assert not load_service("fleetbase").marks_test


@settings(max_examples=200)
@given(st.sampled_from(TEST), seeds)
def test_without_a_declaration_what_fits_several_vendors_is_not_test(each: Each, seed: int) -> None:
    value = fill(each[2], seed)
    fitting = {
        service.id
        for service in SERVICES
        if (match := match_form(service, value)) and match.form.mode == "test"
    }
    verdict = classify(value)
    if verdict.mode == "test":
        assert fitting == {verdict.service}
    else:
        assert verdict.mode == "unknown"


def test_no_live_example_is_test_under_any_declaration() -> None:
    wrong = [
        (service_id, example.kind, declared)
        for service_id in service_ids()
        for example in examples_of(service_id)
        if example.mode == "live"
        for declared in (None, *service_ids())
        if classify(Maker(example.kind).value(example.pieces), declared).mode == "test"
    ]
    assert wrong == []


WHOLE = [
    each
    for each in FORMS
    if each[1].is_live(each[2]) and each[1].confidence != "guess"
    if len(each[2].prefix or each[2].tail.head) >= SHORT
]


@given(st.sampled_from(WHOLE), seeds)
def test_a_whole_live_form_with_a_mark_is_live_without_a_declaration(each: Each, seed: int) -> None:
    assert classify(fill(each[2], seed)).mode == "live"


def test_a_short_live_mark_needs_the_rest_behind_it() -> None:
    mark = "live" + "_"
    assert classify(mark + Maker(1).tail(35, "0123456789abcdef")).mode == "live"
    assert classify(mark + "stream").mode == "unknown"
    assert classify("prod" + "_" + Maker(1).tail(14, "abcdefgh23456789")).mode == "unknown"


def test_ten_vendors_that_share_a_marker_do_not_prove_one_another() -> None:
    marker = "sk_" + "test_"
    sharing = {service.id for service, _, form in TEST if form.prefix == marker}
    assert len(sharing) >= 10
    assert classify(marker + Maker(1).tail(24, "abcdefghjkmnpqrstuvwxyz23456789")).mode == "unknown"


# ── what else a service's table says ──────────────────────────────────────────────────────────

DUMMIES = [(service, dummy) for service in SERVICES for dummy in service.dummies.values()]


@pytest.mark.parametrize(("service", "dummy"), DUMMIES)
def test_a_published_value_proves_what_its_table_says(service: Service, dummy: Dummy) -> None:
    endpoint = "localhost:1" if dummy.endpoint == "loopback" else dummy.endpoint
    beside = {service.endpoints[0]: f"http://{endpoint}"} if endpoint else {}
    verdict = classify(dummy.value, service.id, beside)
    assert verdict.mode == ("test" if dummy.proves == "test" else "unknown")
    if endpoint:
        assert classify(dummy.value, service.id).mode == "unknown"
        elsewhere = {service.endpoints[0]: "https://api.example.com"}
        assert classify(dummy.value, service.id, elsewhere).mode == "unknown"


@pytest.mark.parametrize("service", SERVICES, ids=lambda service: service.id)
@pytest.mark.parametrize("value", ["changeme", "your-api-key", "<key>", "${KEY}", "xxxxxxxx"])
def test_a_placeholder_is_one_under_every_declaration(service: Service, value: str) -> None:
    verdict = classify(value, service.id)
    assert (verdict.mode, verdict.placeholder) == ("unknown", True)


BY_HOST = [
    (service, kind, form)
    for service, kind, form in FORMS
    if kind.by_host and form.mode == "bare" and service.hosts.sandbox
]


def address(host: str) -> str:
    return "https://" + re.sub(r"\[.*?\]", "7", host).replace("*", "acme")


@given(st.sampled_from(BY_HOST), seeds, st.data())
def test_the_endpoint_decides_where_no_mark_does(
    each: Each, seed: int, data: st.DataObject
) -> None:
    service, _, form = each
    variable = data.draw(st.sampled_from(service.endpoints))
    sandbox = address(data.draw(st.sampled_from(service.hosts.sandbox)))
    value = fill(form, seed)
    assert classify(value, service.id, {variable: sandbox}).mode == "test"
    assert classify(value, service.id, {variable: "https://api.example.com/"}).mode == "unknown"
    if service.hosts.production:
        production = address(data.draw(st.sampled_from(service.hosts.production)))
        assert classify(value, service.id, {variable: production}).mode == "live"
        ends = dict(zip(service.endpoints, (sandbox, production), strict=False))
        assert classify(value, service.id, ends).mode == ("live" if len(ends) > 1 else "test")
    if service.hosts.either:
        neither = address(data.draw(st.sampled_from(service.hosts.either)))
        assert classify(value, service.id, {variable: neither}).mode == "unknown"


@pytest.mark.parametrize(
    ("endpoint", "mode"),
    [
        ("https://pay-api.amazon.com/sandbox/v2/", "test"),
        ("https://pay-api.amazon.com/sandbox", "test"),
        ("https://pay-api.amazon.com/live/v2/", "live"),
        ("https://pay-api.amazon.com/", "unknown"),
        ("https://pay-api.amazon.com/sandboxes/", "unknown"),
        ("https://pay-api.amazon.com/sandbox/../live/", "live"),
        ("https://pay-api.amazon.com/sandbox/%2e%2e/live/", "live"),
        ("https://pay-api.amazon.com//sandbox/", "unknown"),
    ],
)
def test_a_host_with_a_path_counts_with_the_path_only(endpoint: str, mode: str) -> None:
    key = Maker(1).tail(24, "ABCDEFGHJKMNPQRSTUVWXYZ23456789")
    assert classify(key, "amazon_pay", {"AMAZON_PAY_ENDPOINT": endpoint}).mode == mode


def test_a_private_key_is_judged_by_the_id_beside_it() -> None:
    key = (
        "-----BEGIN " + "PRIVATE KEY-----\n" + Maker(1).tail(64, "abcdefgh23456789") + "\n-----END"
    )
    alone = classify(key, "amazon_pay")
    assert (alone.mode, alone.malformed, alone.kind) == ("unknown", False, "private-key")
    for mark, mode in (("SANDBOX-", "test"), ("LIVE-", "live")):
        beside = {"AMAZON_PAY_PUBLIC_KEY_ID": mark + Maker(2).tail(24, "ABCDEFGHJKMNPQRSTUVWXYZ")}
        assert classify(key, "amazon_pay", beside).mode == mode


def test_a_short_form_proves_nothing_without_a_declaration() -> None:
    assert classify("demo-shop-of-acme", "firebase").mode == "test"
    assert classify("demo-shop-of-acme").mode == "unknown"
