"""The suite `mail` in credcheck.toml."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from testconfig import TestConfig


def test_nothing_is_sent_for_real(config: TestConfig) -> None:
    assert config.mail_key is not None
    assert config.mail.sandbox
