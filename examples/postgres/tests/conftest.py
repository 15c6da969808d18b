"""A real PostgreSQL for the tests, on a free port of this machine."""

from __future__ import annotations

import os
import secrets as random
import shutil
import socket
import subprocess
import tempfile
import time
from contextlib import contextmanager
from pathlib import Path

import pytest


@pytest.fixture(scope="session")
def postgres(session_secrets):
    """Start the database, and hand its address in: from here on it is judged and masked."""
    with running_postgres() as url:
        session_secrets.provide("DATABASE_URL", url)
        yield


@contextmanager
def running_postgres():
    """Run a server that only this machine reaches; give its address with a password of its own."""
    programs = find_programs()
    if programs is None:
        pytest.skip("PostgreSQL is not here: apt-get install postgresql")
    # PostgreSQL does not run as root
    account = {"user": "postgres"} if os.name == "posix" and os.geteuid() == 0 else {}
    with tempfile.TemporaryDirectory() as folder:
        data, port, password = Path(folder) / "data", free_port(), random.token_urlsafe(24)
        file = Path(folder) / "password"  # of a database that lives as long as this folder
        file.touch(mode=0o600)
        file.write_text(password, encoding="utf-8")
        for path in (folder, file) if account else ():
            shutil.chown(path, "postgres")
        options = ["-U", "tests", "-A", "scram-sha-256", f"--pwfile={file}", "--no-sync"]
        subprocess.run(
            [programs / "initdb", "-D", data, *options],
            stdout=subprocess.DEVNULL,
            cwd=folder,
            check=True,
            **account,
        )
        command = [programs / "postgres", "-D", data, "-p", str(port), "-h", "127.0.0.1"]
        with subprocess.Popen(
            [*command, "-k", folder, "-F"], stderr=subprocess.DEVNULL, cwd=folder, **account
        ) as server:
            try:
                wait_for(server, port)
                yield f"postgresql://tests:{password}@127.0.0.1:{port}/postgres"
            finally:
                server.terminate()
                server.wait(timeout=20)


def find_programs():
    """Give the folder of PostgreSQL's programs: Debian keeps them out of PATH."""
    folders = [*sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)]
    found = shutil.which("initdb")
    folders += [Path(found).resolve().parent] if found else []
    return next((f for f in folders if (f / "initdb").exists() and (f / "postgres").exists()), None)


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def wait_for(server, port):
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline and server.poll() is None:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            time.sleep(0.02)
        else:
            return
    raise RuntimeError("PostgreSQL did not start")
