"""AWS: whose the key is, which every key may ask.

This module imports boto3 and is itself imported when such a question is put.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from credcheck.classifier.hosts import is_refused_host
from credcheck.classifier.normalize import clean
from credcheck.probing.answer import Told
from credcheck.probing.wire import proxies_for
from credcheck.sources.aws_identity import open_session
from credcheck.sources.quiet import hush

if TYPE_CHECKING:
    from credcheck.probing import Question, Rules
    from credcheck.sources.deadline import Deadline

_EXPIRED = frozenset(("ExpiredToken", "ExpiredTokenException"))
_REJECTED = frozenset(
    ("InvalidClientTokenId", "UnrecognizedClientException", "SignatureDoesNotMatch",
     "InvalidAccessKeyId", "AuthFailure", "InvalidSignatureException")
)  # fmt: skip
_REGIONS = ("AWS_REGION", "AWS_DEFAULT_REGION")
_ENDPOINTS = ("AWS_ENDPOINT_URL_STS", "AWS_ENDPOINT_URL")
_PARTS = ("ACCESS_KEY_ID", "SECRET_ACCESS_KEY", "SESSION_TOKEN")


def ask_sts(question: Question, rules: Rules, deadline: Deadline) -> Told:
    """Ask `GetCallerIdentity` with the pair that the value belongs to."""
    parts = _pair(question)
    if isinstance(parts, str):
        return Told("unclear", reason=f"{parts} is missing beside it")
    endpoint = next(filter(None, (_beside(question, name) for name in _ENDPOINTS)), None)
    if endpoint and not _is_safe(endpoint):
        return Told("unclear", reason="AWS_ENDPOINT_URL leads to no https address")
    region = next(filter(None, (_beside(question, name) for name in _REGIONS)), "us-east-1")
    url = endpoint or f"https://sts.{region}.amazonaws.com"
    if is_refused_host(urlsplit(url).hostname or "", rules.refuse.hosts):
        return Told("unclear", reason="the manifest refuses the host that would be asked")
    try:
        config = _config(url, rules, deadline)
        client = _client(parts, region, endpoint, config)
        account = client.get_caller_identity().get("Account")
    except ClientError as error:
        return _refused(str(error.response.get("Error", {}).get("Code", "")))
    except BotoCoreError as error:
        return Told("unclear", reason=f"no answer of STS ({type(error).__name__})")
    if not isinstance(account, str):
        return Told("unclear", reason="the answer is not one of STS")
    return _of(account, rules, proven=endpoint is None)


def _of(account: str, rules: Rules, *, proven: bool) -> Told:
    """Hold the account against the operator's lists."""
    if account in rules.refuse.aws_accounts:
        reason = "accepts it, for an account that the manifest refuses"
        return Told("works", "live", reason, proven)
    if account in (rules.allow.aws_accounts or ()):
        return Told("works", "test", "accepts it, for an account in allow.aws-accounts", proven)
    return Told("works", reason="accepts it", proven=proven)


def _refused(code: str) -> Told:
    if code in _EXPIRED:
        return Told("expired", reason="says that it has expired")
    if code in _REJECTED:
        return Told("rejected", reason="does not accept it")
    return Told("unclear", reason="the answer of STS says neither yes nor no")


def _pair(question: Question) -> tuple[str, str, str | None] | str:
    """Give key id, secret and session token, or the name of the variable that is missing."""
    name, value = question.name, clean(question.secret.reveal())
    own = next((part for part in _PARTS if name.endswith(part)), None)
    if own is None:
        own = "ACCESS_KEY_ID" if question.kind == "access-key-id" else "SECRET_ACCESS_KEY"
        prefix = "AWS_"
    else:
        prefix = name.removesuffix(own)
    found: dict[str, str | None] = {part: _beside(question, prefix + part) for part in _PARTS}
    found[own] = value
    for part in _PARTS[:2]:
        if not found[part]:
            return prefix + part
    return str(found["ACCESS_KEY_ID"]), str(found["SECRET_ACCESS_KEY"]), found["SESSION_TOKEN"]


def _beside(question: Question, name: str) -> str | None:
    secret = question.beside.get(name)
    return clean(secret.reveal()) or None if secret is not None else None


def _is_safe(url: str) -> bool:
    from credcheck.probing.asking import is_safe

    return is_safe(url)


def _config(url: str, rules: Rules, deadline: Deadline) -> Config:
    left = max(0.1, deadline.left())
    return Config(
        connect_timeout=left,
        read_timeout=left,
        retries={"mode": "standard", "total_max_attempts": 1},
        proxies=proxies_for(url, rules.environ),
    )


def _client(
    parts: tuple[str, str, str | None],
    region: str,
    endpoint: str | None,
    config: Config,
) -> Any:
    session = open_session({})  # nothing of this machine's own configuration
    session.set_credentials(*parts)
    client = boto3.session.Session(botocore_session=session).client(
        "sts", region_name=region, endpoint_url=endpoint, config=config
    )
    hush()  # botocore's loggers exist now
    return client
