"""Vault when it is sick, and servers that are no Vault."""

from __future__ import annotations

import random
import socket
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import TYPE_CHECKING

import pytest

from credcheck.model import Absent, Denied, Unreachable
from servers.finding import free_port
from servers.stand_in import Answer, answer_json, stand_in
from servers.toxiproxy import cut, drip, latency, reset, silence
from servers.vault_server import built_vault
from support.sources import ask, detail_of, hint_of, opened, value_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from servers.stand_in import Asked, StandIn
    from servers.toxiproxy import Toxiproxy
    from servers.vault_server import Vault

pytest_plugins = ["servers.fixtures"]

TOKEN = "hvs.a-token-that-nobody-may-see"
PLACE = "secret/ci/stripe#key"
METADATA = {"version": 1, "destroyed": False, "deletion_time": ""}
GOOD = answer_json({"data": {"data": {"key": "the-value"}, "metadata": METADATA}})


def one_answer(*answers: Answer) -> Callable[[Asked], Answer]:
    """Give these answers in turn, the last for ever."""
    left = list(answers)
    return lambda _: left.pop(0) if len(left) > 1 else left[0]


def fetched(address: str, timeout: float = 10, **environ: str) -> object:
    variables = {"VAULT_ADDR": address, "VAULT_TOKEN": TOKEN, **environ}
    (answer,) = ask(opened("vault", variables, timeout=timeout), PLACE)
    assert TOKEN not in repr(answer)
    return answer


def got(answers: tuple[Answer, ...], timeout: float = 10) -> tuple[object, StandIn]:
    with stand_in(one_answer(*answers)) as server:
        return fetched(server.address, timeout), server


# ── what Vault's status codes mean ────────────────────────────────────────────────────────────


def test_a_sealed_vault_is_unreachable_and_says_so() -> None:
    with built_vault() as vault:
        vault.mount("secret", 2)
        vault.root.sys.seal()
        answer = fetched(vault.address)
        assert isinstance(answer, Unreachable)
        assert answer.detail.startswith("Vault at 127.0.0.1:")
        assert answer.detail.endswith(" is sealed")
        health = opened("vault", {"VAULT_ADDR": vault.address, "VAULT_TOKEN": "x"}).health()
        assert health.status == "unreachable"
        vault.root.sys.submit_unseal_key(vault.unseal_key)
        vault.put("ci/stripe", {"key": "the-value"})
        token = {"VAULT_ADDR": vault.address, "VAULT_TOKEN": vault.root_token}
        assert value_of(ask(opened("vault", token), PLACE)[0]) == "the-value"


@pytest.mark.parametrize(
    ("status", "attempts", "meaning"),
    [
        (501, 1, "is not initialised"),
        (472, 1, "is a disaster recovery secondary"),
        (473, 3, "is a performance standby"),
        (474, 1, "is a standby that cannot reach its active server"),
        (530, 1, "was removed from its cluster"),
        (500, 3, "could not answer"),
        (502, 3, "could not answer"),
        (504, 3, "could not answer"),
        (429, 3, "asks for fewer requests"),
        (412, 3, "is behind the server that signed us in"),
    ],
)
def test_a_status_is_told_in_words_and_asked_again_only_where_it_can_heal(
    status: int, attempts: int, meaning: str
) -> None:
    body = f"<html>a page of a proxy that repeats {TOKEN}</html>".encode()
    answer, server = got((Answer(status, body, {"Content-Type": "text/html"}),))
    assert isinstance(answer, Unreachable)
    assert f"{meaning}" in answer.detail
    assert answer.detail.endswith(f"(status {status})")
    assert len(server.asked) == attempts


@pytest.mark.parametrize("status", [412, 429, 473, 500, 502, 503, 504])
def test_what_heals_is_found(status: int) -> None:
    headers = {"Retry-After": "0"}
    answer, server = got((Answer(status, b'{"errors":[]}', headers), GOOD))
    assert value_of(answer) == "the-value"  # type: ignore[arg-type]
    assert len(server.asked) == 2


def test_waiting_to_ask_again_leaves_the_numbers_of_a_seeded_test_alone() -> None:
    state = random.getstate()
    answer, _ = got((Answer(503, b'{"errors":[]}'), GOOD))
    assert value_of(answer) == "the-value"  # type: ignore[arg-type]
    assert random.getstate() == state


def test_a_pause_that_is_longer_than_the_deadline_is_not_waited_for() -> None:
    limited = Answer(429, b'{"errors":["quota"]}', {"Retry-After": "3600"})
    answer, server = got((limited, GOOD))
    assert isinstance(answer, Unreachable)
    assert answer.detail.endswith("and there is no time to ask again")
    assert len(server.asked) == 1


def test_a_pause_until_a_time_of_day_is_honored() -> None:
    when = format_datetime(datetime.now(UTC) + timedelta(hours=1), usegmt=True)
    answer, server = got((Answer(429, b'{"errors":["quota"]}', {"Retry-After": when}), GOOD))
    assert isinstance(answer, Unreachable)
    assert answer.detail.endswith("and there is no time to ask again")
    assert len(server.asked) == 1
    past = format_datetime(datetime.now(UTC) - timedelta(hours=1), usegmt=True)
    answer, _ = got((Answer(429, b'{"errors":["quota"]}', {"Retry-After": past}), GOOD))
    assert value_of(answer) == "the-value"  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("status", "errors", "kind", "words"),
    [
        (400, ["missing client token"], Denied, "got no token"),
        (400, ["something else"], Denied, "did not accept the request (status 400)"),
        (404, [], Absent, "there is no secret at secret/ci/stripe in 127.0.0.1"),
        (405, ["unsupported operation"], Denied, "(status 405)"),
    ],
)
def test_what_will_not_heal_is_asked_once(
    status: int, errors: list[str], kind: type, words: str
) -> None:
    answer, server = got((answer_json({"errors": errors}, status),))
    assert isinstance(answer, kind)
    assert words in detail_of(answer)  # type: ignore[arg-type]
    assert server.paths()[0] == "/v1/secret/data/ci/stripe"
    assert server.paths().count("/v1/secret/data/ci/stripe") == 1


# ── redirects ─────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirect_to_another_server_is_refused_and_the_token_never_goes_there(
    status: int,
) -> None:
    with stand_in(lambda _: GOOD) as other:
        there = Answer(status, b"", {"Location": f"{other.address}/v1/secret/data/ci/stripe"})
        answer, server = got((there,))
    assert isinstance(answer, Denied)
    assert "redirects to 127.0.0.1, and the token was not sent there" in answer.detail
    assert (len(server.asked), other.asked) == (1, [])


def test_a_redirect_to_plain_http_is_refused() -> None:
    answer, _ = got((Answer(307, b"", {"Location": "http://vault.example.com/v1/x"}),))
    assert isinstance(answer, Denied)
    assert "redirects to vault.example.com" in answer.detail


def test_a_redirect_within_the_server_is_followed() -> None:
    answer, server = got((Answer(307, b"", {"Location": "/v1/secret/data/ci/elsewhere"}), GOOD))
    assert value_of(answer) == "the-value"  # type: ignore[arg-type]
    assert server.paths() == ["/v1/secret/data/ci/stripe", "/v1/secret/data/ci/elsewhere"]


def test_a_redirect_without_end_ends() -> None:
    answer, server = got((Answer(307, b"", {"Location": "/v1/round"}),))
    assert isinstance(answer, Unreachable)
    assert answer.detail.endswith("redirects without end")
    assert len(server.asked) == 4


# ── answers that are none ─────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    "answer",
    [
        Answer(200, b"<html>Please log in to the network</html>"),
        Answer(200, b""),
        Answer(204, b""),
        Answer(200, b"[]"),
        Answer(200, b"{}"),
        Answer(200, b"null"),
        answer_json({"data": None}),
        answer_json({"data": "text"}),
        answer_json({"auth": {"client_token": TOKEN}}),
        Answer(200, b"\xff\xfe"),
        Answer(404, b"<html>not here</html>"),
        Answer(403, b"<html>forbidden by a proxy</html>"),
    ],
    ids=lambda answer: f"{answer.status}-{answer.body[:12].decode('latin-1')}",
)
def test_an_answer_that_is_not_vaults_is_unreachable_and_never_missing(answer: Answer) -> None:
    told, _ = got((answer,))
    assert isinstance(told, Unreachable)
    assert "did not answer as " in told.detail


def test_a_shape_of_another_version_is_no_value() -> None:
    answer, _ = got((answer_json({"data": {"key": "value-of-version-one"}}),))
    assert not hasattr(answer, "secret")


def test_an_answer_of_more_than_a_megabyte_is_not_read() -> None:
    answer, _ = got((Answer(200, b"x" * 3_000_000),))
    assert isinstance(answer, Unreachable)
    assert answer.detail.endswith("answered with more than 1,000,000 bytes")


def test_a_log_in_that_gives_no_token_is_unreachable() -> None:
    with stand_in(one_answer(answer_json({"auth": None}))) as server:
        role = {"VAULT_ROLE_ID": "role", "VAULT_SECRET_ID": "secret"}
        (answer,) = ask(opened("vault", {"VAULT_ADDR": server.address, **role}), PLACE)
    assert isinstance(answer, Unreachable)
    assert answer.detail.endswith("to the log-in holds no token")


# ── the network ───────────────────────────────────────────────────────────────────────────────


def test_nobody_listens() -> None:
    answer = fetched(f"http://127.0.0.1:{free_port()}")
    assert isinstance(answer, Unreachable)
    assert answer.detail.startswith("nobody listens at 127.0.0.1:")
    assert answer.hint == "look at VAULT_ADDR"


def test_a_name_that_does_not_exist(monkeypatch: pytest.MonkeyPatch) -> None:
    answer = fetched("https://vault.nowhere.invalid", timeout=5)
    assert isinstance(answer, Unreachable)
    assert "vault.nowhere.invalid" in answer.detail


def test_a_healthy_server_behind_a_slow_line(vault: Vault, toxiproxy: Toxiproxy) -> None:
    vault.put("ci/stripe", {"key": "the-value"})
    with toxiproxy.to(vault.address, latency(200)) as address:
        environ = {"VAULT_ADDR": address, "VAULT_TOKEN": vault.root_token}
        assert value_of(ask(opened("vault", environ), PLACE)[0]) == "the-value"


@pytest.mark.parametrize("toxic", [reset(), cut(40)], ids=["reset", "cut"])
def test_a_connection_that_breaks_is_unreachable(
    vault: Vault, toxiproxy: Toxiproxy, toxic: dict[str, object]
) -> None:
    with toxiproxy.to(vault.address, toxic) as address:
        answer = fetched(address)
    assert isinstance(answer, Unreachable)
    assert answer.detail.endswith(("broke", "did not answer as Vault does (status 403)"))


@pytest.mark.parametrize("toxic", [silence(), drip(1, 100_000)], ids=["silence", "drip"])
def test_one_deadline_bounds_silence_and_drips(
    vault: Vault, toxiproxy: Toxiproxy, toxic: dict[str, object]
) -> None:
    """A time limit of requests begins anew with every byte: the drip would last for minutes."""
    with toxiproxy.to(vault.address, toxic) as address:
        answer = fetched(address, timeout=0.5)
    assert isinstance(answer, Unreachable)
    assert "did not answer" in answer.detail


def test_one_deadline_bounds_a_drip_within_the_body() -> None:
    answer, _ = got((Answer(200, b'{"data": "' + b"x" * 10_000, {}, drip=0.05),), timeout=0.5)
    assert isinstance(answer, Unreachable)
    assert answer.detail.endswith("did not answer within 0.5 s")


def test_one_path_that_hangs_costs_that_path(vault: Vault) -> None:
    def sometimes(asked: Asked) -> Answer:
        if asked.path.endswith("/hangs"):
            return Answer(200, b"x" * 1000, drip=0.2)
        return GOOD

    with stand_in(sometimes) as server:
        environ = {"VAULT_ADDR": server.address, "VAULT_TOKEN": TOKEN}
        source = opened("vault", environ, timeout=1)
        good, hangs = ask(source, "secret/ci/good#key", "secret/ci/hangs#key")
    assert value_of(good) == "the-value"
    assert isinstance(hangs, Unreachable)
    assert hangs.detail.endswith("did not answer within 1 s")


def test_a_proxy_on_the_way_is_used_and_may_be_dead() -> None:
    environ = {"HTTPS_PROXY": f"http://127.0.0.1:{free_port()}"}
    answer = fetched("https://vault.example.com", timeout=5, **environ)
    assert answer == Unreachable("the proxy on the way to vault.example.com did not let us through")


def test_a_server_that_speaks_no_tls() -> None:
    with stand_in(lambda _: GOOD) as server:
        answer = fetched(server.address.replace("http", "https"), timeout=5)
    assert isinstance(answer, Unreachable)
    assert "does not speak TLS" in answer.detail


def test_a_server_that_takes_connections_and_says_nothing() -> None:
    with socket.create_server(("127.0.0.1", 0)) as deaf:
        answer = fetched(f"http://127.0.0.1:{deaf.getsockname()[1]}", timeout=0.5)
    assert isinstance(answer, Unreachable)
    assert "did not answer" in detail_of(answer)
    assert hint_of(answer) in {"", "look at VAULT_ADDR"}
