from __future__ import annotations

import http.client
import logging
import socket
import threading
from typing import TYPE_CHECKING

from credcheck.sources.quiet import LIBRARIES, hush, silent_thread

if TYPE_CHECKING:
    import pytest


def test_what_libraries_log_in_our_threads_is_dropped_and_nothing_else(
    caplog: pytest.LogCaptureFixture,
) -> None:
    logger = logging.getLogger("botocore.some.module")
    with caplog.at_level(logging.DEBUG), silent_thread():
        logger.error("dropped")
        logging.getLogger("the_users_own").error("kept")
        other = threading.Thread(target=logger.error, args=("heard from another thread",))
        other.start()
        other.join()
    with caplog.at_level(logging.DEBUG):
        logger.error("heard afterwards")
    assert [record.message for record in caplog.records] == [
        "kept",
        "heard from another thread",
        "heard afterwards",
    ]


def test_loggers_that_come_later_are_hushed_when_asked(caplog: pytest.LogCaptureFixture) -> None:
    with silent_thread():
        late = logging.getLogger("urllib3.made.in.the.middle")
        hush()
        late.error("dropped")
    assert caplog.records == []


def test_what_http_client_prints_in_our_threads_is_dropped_and_nothing_else(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(http.client.HTTPConnection, "debuglevel", 1)
    with silent_thread():
        send_nowhere()
    assert capsys.readouterr().out == ""
    send_nowhere()
    assert "a-header-that-is-secret" in capsys.readouterr().out


def test_a_print_function_of_the_projects_own_is_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    heard: list[tuple[object, ...]] = []
    monkeypatch.setattr(http.client.HTTPConnection, "debuglevel", 1)
    monkeypatch.setattr(http.client, "print", lambda *words: heard.append(words), raising=False)
    with silent_thread():
        send_nowhere()
    assert heard == []
    send_nowhere()
    assert "a-header-that-is-secret" in str(heard)


def send_nowhere() -> None:
    """Make a request on a connection that leads nowhere."""
    here, there = socket.socketpair()
    connection = http.client.HTTPConnection("nowhere.invalid")
    connection.sock = here
    connection.request("GET", "/", headers={"X-Vault-Token": "a-header-that-is-secret"})
    connection.close()
    there.close()


def test_the_libraries_that_carry_values_are_all_named() -> None:
    assert {"botocore", "boto3", "urllib3", "hvac", "requests", "http", "keyring"} <= LIBRARIES
