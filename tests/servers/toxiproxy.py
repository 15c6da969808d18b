"""Toxiproxy between a client and its server: latency, resets, drips, cuts, on loopback."""

from __future__ import annotations

import json
import urllib.request
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from servers.finding import free_port, program, running

if TYPE_CHECKING:
    from collections.abc import Iterator


class Toxiproxy:
    """The proxy's own API: https://github.com/Shopify/toxiproxy#http-api."""

    def __init__(self, port: int) -> None:
        self._api = f"http://127.0.0.1:{port}"
        self._proxies = 0

    def _call(self, method: str, path: str, body: dict[str, Any] | None = None) -> Any:
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(self._api + path, data=data, method=method)
        with urllib.request.urlopen(request, timeout=10) as answer:
            text = answer.read()
        return json.loads(text) if text else None

    @contextmanager
    def to(self, address: str, *toxics: dict[str, Any]) -> Iterator[str]:
        """Put a proxy before a server; give the proxy's own address.

        Args:
            address: the server, `http://127.0.0.1:PORT`.
            toxics: what happens to each answer on its way: `{"type": …, "attributes": {…}}`.
        """
        self._proxies += 1
        name = f"proxy{self._proxies}"
        upstream = address.partition("://")[2]
        body = {"name": name, "listen": "127.0.0.1:0", "upstream": upstream, "enabled": True}
        made = self._call("POST", "/proxies", body)
        try:
            for toxic in toxics:
                self._call("POST", f"/proxies/{name}/toxics", toxic)
            yield f"http://{made['listen']}"
        finally:
            self._call("DELETE", f"/proxies/{name}")


def latency(milliseconds: int) -> dict[str, Any]:
    """Hold each answer back."""
    return {"type": "latency", "attributes": {"latency": milliseconds}}


def drip(bytes_at_once: int, microseconds: int) -> dict[str, Any]:
    """Give the answer out in small pieces, with a pause before each."""
    attributes = {"average_size": bytes_at_once, "size_variation": 0, "delay": microseconds}
    return {"type": "slicer", "attributes": attributes}


def reset() -> dict[str, Any]:
    """Reset the connection when the answer begins."""
    return {"type": "reset_peer", "attributes": {"timeout": 0}}


def cut(size: int) -> dict[str, Any]:
    """Close the connection behind so many bytes."""
    return {"type": "limit_data", "attributes": {"bytes": size}}


def silence() -> dict[str, Any]:
    """Let nothing through, and keep the connection open."""
    return {"type": "timeout", "attributes": {"timeout": 0}}


@contextmanager
def running_toxiproxy() -> Iterator[Toxiproxy]:
    """Run a proxy without any way through it yet."""
    command = program("toxiproxy", "CREDCHECK_TEST_TOXIPROXY")
    port = free_port()
    with running([command, "-port", str(port), "-host", "127.0.0.1"], port):
        yield Toxiproxy(port)
