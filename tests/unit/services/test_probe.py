"""The `[probe]` table of a service."""

from __future__ import annotations

import pytest

from credcheck.services.probe import Probe, load_probe, parse_probe
from credcheck.services.tables import check_service, parse_service


def test_a_probe_is_read_with_its_defaults() -> None:
    table = {
        "url": "https://api.acme.example/me",
        "auth": "header",
        "header": "X-Key",
        "headers": {"Accept": "application/json"},
        "kinds": ["key"],
        "mode": "data.live",
        "test": [False],
        "live": [True],
        "expired-errors": ["token_expired"],
    }
    probe = parse_probe(table)
    assert probe == Probe(
        url="https://api.acme.example/me",
        auth="header",
        header="X-Key",
        headers=(("Accept", "application/json"),),
        kinds=("key",),
        mode="data.live",
        test=(False,),
        live=(True,),
        expired_errors=("token_expired",),
    )
    assert (probe.method, probe.format, probe.rejected) == ("GET", "{value}", (401,))


def test_every_mistake_of_a_probe_is_listed() -> None:
    table = {
        "kinds": [{"id": "key", "bare": ["k_"], "tail": "hex{8}"}],
        "probe": {
            "url": "http://api.acme.example/me",
            "sandbox-url": "http://127.0.0.1:80/me",
            "method": "DELETE",
            "auth": "header",
            "kinds": ["kex"],
            "test": "no",
            "hedders": {},
        },
    }
    assert check_service("acme", table) == [
        "services.acme.probe.method: must be one of GET, POST",
        "services.acme.probe.test: must be a list",
        "services.acme.probe.hedders: unknown key (did you mean 'headers'?)",
        "services.acme.probe.header: is missing, and auth = 'header' needs it",
        "services.acme.probe.url: must begin with https://, or lead to this machine",
        "services.acme.probe.kinds[0]: names no kind of the service",
    ]
    assert check_service("acme", {"probe": {}}) == ["services.acme.probe.url: is missing"]
    assert check_service("acme", {"probe": {"auth": "aws"}}) == []
    assert check_service("acme", {"probe": 1}) == ["services.acme.probe: must be a table"]


def test_a_projects_own_probe_comes_before_the_shipped_one() -> None:
    own = {"probe": {"url": "https://acme.example/"}}
    assert load_probe("sendgrid", own) == Probe(url="https://acme.example/")
    assert load_probe("nobody", {}) is None
    assert load_probe("database_url") is None


# ── what stands inside a token ────────────────────────────────────────────────────────────────


def test_claims_are_read() -> None:
    kind = {
        "id": "token", "bare": ["eyJ"], "tail": "token{8,}", "structure": "jwt",
        "test-claims": ["iss=demo"], "live-claims": ["iss=acme"], "claim-host": "{ref}.acme.io",
    }  # fmt: skip
    assert check_service("acme", {"kinds": [kind]}) == []
    service = parse_service("acme", {"kinds": [kind]})
    claims = service.kinds[0].claims
    assert claims is not None
    assert (claims.structure, claims.test, claims.live) == ("jwt", ("iss=demo",), ("iss=acme",))
    assert claims.host == "{ref}.acme.io"
    assert service.marks_test


@pytest.mark.parametrize(
    ("kind", "problem"),
    [
        ({"live-claims": ["a=b"]}, ".structure: is missing, and the claims need it"),
        ({"claim-host": "a"}, ".structure: is missing, and the claims need it"),
        (
            {"structure": "jwt", "test-claims": ["a"]},
            ".test-claims[0]: a claim is written name=value",
        ),
        ({"structure": "xml"}, ".structure: must be one of jwt, macaroon"),
        ({"test-claims": 5}, ".test-claims: must be a list of strings"),
        ({"bare-shapes": 5}, ".bare-shapes: must be a list of strings"),
    ],
)
def test_claims_that_say_nothing_are_told(kind: dict[str, object], problem: str) -> None:
    table = {"kinds": [{"id": "k", **kind}]}
    assert check_service("acme", table) == [f"services.acme.kinds[0]{problem}"]


def test_a_dummy_without_its_text_is_told() -> None:
    problems = check_service("acme", {"dummies": [{"what": "x"}]})
    assert problems == ["services.acme.dummies[0].parts: is missing"]
