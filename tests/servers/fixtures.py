"""The fixtures of the servers; a test module names this as one of its plugins."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from servers.keyring_server import gnome_keyring
from servers.toxiproxy import running_toxiproxy
from servers.vault_server import any_vault

if TYPE_CHECKING:
    from collections.abc import Iterator

    from servers.toxiproxy import Toxiproxy
    from servers.vault_server import Vault


@pytest.fixture(scope="session")
def vault() -> Iterator[Vault]:
    """A Vault with KV version 2 at `secret` and version 1 at `kv1`."""
    with any_vault() as server:
        yield server


@pytest.fixture(scope="session")
def toxiproxy() -> Iterator[Toxiproxy]:
    """A running proxy without any way through it yet."""
    with running_toxiproxy() as proxy:
        yield proxy


@pytest.fixture(scope="session")
def keyring_bus() -> Iterator[dict[str, str]]:
    """The variables that lead to an unlocked gnome-keyring."""
    with gnome_keyring() as variables:
        yield variables
