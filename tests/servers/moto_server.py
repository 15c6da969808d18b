"""AWS' API for a whole session."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from servers.moto_running import running_moto

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture(scope="session")
def aws_endpoint() -> Iterator[str]:
    """The address of a running moto server."""
    with running_moto() as address:
        yield address
