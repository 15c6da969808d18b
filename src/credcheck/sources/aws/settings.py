"""Which AWS account and region: the manifest's table and the variables of AWS' own tools."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from credcheck.model import Context, Manifest

TIMEOUT = 10.0  # seconds, for everything together


class Settings(NamedTuple):
    """Everything that is known before boto3 is imported."""

    region: str | None
    profile: str | None
    role_arn: str | None
    endpoint: str | None
    sts_endpoint: str | None
    instance_metadata: bool
    timeout: float
    variables: Mapping[str, str]
    files: bool  # whether there is any configuration in which a region could stand


def read_settings(manifest: Manifest, context: Context) -> Settings:
    """Read the settings; what the manifest names wins over a variable, as a profile does in AWS."""
    options = manifest.options.get("aws", {})
    environ = context.environ

    def option(name: str, *variables: str) -> str | None:
        if name in options:
            return str(options[name])
        return next((environ[v] for v in variables if environ.get(v)), None)

    return Settings(
        region=option("region", "AWS_REGION", "AWS_DEFAULT_REGION"),
        profile=option("profile"),
        role_arn=option("role-arn"),
        endpoint=option("endpoint-url", "AWS_ENDPOINT_URL_SECRETS_MANAGER", "AWS_ENDPOINT_URL"),
        sts_endpoint=option("endpoint-url", "AWS_ENDPOINT_URL_STS", "AWS_ENDPOINT_URL"),
        instance_metadata=bool(options.get("instance-metadata", False)),
        timeout=float(options.get("timeout", TIMEOUT)),
        variables=environ,
        files=any(path.is_file() for path in _files(environ)),
    )


def _files(environ: Mapping[str, str]) -> Iterator[Path]:
    """Give where AWS' tools keep their configuration.

    Source: https://docs.aws.amazon.com/cli/latest/userguide/cli-configure-files.html
    """
    home = environ.get("HOME") or environ.get("USERPROFILE")
    for variable, name in (
        ("AWS_CONFIG_FILE", "config"),
        ("AWS_SHARED_CREDENTIALS_FILE", "credentials"),
    ):
        if environ.get(variable):
            yield Path(environ[variable]).expanduser()
        elif home:
            yield Path(home, ".aws", name)
