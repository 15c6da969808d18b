from __future__ import annotations

import pytest

from credcheck.drafting.names import is_credential, is_path, service_of


@pytest.mark.parametrize(
    "name",
    [
        "STRIPE_SECRET_KEY",
        "TWILIO_ACCOUNT_SID",
        "DATABASE_URL",
        "CACHE_REDIS_URL",
        "SENTRY_DSN",
        "MY_API_TOKEN",
        "DB_PASSWORD",
        "AWS_ACCESS_KEY_ID",
        "GOOGLE_APPLICATION_CREDENTIALS",
        "AZURE_STORAGE_CONNECTION_STRING",
        "github_token",
        "PGPASSWORD",
        "SLACK_WEBHOOK_URL",
    ],
)
def test_a_credential_is_known_by_its_name(name: str) -> None:
    assert is_credential(name)


@pytest.mark.parametrize(
    "name",
    [
        "DEBUG",
        "LOG_LEVEL",
        "KEYBOARD",
        "TOKENIZERS_PARALLELISM",
        "ACCESS_TOKEN_EXPIRE_MINUTES",
        "STRIPE_API_BASE",
        "OAUTH_TOKEN_URL",
        "DB_HOST",
        "SECRET_KEY",
        "VAULT_TOKEN",
        "SSH_AUTH_SOCK",
        "CI_JOB_TOKEN",
        "PATH",
    ],
)
def test_what_is_no_credential_is_left_out(name: str) -> None:
    assert not is_credential(name)


def test_a_path_is_no_value() -> None:
    assert is_path("FIREBASE_KEY_FILE")
    assert not is_path("LOG_FILE")


@pytest.mark.parametrize(
    ("name", "service"),
    [("STRIPE_TEST_KEY", "stripe"), ("REPLICA_DATABASE_URL", "database_url"), ("X_TOKEN", None)],
)
def test_the_vendor_is_guessed_by_the_name(name: str, service: str | None) -> None:
    assert service_of(name) == service
