"""Reading secrets: in batches of 20, one by one where a batch is not allowed or cannot say it.

This module imports boto3 and is itself imported when the first secret is fetched.
"""

from __future__ import annotations

from base64 import b64encode
from typing import TYPE_CHECKING, Any

from botocore.exceptions import BotoCoreError, ClientError, ParamValidationError

from credcheck.model import Unreachable
from credcheck.sources.aws.faults import answer_for, code_of, translate
from credcheck.sources.deadline import Crash, in_time

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from credcheck.model import Answer
    from credcheck.places import Place
    from credcheck.sources.aws.settings import Settings
    from credcheck.sources.deadline import Deadline

BATCH = 20  # https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_BatchGetSecretValue.html
SINGLE_THREADS = 16
MAX_PAGES = 100
# What a whole batch can be refused with for the sake of one id in it.
_OF_ONE = frozenset(
    {"InvalidParameterException", "InvalidRequestException", "ValidationException"}
    | {"ResourceNotFoundException", "DecryptionFailure", "UnknownOperationException"}
)


class Reader:
    """Reads from one region with one client, which threads may share."""

    def __init__(self, client: Any, settings: Settings, region: str) -> None:
        self._client = client
        self._settings = settings
        self._region = region
        self.batch_denied = False
        self._alone: set[str] = set()  # what a batch cannot answer for

    def read(self, places: Mapping[str, Place], deadline: Deadline) -> dict[str, str | Answer]:
        """Give what each place holds, by its name in ``places``; what is late is left out."""
        plain = {p.path: p for p in places.values() if not p.which}
        single = [p for p in places.values() if p.which]
        by_path: dict[str, str | Answer] = {}
        if len(plain) > 1:
            for batch in self._batches(list(plain), deadline):
                by_path.update(batch)
            single += [plain[path] for path in plain if path in self._alone]
        else:
            single += plain.values()
        by_whole = self._singles(single, deadline)
        done: dict[str, str | Answer] = {}
        for name, place in places.items():
            got = by_whole.get(place.whole, by_path.get(place.path))
            if got is not None:
                done[name] = got
        return done

    # ── in batches ────────────────────────────────────────────────────────────────────────────

    def _batches(self, paths: Sequence[str], deadline: Deadline) -> list[dict[str, str | Answer]]:
        chunks = [paths[i : i + BATCH] for i in range(0, len(paths), BATCH)]

        def job(chunk: Sequence[str]) -> Callable[[], dict[str, str | Answer]]:
            return lambda: self._batch(chunk)

        jobs = {str(number): job(chunk) for number, chunk in enumerate(chunks)}
        results = in_time(jobs, deadline)
        return [
            self._crashed(got, chunks[int(number)]) if isinstance(got, Crash) else got
            for number, got in results.items()
        ]

    def _batch(self, paths: Sequence[str]) -> dict[str, str | Answer]:
        """Ask for up to 20; nothing of a secret means that the batch is not allowed to us."""
        got: dict[str, str | Answer] = {}
        wanted: dict[str, Any] = {"SecretIdList": list(paths)}
        try:
            for _ in range(MAX_PAGES):
                body = self._client.batch_get_secret_value(**wanted)
                self._take(body, paths, got)
                if not body.get("NextToken"):
                    break
                wanted["NextToken"] = body["NextToken"]
        except (BotoCoreError, ClientError) as error:
            denied = code_of(error) in {"AccessDeniedException", "AccessDenied"}
            if denied or code_of(error) in _OF_ONE or isinstance(error, ParamValidationError):
                self.batch_denied = self.batch_denied or denied
                self._alone.update(paths)  # one of them spoils the others' answer
                return {}
            return {p: translate(error, p, self._settings, self._region) for p in paths}
        lost = Unreachable(f"Secrets Manager in {self._region} did not answer as AWS does")
        return {path: got.get(path, lost) for path in paths}

    def _take(
        self, body: Mapping[str, Any], paths: Sequence[str], got: dict[str, str | Answer]
    ) -> None:
        for held in body.get("SecretValues") or ():
            for path in paths:
                if _is_named(held, path):
                    got[path] = self._text(held)
        for failed in body.get("Errors") or ():
            path = str(failed.get("SecretId", ""))
            if path in paths:
                got[path] = answer_for(
                    str(failed.get("ErrorCode", "")),
                    str(failed.get("Message", "")),
                    path,
                    self._settings,
                    self._region,
                )

    # ── one by one ────────────────────────────────────────────────────────────────────────────

    def _singles(self, places: Sequence[Place], deadline: Deadline) -> dict[str, str | Answer]:
        def job(place: Place) -> Callable[[], str | Answer]:
            return lambda: self._single(place)

        jobs = {place.whole: job(place) for place in places}
        results = in_time(jobs, deadline, threads=SINGLE_THREADS)
        return {
            whole: self._crashed(got, (whole,))[whole] if isinstance(got, Crash) else got
            for whole, got in results.items()
        }

    def _single(self, place: Place) -> str | Answer:
        option = {"version": "VersionId", "stage": "VersionStage"}.get(place.which)
        wanted = {option: place.option} if option else {}
        try:
            return self._text(self._client.get_secret_value(SecretId=place.path, **wanted))
        except (BotoCoreError, ClientError) as error:
            return translate(error, place.whole, self._settings, self._region)

    def _crashed(self, crash: Crash, names: Sequence[str]) -> dict[str, str | Answer]:
        told = Unreachable(f"Secrets Manager in {self._region} could not be asked ({crash.kind})")
        return dict.fromkeys(names, told)

    def _text(self, held: Mapping[str, Any]) -> str | Answer:
        """Give the text of a secret; one of bytes as text if it is that, else as base64."""
        text = held.get("SecretString")
        if isinstance(text, str):
            return text
        data = held.get("SecretBinary")
        if not isinstance(data, bytes):
            return Unreachable(f"Secrets Manager in {self._region} did not answer as AWS does")
        try:
            return data.decode("utf-8")
        except UnicodeDecodeError:
            return b64encode(data).decode("ascii")


def _is_named(held: Mapping[str, Any], path: str) -> bool:
    """Tell whether an entry is the one that was asked for: by name, ARN, or ARN without its end."""
    arn = str(held.get("ARN", ""))
    return path in {held.get("Name"), arn} or (
        path.startswith("arn:") and arn.startswith(path + "-") and len(arn) == len(path) + 7
    )
