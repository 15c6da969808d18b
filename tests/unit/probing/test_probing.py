"""What is asked of the vendors, on servers of this machine, and what becomes of their answers."""

from __future__ import annotations

import base64
import socket
import ssl
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import pytest

from credcheck.model import Allow, Refuse
from credcheck.probing import Question, Rules, Told, probe_all
from credcheck.probing.answer import dig, read_answer
from credcheck.probing.asking import CannotAsk, steps
from credcheck.probing.wire import MAX_BYTES, proxies_for
from credcheck.secret import Secret
from credcheck.services import load_service, service_ids
from credcheck.services.probe import Probe, in_words, load_probe
from servers.stand_in import Answer, Asked, answer_json, stand_in
from support.keys import tail

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

KEY = "acme-" + tail(30)
ASKED = [name for name in service_ids() if load_probe(name) is not None]


def question(probe: Probe, value: str = KEY, service: str = "stripe", **beside: str) -> Question:
    return Question(
        name="KEY",
        secret=Secret(value),
        service=load_service(service),
        probe=probe,
        kind="secret-key",
        beside={name: Secret(text) for name, text in beside.items()},
    )


def asked(
    probe: Probe,
    value: str = KEY,
    *,
    rules: Rules | None = None,
    seconds: float = 10,
    service: str = "stripe",
    **beside: str,
) -> Told:
    bounds = rules or Rules(Refuse(), Allow(), {})
    told = probe_all([question(probe, value, service, **beside)], bounds, seconds=seconds)["KEY"]
    assert value[5:] not in str(told)
    return told


# ── what is sent ──────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("probe", "header", "text"),
    [
        (Probe(auth="bearer"), "authorization", f"Bearer {KEY}"),
        (Probe(auth="header", header="X-Key"), "x-key", KEY),
        (Probe(auth="header", header="Authorization", format="Bot {value}"), "authorization", f"Bot {KEY}"),
        (Probe(auth="basic"), "authorization", "Basic " + base64.b64encode(f"{KEY}:".encode()).decode()),
        (
            Probe(auth="basic", user="{ACCOUNT}", password="{value}"),
            "authorization",
            "Basic " + base64.b64encode(f"AC1:{KEY}".encode()).decode(),
        ),
    ],
)  # fmt: skip
def test_the_value_goes_where_the_probe_says(probe: Probe, header: str, text: str) -> None:
    with stand_in(lambda _: answer_json({})) as server:
        told = asked(probe._replace(url=f"{server.address}/me"), ACCOUNT=" 'AC1' ")
        (request,) = server.asked
    assert told == Told("works", reason="accepts it", proven=True)
    assert (request.method, request.path) == ("GET", "/me")
    headers = {name.lower(): value for name, value in request.headers.items()}
    assert headers[header] == text
    assert headers["user-agent"].startswith("credcheck/")


def test_a_post_has_its_body_and_its_headers() -> None:
    with stand_in(lambda _: answer_json({})) as server:
        probe = Probe(url=server.address, method="POST", body="a=b", headers=(("X-Version", "2"),))
        assert asked(probe).outcome == "works"
        (request,) = server.asked
    assert (request.method, request.body, request.headers["X-Version"]) == ("POST", b"a=b", "2")


def test_variables_in_an_address_are_quoted_and_may_not_be_missing() -> None:
    with stand_in(lambda _: answer_json({})) as server:
        probe = Probe(url=server.address + "/accounts/{ACCOUNT}.json")
        assert asked(probe, ACCOUNT="../a b").outcome == "works"
        assert server.paths() == ["/accounts/..%2Fa%20b.json"]
        for told in (asked(probe), asked(probe, ACCOUNT=" ")):
            assert told == Told("unclear", reason="ACCOUNT is missing beside it")


@pytest.mark.parametrize("value", ["acme-\n" + "x" * 30, "acme-é" + "x" * 30])
def test_a_value_that_no_header_can_hold_is_not_sent(value: str) -> None:
    with stand_in(lambda _: answer_json({})) as server:
        told = asked(Probe(url=server.address), value)
        assert (told.outcome, server.asked) == ("unclear", [])


# ── where it is sent ──────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("base", "url", "path"),
    [
        ("{}", "https://api.acme.example/v1/me?x=1", "/v1/me?x=1"),
        ("{}/", "https://api.acme.example/v1/me", "/v1/me"),
        ("{}/v1", "https://api.acme.example/v1/me", "/v1/me"),
        ("{}/api/v4/", "https://api.acme.example/api/v4/user", "/api/v4/user"),
        ("{}/v3", "https://api.acme.example/v4/domains", "/v4/domains"),
        ("{}/proxy", "https://api.acme.example/v1/me", "/proxy/v1/me"),
    ],
)
def test_the_endpoint_beside_the_value_is_asked_and_proves_nothing(
    base: str, url: str, path: str
) -> None:
    with stand_in(lambda _: answer_json({"live": False})) as server:
        probe = Probe(url=url, mode="live", test=(False,), live=(True,))
        told = asked(probe, STRIPE_API_BASE=base.format(server.address))
        assert server.paths() == [path]
    assert told == Told("works", "test", "accepts it, as a test key", proven=False)


@pytest.mark.parametrize(
    ("endpoint", "url"),
    [
        ("localhost:12111", "http://localhost:12111/me"),
        ("api.acme.example", "https://api.acme.example/me"),
        ("'https://x.example:8443/v2'", "https://x.example:8443/v2/me"),
    ],
)
def test_an_endpoint_may_stand_there_without_its_scheme(endpoint: str, url: str) -> None:
    probe = Probe(url="https://api.acme.example/me")
    (step,) = steps(question(probe, STRIPE_API_BASE=endpoint))
    assert step.url == url
    assert step.own is ("acme" in url)


@pytest.mark.parametrize(
    "endpoint",
    [
        "http://api.acme.example",
        "ftp://api.acme.example",
        "https://a.example https://b.example",
        "https://a.example\\.b.example",
        "https://a.example@b.example:x",
        "https://",
    ],
)
def test_a_key_is_sent_by_https_or_to_this_machine_only(endpoint: str) -> None:
    with pytest.raises(CannotAsk, match="STRIPE_API_BASE leads to no https address"):
        steps(question(Probe(url="https://api.acme.example/"), STRIPE_API_BASE=endpoint))


def test_the_sandbox_is_asked_first_and_the_live_host_if_it_rejects() -> None:
    def answer(request: Asked) -> Answer:
        return answer_json({}, 200 if request.path == "/live" else 401)

    with stand_in(answer) as server:
        probe = Probe(url=f"{server.address}/live", sandbox_url=f"{server.address}/sandbox")
        assert asked(probe) == Told("works", "live", "accepts it at its production host", True)
        assert server.paths() == ["/sandbox", "/live"]
        swapped = probe._replace(url=probe.sandbox_url, sandbox_url=probe.url)
        assert asked(swapped) == Told("works", "test", "accepts it at its sandbox host", True)
        assert server.paths()[2:] == ["/live"]
        nowhere = probe._replace(url=f"{server.address}/sandbox")
        assert asked(nowhere) == Told("rejected", reason="does not accept it", proven=True)


def test_the_live_host_is_not_asked_when_the_sandbox_says_neither() -> None:
    with stand_in(lambda _: answer_json({}, 503)) as server:
        probe = Probe(url=f"{server.address}/live", sandbox_url=f"{server.address}/sandbox")
        assert asked(probe).outcome == "unclear"
        assert server.paths() == ["/sandbox"]


@pytest.mark.parametrize(
    ("live_status", "outcome", "mode"),
    [(401, "works", "unknown"), (200, "works", "live"), (403, "works", "live")],
)
def test_a_sandbox_that_forbids_the_question_has_not_said_test(
    live_status: int, outcome: str, mode: str
) -> None:
    statuses = {"/sandbox": 403, "/live": live_status}
    with stand_in(lambda seen: answer_json({"message": "x"}, statuses[seen.path])) as server:
        probe = Probe(url=f"{server.address}/live", sandbox_url=f"{server.address}/sandbox")
        told = asked(probe)
        assert (told.outcome, told.mode) == (outcome, mode)
        assert server.paths() == ["/sandbox", "/live"]


def test_a_documented_sandbox_as_the_endpoint_means_test() -> None:
    beside = {"PAYPAL_API_BASE": "https://api-m.sandbox.paypal.com"}
    probe = Probe(
        url="https://api-m.paypal.com/me", sandbox_url="https://api-m.sandbox.paypal.com/me"
    )
    (step,) = steps(question(probe, service="paypal", **beside))
    assert (step.url, step.accepted) == ("https://api-m.sandbox.paypal.com/me", "test")


def test_a_refused_host_is_never_asked() -> None:
    with stand_in(lambda _: answer_json({})) as server:
        rules = Rules(Refuse(hosts=("127.0.0.1",)), Allow(), {})
        told = asked(Probe(url=server.address), rules=rules)
        assert told.reason == "the manifest refuses the host that would be asked"
        assert server.asked == []


# ── redirects, deadlines, sizes ───────────────────────────────────────────────────────────────


def test_a_redirect_to_another_host_is_refused_and_one_to_the_same_is_followed() -> None:
    with stand_in(lambda _: answer_json({})) as other:

        def answer(request: Asked) -> Answer:
            if request.path == "/here":
                return answer_json({})
            target = "/here" if request.path == "/same" else f"{other.address}/there"
            return Answer(302, b"", {"Location": target})

        with stand_in(answer) as server:
            assert asked(Probe(url=f"{server.address}/same")).outcome == "works"
            told = asked(Probe(url=f"{server.address}/away"))
        assert told == Told("unclear", reason="it leads to another host")
        assert other.asked == []


def test_an_answer_that_drips_ends_with_the_deadline() -> None:
    def answer(_: Asked) -> Answer:
        return Answer(200, b"{" + b" " * 500, {"Content-Type": "application/json"}, drip=0.02)

    with stand_in(answer) as server:
        assert asked(Probe(url=server.address), seconds=0.4).outcome == "unclear"


def test_a_vendor_that_never_answers_costs_no_more_than_the_deadline() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port = listening.getsockname()[1]
        probe = Probe(url=f"http://127.0.0.1:{port}/")
        many = [question(probe)._replace(name=f"KEY{n}") for n in range(30)]
        told = probe_all(many, Rules(Refuse(), Allow(), {}), seconds=0.5)
    assert {each.outcome for each in told.values()} == {"unclear"}
    assert len(told) == 30


def test_an_endless_answer_is_cut_off() -> None:
    with stand_in(lambda _: Answer(200, b"[" + b" " * MAX_BYTES + b"]")) as server:
        assert asked(Probe(url=server.address)).reason == "the answer has more than 1,000,000 bytes"


@contextmanager
def raw_server(reply: bytes) -> Iterator[str]:
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def serve() -> None:
            connection, _ = listening.accept()
            with connection:
                connection.recv(65536)
                connection.sendall(reply)

        threading.Thread(target=serve, daemon=True).start()
        yield f"127.0.0.1:{listening.getsockname()[1]}"


def closed_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port: int = listening.getsockname()[1]
        return port


def test_every_fault_of_the_network_has_words_of_its_own() -> None:
    said = [asked(Probe(url=f"http://127.0.0.1:{closed_port()}/")).reason]
    for reply in (b"", b"SSH-2.0-x\r\n", b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n{"):
        with raw_server(reply) as address:
            said.append(asked(Probe(url=f"http://{address}/")).reason)
    with raw_server(b"HTTP/1.1 200 OK\r\n\r\n") as address:
        said.append(asked(Probe(url=f"https://{address}/")).reason)
    said.append(asked(Probe(url="https://nowhere.invalid/")).reason)
    assert said == [
        "it refuses the connection",
        "the connection to it broke",
        "it does not speak HTTP as expected",
        "the answer (HTTP 200) is not one of that vendor",
        "it does not speak TLS as expected",
        "its name is not known here",
    ]


def test_a_certificate_that_nobody_trusts_and_one_that_is_named(tmp_path: Path) -> None:
    certificate, key = own_certificate(tmp_path)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def serve() -> None:
            for _ in range(2):
                connection, _ = listening.accept()
                try:
                    with context.wrap_socket(connection, server_side=True) as secure:
                        secure.recv(65536)
                        secure.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}")
                except OSError:
                    connection.close()

        threading.Thread(target=serve, daemon=True).start()
        probe = Probe(url=f"https://127.0.0.1:{listening.getsockname()[1]}/")
        assert asked(probe).reason == "its certificate is not trusted here"
        rules = Rules(Refuse(), Allow(), {"SSL_CERT_FILE": str(certificate)})
        assert asked(probe, rules=rules).outcome == "works"
    rules = Rules(Refuse(), Allow(), {"SSL_CERT_FILE": str(tmp_path / "none")})
    assert asked(probe, rules=rules).reason == "the file of trusted certificates cannot be read"


def own_certificate(folder: Path) -> tuple[Path, Path]:
    from datetime import UTC, datetime, timedelta
    from ipaddress import ip_address

    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec

    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "here")])
    now = datetime.now(UTC)
    address = x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))])
    made = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(address, critical=False)
        .sign(key, hashes.SHA256())
    )
    pem = serialization.Encoding.PEM
    (folder / "cert").write_bytes(made.public_bytes(pem))
    private = serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    (folder / "key").write_bytes(key.private_bytes(pem, *private))
    return folder / "cert", folder / "key"


@pytest.mark.parametrize(
    ("url", "environ", "proxies"),
    [
        ("https://api.acme.example/", {"HTTPS_PROXY": "http://p:1"}, {"https": "http://p:1"}),
        ("https://api.acme.example/", {"https_proxy": "http://p:1"}, {"https": "http://p:1"}),
        ("https://api.acme.example/", {"ALL_PROXY": "http://p:1"}, {"https": "http://p:1"}),
        ("https://api.acme.example/", {"HTTP_PROXY": "http://p:1"}, {}),
        ("https://api.acme.example/", {"HTTPS_PROXY": "http://p:1", "NO_PROXY": ".acme.example"}, {}),
        ("http://localhost:1/", {"HTTP_PROXY": "http://p:1"}, {}),
        ("http://x.example/", {"HTTP_PROXY": "http://p:1", "REQUEST_METHOD": "GET"}, {}),
        ("https://api.acme.example/", {}, {}),
    ],
)  # fmt: skip
def test_proxies_are_those_of_the_environment(
    url: str, environ: dict[str, str], proxies: dict[str, str]
) -> None:
    assert proxies_for(url, environ) == proxies


def test_a_proxy_is_asked_for_the_vendor() -> None:
    with stand_in(lambda _: Answer(403, b"no")) as proxy:
        rules = Rules(Refuse(), Allow(), {"HTTPS_PROXY": proxy.address})
        assert asked(Probe(url="https://api.acme.example/me"), rules=rules).outcome == "unclear"
        assert [request.method for request in proxy.asked] in ([], ["CONNECT"])


# ── how answers are read ──────────────────────────────────────────────────────────────────────

MODE = Probe(
    mode="data.0.live", test=(False,), live=(True,), ok="ok", error="error.code",
    rejected_errors=("revoked",), expired_errors=("expired",), test_errors=(20008,),
)  # fmt: skip


@pytest.mark.parametrize(
    ("status", "data", "told"),
    [
        (200, {"ok": True, "data": [{"live": True}]}, ("works", "live")),
        (200, {"ok": True, "data": [{"live": False}]}, ("works", "test")),
        (200, {"ok": True, "data": [{"live": 1}]}, ("works", "unknown")),
        (200, {"ok": True, "data": []}, ("works", "unknown")),
        (200, {"ok": False}, ("unclear", "unknown")),
        (200, {"ok": "true"}, ("unclear", "unknown")),
        (200, None, ("unclear", "unknown")),
        (401, None, ("rejected", "unknown")),
        (401, {"error": {"code": "expired"}}, ("expired", "unknown")),
        (200, {"error": {"code": "revoked"}}, ("rejected", "unknown")),
        (403, {"error": {"code": 20008}}, ("works", "test")),
        (403, {"error": {"code": True}}, ("works", "unknown")),
        (403, None, ("unclear", "unknown")),
        (404, {}, ("unclear", "unknown")),
        (429, {}, ("unclear", "unknown")),
        (500, {}, ("unclear", "unknown")),
        (302, {}, ("unclear", "unknown")),
    ],
)
def test_an_answer_is_read_as_the_probe_says(status: int, data: Any, told: tuple[str, str]) -> None:
    read = read_answer(MODE, status, data)
    assert (read.outcome, read.mode) == told
    assert read.reason


def test_a_vendor_may_accept_one_mode_only() -> None:
    assert read_answer(Probe(accepted="live"), 200, {}).mode == "live"
    assert read_answer(Probe(accepted="test"), 200, {}).mode == "test"
    assert read_answer(Probe(rejected=(404,)), 404, {}).outcome == "rejected"
    assert read_answer(Probe(rejected=(404,)), 401, {}).outcome == "unclear"


@pytest.mark.parametrize(
    ("path", "found"),
    [("a", [1]), ("a.0", 1), ("a.1", None), ("a.x", None), ("b.c", None), ("", None), ("a.0.x", None)],
)  # fmt: skip
def test_a_path_leads_into_an_answer_or_nowhere(path: str, found: Any) -> None:
    assert dig({"a": [1]}, path) == found


# ── AWS ───────────────────────────────────────────────────────────────────────────────────────

STS = Probe(auth="aws")
IDENTITY = (
    '<GetCallerIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/">'
    "<GetCallerIdentityResult><Arn>arn:aws:iam::{0}:user/x</Arn><UserId>x</UserId>"
    "<Account>{0}</Account></GetCallerIdentityResult></GetCallerIdentityResponse>"
)
FAULT = (
    '<ErrorResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><Error><Type>Sender</Type>'
    "<Code>{}</Code><Message>" + KEY + "</Message></Error></ErrorResponse>"
)
LISTS = Rules(Refuse(aws_accounts=("9" * 12,)), Allow(aws_accounts=("1" * 12,)), {})


def sts(name: str, value: str, kind: str | None, **beside: str) -> Told:
    asking = question(STS, value, "aws", **beside)._replace(name=name, kind=kind)
    return probe_all([asking], LISTS)[name]


@pytest.mark.parametrize(
    ("account", "mode"), [("1" * 12, "test"), ("9" * 12, "live"), ("5" * 12, "unknown")]
)
def test_sts_tells_the_account_and_the_lists_decide(account: str, mode: str) -> None:
    body = IDENTITY.format(account).encode()
    with stand_in(lambda _: Answer(200, body, {"Content-Type": "text/xml"})) as server:
        pair = {"AWS_SECRET_ACCESS_KEY": "s", "AWS_ENDPOINT_URL": server.address}
        told = sts("AWS_ACCESS_KEY_ID", "AKIAX", "access-key-id", **pair)
        (request,) = server.asked
    assert (told.outcome, told.mode, told.proven) == ("works", mode, False)
    assert b"Action=GetCallerIdentity" in request.body
    assert "AKIAX/" in request.headers["Authorization"]


@pytest.mark.parametrize(
    ("code", "outcome"),
    [
        ("ExpiredToken", "expired"),
        ("InvalidClientTokenId", "rejected"),
        ("SignatureDoesNotMatch", "rejected"),
        ("Throttling", "unclear"),
    ],
)
def test_faults_of_sts(code: str, outcome: str) -> None:
    body = FAULT.format(code).encode()
    with stand_in(lambda _: Answer(403, body, {"Content-Type": "text/xml"})) as server:
        pair = {"SHOP_ACCESS_KEY_ID": "AKIAX", "AWS_ENDPOINT_URL_STS": server.address}
        token = {"SHOP_SESSION_TOKEN": "token"}
        told = sts("SHOP_SECRET_ACCESS_KEY", KEY, "secret-access-key", **pair, **token)
        assert "X-Amz-Security-Token" in server.asked[0].headers
    assert told.outcome == outcome
    assert KEY not in str(told)


@pytest.mark.parametrize(
    ("name", "kind", "missing"),
    [
        ("AWS_ACCESS_KEY_ID", "access-key-id", "AWS_SECRET_ACCESS_KEY"),
        ("MY_KEY", "access-key-id", "AWS_SECRET_ACCESS_KEY"),
        ("MY_KEY", "secret-access-key", "AWS_ACCESS_KEY_ID"),
        ("SHOP_SECRET_ACCESS_KEY", "secret-access-key", "SHOP_ACCESS_KEY_ID"),
    ],
)
def test_half_of_a_pair_cannot_be_asked_about(name: str, kind: str, missing: str) -> None:
    assert sts(name, "x", kind) == Told("unclear", reason=f"{missing} is missing beside it")


def test_sts_is_asked_by_https_and_not_where_the_manifest_refuses() -> None:
    pair = {"AWS_SECRET_ACCESS_KEY": "s"}
    told = sts("AWS_ACCESS_KEY_ID", "x", None, AWS_ENDPOINT_URL="http://sts.example", **pair)
    assert told.reason == "AWS_ENDPOINT_URL leads to no https address"
    refusing = Rules(Refuse(hosts=("sts.*.amazonaws.com",)), Allow(), {})
    asking = question(STS, "x", "aws", AWS_REGION="eu-west-1", **pair)
    told = probe_all([asking._replace(name="AWS_ACCESS_KEY_ID")], refusing)["AWS_ACCESS_KEY_ID"]
    assert told.reason == "the manifest refuses the host that would be asked"


def test_an_answer_that_is_not_one_of_sts() -> None:
    for answer in (Answer(200, b"<html/>", {"Content-Type": "text/html"}), Answer(200, b"")):
        with stand_in(lambda _, answer=answer: answer) as server:  # type: ignore[misc]
            pair = {"AWS_SECRET_ACCESS_KEY": "s", "AWS_ENDPOINT_URL": server.address}
            assert sts("AWS_ACCESS_KEY_ID", "AKIAX", None, **pair).outcome == "unclear"
    pair["AWS_ENDPOINT_URL"] = f"http://127.0.0.1:{closed_port()}"
    assert "EndpointConnectionError" in sts("AWS_ACCESS_KEY_ID", "AKIAX", None, **pair).reason


# ── the shipped probes ────────────────────────────────────────────────────────────────────────


def test_there_are_probes_for_the_usual_vendors() -> None:
    usual = {"stripe", "github", "sendgrid", "aws", "gitlab", "slack", "mailgun", "twilio"}
    assert usual | {"postmark", "square", "npm", "cloudflare"} <= set(ASKED)


@pytest.mark.parametrize("service_id", ASKED)
def test_a_shipped_probe_is_complete(service_id: str) -> None:
    probe, service = load_probe(service_id), load_service(service_id)
    assert probe is not None
    assert probe.source.startswith("https://")
    assert probe.kinds
    assert {service.kind(kind) is not None for kind in probe.kinds} == {True}
    assert service.endpoints, "it must be possible to ask a local server instead"
    assert in_words(probe)
    # a kind that counts as live is never asked about
    kinds = [kind for name in probe.kinds if (kind := service.kind(name)) is not None]
    assert all(kind.unmarked != "live" for kind in kinds)
    assert bool(probe.mode) == bool(probe.test or probe.live)
    assert bool(probe.error) == bool(
        probe.test_errors or probe.rejected_errors or probe.expired_errors
    )


# what the vendors' pages show: an answer to a good key, to a bad one, and what is read in it
DOCUMENTED: dict[str, list[tuple[int, Any, str, str]]] = {
    "stripe": [
        (200, {"object": "balance", "livemode": False}, "works", "test"),
        (200, {"object": "balance", "livemode": True}, "works", "live"),
        (401, {"error": {"type": "invalid_request_error"}}, "rejected", "unknown"),
        (401, {"error": {"code": "api_key_expired"}}, "expired", "unknown"),
        (403, {"error": {"code": "more_permissions_required"}}, "works", "unknown"),
    ],
    "github": [
        (200, {"login": "octocat"}, "works", "unknown"),
        (401, {"message": "Bad credentials"}, "rejected", "unknown"),
        (403, {"message": "Resource not accessible by integration"}, "works", "unknown"),
    ],
    "sendgrid": [
        (200, {"scopes": ["mail.send"]}, "works", "unknown"),
        (401, {"errors": [{"message": "authorization required"}]}, "rejected", "unknown"),
    ],
    "gitlab": [
        (200, {"id": 1, "username": "x"}, "works", "unknown"),
        (401, {"message": "401 Unauthorized"}, "rejected", "unknown"),
        (
            401,
            {
                "error": "invalid_token",
                "error_description": "Token is expired. You can either do re-authorization or token refresh.",
            },
            "expired",
            "unknown",
        ),
    ],
    "slack": [
        (200, {"ok": True, "team": "x"}, "works", "unknown"),
        (200, {"ok": False, "error": "invalid_auth"}, "rejected", "unknown"),
        (200, {"ok": False, "error": "token_revoked"}, "rejected", "unknown"),
        (200, {"ok": False, "error": "token_expired"}, "expired", "unknown"),
        (200, {"ok": False, "error": "internal_error"}, "unclear", "unknown"),
    ],
    "mailgun": [
        (200, {"items": [], "total_count": 0}, "works", "unknown"),
        (401, {"message": "Invalid private key"}, "rejected", "unknown"),
    ],
    "twilio": [
        (200, {"sid": "AC1", "status": "active"}, "works", "live"),
        (401, {"code": 20003, "status": 401}, "rejected", "unknown"),
        (403, {"code": 20008, "status": 403}, "works", "test"),
    ],
    "postmark": [
        (200, {"ID": 1, "DeliveryType": "Sandbox"}, "works", "test"),
        (200, {"ID": 1, "DeliveryType": "Live"}, "works", "live"),
        (401, {"ErrorCode": 10}, "rejected", "unknown"),
    ],
    "omise": [
        (200, {"object": "account", "livemode": False}, "works", "test"),
        (200, {"object": "account", "livemode": True}, "works", "live"),
        (401, {"object": "error", "code": "authentication_failure"}, "rejected", "unknown"),
    ],
    "cloudflare": [
        (200, {"success": True, "result": {"status": "active"}}, "works", "unknown"),
        (200, {"success": True, "result": {"status": "expired"}}, "expired", "unknown"),
        (200, {"success": True, "result": {"status": "disabled"}}, "rejected", "unknown"),
        (401, {"success": False}, "rejected", "unknown"),
    ],
    "discord": [
        (200, {"id": "1", "bot": True}, "works", "unknown"),
        (401, {"message": "401: Unauthorized", "code": 0}, "rejected", "unknown"),
    ],
    "npm": [
        (200, {"username": "x"}, "works", "unknown"),
        (401, {}, "rejected", "unknown"),
    ],
    "square": [(200, {"locations": []}, "works", "test"), (401, {"errors": []}, "rejected", "unknown")],
    "wise": [(200, [{"id": 1}], "works", "test"), (401, {"error": "x"}, "rejected", "unknown")],
    "mollie": [
        (200, {"resource": "profile", "mode": "live"}, "works", "unknown"),
        (401, {"status": 401}, "rejected", "unknown"),
    ],
    "launchdarkly": [
        (200, {"accountId": "x"}, "works", "unknown"),
        (401, {"code": "unauthorized"}, "rejected", "unknown"),
    ],
    "paystack": [
        (200, {"status": True, "data": []}, "works", "unknown"),
        (401, {"status": False}, "rejected", "unknown"),
    ],
}  # fmt: skip


def test_the_documented_answers_are_of_every_vendor_that_is_asked() -> None:
    assert sorted(DOCUMENTED) == sorted(set(ASKED) - {"aws"})


@pytest.mark.parametrize("service_id", DOCUMENTED)
def test_the_vendors_documented_answers_are_understood(service_id: str) -> None:
    probe = load_probe(service_id)
    assert probe is not None
    for status, body, outcome, mode in DOCUMENTED[service_id]:
        with stand_in(lambda _, s=status, b=body: answer_json(b, s)) as server:  # type: ignore[misc]
            url, sandbox = (
                f"{server.address}/{each.split('/', 3)[3]}" if each else ""
                for each in (probe.url, probe.sandbox_url)
            )
            local = probe._replace(url=url, sandbox_url=sandbox)
            told = asked(local, service=service_id, TWILIO_ACCOUNT_SID="AC1")
        assert (status, told.outcome, told.mode) == (status, outcome, mode)
