"""What is exported is read by the real consumer: shells, and docker's own client."""

from __future__ import annotations

import http.server
import json
import os
import shutil
import subprocess
import sys
import threading
from typing import TYPE_CHECKING

import pytest

from credcheck.exporters import export
from credcheck.secret import Secret
from servers.finding import missing
from support.odd import LINES, NOT_UTF8, ODD_VALUES

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.skipif(os.name != "posix", reason="runs POSIX shells")

VALUES = {**ODD_VALUES, **LINES, "NOT_UTF8": NOT_UTF8}
# prints the environment as it arrived, byte by byte
DUMP = "import os, json; print(json.dumps({k.decode(): v.hex() for k, v in os.environb.items()}))"


def exported(name: str, values: dict[str, str], tmp_path: Path) -> Path:
    path = tmp_path / "exported"
    path.write_bytes(export(name, {n: Secret(value) for n, value in values.items()}))
    return path


def arrived(command: list[str], tmp_path: Path) -> dict[str, str]:
    done = subprocess.run(
        command,
        cwd=tmp_path,
        env={"PATH": os.environ["PATH"], "HOME": str(tmp_path), "LC_ALL": "C.UTF-8"},
        capture_output=True,
        check=True,
        timeout=60,
    )
    read = json.loads(done.stdout)
    return {
        name: bytes.fromhex(value).decode("utf-8", "surrogateescape")
        for name, value in read.items()
        if name in VALUES
    }


@pytest.mark.parametrize("shell", ["sh", "bash", "dash", "zsh"])
@pytest.mark.parametrize("how", ['eval "$(cat "$1")"', '. "$1"'], ids=["eval", "dot"])
def test_a_posix_shell_exports_every_value_exactly(tmp_path: Path, shell: str, how: str) -> None:
    if shutil.which(shell) is None:
        if shell in {"dash", "zsh"}:
            pytest.skip(f"{shell} is one more shell, and it is not here")
        missing(shell, "install it")
    path = exported("shell", VALUES, tmp_path)
    script = f'{how}; exec "$2" -c "$3"'
    assert (
        arrived([shell, "-c", script, shell, str(path), sys.executable, DUMP], tmp_path) == VALUES
    )


def test_fish_exports_every_value_exactly(tmp_path: Path) -> None:
    if shutil.which("fish") is None:
        missing("fish", "apt-get install fish, or brew install fish")
    path = exported("fish", VALUES, tmp_path)
    script = "cat $argv[1] | source; exec $argv[2] -c $argv[3]"
    command = ["fish", "--no-config", "-c", script, str(path), sys.executable, DUMP]
    assert arrived(command, tmp_path) == VALUES


class Engine(http.server.BaseHTTPRequestHandler):
    """Stands in for docker's engine: it takes the request to create a container, and no more."""

    created: list[dict[str, object]]

    def do_HEAD(self) -> None:
        self.answer(200, {})

    def do_GET(self) -> None:
        self.answer(200, {})

    def do_POST(self) -> None:
        length = int(self.headers.get("Content-Length", 0))
        self.created.append(json.loads(self.rfile.read(length) or "{}"))
        self.answer(500, {"message": "this is no engine"})

    def answer(self, status: int, body: dict[str, str]) -> None:
        self.send_response(status)
        self.send_header("Api-Version", "1.45")
        self.send_header("Content-Type", "application/json")
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(json.dumps(body).encode())

    def log_message(self, *args: object) -> None:
        """Say nothing."""


def test_dockers_own_client_sends_every_value_of_one_line_exactly(tmp_path: Path) -> None:
    client = shutil.which("docker")
    if client is None:
        pytest.skip("docker's client is not here; the unit tests read by its rules")
    path = exported("docker", ODD_VALUES, tmp_path)
    created: list[dict[str, object]] = []
    handler = type("Recording", (Engine,), {"created": created})
    with http.server.HTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            subprocess.run(
                [client, "create", "--pull", "never", "--env-file", str(path), "image"],
                env={
                    "PATH": os.environ["PATH"],
                    "HOME": str(tmp_path),
                    "DOCKER_HOST": f"tcp://127.0.0.1:{server.server_port}",
                },
                capture_output=True,
                timeout=60,
            )
        finally:
            server.shutdown()
            thread.join()
    (request,) = created
    pairs = [str(pair).partition("=") for pair in request["Env"]]  # type: ignore[attr-defined]
    assert {name: value for name, _, value in pairs} == ODD_VALUES
