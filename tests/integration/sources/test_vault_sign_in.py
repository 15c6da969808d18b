"""Every way to sign in to a real Vault."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

import jwt
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from credcheck.model import Absent, Denied, NotConfigured, Unreachable
from servers.forwarding import forwarding
from servers.stand_in import answer_json, stand_in
from servers.vault_server import built_vault
from support.certificates import Authority
from support.sources import ask, detail_of, hint_of, opened, value_of

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from servers.stand_in import Answer, Asked
    from servers.vault_server import Vault

pytest_plugins = ["servers.moto_server", "servers.fixtures"]

PLACE = "secret/signin/one#key"


@pytest.fixture(scope="module")
def policy(vault: Vault) -> str:
    vault.put("signin/one", {"key": "signed-in-value"})
    return vault.policy("secret/data/signin/*")


def reads(vault: Vault, environ: dict[str, str], kind: Any = "ci", **options: Any) -> str:
    source = opened("vault", {"VAULT_ADDR": vault.address, **environ}, kind, **options)
    return value_of(ask(source, PLACE)[0])


def refused(vault: Vault, environ: dict[str, str], kind: Any = "ci", **options: Any) -> Denied:
    source = opened("vault", {"VAULT_ADDR": vault.address, **environ}, kind, **options)
    (answer,) = ask(source, PLACE)
    assert isinstance(answer, Denied)
    return answer


# ── tokens ────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("name", ["VAULT_TOKEN", "BAO_TOKEN"])
def test_a_token_of_the_environment(vault: Vault, policy: str, name: str) -> None:
    assert reads(vault, {name: f"  {vault.token(policy)}\n"}) == "signed-in-value"


def test_what_vault_login_left_is_used_on_a_persons_machine_only(
    vault: Vault, policy: str, tmp_path: Path
) -> None:
    (tmp_path / ".vault-token").write_text(vault.token(policy) + "\n")
    home = {"HOME": str(tmp_path)}
    assert reads(vault, home, "local") == "signed-in-value"
    assert reads(vault, {**home, "VAULT_TOKEN": ""}, "local") == "signed-in-value"
    for kind in ("ci", "fork"):
        assert "VAULT_TOKEN is not set" in refused(vault, home, kind).detail


def test_health_names_the_file_that_signed_us_in(vault: Vault, policy: str, tmp_path: Path) -> None:
    (tmp_path / ".vault-token").write_text(vault.token(policy))
    health = opened("vault", {"VAULT_ADDR": vault.address, "HOME": str(tmp_path)}).health()
    assert health.detail.endswith("signed in by ~/.vault-token")


@pytest.mark.parametrize("token", ["hvs.two\nlines", "hvs.with space", "hvs.\u200bhidden"])
def test_a_token_that_is_none_is_refused_without_being_shown(vault: Vault, token: str) -> None:
    answer = refused(vault, {"VAULT_TOKEN": token})
    assert answer.detail == "VAULT_TOKEN holds a character that no token has"


def test_nothing_to_sign_in_with_gives_the_command_to_log_in(vault: Vault) -> None:
    answer = refused(vault, {}, "local")
    assert answer.detail.startswith("there is nothing to sign in to 127.0.0.1:")
    assert answer.hint == f"export VAULT_ADDR={vault.address}; vault login"
    oidc = refused(vault, {}, "local", auth="jwt")
    assert oidc.hint.endswith("vault login -method=oidc")


# ── sign-in methods ───────────────────────────────────────────────────────────────────────────


def test_approle_with_and_without_being_named(vault: Vault, policy: str) -> None:
    role = vault.approle("signin", policy)
    assert reads(vault, role) == "signed-in-value"
    assert reads(vault, role, auth="approle") == "signed-in-value"


def test_a_wrong_secret_id_is_denied_in_our_words(vault: Vault, policy: str) -> None:
    role = vault.approle("signin", policy)
    answer = refused(vault, {**role, "VAULT_SECRET_ID": "not-one-that-was-given"})
    assert "did not let us sign in by approle" in answer.detail
    assert "not-one-that-was-given" not in answer.detail + answer.hint


def test_a_named_method_without_its_credentials_falls_back_on_a_token(
    vault: Vault, policy: str
) -> None:
    assert reads(vault, {"VAULT_TOKEN": vault.token(policy)}, auth="approle") == "signed-in-value"


def test_userpass(vault: Vault, policy: str) -> None:
    vault.enable("userpass")
    vault.root.auth.userpass.create_or_update_user("ann", "her-password", policies=[policy])
    environ = {"VAULT_USERNAME": "ann", "VAULT_PASSWORD": "her-password"}
    assert reads(vault, environ) == "signed-in-value"
    assert reads(vault, {"VAULT_PASSWORD": "her-password"}, role="ann") == "signed-in-value"
    wrong = refused(vault, {**environ, "VAULT_PASSWORD": "not-her-password"})
    assert "the user name or the password is wrong" in wrong.detail
    assert "not-her-password" not in wrong.detail + wrong.hint


@pytest.fixture(scope="module")
def sign(vault: Vault, policy: str) -> Callable[..., str]:
    """Make tokens as a CI system issues them, for a role that accepts them."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    pem = key.public_key().public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    for mount in ("jwt", "jwt-elsewhere"):
        vault.enable("jwt", mount)
        vault.root.auth.jwt.configure(
            jwt_validation_pubkeys=[pem.decode()], bound_issuer="https://ci", path=mount
        )
        vault.root.auth.jwt.create_role(
            "ci",
            role_type="jwt",
            allowed_redirect_uris=[],
            user_claim="sub",
            bound_audiences=["credcheck"],
            token_policies=[policy],
            path=mount,
        )

    def make(audience: str = "credcheck", lives: int = 60) -> str:
        now = int(time.time())
        claims = {"iss": "https://ci", "sub": "repo:acme/shop", "aud": audience}
        return jwt.encode({**claims, "iat": now - 600, "exp": now + lives}, key, algorithm="RS256")

    return make


@pytest.mark.parametrize("name", ["VAULT_JWT", "VAULT_ID_TOKEN"])
def test_jwt_that_was_handed_in(vault: Vault, sign: Callable[..., str], name: str) -> None:
    """GitLab hands `VAULT_ID_TOKEN` in, by `id_tokens`."""
    assert reads(vault, {name: sign()}, auth="jwt", role="ci") == "signed-in-value"
    assert reads(vault, {name: sign(), "VAULT_ROLE": "ci"}) == "signed-in-value"


def test_jwt_at_a_mount_of_its_own(vault: Vault, sign: Callable[..., str]) -> None:
    options = {"auth": "jwt", "role": "ci", "mount": "jwt-elsewhere"}
    assert reads(vault, {"VAULT_JWT": sign()}, **options) == "signed-in-value"


@pytest.mark.parametrize(
    ("words", "made"),
    [
        ("the audience of the token is not the role's", {"audience": "another"}),
        ("the token that was to prove who we are is expired", {"lives": -300}),
    ],
)
def test_a_jwt_that_does_not_fit_is_denied_and_not_shown(
    vault: Vault, sign: Callable[..., str], words: str, made: dict[str, Any]
) -> None:
    token = sign(**made)
    answer = refused(vault, {"VAULT_JWT": token}, auth="jwt", role="ci")
    assert words in answer.detail
    assert token[-20:] not in answer.detail + answer.hint


def test_a_role_that_does_not_exist_is_named(vault: Vault, sign: Callable[..., str]) -> None:
    answer = refused(vault, {"VAULT_JWT": sign()}, auth="jwt", role="nobody")
    assert "with the role 'nobody': there is no such role" in answer.detail


def test_github_gives_a_token_on_request(vault: Vault, sign: Callable[..., str]) -> None:
    def github(asked: Asked) -> Answer:
        authorized = asked.headers.get("Authorization") == "bearer request-token"
        audience = asked.path.partition("audience=")[2]
        if not authorized or not asked.path.startswith("/token?api-version=2.0"):
            return answer_json({}, 401)
        return answer_json({"value": sign(audience)})

    with stand_in(github) as server:
        environ = {
            "ACTIONS_ID_TOKEN_REQUEST_URL": f"{server.address}/token?api-version=2.0",
            "ACTIONS_ID_TOKEN_REQUEST_TOKEN": "request-token",
        }
        options = {"auth": "jwt", "role": "ci", "audience": "credcheck"}
        assert reads(vault, environ, **options) == "signed-in-value"
        wrong = {**environ, "ACTIONS_ID_TOKEN_REQUEST_TOKEN": "another-token"}
        answer = refused(vault, wrong, **options)
    assert answer.detail == "GitHub gave no identity token to this job"
    assert answer.hint == "permissions: {id-token: write}"


def test_githubs_request_token_goes_nowhere_without_tls(vault: Vault) -> None:
    environ = {
        "ACTIONS_ID_TOKEN_REQUEST_URL": "http://actions.example.com/token",
        "ACTIONS_ID_TOKEN_REQUEST_TOKEN": "request-token",
    }
    answer = refused(vault, environ, auth="jwt", role="ci")
    assert answer.detail == "ACTIONS_ID_TOKEN_REQUEST_URL does not begin with https://"


def test_kubernetes(vault: Vault, policy: str, sign: Callable[..., str], tmp_path: Path) -> None:
    """Vault asks the cluster whether the service account's token is good."""
    account = {"username": "system:serviceaccount:ci:runner", "uid": "1", "groups": []}

    def cluster(asked: Asked) -> Answer:
        assert asked.path == "/apis/authentication.k8s.io/v1/tokenreviews"
        return answer_json({"status": {"authenticated": True, "user": account}})

    token = tmp_path / "token"
    token.write_text(_service_account_token())
    with stand_in(cluster) as server:
        vault.enable("kubernetes")
        auth = vault.root.auth.kubernetes
        auth.configure(
            kubernetes_host=server.address,
            token_reviewer_jwt=_service_account_token(),
            disable_local_ca_jwt=True,
            kubernetes_ca_cert=Authority(tmp_path).path.read_text(),
        )
        auth.create_role(
            "ci",
            bound_service_account_names=["runner"],
            bound_service_account_namespaces=["ci"],
            policies=[policy],
        )
        environ = {"VAULT_KUBERNETES_TOKEN_FILE": str(token)}
        assert reads(vault, environ, auth="kubernetes", role="ci") == "signed-in-value"
        gone = {"VAULT_KUBERNETES_TOKEN_FILE": str(tmp_path / "nothing")}
        answer = refused(vault, gone, auth="kubernetes", role="ci")
    assert "there is no service account's token" in answer.detail


def _service_account_token() -> str:
    now = int(time.time())
    names = {"namespace": "ci", "serviceaccount": {"name": "runner", "uid": "1"}}
    claims = {
        "iss": "kubernetes/serviceaccount",
        "sub": "system:serviceaccount:ci:runner",
        "iat": now - 60,
        "nbf": now - 60,
        "exp": now + 600,
        "kubernetes.io": names,
    }
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    return jwt.encode(claims, key, algorithm="RS256")  # only the cluster could check it


def test_aws_identity(
    vault: Vault, policy: str, aws_endpoint: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Vault sends our signed request on to STS, which says who signed it."""
    vault.enable("aws")
    aws = vault.root.auth.aws
    aws.configure(sts_endpoint=aws_endpoint, iam_server_id_header_value="vault.example.com")
    vault.root.adapter.post(
        "/v1/auth/aws/role/ci",
        json={
            "auth_type": "iam",
            "bound_iam_principal_arn": ["arn:aws:iam::123456789012:user/moto"],
            "resolve_aws_unique_ids": False,
            "token_policies": [policy],
        },
    )
    environ = {
        "AWS_ACCESS_KEY_ID": "testing-key",
        "AWS_SECRET_ACCESS_KEY": "testing-secret",
        "VAULT_AWS_IAM_SERVER_ID": "vault.example.com",
    }
    assert reads(vault, environ, auth="aws", role="ci") == "signed-in-value"
    without = {n: value for n, value in environ.items() if n != "VAULT_AWS_IAM_SERVER_ID"}
    assert "did not let us sign in by aws" in refused(vault, without, auth="aws", role="ci").detail
    nothing = {"AWS_CONFIG_FILE": "/nonexistent", "AWS_SHARED_CREDENTIALS_FILE": "/nonexistent"}
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.delenv(name, raising=False)
    answer = refused(vault, nothing, auth="aws", role="ci")
    assert "there are no AWS credentials" in answer.detail


# ── how long it lasts ─────────────────────────────────────────────────────────────────────────


def test_a_token_with_a_time_limit_is_renewed_while_the_run_goes_on(
    vault: Vault, policy: str
) -> None:
    role = vault.approle("renewed", policy, ttl="2s")
    with forwarding(vault.address) as between:
        source = opened("vault", {"VAULT_ADDR": between.address, **role})
        value_of(ask(source, PLACE)[0])
        _wait_until(lambda: "/v1/auth/token/renew-self" in between.paths())
        assert value_of(ask(source, PLACE)[0]) == "signed-in-value"
    assert between.paths().count("/v1/auth/approle/login") == 1


def test_a_token_that_was_handed_in_is_renewed_too(
    vault: Vault, policy: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("credcheck.sources.vault.renewal.LOOK_SECONDS", 0.1)
    token = vault.token(policy, ttl="2s")
    with forwarding(vault.address) as between:
        source = opened("vault", {"VAULT_ADDR": between.address, "VAULT_TOKEN": token})
        value_of(ask(source, PLACE)[0])
        _wait_until(lambda: between.paths().count("/v1/auth/token/renew-self") > 2)
        assert value_of(ask(source, PLACE)[0]) == "signed-in-value"


def test_when_the_token_cannot_be_renewed_the_next_fetch_signs_in_again(
    vault: Vault, policy: str
) -> None:
    role = vault.approle("short", policy, ttl="2s")
    with forwarding(vault.address) as between:
        source = opened("vault", {"VAULT_ADDR": between.address, **role})
        value_of(ask(source, PLACE)[0])
        login = next(a for a in between.asked if a.path.endswith("/login"))
        assert login.method == "POST"
        tokens = {a.headers.get("X-Vault-Token") for a in between.asked} - {None, ""}
        vault.root.auth.token.revoke(tokens.pop())
        _wait_until(lambda: "/v1/auth/token/renew-self" in between.paths())
        _wait_until(lambda: isinstance(ask(source, PLACE)[0], Absent | Denied) is False)
        assert value_of(ask(source, PLACE)[0]) == "signed-in-value"
    assert between.paths().count("/v1/auth/approle/login") == 2


def _wait_until(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 20
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.02)


# ── the way there ─────────────────────────────────────────────────────────────────────────────


def test_the_namespace_is_sent_with_every_request_and_named(vault: Vault) -> None:
    """A Vault without namespaces ignores the header, so what is sent is looked at."""
    with forwarding(vault.address) as between:
        environ = {
            "VAULT_ADDR": between.address,
            "VAULT_TOKEN": vault.root_token,
            "VAULT_NAMESPACE": "team-a",
        }
        (answer,) = ask(opened("vault", environ), "secret/signin/nothing#key")
    assert {asked.headers.get("X-Vault-Namespace") for asked in between.asked} == {"team-a"}
    assert "in namespace team-a of 127.0.0.1:" in detail_of(answer)


def test_tls_with_an_authority_of_the_teams_own(tmp_path: Path) -> None:
    authority = Authority(tmp_path)
    pair = authority.issue("server")
    flags = ("-tls-cert", str(pair.cert), "-tls-key", str(pair.key))
    with built_vault(*flags, verify=str(authority.path)) as vault:
        vault.mount("secret", 2)
        vault.put("signin/one", {"key": "signed-in-value"})
        token = {"VAULT_TOKEN": vault.root_token}
        trusted = {**token, "VAULT_CACERT": str(authority.path)}
        assert reads(vault, trusted) == "signed-in-value"
        assert reads(vault, token, root=tmp_path, ca_cert="authority.pem") == "signed-in-value"
        source = opened("vault", {"VAULT_ADDR": vault.address, **token})
        (untrusted,) = ask(source, PLACE)
        assert isinstance(untrusted, Unreachable)
        assert "could not be trusted" in untrusted.detail
        assert untrusted.hint == "name its authority: export VAULT_CACERT=/path/to/ca.pem"
        assert reads(vault, {**token, "VAULT_SKIP_VERIFY": "true"}) == "signed-in-value"
        plain = {**token, "VAULT_ADDR": vault.address.replace("https", "http")}
        (spoken,) = ask(opened("vault", plain), PLACE)
        assert isinstance(spoken, Unreachable)


def test_a_client_certificate(tmp_path: Path) -> None:
    authority = Authority(tmp_path)
    pair, client = authority.issue("server"), authority.issue("client")
    flags = ("-tls-cert", str(pair.cert), "-tls-key", str(pair.key))
    both = (str(client.cert), str(client.key))
    with built_vault(
        *flags, "-client-ca", str(authority.path), verify=str(authority.path), cert=both
    ) as vault:
        vault.mount("secret", 2)
        vault.put("signin/one", {"key": "signed-in-value"})
        environ = {"VAULT_TOKEN": vault.root_token, "VAULT_CACERT": str(authority.path)}
        shown = {"VAULT_CLIENT_CERT": str(client.cert), "VAULT_CLIENT_KEY": str(client.key)}
        assert reads(vault, {**environ, **shown}) == "signed-in-value"
        source = opened("vault", {"VAULT_ADDR": vault.address, **environ})
        (answer,) = ask(source, PLACE)
        assert "asks for a client certificate" in detail_of(answer)
        assert "VAULT_CLIENT_CERT" in hint_of(answer)


def test_without_an_address_it_is_not_configured() -> None:
    (answer,) = ask(opened("vault"), PLACE)
    assert isinstance(answer, NotConfigured)
