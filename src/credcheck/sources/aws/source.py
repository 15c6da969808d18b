"""The source `aws`: Secrets Manager, in batches, everything by one deadline."""

from __future__ import annotations

from time import perf_counter
from typing import TYPE_CHECKING, Any, Self, final

from credcheck.model import Absent, Denied, Empty, Health, NotConfigured, Unreachable
from credcheck.places import parse_aws
from credcheck.sources.aws.settings import read_settings

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from credcheck.model import Answer, Context, Manifest, Request
    from credcheck.places import Place
    from credcheck.sources.aws.connecting import Connection
    from credcheck.sources.aws.settings import Settings
    from credcheck.sources.deadline import Deadline


@final
class AwsSource:
    """Answers from AWS Secrets Manager.

    `Found` for a secret or a field of its JSON, `Absent` where it, its version or field does not
    exist or it is marked for deletion, `Denied` where our credentials or their rights do not do,
    `Unreachable` for a service that does not answer by the deadline or not as AWS does,
    `NotConfigured` without a region.
    """

    name = "aws"

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._connection: Connection | None = None

    @classmethod
    def open(cls, manifest: Manifest, context: Context) -> Self:
        """Read the settings; nothing is asked."""
        return cls(read_settings(manifest, context))

    def fetch(self, requests: Sequence[Request]) -> Mapping[str, Answer]:
        """Read every secret once, and take the fields out of it."""
        if not requests:
            return {}
        from credcheck.sources.deadline import Deadline

        deadline = Deadline(self._settings.timeout)
        places = {request.name: parse_aws(request.place or "") for request in requests}
        if self._no_region() and set(_by_region(places, None)) == {None}:
            return dict.fromkeys(places, NO_REGION)
        connection = self._connect(deadline)
        if not hasattr(connection, "reader"):
            return dict.fromkeys(places, connection)
        held: dict[str, str | Answer] = {}
        for region, names in _by_region(places, connection.region).items():
            if region is None:
                held.update(dict.fromkeys(names, NO_REGION))
                continue
            held.update(connection.read(region, {n: places[n] for n in names}, deadline))
        late = Unreachable(f"Secrets Manager did not answer within {deadline.seconds:g} s")
        return {name: _answer(held.get(name, late), place) for name, place in places.items()}

    def notes(self) -> tuple[str, ...]:
        """Give what would make the next run quicker, once."""
        denied = self._connection is not None and self._connection.batch_denied
        return (
            ("one request a secret; secretsmanager:BatchGetSecretValue would make it quicker",)
            if denied
            else ()
        )

    def health(self) -> Health:
        """Ask STS who we are."""
        if self._no_region():
            return Health.unwell(NO_REGION, hint=_HINT)
        from credcheck.sources.deadline import Deadline, in_time

        start = perf_counter()
        deadline = Deadline(self._settings.timeout)
        connection = self._connect(deadline)
        told: object = connection
        if hasattr(connection, "reader"):
            if connection.region is None:
                return Health.unwell(NO_REGION, hint=_HINT)
            told = in_time({"": connection.identity}, deadline).get("")
        elapsed = round((perf_counter() - start) * 1000, 3)
        if isinstance(told, Health):
            return told._replace(elapsed_ms=elapsed)
        if isinstance(told, Denied | Unreachable):
            return Health.unwell(told, elapsed)
        late = f"STS did not answer within {deadline.seconds:g} s"
        return Health("unreachable", late, elapsed)

    def _no_region(self) -> bool:
        """Tell whether no region can be found, without importing boto3 for that answer."""
        return self._settings.region is None and not self._settings.files

    def _connect(self, deadline: Deadline) -> Any:
        """Find our credentials, once; give the connection, or the answer instead."""
        if self._connection is None:
            from credcheck.sources.aws.connecting import connect
            from credcheck.sources.aws_identity import Helpers
            from credcheck.sources.deadline import in_time

            helpers = Helpers()
            result = in_time({"": lambda: connect(self._settings, helpers)}, deadline).get("")
            if result is None:
                helpers.kill()
                return Unreachable(
                    f"our AWS credentials were not found within {deadline.seconds:g} s",
                    "aws sts get-caller-identity",
                )
            if isinstance(result, Denied | Unreachable | Absent):
                return result
            if not hasattr(result, "reader"):
                return Unreachable("the AWS credentials could not be looked for")
            self._connection = result  # type: ignore[assignment]
        return self._connection


NO_REGION = NotConfigured("no region: AWS_REGION is not set, nor aws.region")
_HINT = "export AWS_REGION=…"


def _by_region(places: Mapping[str, Place], default: str | None) -> dict[str | None, list[str]]:
    """Sort the secrets by region: an ARN names its own."""
    sorted_names: dict[str | None, list[str]] = {}
    for name, place in places.items():
        parts = place.path.split(":")
        region = parts[3] if parts[0] == "arn" and parts[3] else default
        sorted_names.setdefault(region, []).append(name)
    return sorted_names


def _answer(held: str | Answer, place: Place) -> Answer:
    """Take the wanted field out of a secret's text."""
    if not isinstance(held, str):
        return held
    if not held:
        return Empty(f"{place.whole} has no value")
    from credcheck.sources.fields import pick, whole

    if place.field is None:
        return whole(held, place.whole)
    import json

    try:
        fields = json.loads(held)
    except ValueError:
        fields = None
    if not isinstance(fields, dict):
        return Absent(f"{place.whole} is no JSON object, so it has no field {place.field!r}")
    return pick(fields, place.field, place.whole)
