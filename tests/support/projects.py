"""Small projects on disk, and brokers for them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from credcheck.broker import Broker

if TYPE_CHECKING:
    from pathlib import Path


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
