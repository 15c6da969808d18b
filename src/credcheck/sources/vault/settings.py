"""Which Vault, and how to talk to it: the manifest's table and the variables of its own tools."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from credcheck.model import Denied, NotConfigured

if TYPE_CHECKING:
    from collections.abc import Mapping

    from credcheck.model import Context, Manifest

TIMEOUT = 10.0  # seconds, for everything together


class Settings(NamedTuple):
    """Everything that is known before the first request."""

    address: str
    host: str  # with its port, for people
    namespace: str
    auth: str | None
    role: str
    mount: str
    audience: str
    verify: str | bool  # a file or folder of authorities, or whether to check at all
    cert: tuple[str, str] | None
    proxy: str
    timeout: float
    variables: Mapping[str, str]
    home_token: Path | None  # where the Vault command keeps its token; None outside a laptop

    def variable(self, *names: str) -> str:
        """Give the first of these variables that is not blank."""
        return _variable(self.variables, *names)


class _Mistake(Exception):
    """What is wrong with the settings."""

    def __init__(self, detail: str, hint: str = "") -> None:
        super().__init__(detail)
        self.answer = Denied(detail, hint)


def read_settings(manifest: Manifest, context: Context) -> Settings | NotConfigured | Denied:
    """Read the settings.

    A variable wins over the manifest, as in Vault's own tools; OpenBao's `BAO_…` stand before
    `VAULT_…`. An empty variable counts as unset.
    Sources: https://developer.hashicorp.com/vault/docs/commands#environment-variables,
    https://openbao.org/docs/commands/#environment-variables

    Returns:
        The settings; `NotConfigured` without an address, `Denied` with the mistake in them.
    """
    options = manifest.options.get("vault", {})
    environ = context.environ
    address = _variable(environ, "BAO_ADDR", "VAULT_ADDR") or str(options.get("address", ""))
    if not address:
        return NotConfigured("no address: VAULT_ADDR is not set, nor vault.address")
    try:
        host, local = _check_address(address)
        ca = _variable(environ, "BAO_CACERT", "VAULT_CACERT")
        if not ca and "ca-cert" in options:
            ca = str(manifest.root / str(options["ca-cert"]))
        return Settings(
            address=address.rstrip("/"),
            host=host,
            namespace=_variable(environ, "BAO_NAMESPACE", "VAULT_NAMESPACE")
            or str(options.get("namespace", "")),
            auth=_text(options.get("auth")),
            role=_variable(environ, "VAULT_ROLE") or str(options.get("role", "")),
            mount=str(options.get("mount", "")).strip("/"),
            audience=str(options.get("audience", "")),
            verify=_verify(environ, ca, host, local=local),
            cert=_client_certificate(environ),
            proxy="" if local else _proxy(environ, address, host),
            timeout=float(options.get("timeout", TIMEOUT)),
            variables=environ,
            home_token=_home_token(context),
        )
    except _Mistake as mistake:
        return mistake.answer


def _variable(environ: Mapping[str, str], *names: str) -> str:
    return next((environ[n].strip() for n in names if environ.get(n, "").strip()), "")


def _text(value: object) -> str | None:
    return None if value is None else str(value)


def _check_address(address: str) -> tuple[str, bool]:
    """Give the host with its port, and whether it is this machine."""
    from urllib.parse import urlsplit

    try:
        parts = urlsplit(address)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        host, port, parts = "", None, urlsplit("")
    if parts.scheme not in {"http", "https"} or not host:
        raise _Mistake(
            "the address of Vault does not begin with https://", "export VAULT_ADDR=https://HOST"
        )
    if "@" in parts.netloc:
        raise _Mistake(
            "the address of Vault holds a user name or password", "export VAULT_ADDR=https://HOST"
        )
    named = f"[{host}]" if ":" in host else host
    shown = named if port is None else f"{named}:{port}"
    local = is_loopback(host)
    if parts.scheme == "http" and not local:
        raise _Mistake(
            f"{shown} would be asked without TLS, so that others could read the token on its way",
            f"export VAULT_ADDR=https://{shown}",
        )
    return shown, local


def is_loopback(host: str) -> bool:
    """Tell whether a host name or address is this machine's own."""
    if host == "localhost" or host.endswith(".localhost"):
        return True
    from ipaddress import ip_address

    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


def _verify(environ: Mapping[str, str], ca: str, host: str, *, local: bool) -> str | bool:
    """Decide how the server's certificate is checked."""
    skip = _variable(environ, "BAO_SKIP_VERIFY", "VAULT_SKIP_VERIFY").lower()
    if skip not in {"", "0", "f", "false"}:
        if not local:
            raise _Mistake(
                f"VAULT_SKIP_VERIFY is set, but {host} is not this machine: without a check of its "
                "certificate anybody on the way could take the token",
                "unset VAULT_SKIP_VERIFY; export VAULT_CACERT=/path/to/ca.pem",
            )
        return False
    folder = _variable(environ, "BAO_CAPATH", "VAULT_CAPATH")
    common = _variable(environ, "REQUESTS_CA_BUNDLE", "SSL_CERT_FILE")
    chosen = ca or folder or common
    if chosen and not Path(chosen).exists():
        raise _Mistake(
            f"there is no certificate authority at {chosen}", "correct VAULT_CACERT or ca-cert"
        )
    return chosen or True


def _client_certificate(environ: Mapping[str, str]) -> tuple[str, str] | None:
    cert = _variable(environ, "BAO_CLIENT_CERT", "VAULT_CLIENT_CERT")
    key = _variable(environ, "BAO_CLIENT_KEY", "VAULT_CLIENT_KEY")
    if not cert and not key:
        return None
    for name, path in (("VAULT_CLIENT_CERT", cert), ("VAULT_CLIENT_KEY", key)):
        if not path:
            raise _Mistake(
                f"{name} is not set, and the other half is", f"export {name}=/path/to/file.pem"
            )
        if not Path(path).is_file():
            raise _Mistake(f"{name} names no file", f"export {name}=/path/to/file.pem")
    return cert, key


def _proxy(environ: Mapping[str, str], address: str, host: str) -> str:
    """Give the proxy on the way, as Go's programs find it; a local server is asked directly."""
    own = _variable(environ, "VAULT_PROXY_ADDR", "VAULT_HTTP_PROXY")
    if own:
        return own
    scheme = address.partition(":")[0].upper()
    proxy = _variable(environ, f"{scheme}_PROXY", f"{scheme.lower()}_proxy")
    return "" if _bypasses(_variable(environ, "NO_PROXY", "no_proxy"), host) else proxy


def _bypasses(no_proxy: str, host: str) -> bool:
    name = host.rpartition(":")[0] if host.rpartition(":")[2].isdigit() else host
    for entry in no_proxy.replace(",", " ").split():
        ending = entry.lstrip("*").lstrip(".")
        if entry in {"*", host} or name == ending or name.endswith("." + ending):
            return True
    return False


def _home_token(context: Context) -> Path | None:
    """Give the file in which `vault login` keeps its token: on a person's machine only."""
    home = context.environ.get("HOME") or context.environ.get("USERPROFILE")
    return Path(home) / ".vault-token" if home and context.kind == "local" else None
