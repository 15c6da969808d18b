"""Needs no credential: these run everywhere."""

from __future__ import annotations

from testconfig import Features, TestConfig


def test_the_receipt_has_the_form_that_is_switched_on(config: TestConfig) -> None:
    assert config.features.receipts in {"text", "pdf"}


def test_flags_are_typed() -> None:
    assert Features.model_validate({"new_checkout": "yes"}).new_checkout is True


def test_the_database_is_one_for_tests(config: TestConfig) -> None:
    url = config.database_url.get_secret_value()
    assert url.startswith("sqlite:") or "localhost" in url or ".test." in url
