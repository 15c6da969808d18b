"""Signing in to Vault: with a token that is there, or by one of its sign-in methods."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple, cast

from credcheck.model import Denied
from credcheck.sources.vault.settings import is_loopback
from credcheck.sources.vault.wire import Fault, Refusal

if TYPE_CHECKING:
    from collections.abc import Callable

    import hvac

    from credcheck.sources.deadline import Deadline
    from credcheck.sources.vault.settings import Settings

KUBERNETES_TOKEN = Path("/var/run/secrets/kubernetes.io/serviceaccount/token")
MAX_TOKEN_BYTES = 100_000


class SignIn(NamedTuple):
    """How we signed in, and how long that lasts: ``ttl`` in seconds, None where it is not known.

    A token that was handed in may be renewable; Vault knows.
    """

    how: str
    ttl: float | None = None
    renewable: bool = False


def sign_in(client: hvac.Client, settings: Settings, deadline: Deadline) -> SignIn:
    """Give the client a token.

    The method that the manifest names is used where its credentials are there; then a token of the
    environment; then, on a person's machine, the one that `vault login` left. Without a method in
    the manifest, the credentials that are there decide, a token first.

    Raises:
        Fault: there is nothing to sign in with, or Vault did not accept it.
    """
    methods: dict[str, Callable[[hvac.Client, Settings, Deadline], SignIn | None]] = {
        "token": _by_token,
        "approle": _by_approle,
        "jwt": _by_jwt,
        "kubernetes": _by_kubernetes,
        "userpass": _by_userpass,
        "aws": _by_aws,
    }
    if settings.auth is None:
        order = ["token", "approle", "jwt", "userpass"]
    else:
        order = list(dict.fromkeys((settings.auth, "token")))
    for name in order:
        try:
            done = methods[name](client, settings, deadline)
        except Refusal as refusal:
            raise Fault(_rejected(refusal, name, settings)) from None
        if done is not None:
            return done
    done = _by_home_token(client, settings)
    if done is not None:
        return done
    raise Fault(_nothing_to_sign_in_with(settings))


def _by_token(client: hvac.Client, settings: Settings, deadline: Deadline) -> SignIn | None:  # noqa: ARG001
    token = settings.variable("BAO_TOKEN", "VAULT_TOKEN")
    if not token:
        return None
    client.token = _plain(token, "VAULT_TOKEN")
    return SignIn("VAULT_TOKEN", renewable=True)


def _by_home_token(client: hvac.Client, settings: Settings) -> SignIn | None:
    if settings.home_token is None:
        return None
    token = _read(settings.home_token)
    if not token:
        return None
    client.token = _plain(token, "~/.vault-token")
    return SignIn("~/.vault-token", renewable=True)


def _by_approle(client: hvac.Client, settings: Settings, deadline: Deadline) -> SignIn | None:  # noqa: ARG001
    role, secret = settings.variable("VAULT_ROLE_ID"), settings.variable("VAULT_SECRET_ID")
    if not role:
        return None
    body = client.auth.approle.login(
        role_id=role, secret_id=secret or None, mount_point=settings.mount or "approle"
    )
    return _granted(body, "approle")


def _by_jwt(client: hvac.Client, settings: Settings, deadline: Deadline) -> SignIn | None:
    """GitLab and others hand a token in; GitHub gives one on request."""
    given = settings.variable("VAULT_JWT", "VAULT_ID_TOKEN")
    on_request = settings.variable("ACTIONS_ID_TOKEN_REQUEST_URL")
    if not given and not (on_request and (settings.auth == "jwt" or settings.role)):
        return None
    jwt = given or _github_token(client, settings, deadline)
    body = client.auth.jwt.jwt_login(
        role=settings.role or None, jwt=jwt, path=settings.mount or "jwt"
    )
    return _granted(body, "jwt")


def _by_kubernetes(client: hvac.Client, settings: Settings, deadline: Deadline) -> SignIn | None:  # noqa: ARG001
    path = settings.variable("VAULT_KUBERNETES_TOKEN_FILE")
    jwt = _read(Path(path) if path else KUBERNETES_TOKEN)
    if not jwt:
        return None
    body = client.auth.kubernetes.login(
        role=settings.role, jwt=jwt, mount_point=settings.mount or "kubernetes"
    )
    return _granted(body, "kubernetes")


def _by_userpass(client: hvac.Client, settings: Settings, deadline: Deadline) -> SignIn | None:  # noqa: ARG001
    password = settings.variable("VAULT_PASSWORD")
    user = settings.variable("VAULT_USERNAME") or settings.role
    if not password or not user:
        return None
    body = client.auth.userpass.login(
        username=user, password=password, mount_point=settings.mount or "userpass"
    )
    return _granted(body, "userpass")


def _by_aws(client: hvac.Client, settings: Settings, deadline: Deadline) -> SignIn | None:  # noqa: ARG001
    """Prove who we are in AWS by a signed request that Vault sends on to STS.

    Source: https://developer.hashicorp.com/vault/docs/auth/aws#iam-auth-method
    """
    from credcheck.sources.aws_identity import signed_identity_request

    server_id = settings.variable("VAULT_AWS_IAM_SERVER_ID")
    signed = signed_identity_request(settings.variables, server_id)
    if signed is None:
        return None
    mount = settings.mount or "aws"
    body = client.adapter.login(
        f"/v1/auth/{mount}/login", json={**signed, "role": settings.role}, use_token=True
    )
    return _granted(body, "aws")


def _granted(body: dict[str, object], how: str) -> SignIn:
    auth = cast("dict[str, object]", body["auth"])  # the wire has looked at it
    ttl = auth.get("lease_duration")
    seconds = float(ttl) if isinstance(ttl, int) and ttl > 0 else None
    return SignIn(how, seconds, bool(auth.get("renewable")) and seconds is not None)


def _github_token(client: hvac.Client, settings: Settings, deadline: Deadline) -> str:
    """Ask GitHub for this job's token.

    Source: https://docs.github.com/en/actions/reference/security/oidc#methods-for-requesting-the-oidc-token
    """
    from urllib.parse import urlencode, urlsplit

    import requests

    url = settings.variable("ACTIONS_ID_TOKEN_REQUEST_URL")
    parts = urlsplit(url)
    if parts.scheme != "https" and not is_loopback(parts.hostname or ""):
        raise Fault(Denied("ACTIONS_ID_TOKEN_REQUEST_URL does not begin with https://"))
    if settings.audience:
        url += ("&" if parts.query else "?") + urlencode({"audience": settings.audience})
    bearer = settings.variable("ACTIONS_ID_TOKEN_REQUEST_TOKEN")
    limit = min(5.0, deadline.left())
    try:
        with requests.Session() as session:
            session.trust_env = False
            session.proxies = dict(client.adapter.session.proxies)
            answer = session.get(
                url,
                headers={"Authorization": f"bearer {_plain(bearer, 'the request token')}"},
                allow_redirects=False,
                timeout=limit,
            )
            token = json.loads(answer.content)["value"] if answer.ok else None
    except (requests.RequestException, ValueError, KeyError, TypeError):
        token = None
    if not isinstance(token, str) or not token:
        raise Fault(
            Denied("GitHub gave no identity token to this job", "permissions: {id-token: write}")
        ) from None
    return token


def _plain(token: str, name: str) -> str:
    """Refuse a token that cannot stand in a header: requests would show it in its complaint."""
    if token.isascii() and token.isprintable() and " " not in token:
        return token
    raise Fault(
        Denied(f"{name} holds a character that no token has", "vault login, or set it anew")
    )


def _read(path: Path) -> str:
    """Read a token's file; what cannot be read is no token."""
    try:
        with path.open("rb") as file:
            return file.read(MAX_TOKEN_BYTES).decode("utf-8").strip()
    except (OSError, ValueError):
        return ""


def _rejected(refusal: Refusal, method: str, settings: Settings) -> Denied:
    """Say what Vault held against the log-in; its own words can repeat what we sent."""
    reasons = (
        ("audience", "the audience of the token is not the role's"),
        ("expired", "the token that was to prove who we are is expired"),
        ("claim", "a claim of the token is not what the role asks for"),
        ("could not be found", "there is no such role"),
        ("invalid role", "there is no such role, or the credentials are wrong"),
        ("permission denied", "permission denied, or nothing is mounted there"),
        ("no handler", "nothing is mounted there"),
        ("invalid username or password", "the user name or the password is wrong"),
        ("invalid secret id", "the secret id is wrong or used up"),
    )
    why = next((told for word, told in reasons if refusal.says(word)), "")
    role = f" with the role {settings.role!r}" if settings.role else ""
    mount = f" at auth/{settings.mount}" if settings.mount else ""
    tail = f": {why}" if why else f" (status {refusal.status})"
    return Denied(
        f"{settings.host} did not let us sign in by {method}{mount}{role}{tail}",
        f"vault login -method={method}{' role=' + settings.role if settings.role else ''}",
    )


_WANTED = {
    None: "VAULT_TOKEN is not set",
    "token": "VAULT_TOKEN is not set",
    "approle": "VAULT_ROLE_ID and VAULT_SECRET_ID are not set",
    "jwt": "neither VAULT_JWT nor VAULT_ID_TOKEN is set, and GitHub offers no token",
    "kubernetes": "there is no service account's token",
    "userpass": "VAULT_USERNAME and VAULT_PASSWORD are not set",
    "aws": "there are no AWS credentials",
}


def _nothing_to_sign_in_with(settings: Settings) -> Denied:
    interactive = settings.auth in {"userpass", "jwt"}
    method = {"jwt": "oidc"}.get(settings.auth or "", settings.auth or "")
    tail = f" -method={method}" if interactive else ""
    return Denied(
        f"there is nothing to sign in to {settings.host} with: {_WANTED[settings.auth]}",
        f"export VAULT_ADDR={settings.address}; vault login{tail}",
    )
