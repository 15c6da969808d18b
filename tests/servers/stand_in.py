"""A stand-in for the faults that no healthy server shows: every answer is written down."""

from __future__ import annotations

import json
import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping


class Asked(NamedTuple):
    """One request that came in."""

    method: str
    path: str
    headers: Mapping[str, str]
    body: bytes


class Answer(NamedTuple):
    """What is to be answered; ``drip`` is the pause before each byte of the body, in seconds."""

    status: int = 200
    body: bytes = b""
    headers: Mapping[str, str] = {}
    drip: float = 0.0


class StandIn:
    """A running server; ``asked`` are the requests so far, in order."""

    def __init__(self, address: str, asked: list[Asked]) -> None:
        self.address = address
        self.asked = asked

    def paths(self) -> list[str]:
        """Give the paths that were asked for."""
        return [asked.path for asked in self.asked]


def answer_json(body: Any, status: int = 200, **headers: str) -> Answer:
    """Make an answer of JSON."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return Answer(status, json.dumps(body).encode(), {"Content-Type": "application/json", **named})


@contextmanager
def stand_in(answer: Callable[[Asked], Answer]) -> Iterator[StandIn]:
    """Run a server that answers every request as the function says."""
    asked: list[Asked] = []
    gone = threading.Event()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True

        def _handle(self) -> None:
            size = int(self.headers.get("Content-Length") or 0)
            request = Asked(
                self.command, self.path, dict(self.headers.items()), self.rfile.read(size)
            )
            asked.append(request)
            told = answer(request)
            self.send_response(told.status)
            for name, value in told.headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(told.body)))
            self.end_headers()
            try:
                if not told.drip:
                    self.wfile.write(told.body)
                    return
                for byte in told.body:
                    if gone.wait(told.drip):
                        return
                    self.wfile.write(bytes((byte,)))
                    self.wfile.flush()
            except OSError:
                self.close_connection = True

        do_GET = do_POST = do_PUT = do_LIST = _handle  # noqa: N815  # http.server's names

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        server.daemon_threads = True
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        try:
            yield StandIn(f"http://127.0.0.1:{server.server_port}", asked)
        finally:
            gone.set()
            server.shutdown()
            thread.join()
