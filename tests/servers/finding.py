"""How the tests find a server's program, and what happens where there is none."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import time
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

STARTS_WITHIN = 20.0  # seconds


def missing(what: str, how: str) -> NoReturn:
    """Skip, with how to get the server; with CREDCHECK_REQUIRE_SERVERS=1 this is a failure."""
    message = f"{what} is not here: {how}"
    if os.environ.get("CREDCHECK_REQUIRE_SERVERS") == "1":
        pytest.fail(message)
    pytest.skip(message)


def program(name: str, variable: str) -> str:
    """Give the path of a server's program: from a variable, PATH, or the cache."""
    cache = os.environ.get("CREDCHECK_SERVERS_CACHE")
    caches = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    folder = Path(cache) if cache else Path(caches) / "credcheck-servers"
    # the last that was built or asked for, since one of ours is named by what it is built from
    built = sorted(folder.glob(f"{name}-*/{name}"), key=lambda p: p.parent.stat().st_mtime)
    found = os.environ.get(variable) or shutil.which(name) or (str(built[-1]) if built else None)
    if found is None:
        missing(name, "run scripts/build_servers.sh (it needs Go), or put it on PATH")
    return found


def free_port() -> int:
    """Give a port of the loopback interface that nobody uses at the moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@contextmanager
def running(command: Sequence[str], port: int) -> Iterator[int]:
    """Run a server until the block ends; it is ready when its port answers."""
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as server:
        try:
            _wait_for(server, port)
            yield port
        finally:
            server.terminate()
            server.wait(timeout=10)


def _wait_for(server: subprocess.Popen[bytes], port: int) -> None:
    deadline = time.monotonic() + STARTS_WITHIN
    while time.monotonic() < deadline:
        if server.poll() is not None:
            pytest.fail(f"the server ended with status {server.returncode}")
        try:
            with socket.create_connection(("127.0.0.1", port), timeout=1):
                return
        except OSError:
            time.sleep(0.02)
    pytest.fail(f"the server did not answer within {STARTS_WITHIN:g} seconds")
