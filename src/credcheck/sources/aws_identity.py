"""Who we are in AWS: the credentials of boto3's chain, by our rules, for whoever needs them.

This module imports nothing heavy by itself; botocore is imported by whoever calls it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping
    from subprocess import Popen

    from botocore.loaders import Loader
    from botocore.session import Session


# Secrets Manager, and what signs us in: the services of which a client is ever made.
SERVICES = ("secretsmanager", "signin", "sso", "sso-oidc", "sts")


class Helpers:
    """The credential helpers that were started: botocore waits for one without any limit."""

    def __init__(self) -> None:
        self._started: list[Popen[bytes]] = []

    def start(self, *args: Any, **kwargs: Any) -> Popen[bytes]:
        """Start a process as `subprocess.Popen` does, and remember it."""
        from subprocess import Popen

        process: Popen[bytes] = Popen(*args, **kwargs)  # noqa: S603  # AWS' own configuration
        self._started.append(process)
        return process

    def kill(self) -> None:
        """End those that still run."""
        for process in self._started:
            if process.poll() is None:
                process.kill()


def open_session(
    environ: Mapping[str, str],
    *,
    profile: str | None = None,
    instance_metadata: bool = False,
    helpers: Helpers | None = None,
) -> Session:
    """Make a botocore session that looks for credentials where the environment says.

    Args:
        environ: `AWS_PROFILE`, keys, and the paths of the configuration files come from here.
        profile: wins over `AWS_PROFILE`.
        instance_metadata: ask the machine's own metadata service as the last resort. Without it
            that service is never asked: where there is none, the question hangs for seconds.
        helpers: remembers the `credential_process` that is started, to be ended when it hangs.

    Raises:
        botocore.exceptions.ProfileNotFound: there is no such profile.
    """
    import botocore.session

    chosen = profile or environ.get("AWS_PROFILE") or environ.get("AWS_DEFAULT_PROFILE") or None
    session: Session = botocore.session.Session(profile=chosen)
    session.register_component("data_loader", _loader(session))
    for variable, name in (
        ("AWS_CONFIG_FILE", "config_file"),
        ("AWS_SHARED_CREDENTIALS_FILE", "credentials_file"),
    ):
        if environ.get(variable):
            session.set_config_variable(name, environ[variable])
    providers = session.get_component("credential_provider")
    if not instance_metadata:
        providers.remove("iam-role")
    if helpers is not None:
        from botocore.credentials import ProcessProvider

        named = session.get_config_variable("profile") or "default"
        own = ProcessProvider(named, lambda: session.full_config, popen=helpers.start)
        providers.insert_before("custom-process", own)
    key, secret = environ.get("AWS_ACCESS_KEY_ID"), environ.get("AWS_SECRET_ACCESS_KEY")
    if key and secret and not profile:  # a profile that is named wins, as in the AWS command
        session.set_credentials(key, secret, environ.get("AWS_SESSION_TOKEN") or None)
    return session


def _loader(session: Session) -> Loader:
    """Make a loader that does not look through the folders of 400 services to find our few."""
    from botocore.loaders import Loader, create_loader

    class FewServices(Loader):
        def list_available_services(self, type_name: str) -> list[str]:  # noqa: ARG002
            return list(SERVICES)

    usual = create_loader(session.get_config_variable("data_path"))
    return FewServices(extra_search_paths=usual.search_paths)


def region_of(session: Session, environ: Mapping[str, str]) -> str | None:
    """Give the region that the environment or the profile names."""
    named = environ.get("AWS_REGION") or environ.get("AWS_DEFAULT_REGION")
    if named:
        return named
    configured = session.get_scoped_config().get("region")
    return configured if isinstance(configured, str) else None


def signed_identity_request(environ: Mapping[str, str], server_id: str) -> dict[str, str] | None:
    """Sign a question to STS who we are, without sending it.

    Args:
        environ: where the credentials come from.
        server_id: the value of the header that ties the request to one Vault, or "".

    Returns:
        The request as Vault's sign-in by AWS takes it; None when there are no credentials.
        Source: https://developer.hashicorp.com/vault/api-docs/auth/aws#login
    """
    import json
    from base64 import b64encode

    from botocore.auth import SigV4Auth
    from botocore.awsrequest import AWSRequest

    credentials = open_session(environ).get_credentials()
    if credentials is None:
        return None
    body = "Action=GetCallerIdentity&Version=2011-06-15"
    headers = {"Content-Type": "application/x-www-form-urlencoded; charset=utf-8"}
    if server_id:
        headers["X-Vault-AWS-IAM-Server-ID"] = server_id
    request = AWSRequest(
        method="POST", url="https://sts.amazonaws.com/", data=body, headers=headers
    )
    SigV4Auth(credentials.get_frozen_credentials(), "sts", "us-east-1").add_auth(request)

    def encoded(text: str) -> str:
        return b64encode(text.encode()).decode()

    signed = {**dict(request.headers.items()), "Host": "sts.amazonaws.com"}
    return {
        "iam_http_request_method": "POST",
        "iam_request_url": encoded("https://sts.amazonaws.com/"),
        "iam_request_body": encoded(body),
        "iam_request_headers": encoded(json.dumps(signed)),
    }
