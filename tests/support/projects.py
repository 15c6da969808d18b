"""Small projects on disk, and brokers for them."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from credcheck.broker import Broker

if TYPE_CHECKING:
    from pathlib import Path

    import pytest

# what a subprocess needs to start, and to be measured
_KEPT = {"PATH", "HOME", "PYTHONPATH", "SYSTEMROOT"}


def enter_project(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Work in a folder, with an environment that says nothing."""
    for name in list(os.environ):
        if name not in _KEPT and not name.startswith("COVERAGE"):
            monkeypatch.delenv(name)
    monkeypatch.setenv("HOME", str(root / "no-home"))  # the tools of this machine lead nowhere
    monkeypatch.chdir(root)


def write_project(root: Path, manifest: str = "", **env_test: str) -> None:
    """Write a `credcheck.toml` and, if any variable is given, a private `.env.test`."""
    if manifest:
        (root / "credcheck.toml").write_text(manifest, encoding="utf-8")
    if env_test:
        lines = "".join(f"{name}={value}\n" for name, value in env_test.items())
        write_env_test(root, lines)


def write_env_test(root: Path, text: str) -> None:
    """Write a private `.env.test`."""
    path = root / ".env.test"
    path.write_text(text, encoding="utf-8")
    path.chmod(0o600)


def broker_for(
    root: Path, environ: dict[str, str] | None = None, context: str | None = None
) -> Broker:
    """Load the project's broker with just this environment."""
    return Broker.load(environ=environ or {}, cwd=root, context=context)
