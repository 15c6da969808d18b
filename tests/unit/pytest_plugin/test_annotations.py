"""The types of the fixtures have public names; mypy checks this file as it would a user's."""

from __future__ import annotations

from typing import TYPE_CHECKING, assert_type

import pytest

import credcheck
from credcheck import Secrets, SessionSecrets, require_secret
from credcheck.pytest_plugin import fixtures
from unit.pytest_plugin.test_import import imported_by

if TYPE_CHECKING:
    from collections.abc import Mapping


@pytest.fixture(scope="session")
def client(session_secrets: SessionSecrets) -> str:
    session_secrets.provide("DATABASE_URL", "postgresql://localhost/shop")
    return assert_type(session_secrets.require("STRIPE_TEST_KEY"), str)


@require_secret("STRIPE_TEST_KEY")
def charges(secrets: Secrets, client: str) -> None:
    assert_type(secrets["STRIPE_TEST_KEY"], str)
    assert_type(secrets.get("STRIPE_TEST_KEY"), str | None)
    mapping: Mapping[str, str] = secrets
    assert client == mapping["STRIPE_TEST_KEY"]


def test_the_public_names_are_those_of_what_the_fixtures_give() -> None:
    assert issubclass(SessionSecrets, Secrets)
    assert (credcheck.Secrets, credcheck.SessionSecrets) == (
        fixtures.Secrets,
        fixtures.SessionSecrets,
    )


def test_using_them_for_annotations_loads_no_broker_and_no_more_than_the_plugin() -> None:
    added = imported_by("from credcheck import Secrets, SessionSecrets")
    assert {name for name in added if name.startswith("credcheck")} == {
        "credcheck",
        "credcheck.pytest_plugin",
        "credcheck.pytest_plugin.fixtures",
        "credcheck.pytest_plugin.state",
    }
