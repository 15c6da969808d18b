"""A server between a client and a real one, that writes down what was asked."""

from __future__ import annotations

import urllib.error
import urllib.request
from contextlib import contextmanager
from typing import TYPE_CHECKING

from servers.stand_in import Answer, stand_in

if TYPE_CHECKING:
    from collections.abc import Iterator

    from servers.stand_in import Asked, StandIn

_HOP = {"host", "connection", "content-length", "transfer-encoding", "accept-encoding"}


@contextmanager
def forwarding(address: str) -> Iterator[StandIn]:
    """Pass every request on to a server, and its answer back."""

    def passed_on(asked: Asked) -> Answer:
        headers = {k: v for k, v in asked.headers.items() if k.lower() not in _HOP}
        request = urllib.request.Request(
            address + asked.path, data=asked.body or None, headers=headers, method=asked.method
        )
        try:
            with urllib.request.urlopen(request, timeout=10) as got:
                status, body, told = got.status, got.read(), got.headers
        except urllib.error.HTTPError as error:
            with error:
                status, body, told = error.code, error.read(), error.headers
        kept = {name: value for name, value in told.items() if name.lower() not in _HOP}
        return Answer(status, body, kept)

    with stand_in(passed_on) as server:
        yield server
