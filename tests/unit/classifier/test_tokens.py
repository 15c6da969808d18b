"""What stands inside web tokens and macaroons."""

from __future__ import annotations

import base64
import json
import time
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from credcheck.classifier import Rules, classify
from credcheck.classifier.tokens import read_tokens
from credcheck.model import Allow, Refuse
from support.keys import tail

LOGIN = "https://login.acme.example"
ALLOWED = Rules(allow=Allow(hosts=("login.acme.example", "api.acme.example")))


def encode(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).decode().rstrip("=")


def jwt(claims: Any, header: Any = None, signature: str | None = None) -> str:
    head = encode(json.dumps({"alg": "RS256"} if header is None else header).encode())
    body = claims if isinstance(claims, bytes) else json.dumps(claims).encode()
    return f"{head}.{encode(body)}.{tail(43) if signature is None else signature}"


def macaroon(location: bytes) -> str:
    data = b"\x02\x01" + bytes([len(location)]) + location + b"\x02\x05ident\x00"
    return "pypi-" + encode(data) + tail(80)


# ── the operator's lists and the names of hosts ───────────────────────────────────────────────


@pytest.mark.parametrize("claim", ["iss", "aud"])
@pytest.mark.parametrize("service", ["jwt", "stripe", None])
def test_a_refused_issuer_or_audience_is_live(claim: str, service: str | None) -> None:
    rules = Rules(refuse=Refuse(hosts=("*.prod.example.com",)))
    host = "https://EU.prod.example.com./realms/x"
    assert classify(jwt({claim: host}), service, rules=rules).mode == "live"
    assert classify(jwt({claim: ["x", host]}), service, rules=rules).mode == "live"
    assert classify(jwt({"sub": "eu.prod.example.com"}), service, rules=rules).mode == "unknown"


def test_a_refused_issuer_without_a_scheme_is_live() -> None:
    rules = Rules(refuse=Refuse(hosts=("accounts.acme.example",)))
    assert classify(jwt({"iss": "accounts.acme.example"}), "jwt", rules=rules).mode == "live"


def test_an_issuer_whose_name_says_production_is_live_unless_the_operator_allows_it() -> None:
    token = jwt({"iss": "https://auth.prod.acme.com"})
    assert classify(token, "jwt").mode == "live"
    allowed = Rules(allow=Allow(hosts=("auth.prod.acme.com",)))
    assert classify(token, "jwt", rules=allowed).mode == "test"


@pytest.mark.parametrize(
    ("claims", "expected"),
    [
        ({"iss": LOGIN}, "test"),
        ({"iss": LOGIN, "aud": "my-client"}, "test"),
        ({"iss": LOGIN, "aud": ["https://api.acme.example"]}, "test"),
        ({"iss": LOGIN, "aud": "https://api.other.example"}, "unknown"),
        ({"iss": f"{LOGIN}@evil.example"}, "unknown"),
        ({"iss": "https://evil.example?login.acme.example"}, "unknown"),
        ({"iss": "https://evil.example\\.login.acme.example"}, "unknown"),
        ({"aud": LOGIN}, "unknown"),
        ({"data": {"iss": LOGIN}}, "unknown"),
        ({"iss": {"x": LOGIN}}, "unknown"),
        ({"iss": [{"x": LOGIN}]}, "unknown"),
        ({"iss": LOGIN, "exp": 1500000000}, "unknown"),
        ({"iss": LOGIN, "exp": int(time.time()) + 900}, "test"),
        ({"iss": LOGIN, "exp": "soon"}, "unknown"),
        ({"iss": LOGIN, "exp": 10**30}, "test"),
    ],
)
def test_an_allowed_issuer_is_test_if_everybody_it_is_for_is_allowed(
    claims: dict[str, Any], expected: str
) -> None:
    assert classify(jwt(claims), "jwt").mode == "unknown"
    assert classify(jwt(claims), "jwt", rules=ALLOWED).mode == expected
    assert classify(jwt(claims), None, rules=ALLOWED).mode == expected


@pytest.mark.parametrize(
    "token",
    [
        jwt({"iss": LOGIN}, {"alg": "none"}),
        jwt({"iss": LOGIN}, {"alg": "NONE"}),
        jwt({"iss": LOGIN}, {"typ": "JWT"}),
        jwt({"iss": LOGIN}, signature=""),
        jwt({"iss": LOGIN}) + ".more",
        jwt({"iss": LOGIN}) + "," + jwt({"iss": "https://evil.example"}),
        "Bearer " + jwt({"iss": LOGIN}),
        "\u200b" + jwt({"iss": LOGIN}),
        base64.b64encode(jwt({"iss": LOGIN}).encode()).decode(),
        jwt(b'{"iss": "https://login.acme.example", "iss": "https://evil.example"}'),
    ],
)
def test_an_unsigned_repeated_or_wrapped_token_is_no_proof(token: str) -> None:
    assert classify(token, "jwt", rules=ALLOWED).mode == "unknown"


WRAPPINGS = {
    "bearer": "Authorization: Bearer {}",
    "assignment": "export TOKEN={}",
    "json": '{{"token": "{}"}}',
    "second line": "first\n{}",
    "list": "x,{}",
    "percent": "%20{}",
}


@pytest.mark.parametrize("name", WRAPPINGS)
def test_a_live_token_is_found_in_every_wrapping(name: str) -> None:
    rules = Rules(refuse=Refuse(hosts=("login.acme.example",)))
    value = WRAPPINGS[name].format(jwt({"iss": LOGIN}))
    assert classify(value, "jwt", rules=rules).mode == "live"
    encoded = base64.b64encode(value.encode()).decode()
    assert classify(encoded, "jwt", rules=rules).mode == "live"


@pytest.mark.parametrize("claim", ["livemode", "live_mode"])
def test_a_tokens_own_mode_claim_can_make_it_live_and_never_test(claim: str) -> None:
    assert classify(jwt({claim: True}), "jwt").mode == "live"
    assert classify(jwt({claim: False}), "jwt").mode == "unknown"
    assert classify(jwt({"x": {claim: True}}), "jwt").mode == "unknown"


def test_a_documented_sandbox_issuer_is_test_and_the_production_one_is_live() -> None:
    own = {"hosts": {"sandbox": ["sandbox.acme.io"], "production": ["id.acme.io"]}}
    rules = Rules(services={"acme": own})
    for host, expected in (("sandbox", "test"), ("id", "live"), ("x", "unknown")):
        token = jwt({"iss": f"https://{host}.acme.io/"})
        assert classify(token, "acme", rules=rules).mode == expected


# ── claims that a vendor's file names ─────────────────────────────────────────────────────────

KIND = {
    "id": "project-key", "what": "project key", "bare": ["eyJ"], "structure": "jwt",
    "tail": "urlsafe{5,900} '.' urlsafe{2,9000} '.' urlsafe{0,900}",
    "test-claims": ["iss=acme-demo"], "live-claims": ["iss=acme"], "claim-host": "{ref}.acme.io",
}  # fmt: skip
ACME = {"acme": {"name": "Acme", "kinds": [KIND]}}
REF = "abcdefghijklmnopqrst"


def test_a_vendors_claims_decide() -> None:
    rules = Rules(services=ACME)
    demo = classify(jwt({"iss": "acme-demo", "role": "anon"}), "acme", rules=rules)
    assert (demo.mode, demo.kind) == ("test", "project-key")
    assert demo.reason == "an Acme project key that carries a test claim"
    live = classify(jwt({"iss": "acme", "ref": REF}), "acme", rules=rules)
    assert live.mode == "live"
    assert live.reason == "it carries a claim of Acme's production tokens"
    other = classify(jwt({"iss": "other"}), "acme", rules=rules)
    assert (other.mode, other.malformed) == ("unknown", False)
    assert classify("abc", "acme", rules=rules).malformed


def test_the_host_of_a_project_can_be_allowed_and_refused() -> None:
    token = jwt({"iss": "acme", "ref": REF})
    staging = Rules(allow=Allow(hosts=(f"{REF}.acme.io",)), services=ACME)
    assert classify(token, "acme", rules=staging).mode == "test"
    assert classify(jwt({"iss": "acme"}), "acme", rules=staging).mode == "live"
    assert classify(jwt({"iss": "acme", "ref": "x"}), "acme", rules=staging).mode == "live"
    assert classify(jwt({"iss": "acme-demo"}, {"alg": "none"}), "acme", rules=staging).mode == (
        "unknown"
    )


def test_a_claim_that_is_a_guess_never_makes_test() -> None:
    kind = {**KIND, "confidence": "guess"}
    rules = Rules(services={"acme": {"kinds": [kind]}})
    assert classify(jwt({"iss": "acme-demo"}), "acme", rules=rules).mode == "unknown"
    assert classify(jwt({"iss": "acme"}), "acme", rules=rules).mode == "live"


# ── macaroons ─────────────────────────────────────────────────────────────────────────────────

REGISTRY = {
    "id": "token", "bare": ["pypi-AgE"], "tail": "urlsafe-pad{40,900}", "structure": "macaroon",
    "test-claims": ["location=test.registry.example"],
    "live-claims": ["location=registry.example"],
}  # fmt: skip
REGISTRIES = Rules(services={"registry": {"name": "Registry", "kinds": [REGISTRY]}})


@pytest.mark.parametrize(
    ("location", "expected"),
    [
        (b"test.registry.example", "test"),
        (b"registry.example", "live"),
        (b"registry.example.evil", "unknown"),
        (b"elsewhere.example", "unknown"),
        (b"test.registry.example\n", "unknown"),
    ],
)
def test_the_location_of_a_macaroon_decides(location: bytes, expected: str) -> None:
    assert classify(macaroon(location), "registry", rules=REGISTRIES).mode == expected


def test_the_location_must_be_read_and_not_only_look_right() -> None:
    token = macaroon(b"test.registry.example")
    assert classify(token + "!", "registry", rules=REGISTRIES).mode == "unknown"
    assert classify("x" + token, "registry", rules=REGISTRIES).mode == "unknown"
    refused = Rules(refuse=Refuse(hosts=("registry.example",)))
    assert classify(macaroon(b"https://registry.example"), None, rules=refused).mode == "live"


# ── reading ───────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    "text",
    [
        "eyJ" + "a" * 40,
        "eyJhbGciOiJSUzI1NiJ9.not-json.x",
        "eyJhbGciOiJSUzI1NiJ9." + encode(b"[1, 2]") + ".x",
        "eyJhbGciOiJSUzI1NiJ9." + encode(b"{}") + ".x",
        "eyJhbGciOiJSUzI1NiJ9." + encode(b"\xff\xfe") + ".x",
        "eyJhbGciOiJSUzI1NiJ9." + encode(b'{"a":' * 9000) + ".x",
        encode(b"\x02\x01\xff" + b"a" * 9),
        encode(b"\x02\x01\x20" + b"a" * 9),
        "AgE" + "A" * 9,
    ],
)
def test_what_cannot_be_read_is_no_token(text: str) -> None:
    assert list(read_tokens(text)) == []
    assert classify(text, "jwt").mode == "unknown"


def test_a_token_that_is_repeated_is_read_once() -> None:
    token = jwt({"iss": LOGIN})
    assert len(list(read_tokens(f"{token} {token}"))) == 1


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=9),
    lambda children: st.lists(children, max_size=3) | st.dictionaries(st.text(), children),
    max_leaves=8,
)


@given(
    st.dictionaries(
        st.sampled_from(["iss", "aud", "exp", "ref", "livemode", "sub"]), json_values
    ),
    st.dictionaries(st.sampled_from(["alg", "typ"]), json_values),
)  # fmt: skip
def test_no_odd_token_makes_it_raise_or_test(
    claims: dict[str, Any], header: dict[str, Any]
) -> None:
    verdict = classify(jwt(claims, header), "jwt")
    assert verdict.mode in {"unknown", "live"}
    assert verdict.reason


# ── shipped services ──────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("service", ["supabase", "stripe", "jwt", None])
def test_a_hosted_supabase_projects_key_is_live_under_any_declaration(service: str | None) -> None:
    hosted = jwt({"iss": "supabase", "ref": REF, "role": "anon"}, {"alg": "HS256"})
    verdict = classify(hosted, service)
    assert verdict.mode == "live"
    assert verdict.reason == "it carries a claim of Supabase's production tokens"
    staging = Rules(allow=Allow(hosts=(f"{REF}.supabase.co",)))
    assert classify(hosted, "supabase", rules=staging).mode == "test"


def test_the_local_stacks_supabase_key_is_test_where_it_is_declared() -> None:
    local = jwt({"iss": "supabase-demo", "role": "service_role"}, {"alg": "HS256"})
    assert classify(local, "supabase").mode == "test"
    assert classify(local, "jwt").mode == "unknown"
    assert classify(f"Bearer {local}", "supabase").mode == "unknown"


@pytest.mark.parametrize(
    ("location", "expected"), [(b"test.pypi.org", "test"), (b"pypi.org", "live")]
)
def test_the_location_in_a_token_of_an_index_decides(location: bytes, expected: str) -> None:
    assert classify(macaroon(location), "pypi").mode == expected


def test_a_token_of_pypi_is_live_however_it_is_written() -> None:
    assert classify(macaroon(b"https://pypi.org"), "pypi").mode == "live"
    assert classify(macaroon(b"pypi.org").removeprefix("pypi-"), "stripe").mode == "live"
    assert classify(macaroon(b"index.acme.example"), "pypi").mode == "unknown"


@pytest.mark.parametrize("end", ["1.5", "1e9", "-1", "true", '"1.5"', '"soon"', "NaN"])
def test_a_token_with_any_time_in_the_past_has_expired(end: str) -> None:
    body = f'{{"iss": "{LOGIN}", "exp": {end}}}'.encode()
    assert classify(jwt(body), "jwt", rules=ALLOWED).mode == "unknown"


def test_a_token_with_a_fraction_in_a_time_to_come_is_still_good() -> None:
    claims = {"iss": LOGIN, "exp": time.time() + 3600.5}
    assert classify(jwt(claims), "jwt", rules=ALLOWED).mode == "test"


def test_a_second_algorithm_that_is_none_makes_a_token_unsigned() -> None:
    head = encode(b'{"alg": "RS256", "alg": "none"}')
    token = ".".join((head, encode(json.dumps({"iss": LOGIN}).encode()), tail(43)))
    assert classify(token, "jwt", rules=ALLOWED).mode == "unknown"
