"""A real keyring: gnome-keyring on a session bus of its own."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import tempfile
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from servers.finding import missing

if TYPE_CHECKING:
    from collections.abc import Iterator

HOW = "apt-get install gnome-keyring dbus (Debian, Ubuntu), or the like"


@contextmanager
def session_bus() -> Iterator[dict[str, str]]:
    """Run a bus without anything on it; give the variables that lead to it."""
    daemon = shutil.which("dbus-daemon")
    if daemon is None or sys.platform != "linux":
        missing("a session bus", HOW)
    with tempfile.TemporaryDirectory(prefix="bus") as folder:  # a socket's path must be short
        yield from _run_bus(daemon, Path(folder))


def _run_bus(daemon: str, home: Path) -> Iterator[dict[str, str]]:
    # gnome-keyring-daemon would be started by the bus, with a prompt: nothing may be activated
    config = home / "bus.conf"
    config.write_text(
        '<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN"'
        ' "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">'
        f"<busconfig><type>session</type><listen>unix:path={home}/bus</listen>"
        '<policy context="default"><allow send_destination="*" eavesdrop="true"/>'
        '<allow eavesdrop="true"/><allow own="*"/></policy></busconfig>'
    )
    command = [daemon, f"--config-file={config}", "--nofork", "--print-address"]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    ) as bus:
        assert bus.stdout is not None
        address = bus.stdout.readline().strip()
        try:
            yield {"DBUS_SESSION_BUS_ADDRESS": address, "HOME": str(home)}
        finally:
            bus.terminate()
            bus.wait(timeout=10)


@contextmanager
def gnome_keyring() -> Iterator[dict[str, str]]:
    """Run an unlocked keyring; give the variables that lead to it."""
    daemon = shutil.which("gnome-keyring-daemon")
    if daemon is None:
        missing("gnome-keyring", HOW)
    with session_bus() as variables:
        command = [daemon, "--foreground", "--unlock", "--components=secrets"]
        environ = {**os.environ, **variables, "XDG_RUNTIME_DIR": variables["HOME"]}
        with subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            env=environ,
        ) as keyring:
            assert keyring.stdin is not None
            keyring.stdin.write(b"the password of the tests")
            keyring.stdin.close()
            try:
                _wait_for(variables)
                yield variables
            finally:
                keyring.send_signal(signal.SIGTERM)
                keyring.wait(timeout=10)


def _wait_for(variables: dict[str, str]) -> None:
    """Wait until the service is on the bus and its collection is there."""
    import time

    code = (
        "import secretstorage as s; c = s.dbus_init(); "
        "assert not s.get_default_collection(c).is_locked()"
    )
    for _ in range(100):
        done = subprocess.run(
            [sys.executable, "-c", code], env={**os.environ, **variables}, capture_output=True
        )
        if done.returncode == 0:
            return
        time.sleep(0.05)
    pytest.fail("the keyring did not start")
