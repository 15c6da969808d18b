"""Stripe's own mock server: checks parameters against the real description of the API."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from servers.finding import free_port, program, running

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture(scope="session")
def stripe_mock() -> Iterator[str]:
    """The address of a running stripe-mock."""
    command = program("stripe-mock", "CREDCHECK_TEST_STRIPE_MOCK")
    port = free_port()
    with running([command, "-http-port", str(port), "-https-port", str(free_port())], port):
        yield f"http://127.0.0.1:{port}"
