"""A stand-in for SendGrid's API, which has no test server: it checks the form of each mail."""

from __future__ import annotations

import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any, NamedTuple

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator


class MailServer(NamedTuple):
    """Its address, and the bodies of the mails that it accepted."""

    address: str
    accepted: list[dict[str, Any]]


class _Handler(BaseHTTPRequestHandler):
    accepted: list[dict[str, Any]]

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        if self.path != "/v3/mail/send":
            return self._answer(404)
        if not (self.headers.get("Authorization") or "").startswith("Bearer SG."):
            return self._answer(401)
        mail = json.loads(body)
        to = [one["email"] for person in mail["personalizations"] for one in person["to"]]
        content = [part["value"] for part in mail.get("content", ())]
        if not (all("@" in address for address in to) and content and all(content)):
            return self._answer(400)
        self.accepted.append(mail)
        sandbox = mail.get("mail_settings", {}).get("sandbox_mode", {}).get("enable")
        return self._answer(200 if sandbox else 202)

    def _answer(self, status: int) -> None:
        self.send_response(status)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture
def mail_server() -> Iterator[MailServer]:
    """A running stand-in."""
    accepted: list[dict[str, Any]] = []
    handler = type("Handler", (_Handler,), {"accepted": accepted})
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield MailServer(f"http://127.0.0.1:{server.server_port}", accepted)
        server.shutdown()
        thread.join()
