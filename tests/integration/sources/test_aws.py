"""AWS Secrets Manager, as moto serves it, and the stand-in for what moto never does."""

from __future__ import annotations

import base64
import http.client
import json
import logging
import os
import sys
from typing import TYPE_CHECKING, Any

import boto3
import pytest

from credcheck.model import Absent, Denied, Empty, Found, NotConfigured, SecretSpec, Unreachable
from credcheck.testing import SourceContract
from servers.finding import free_port
from servers.forwarding import forwarding
from servers.stand_in import Answer, answer_json, stand_in
from servers.toxiproxy import cut, drip, latency, reset, silence
from support.sources import ask, detail_of, hint_of, opened, value_of

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from credcheck.sources.base import Source
    from servers.stand_in import Asked, StandIn
    from servers.toxiproxy import Toxiproxy

pytest_plugins = ["servers.fixtures", "servers.moto_server"]

KEYS = {"AWS_ACCESS_KEY_ID": "testing", "AWS_SECRET_ACCESS_KEY": "testing-secret"}
REGION = {"AWS_REGION": "eu-west-1"}


@pytest.fixture(autouse=True)
def _no_aws_of_this_machine(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in [name for name in os.environ if name.startswith("AWS_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "config"))
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(tmp_path / "credentials"))


@pytest.fixture
def store(aws_endpoint: str) -> Any:
    """A client of the server, for what the tests put there."""
    return boto3.client(
        "secretsmanager",
        region_name="eu-west-1",
        endpoint_url=aws_endpoint,
        aws_access_key_id="testing",
        aws_secret_access_key="testing-secret",
    )


def put(store: Any, name: str, value: str | bytes | dict[str, Any]) -> str:
    """Write a secret; give its ARN."""
    if isinstance(value, dict):
        value = json.dumps(value)
    kind = "SecretBinary" if isinstance(value, bytes) else "SecretString"
    try:
        made = store.create_secret(Name=name, **{kind: value})
    except store.exceptions.ResourceExistsException:
        made = store.put_secret_value(SecretId=name, **{kind: value})
    return str(made["ARN"])


def signed_in(endpoint: str, **options: Any) -> Source:
    environ = {**KEYS, **REGION, "AWS_ENDPOINT_URL": endpoint}
    return opened("aws", environ, **options)


class TestAwsSource(SourceContract):
    @pytest.fixture(autouse=True)
    def _server(self, aws_endpoint: str, store: Any) -> None:
        self.endpoint, self.store = aws_endpoint, store

    def holding(self, values: Mapping[str, str], tmp_path: Path) -> Source:
        put(self.store, "contract", dict(values))
        return signed_in(self.endpoint)

    def spec(self, name: str) -> SecretSpec:
        return SecretSpec(name=name, aws=f"contract#{name}")


# ── what a place holds ────────────────────────────────────────────────────────────────────────


def test_names_arns_and_arns_without_their_end(aws_endpoint: str, store: Any) -> None:
    arn = put(store, "ci/stripe", {"api_key": "the-value"})
    places = (f"{arn}#api_key", f"{arn[:-7]}#api_key", "ci/stripe#api_key")
    answers = ask(signed_in(aws_endpoint), *places)
    assert [value_of(a) for a in answers[::2]] == ["the-value", "the-value"]
    # moto knows no partial ARN; the real service does
    assert isinstance(answers[1], Absent) or value_of(answers[1]) == "the-value"


def test_a_secret_without_a_field_is_its_whole_text(aws_endpoint: str, store: Any) -> None:
    put(store, "ci/plain", "just-a-text")
    put(store, "ci/empty-field", {"a": ""})
    plain, field, empty = ask(
        signed_in(aws_endpoint), "ci/plain", "ci/plain#key", "ci/empty-field#a"
    )
    assert value_of(plain) == "just-a-text"
    assert field == Absent("ci/plain is no JSON object, so it has no field 'key'")
    assert empty == Empty("ci/empty-field#a has no value")


def test_binary_secrets_are_text_or_base64(aws_endpoint: str, store: Any) -> None:
    put(store, "ci/text-bytes", "pässwörd".encode())
    put(store, "ci/bytes", b"\xff\x00\xfe")
    text, data = ask(signed_in(aws_endpoint), "ci/text-bytes", "ci/bytes")
    assert value_of(text) == "pässwörd"
    assert value_of(data) == base64.b64encode(b"\xff\x00\xfe").decode()


def test_versions_and_stages(aws_endpoint: str, store: Any) -> None:
    first = store.create_secret(Name="ci/turned", SecretString="first-value")
    store.put_secret_value(SecretId="ci/turned", SecretString="second-value")
    places = (
        "ci/turned",
        "ci/turned?stage=AWSPREVIOUS",
        f"ci/turned?version={first['VersionId']}",
        "ci/turned?stage=NOBODYS",
    )
    answers = ask(signed_in(aws_endpoint), *places)
    assert [value_of(a) for a in answers[:3]] == ["second-value", "first-value", "first-value"]
    assert isinstance(answers[3], Absent)


def test_missing_fields_and_secrets_are_absent(aws_endpoint: str, store: Any) -> None:
    put(store, "ci/named", {"api_key": "the-value"})
    field, secret, single = ask(
        signed_in(aws_endpoint), "ci/named#apikey", "ci/nothing#a", "ci/nothing?stage=X"
    )
    assert field == Absent("ci/named has no field 'apikey'; it has: 'api_key'")
    assert secret == Absent("there is no secret ci/nothing in eu-west-1")
    assert isinstance(single, Absent)


def test_a_secret_that_is_marked_for_deletion_says_how_to_get_it_back(
    aws_endpoint: str, store: Any
) -> None:
    put(store, "ci/doomed", "the-value")
    put(store, "ci/other", "other-value")
    store.delete_secret(SecretId="ci/doomed", RecoveryWindowInDays=7)
    for places in (("ci/doomed",), ("ci/doomed", "ci/other")):
        answer = ask(signed_in(aws_endpoint), *places)[0]
        assert isinstance(answer, Absent)
        assert "ci/doomed in eu-west-1 is marked for deletion" in answer.detail
        assert "restore-secret --secret-id ci/doomed" in answer.detail
    store.restore_secret(SecretId="ci/doomed")


def test_an_arn_of_another_region_is_asked_there(aws_endpoint: str) -> None:
    elsewhere = boto3.client(
        "secretsmanager",
        region_name="us-east-2",
        endpoint_url=aws_endpoint,
        aws_access_key_id="testing",
        aws_secret_access_key="testing-secret",
    )
    arn = put(elsewhere, "ci/far", "far-value")
    assert value_of(ask(signed_in(aws_endpoint), arn)[0]) == "far-value"


# ── how AWS is asked ──────────────────────────────────────────────────────────────────────────


def actions(server: StandIn) -> list[tuple[str, int]]:
    """Give the action of each request, and how many secrets it asked for."""
    told = []
    for asked in server.asked:
        action = asked.headers.get("X-Amz-Target", "").rpartition(".")[2]
        told.append((action, len(json.loads(asked.body).get("SecretIdList", [0]))))
    return told


def test_secrets_are_asked_for_twenty_at_a_time_and_each_once(
    aws_endpoint: str, store: Any
) -> None:
    for number in range(45):
        put(store, f"many/{number}", {"a": f"value-{number}", "b": f"other-{number}"})
    places = [f"many/{n}#{field}" for n in range(45) for field in "ab"]
    with forwarding(aws_endpoint) as between:
        answers = ask(signed_in(between.address), *places)
    assert [value_of(a) for a in answers[:3]] == ["value-0", "other-0", "value-1"]
    assert len({value_of(a) for a in answers}) == 90
    assert sorted(actions(between)) == [
        ("BatchGetSecretValue", 5),
        ("BatchGetSecretValue", 20),
        ("BatchGetSecretValue", 20),
    ]


def test_without_the_right_to_a_batch_it_reads_one_by_one_and_says_so_once(
    aws_endpoint: str, store: Any
) -> None:
    for number in range(3):
        put(store, f"single/{number}", f"value-{number}")
    with forwarding(aws_endpoint) as real:

        def no_batches(asked: Asked) -> Answer:
            if asked.headers.get("X-Amz-Target", "").endswith("BatchGetSecretValue"):
                return answer_json({"__type": "AccessDeniedException", "message": "no"}, 400)
            return Answer(*_post(real.address, asked))

        with stand_in(no_batches) as server:
            source = signed_in(server.address)
            answers = ask(source, *(f"single/{number}" for number in range(3)))
            assert list(map(value_of, answers)) == ["value-0", "value-1", "value-2"]
            assert (
                sorted(actions(server))
                == [("BatchGetSecretValue", 3)] + [("GetSecretValue", 1)] * 3
            )
    notes = source.notes()  # type: ignore[attr-defined]
    assert notes == (
        "one request a secret; secretsmanager:BatchGetSecretValue would make it quicker",
    )


def _post(address: str, asked: Asked) -> tuple[int, bytes]:
    import urllib.request

    kept = {
        n: v
        for n, v in asked.headers.items()
        if n.lower().startswith(("x-amz", "auth", "content-t"))
    }
    request = urllib.request.Request(address, data=asked.body, headers=kept)
    with urllib.request.urlopen(request, timeout=10) as got:
        return got.status, got.read()


def test_a_batch_that_comes_in_pages_is_read_to_its_end() -> None:
    def paged(asked: Asked) -> Answer:
        page = json.loads(asked.body).get("NextToken")
        name = "b" if page else "a"
        more = {} if page else {"NextToken": "more"}
        return answer_json({"SecretValues": [_entry(name, f"value-{name}")], **more})

    with stand_in(paged) as server:
        answers = ask(signed_in(server.address), "a", "b")
    assert list(map(value_of, answers)) == ["value-a", "value-b"]


def _entry(name: str, value: str) -> dict[str, str]:
    arn = f"arn:aws:secretsmanager:eu-west-1:123456789012:secret:{name}-AbCdEf"
    return {"Name": name, "ARN": arn, "SecretString": value}


def test_an_arn_without_its_end_is_matched_to_what_came_back() -> None:
    entry = _entry("ci/a", "value-a")
    with stand_in(lambda _: answer_json({"SecretValues": [entry]})) as server:
        answers = ask(signed_in(server.address), entry["ARN"][:-7], entry["ARN"])
    assert list(map(value_of, answers)) == ["value-a", "value-a"]


@pytest.mark.parametrize("code", ["InvalidParameterException", "ResourceNotFoundException"])
def test_an_id_that_spoils_a_batch_is_told_alone_and_the_others_are_read(code: str) -> None:
    def spoiled(asked: Asked) -> Answer:
        wanted = json.loads(asked.body)
        if wanted.get("SecretId") == "good":
            return answer_json(_entry("good", "value-good"))
        return answer_json({"__type": code, "message": "x"}, 400)

    with stand_in(spoiled) as server:
        good, bad = ask(source := signed_in(server.address), "good", "bad")
    assert value_of(good) == "value-good"
    assert not isinstance(bad, Found)
    assert source.notes() == ()  # type: ignore[attr-defined]


def test_a_name_that_begins_with_a_slash_is_asked_for_as_it_is(
    aws_endpoint: str, store: Any
) -> None:
    put(store, "/slash/ci", "the-value")
    put(store, "/slash/other", "other-value")
    answers = ask(signed_in(aws_endpoint), "/slash/ci", "/slash/other")
    assert list(map(value_of, answers)) == ["the-value", "other-value"]


# ── what its errors mean ──────────────────────────────────────────────────────────────────────

BODY_WORD = "words-of-aws-that-may-hold-anything"


@pytest.mark.parametrize(
    ("code", "message", "kind", "words"),
    [
        ("AccessDeniedException", "", Denied, "our role may not read a in eu-west-1"),
        ("AccessDeniedException", "Access to KMS", Denied, "our role may not read a"),
        ("DecryptionFailure", "", Denied, "the KMS key of a in eu-west-1 cannot be used"),
        ("ResourceNotFoundException", "", Absent, "there is no secret a in eu-west-1"),
        ("ResourceNotFoundException", "staging label", Absent, "has no such version or stage"),
        ("InvalidRequestException", "marked for deletion", Absent, "is marked for deletion"),
        ("ExpiredTokenException", "", Denied, "our AWS credentials are expired"),
        ("UnrecognizedClientException", "", Denied, "AWS does not know our access key"),
        ("InvalidSignatureException", "Signature expired", Denied, "the clock of this machine"),
        ("ThrottlingException", "", Unreachable, "asks for fewer requests, or is down"),
        ("InternalServiceError", "", Unreachable, "asks for fewer requests, or is down"),
        ("SomethingNew", "", Unreachable, "did not answer as it does (SomethingNew)"),
        ("not an identifier", "", Unreachable, "(an unknown error)"),
    ],
)
def test_an_error_is_told_in_our_words_alone_and_in_a_batch(
    code: str, message: str, kind: type, words: str
) -> None:
    told = f"{message} {BODY_WORD}"

    def failing(asked: Asked) -> Answer:
        if asked.headers["X-Amz-Target"].endswith("BatchGetSecretValue"):
            error = {"SecretId": "a", "ErrorCode": code, "Message": told}
            return answer_json({"Errors": [error], "SecretValues": [_entry("b", "value-b")]})
        return answer_json({"__type": code, "message": told}, 400)

    with stand_in(failing) as server:
        (alone,) = ask(signed_in(server.address), "a")
        batched, other = ask(signed_in(server.address), "a", "b")
    for answer in (alone, batched):
        assert isinstance(answer, kind)
        assert words in detail_of(answer)
        assert BODY_WORD not in detail_of(answer) + hint_of(answer)
    assert value_of(other) == "value-b"


def test_kms_is_named_as_the_right_that_is_missing() -> None:
    error = {"__type": "AccessDeniedException", "message": "Access to KMS is not allowed"}
    with stand_in(lambda _: answer_json(error, 400)) as server:
        (answer,) = ask(signed_in(server.address), "a")
    assert hint_of(answer) == "allow kms:Decrypt on it"


@pytest.mark.parametrize(
    "answer",
    [
        Answer(200, b"<html>Please log in to the network</html>"),
        Answer(200, b""),
        Answer(200, b"{}"),
        answer_json({"Name": "a"}),
        Answer(500, b"<html>broken</html>"),
        Answer(503, b""),
    ],
    ids=lambda answer: f"{answer.status}-{answer.body[:12].decode()}",
)
def test_an_answer_that_is_not_aws_is_unreachable_and_never_missing(answer: Answer) -> None:
    with stand_in(lambda _: answer) as server:
        answers = ask(signed_in(server.address), "a")
        answers += ask(signed_in(server.address), "a", "b")
    assert [type(told) for told in answers] == [Unreachable] * 3


# ── who we are ────────────────────────────────────────────────────────────────────────────────


def test_without_a_region_it_is_not_configured_but_an_arn_names_its_own(
    aws_endpoint: str, store: Any
) -> None:
    arn = put(store, "ci/regions", "the-value")
    source = opened("aws", {**KEYS, "AWS_ENDPOINT_URL": aws_endpoint})
    named, bare = ask(source, arn, "ci/regions")
    assert value_of(named) == "the-value"
    assert bare == NotConfigured("no region: AWS_REGION is not set, nor aws.region")


def test_without_credentials_it_is_denied_with_the_command_to_log_in(aws_endpoint: str) -> None:
    source = opened("aws", {**REGION, "AWS_ENDPOINT_URL": aws_endpoint})
    (answer,) = ask(source, "ci/stripe")
    assert answer == Denied(
        "there are no usable AWS credentials", "aws configure, or aws sso login"
    )


def configured(tmp_path: Path, text: str) -> dict[str, str]:
    (tmp_path / "config").write_text(text)
    return {
        "AWS_CONFIG_FILE": str(tmp_path / "config"),
        "AWS_SHARED_CREDENTIALS_FILE": str(tmp_path / "credentials"),
    }


def test_a_profile_gives_region_and_keys(aws_endpoint: str, store: Any, tmp_path: Path) -> None:
    put(store, "ci/profile", "the-value")
    files = configured(
        tmp_path,
        "[profile ci]\nregion = eu-west-1\naws_access_key_id = testing\n"
        "aws_secret_access_key = testing-secret\n",
    )
    environ = {**files, "AWS_ENDPOINT_URL": aws_endpoint}
    by_name = opened("aws", environ, profile="ci")
    assert value_of(ask(by_name, "ci/profile")[0]) == "the-value"
    by_variable = opened("aws", {**environ, "AWS_PROFILE": "ci"})
    assert value_of(ask(by_variable, "ci/profile")[0]) == "the-value"


def test_a_profile_that_does_not_exist_is_denied(tmp_path: Path) -> None:
    files = configured(tmp_path, "[profile ci]\n")
    (answer,) = ask(opened("aws", {**files, **REGION}, profile="prod"), "a")
    assert answer == Denied(
        "the AWS profile is not in the configuration", "aws configure list-profiles"
    )


def test_half_a_key_and_a_file_that_is_none_are_denied(tmp_path: Path) -> None:
    half = configured(tmp_path, "[default]\naws_access_key_id = testing\n")
    (answer,) = ask(opened("aws", {**half, **REGION}), "a")
    assert isinstance(answer, Denied)
    broken = configured(tmp_path, "[default\n")
    (answer,) = ask(opened("aws", {**broken, **REGION}), "a")
    assert answer == Denied("the AWS configuration cannot be read", "aws configure list")


def test_single_sign_on_that_was_never_made_gives_the_command(tmp_path: Path) -> None:
    files = configured(
        tmp_path,
        "[profile work]\nsso_session = acme\nsso_account_id = 123456789012\nsso_role_name = Dev\n"
        "region = eu-west-1\n[sso-session acme]\nsso_start_url = https://acme.invalid/start\n"
        "sso_region = eu-west-1\n",
    )
    (answer,) = ask(opened("aws", files, profile="work"), "a")
    assert answer == Denied(
        "the AWS single sign-on is over or was never made", "aws sso login --profile work"
    )


def test_a_role_is_assumed(aws_endpoint: str, store: Any) -> None:
    put(store, "ci/role", "the-value")
    role = "arn:aws:iam::123456789012:role/reader"
    with forwarding(aws_endpoint) as between:
        source = signed_in(between.address, role_arn=role)
        assert value_of(ask(source, "ci/role")[0]) == "the-value"
        assert "assumed-role/reader/credcheck" in source.health().identity
    assert b"Action=AssumeRole" in between.asked[0].body


def test_a_web_identity_is_used(
    aws_endpoint: str, store: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(store, "ci/web", "the-value")
    (tmp_path / "token").write_text("a-token-of-the-ci-system")
    monkeypatch.setenv("AWS_WEB_IDENTITY_TOKEN_FILE", str(tmp_path / "token"))
    monkeypatch.setenv("AWS_ROLE_ARN", "arn:aws:iam::123456789012:role/web")
    monkeypatch.setenv("AWS_ENDPOINT_URL", aws_endpoint)  # boto3's own chain asks STS
    source = opened("aws", {**REGION, "AWS_ENDPOINT_URL": aws_endpoint})
    assert value_of(ask(source, "ci/web")[0]) == "the-value"
    assert "assumed-role/web" in source.health().identity


def process_profile(tmp_path: Path, code: str) -> dict[str, str]:
    script = tmp_path / "helper.py"
    script.write_text(code)
    return configured(
        tmp_path, f"[default]\nregion = eu-west-1\ncredential_process = {sys.executable} {script}\n"
    )


def test_a_credential_process_is_used(aws_endpoint: str, store: Any, tmp_path: Path) -> None:
    put(store, "ci/helper", "the-value")
    given = {"Version": 1, "AccessKeyId": "testing", "SecretAccessKey": "testing-secret"}
    files = process_profile(tmp_path, f"print({json.dumps(json.dumps(given))})")
    source = opened("aws", {**files, "AWS_ENDPOINT_URL": aws_endpoint})
    assert value_of(ask(source, "ci/helper")[0]) == "the-value"


def test_a_credential_process_that_hangs_is_ended_at_the_deadline(tmp_path: Path) -> None:
    mark = tmp_path / "pid"
    code = (
        "import os, pathlib, time\n"
        f"pathlib.Path({str(mark)!r}).write_text(str(os.getpid()))\ntime.sleep(600)"
    )
    files = process_profile(tmp_path, code)
    (answer,) = ask(opened("aws", files, timeout=1.5), "a")
    assert answer == Unreachable(
        "our AWS credentials were not found within 1.5 s", "aws sts get-caller-identity"
    )
    with pytest.raises(ProcessLookupError):
        _wait_for_end(int(mark.read_text()))


def _wait_for_end(pid: int) -> None:
    import time

    for _ in range(200):
        try:
            os.waitpid(pid, os.WNOHANG)
        except ChildProcessError:
            os.kill(pid, 0)
        time.sleep(0.02)


@pytest.mark.parametrize("code", ["", "print('not json')", "raise SystemExit('a-secret-word')"])
def test_a_credential_process_that_fails_is_denied_without_its_words(
    tmp_path: Path, code: str
) -> None:
    (answer,) = ask(opened("aws", process_profile(tmp_path, code)), "a")
    assert isinstance(answer, Denied)
    assert "a-secret-word" not in detail_of(answer) + hint_of(answer)


def test_the_metadata_service_is_asked_only_if_the_manifest_says_so(
    aws_endpoint: str, store: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(store, "ci/machine", "the-value")

    def metadata(asked: Asked) -> Answer:
        if asked.method == "PUT":
            return Answer(200, b"a-token", {"X-aws-ec2-metadata-token-ttl-seconds": "600"})
        if asked.path.endswith("security-credentials/"):
            return Answer(200, b"the-role")
        keys = {"AccessKeyId": "testing", "SecretAccessKey": "testing-secret", "Token": "token"}
        return answer_json({"Code": "Success", "Expiration": "2099-01-01T00:00:00Z", **keys})

    environ = {**REGION, "AWS_ENDPOINT_URL": aws_endpoint}
    with stand_in(metadata) as server:
        monkeypatch.setenv("AWS_EC2_METADATA_SERVICE_ENDPOINT", server.address)
        (denied,) = ask(opened("aws", environ), "ci/machine")
        assert isinstance(denied, Denied)
        assert server.asked == []
        (found,) = ask(opened("aws", environ, instance_metadata=True), "ci/machine")
        assert value_of(found) == "the-value"
        assert server.asked != []


def test_health_says_who_and_where(aws_endpoint: str) -> None:
    health = signed_in(aws_endpoint).health()
    assert health.status == "ok"
    assert health.detail == "Secrets Manager in eu-west-1, account 123456789012"
    assert health.identity.startswith("arn:aws:")
    assert health.elapsed_ms is not None


def test_health_without_region_or_credentials(aws_endpoint: str) -> None:
    assert opened("aws", KEYS).health().status == "not-configured"
    health = opened("aws", {**REGION, "AWS_ENDPOINT_URL": aws_endpoint}).health()
    assert (health.status, health.hint) == ("denied", "aws configure, or aws sso login")


# ── the network, and silence ──────────────────────────────────────────────────────────────────


def test_nobody_listens() -> None:
    endpoint = f"http://127.0.0.1:{free_port()}"
    source = signed_in(endpoint)
    (answer,) = ask(source, "a")
    assert answer == Unreachable(f"{endpoint} did not answer", "look at the region and the network")
    assert source.health().status == "unreachable"


@pytest.mark.parametrize("places", [("a",), ("a", "b")], ids=["single", "batch"])
def test_one_deadline_bounds_a_drip(places: tuple[str, ...]) -> None:
    with stand_in(lambda _: Answer(200, b'{"SecretString": "x"}' * 1000, drip=0.1)) as server:
        answers = ask(signed_in(server.address, timeout=1.5), *places)
    late = Unreachable("Secrets Manager did not answer within 1.5 s")
    assert answers == [late] * len(places)


def test_a_healthy_service_behind_a_slow_line(
    aws_endpoint: str, store: Any, toxiproxy: Toxiproxy
) -> None:
    put(store, "ci/slow", "the-value")
    with toxiproxy.to(aws_endpoint, latency(200)) as address:
        assert value_of(ask(signed_in(address), "ci/slow")[0]) == "the-value"


@pytest.mark.parametrize(
    "toxic",
    [reset(), cut(40), silence(), drip(1, 100_000)],
    ids=["reset", "cut", "silence", "drip"],
)
def test_a_line_that_breaks_or_stalls_is_unreachable_by_the_deadline(
    aws_endpoint: str, store: Any, toxiproxy: Toxiproxy, toxic: dict[str, Any]
) -> None:
    put(store, "ci/slow", "the-value")
    with toxiproxy.to(aws_endpoint, toxic) as address:
        (answer,) = ask(signed_in(address, timeout=2), "ci/slow")
    assert isinstance(answer, Unreachable)


def test_no_value_is_logged_during_a_fetch_and_other_threads_are_heard(
    aws_endpoint: str, store: Any, caplog: pytest.LogCaptureFixture
) -> None:
    put(store, "ci/quiet", "a-quiet-value")
    for name in ("botocore", "boto3", "urllib3", "botocore.parsers"):
        caplog.set_level(logging.DEBUG, logger=name)
    caplog.clear()
    with caplog.at_level(logging.DEBUG):
        (answer,) = ask(signed_in(aws_endpoint), "ci/quiet")
        assert value_of(answer) == "a-quiet-value"
        ours = [r for r in caplog.records if r.name.partition(".")[0] != "werkzeug"]
        assert ours == []
        store.get_secret_value(SecretId="ci/quiet")
    assert any(record.name == "botocore.parsers" for record in caplog.records)


def test_no_header_is_printed_during_a_fetch_and_the_projects_own_are(
    aws_endpoint: str,
    store: Any,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    put(store, "ci/quiet", "a-quiet-value")
    monkeypatch.setattr(http.client.HTTPConnection, "debuglevel", 1)
    capsys.readouterr()
    assert value_of(ask(signed_in(aws_endpoint), "ci/quiet")[0]) == "a-quiet-value"
    assert capsys.readouterr().out == ""
    store.get_secret_value(SecretId="ci/quiet")
    assert "Authorization: AWS4-HMAC-SHA256" in capsys.readouterr().out


def test_a_debug_log_without_us_would_show_the_value(
    aws_endpoint: str, store: Any, caplog: pytest.LogCaptureFixture
) -> None:
    """The reason for the silence, so that the test above is no luck."""
    put(store, "ci/loud", "a-loud-value")
    with caplog.at_level(logging.DEBUG):
        store.get_secret_value(SecretId="ci/loud")
    assert "a-loud-value" in caplog.text


def test_nothing_asked_sends_nothing() -> None:
    with stand_in(lambda _: Answer(200, b"{}")) as server:
        assert signed_in(server.address).fetch([]) == {}
    assert server.asked == []
