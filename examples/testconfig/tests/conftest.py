from __future__ import annotations

import pytest
from testconfig import TestConfig


@pytest.fixture(scope="session")
def config() -> TestConfig:
    """Give the configuration of the run: resolved once."""
    return TestConfig()
