"""Credentials, clients and who we are in AWS.

This module imports boto3 and is itself imported when the first secret is fetched.
"""

from __future__ import annotations

from threading import Lock
from typing import TYPE_CHECKING, Any

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from credcheck.model import Denied, Health
from credcheck.sources.aws.faults import translate
from credcheck.sources.aws.reading import Reader
from credcheck.sources.aws_identity import open_session, region_of
from credcheck.sources.deadline import in_time
from credcheck.sources.quiet import hush

if TYPE_CHECKING:
    from collections.abc import Mapping

    from credcheck.model import Absent, Answer, Unreachable
    from credcheck.places import Place
    from credcheck.sources.aws.settings import Settings
    from credcheck.sources.aws_identity import Helpers
    from credcheck.sources.deadline import Deadline

CONFIG = Config(
    connect_timeout=3,
    read_timeout=5,
    retries={"mode": "standard", "total_max_attempts": 3},
    max_pool_connections=16,
)
SESSION_NAME = "credcheck"


class Connection:
    """Signed-in clients, one a region."""

    def __init__(self, session: boto3.session.Session, settings: Settings, region: str | None):
        self.region = region
        self._session = session
        self._settings = settings
        self._readers: dict[str, Reader] = {}
        self._lock = Lock()

    @property
    def batch_denied(self) -> bool:
        """Tell whether some region did not let us ask for several secrets at once."""
        return any(reader.batch_denied for reader in self._readers.values())

    def reader(self, region: str) -> Reader:
        """Give the reader of a region; its client is made the first time."""
        with self._lock:
            if region not in self._readers:
                client = self._client("secretsmanager", region)
                hush()  # botocore's loggers exist now
                self._readers[region] = Reader(client, self._settings, region)
            return self._readers[region]

    def read(
        self, region: str, places: Mapping[str, Place], deadline: Deadline
    ) -> dict[str, str | Answer]:
        """Read from one region; what is late is left out."""
        made = in_time({"": lambda: self.reader(region)}, deadline).get("")  # it logs, too
        return made.read(places, deadline) if isinstance(made, Reader) else {}

    def identity(self) -> Health | Absent | Denied | Unreachable:
        """Ask STS as whom we sign, which every principal may."""
        region = self.region or "us-east-1"
        try:
            told = self._client("sts", region).get_caller_identity()
        except (BotoCoreError, ClientError) as error:
            return translate(error, "our identity", self._settings, region)
        arn, account = told.get("Arn"), told.get("Account")
        if not isinstance(arn, str) or not isinstance(account, str):
            return translate(ValueError(), "our identity", self._settings, region)
        return Health("ok", f"Secrets Manager in {region}, account {account}", identity=arn)

    def _client(self, service: str, region: str) -> Any:
        sts = service == "sts"
        endpoint = self._settings.sts_endpoint if sts else self._settings.endpoint
        return self._session.client(
            service,  # type: ignore[call-overload]
            region_name=region,
            endpoint_url=endpoint,
            config=CONFIG,
        )


def connect(
    settings: Settings, helpers: Helpers | None = None
) -> Connection | Absent | Denied | Unreachable:
    """Find credentials as boto3 does, and assume the role that the manifest names.

    Nothing is asked of Secrets Manager yet; STS, single sign-on or a credential process may be.
    """
    region = settings.region
    try:
        session = open_session(
            settings.variables,
            profile=settings.profile,
            instance_metadata=settings.instance_metadata,
            helpers=helpers,
        )
        region = region or region_of(session, settings.variables)
        credentials = session.get_credentials()
        if credentials is not None:
            credentials.get_frozen_credentials()  # this asks whoever has to be asked
        boto = boto3.session.Session(botocore_session=session)
        connection = Connection(boto, settings, region)
        if settings.role_arn:
            return _assumed(connection, settings, region)
    except (BotoCoreError, ClientError) as error:
        return translate(error, "our identity", settings, region or "AWS")
    except Exception as error:  # noqa: BLE001  # a helper that prints nothing: JSONDecodeError
        return Denied(
            f"our AWS credentials could not be got ({type(error).__name__})",
            "aws sts get-caller-identity",
        )
    return connection


def _assumed(connection: Connection, settings: Settings, region: str | None) -> Connection:
    """Sign in as another role."""
    sts = connection._client("sts", region or "us-east-1")  # noqa: SLF001
    told = sts.assume_role(RoleArn=settings.role_arn, RoleSessionName=SESSION_NAME)
    given = told["Credentials"]
    session = open_session({})
    session.set_credentials(given["AccessKeyId"], given["SecretAccessKey"], given["SessionToken"])
    return Connection(boto3.session.Session(botocore_session=session), settings, region)
