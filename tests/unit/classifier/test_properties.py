"""What must hold for every value, whatever its wrapping."""

from __future__ import annotations

import base64
import json
from typing import TYPE_CHECKING
from urllib.parse import quote

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from credcheck.classifier import classify, is_placeholder, live_marker
from credcheck.services import service_ids
from credcheck.services.build import examples_of
from support.cases import Maker

if TYPE_CHECKING:
    from collections.abc import Callable

EXAMPLES = {service_id: examples_of(service_id) for service_id in service_ids()}
LIVE = [
    (service_id, example.pieces)
    for service_id, examples in EXAMPLES.items()
    for example in examples
    if example.mode == "live"
]
WRAPPINGS: dict[str, Callable[[str], str]] = {
    "as it is": str,
    "spaces": lambda v: f"  {v}\n",
    "quotes": lambda v: f"'\"{v}\"'",
    "byte order mark": lambda v: "\ufeff" + v,
    "zero width inside": lambda v: v[:4] + "\u200b" + v[4:],
    "bearer": lambda v: f"Authorization: Bearer {v}",
    "assignment": lambda v: f"export NAME={v}",
    "upper case": str.upper,
    "full width": lambda v: "".join(chr(ord(c) + 0xFEE0) if "!" <= c <= "~" else c for c in v),
    "percent": lambda v: quote(v.replace("_", "%5F"), safe="%"),
    "json": lambda v: json.dumps({"key": v}),
    "json escapes": lambda v: "".join(f"\\u{ord(c):04x}" for c in v),
    "base64": lambda v: base64.b64encode(v.encode()).decode(),
    "base64, second alignment": lambda v: base64.b64encode(b"k" + v.encode()).decode(),
    "base64, third alignment": lambda v: base64.b64encode(b"ke" + v.encode()).decode(),
    "base64, inside": lambda v: "auth:Basic " + base64.b64encode(b"u:" + v.encode()).decode(),
    "base64, url-safe": lambda v: base64.urlsafe_b64encode(b">>?" + v.encode()).decode(),
    "base64, glued": lambda v: "x" + base64.b64encode(v.encode()).decode(),
    "hex": lambda v: v.encode().hex(),
    "second line": lambda v: f"first\n{v}",
    "url": lambda v: f"https://{v}@api.example.com/",
    "glued": lambda v: f"abc{v}",
}


@settings(max_examples=300)
@given(
    st.sampled_from(LIVE),
    st.integers(0, 10**6),
    st.sampled_from(sorted(WRAPPINGS)),
    st.sampled_from([None, *service_ids(), "nobody"]),
)
def test_no_live_key_is_ever_taken_for_test(
    example: tuple[str, tuple[object, ...]], seed: int, wrapping: str, declared: str | None
) -> None:
    maker = Maker(seed)
    value = maker.value(example[1])
    assert classify(WRAPPINGS[wrapping](value), declared).mode != "test"


@settings(max_examples=300)
@given(st.sampled_from(LIVE), st.integers(0, 10**6), st.sampled_from(sorted(WRAPPINGS)))
def test_a_long_live_marker_is_found_in_every_wrapping(
    example: tuple[str, tuple[object, ...]], seed: int, wrapping: str
) -> None:
    value = Maker(seed).value(example[1])
    wrapped = WRAPPINGS[wrapping](value)
    if live_marker(value) is not None:
        assert live_marker(wrapped) is not None
        assert classify(wrapped, example[0]).mode == "live"


# A short marker counts at the start or after a delimiter only, and two of these forms tell the
# vendor's capitals from small letters.
GLUED = {"glued", "base64, second alignment", "base64, third alignment"}


@pytest.mark.parametrize("wrapping", sorted(WRAPPINGS.keys() - GLUED - {"upper case"}))
def test_a_live_key_is_live_under_its_service_in_every_wrapping(wrapping: str) -> None:
    for service_id, pieces in LIVE:
        value = Maker(wrapping).value(pieces)
        if wrapping == "url" and "://" in value:
            continue
        assert (service_id, classify(WRAPPINGS[wrapping](value), service_id).mode) == (
            service_id, "live",
        )  # fmt: skip


@given(st.text(), st.sampled_from([None, *service_ids(), "nobody"]), st.dictionaries(
    st.sampled_from(["STRIPE_API_BASE", "AWS_ENDPOINT_URL", "PAYPAL_API_BASE", "STRIPE_SECRET_KEY"]),
    st.text(),
))  # fmt: skip
def test_no_text_makes_it_raise(
    value: str, service: str | None, companions: dict[str, str]
) -> None:
    verdict = classify(value, service, companions)
    assert verdict.mode in {"test", "live", "unknown"}
    assert verdict.reason
    assert isinstance(is_placeholder(value), bool)


_SNIPPETS = st.sampled_from(
    [
        "sk_",
        "test_",
        "live_",
        "://",
        "@",
        "=",
        ":",
        ",",
        ".",
        "prod",
        "${",
        "}",
        "%5F",
        "\\u005f",
        "AKIA",
        "postgres",
        "localhost",
        "[",
        "]",
        ";",
        "host=",
        "�",
        "ﬁ",
        "'",
        '"',
        "\n",
    ]
)


@given(st.lists(_SNIPPETS, max_size=12).map("".join), st.sampled_from([None, *service_ids()]))
def test_no_broken_key_or_address_makes_it_raise(value: str, service: str | None) -> None:
    assert classify(value, service).reason


@settings(max_examples=20)  # of all 155 services each
@given(st.integers(0, 10**6))
def test_every_examples_verdict_is_the_one_that_its_file_says(seed: int) -> None:
    for service_id, examples in EXAMPLES.items():
        for example in examples:
            maker = Maker(f"{seed}{example.kind}")
            verdict = classify(maker.value(example.pieces), service_id)
            assert (service_id, example.kind, verdict.mode) == (
                service_id, example.kind, example.mode,
            )  # fmt: skip


@given(st.sampled_from(sorted(service_ids())), st.integers(0, 10**6))
def test_a_reason_shows_no_eight_characters_of_a_secret_part(service_id: str, seed: int) -> None:
    for example in EXAMPLES[service_id]:
        maker = Maker(f"{seed}{example.kind}")
        verdict = classify(maker.value(example.pieces), service_id)
        said = verdict.reason + " ".join(verdict.warnings)
        for part in maker.generated:
            assert not [n for n in range(len(part) - 7) if part[n : n + 8] in said]


@given(
    st.lists(
        st.sampled_from(
            ["\ud800", "\udfff", "\0", "\x1b[2J", "\u202e", "\ufeff", "a", "sk_", "://"]
        )
    ).map("".join),
    st.sampled_from([None, "stripe", "database_url", "aws", "jwt", "pem_key"]),
)
def test_surrogates_and_control_characters_are_judged_and_never_echoed(
    value: str, service: str | None
) -> None:
    verdict = classify(value, service)
    assert verdict.mode == "unknown"
    assert verdict.reason.isprintable()


@pytest.mark.parametrize("service", [None, "stripe", "database_url", "aws"])
def test_a_megabyte_of_anything_is_judged(service: str | None) -> None:
    for text in ("\ud800a" * 500_000, "${" * 500_000, "é=;" * 350_000, "a,b@" * 250_000):
        assert classify(text, service).mode == "unknown"
        assert classify(text + " sk_" + "live_", service).mode == "live"


@given(
    st.sampled_from(LIVE),
    st.integers(0, 10**6),
    st.sampled_from(sorted(WRAPPINGS)),
    st.sampled_from([None, *service_ids()]),
)
def test_a_reason_shows_nothing_of_a_value_in_any_wrapping(
    example: tuple[str, tuple[object, ...]], seed: int, wrapping: str, declared: str | None
) -> None:
    maker = Maker(seed)
    wrapped = WRAPPINGS[wrapping](maker.value(example[1]))
    verdict = classify(wrapped, declared)
    said = verdict.reason + " ".join(verdict.warnings)
    for part in maker.generated:
        assert not [n for n in range(len(part) - 7) if part[n : n + 8] in said]


@given(st.integers(0, 10**6), st.sampled_from([None, "database_url", "jwt", "stripe"]))
def test_a_reason_shows_nothing_of_an_address(seed: int, service: str | None) -> None:
    maker = Maker(seed)
    user, password = maker.piece({"alnum": 12}), maker.piece({"urlsafe": 20})
    for host in ("db.prod.acme.com", "localhost", "db.acme.com"):
        said = classify(f"postgres://{user}:{password}@{host}/app", service).reason
        for part in maker.generated:
            assert not [n for n in range(len(part) - 7) if part[n : n + 8] in said]
