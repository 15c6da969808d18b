"""The suite `payments` in credcheck.toml: skipped as a whole while its key is missing."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from testconfig import TestConfig


def test_the_key_is_there_and_shows_itself_to_nobody(config: TestConfig) -> None:
    assert config.stripe_key is not None
    assert config.stripe_key.get_secret_value() not in repr(config)
