from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from credcheck.model import Context, Denied, Manifest, NotConfigured
from credcheck.sources.vault.settings import Settings, is_loopback, read_settings

HOME = {"HOME": "/home/ann"}


def read(kind: Any = "local", options: Any = None, **environ: str) -> Any:
    manifest = Manifest(root=Path("/project"), options={"vault": options or {}})
    return read_settings(manifest, Context(kind=kind, root=Path(), environ=environ))


def settings(kind: Any = "local", options: Any = None, **environ: str) -> Settings:
    got = read(kind, options, **{"VAULT_ADDR": "https://vault.example.com", **environ})
    assert isinstance(got, Settings)
    return got


def mistake(**environ: str) -> str:
    got = read(**environ)
    assert isinstance(got, Denied)
    assert got.hint
    return got.detail


def test_a_variable_wins_over_the_manifest_and_openbao_over_vault() -> None:
    options = {"address": "https://of-the-manifest", "namespace": "a", "role": "r"}
    got = read(options=options)
    assert (got.address, got.namespace, got.role) == ("https://of-the-manifest", "a", "r")
    got = read(options=options, VAULT_ADDR="https://of-vault/", VAULT_NAMESPACE="b", VAULT_ROLE="s")
    assert (got.address, got.namespace, got.role) == ("https://of-vault", "b", "s")
    got = read(options=options, VAULT_ADDR="https://x", BAO_ADDR="https://bao", BAO_NAMESPACE="c")
    assert (got.address, got.namespace) == ("https://bao", "c")


def test_an_empty_variable_is_unset() -> None:
    assert read(VAULT_ADDR=" ") == NotConfigured(
        "no address: VAULT_ADDR is not set, nor vault.address"
    )


@pytest.mark.parametrize(
    "address", ["vault.example.com", "ftp://x", "https://", "https://x:port", "unix:///socket"]
)
def test_an_address_without_its_scheme_is_a_mistake(address: str) -> None:
    assert "does not begin with https://" in mistake(VAULT_ADDR=address)


def test_an_address_with_a_password_is_a_mistake_that_does_not_show_it() -> None:
    told = mistake(VAULT_ADDR="https://ann:her-password@vault")
    assert told == "the address of Vault holds a user name or password"


def test_plain_http_is_for_this_machine_only() -> None:
    assert "vault:8200 would be asked without TLS" in mistake(VAULT_ADDR="http://vault:8200")
    for host in ("127.0.0.1:8200", "localhost:8200", "[::1]:8200", "vault.localhost"):
        got = read(VAULT_ADDR=f"http://{host}")
        assert isinstance(got, Settings)
        assert got.host == host


def test_certificates_are_always_checked_elsewhere() -> None:
    told = mistake(VAULT_ADDR="https://vault.example.com", VAULT_SKIP_VERIFY="1")
    assert "VAULT_SKIP_VERIFY is set, but vault.example.com is not this machine" in told
    assert settings(VAULT_SKIP_VERIFY="false").verify is True
    local = read(VAULT_ADDR="https://localhost", BAO_SKIP_VERIFY="t")
    assert local.verify is False


def test_authorities_by_their_order(tmp_path: Path) -> None:
    ca, other = tmp_path / "ca.pem", tmp_path / "other.pem"
    for path in (ca, other):
        path.touch()
    assert settings(VAULT_CACERT=str(ca), SSL_CERT_FILE=str(other)).verify == str(ca)
    assert settings(options={"ca-cert": str(ca)}).verify == str(ca)
    assert settings(VAULT_CAPATH=str(tmp_path)).verify == str(tmp_path)
    assert settings(REQUESTS_CA_BUNDLE=str(other)).verify == str(other)
    missing = mistake(VAULT_ADDR="https://x", VAULT_CACERT="/nowhere/ca.pem")
    assert missing == "there is no certificate authority at /nowhere/ca.pem"


def test_a_client_certificate_has_two_halves(tmp_path: Path) -> None:
    cert, key = tmp_path / "cert.pem", tmp_path / "key.pem"
    cert.touch()
    address = {"VAULT_ADDR": "https://x", "VAULT_CLIENT_CERT": str(cert)}
    assert mistake(**address) == "VAULT_CLIENT_KEY is not set, and the other half is"
    assert mistake(**address, VAULT_CLIENT_KEY=str(key)) == "VAULT_CLIENT_KEY names no file"
    key.touch()
    both = {"VAULT_CLIENT_CERT": str(cert), "VAULT_CLIENT_KEY": str(key)}
    assert settings(**both).cert == (str(cert), str(key))


@pytest.mark.parametrize(
    ("no_proxy", "used"),
    [
        ("", True),
        ("other.example.com", True),
        ("vault.example.com", False),
        ("example.com", False),
        (".example.com", False),
        ("*.example.com", False),
        ("*", False),
        ("a.b, example.com", False),
    ],
)
def test_the_proxy_is_that_of_the_environment(no_proxy: str, used: bool) -> None:
    got = settings(HTTPS_PROXY="http://proxy:3128", NO_PROXY=no_proxy)
    assert got.proxy == ("http://proxy:3128" if used else "")


def test_vaults_own_proxy_goes_before_and_this_machine_is_asked_directly() -> None:
    assert settings(VAULT_PROXY_ADDR="http://own:1", HTTPS_PROXY="http://x").proxy == "http://own:1"
    assert read(VAULT_ADDR="http://127.0.0.1:1", HTTP_PROXY="http://x").proxy == ""


def test_the_token_of_vault_login_is_for_a_persons_machine() -> None:
    assert settings("local", **HOME).home_token == Path("/home/ann/.vault-token")
    assert settings("ci", **HOME).home_token is None
    assert settings("fork", **HOME).home_token is None
    assert settings("local").home_token is None


def test_loopback() -> None:
    assert all(map(is_loopback, ("localhost", "a.localhost", "127.8.8.8", "::1")))
    assert not any(map(is_loopback, ("example.com", "10.0.0.1", "localhost.example.com")))
