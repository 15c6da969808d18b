"""Which variables are credentials, by their names."""

from __future__ import annotations

from credcheck.services import guess_service, load_service

_WORDS = frozenset(
    {
        "APIKEY", "CRED", "CREDENTIAL", "CREDENTIALS", "CREDS", "DSN", "KEY", "PASS", "PASSPHRASE",
        "PASSWD", "PASSWORD", "PAT", "PEM", "PWD", "SECRET", "SID", "TOKEN",
    }
)  # fmt: skip
_ENDS = ("APIKEY", "PASSWD", "PASSWORD", "SECRET", "TOKEN")  # PGPASSWORD
# what is said about a credential, but is none
_ABOUT = frozenset(
    {
        "ALGORITHM", "AUDIENCE", "BUCKET", "COUNT", "DIR", "DURATION", "ENABLED", "ENDPOINT", "ENV",
        "EXPIRE", "EXPIRES", "EXPIRY", "FORMAT", "HEADER", "HOST", "HOSTNAME", "ISSUER", "LEN",
        "LENGTH", "LIFETIME", "LIMIT", "MINUTES", "MODE", "NAME", "NAMES", "PORT", "PREFIX",
        "REGION", "ROTATION", "SCOPE", "SECONDS", "SIZE", "TTL", "TYPE", "URI", "URL", "USER",
        "USERNAME", "VERSION",
    }
)  # fmt: skip
_CONNECTIONS = (
    "DATABASE_URL", "DATABASE_URI", "DB_URL", "DB_URI", "REDIS_URL", "MONGO_URL", "MONGO_URI",
    "MONGODB_URI", "AMQP_URL", "BROKER_URL", "POSTGRES_URL", "POSTGRESQL_URL", "MYSQL_URL",
    "CONNECTION_STRING",
)  # fmt: skip
# a broker's own credentials, and those that a CI system sets for itself
_NOT_OURS = ("VAULT_", "BAO_", "ACTIONS_", "CI_JOB_", "RUNNER_", "SSH_", "GPG_", "GIT_")
_INTERNAL = frozenset({"SECRET_KEY", "DJANGO_SECRET_KEY", "FLASK_SECRET_KEY"})


def is_credential(name: str) -> bool:
    """Tell whether a variable of that name holds a credential of somebody else's service."""
    upper = name.upper()
    words = upper.split("_")
    if upper.startswith(_NOT_OURS) or upper in _INTERNAL:
        return False
    if upper.endswith((*_CONNECTIONS, "WEBHOOK_URL")):
        return True
    if is_path(name):
        return True
    if words[-1] in _ABOUT:
        return False
    return bool(_WORDS & set(words)) or words[-1].endswith(_ENDS) or _is_usual(upper)


def is_path(name: str) -> bool:
    """Tell whether a variable of that name holds the path of a file with a credential."""
    upper = name.upper()
    words = upper.split("_")
    if upper == "GOOGLE_APPLICATION_CREDENTIALS":
        return True
    return words[-1] in {"FILE", "PATH"} and bool(_WORDS & set(words[:-1]))


def _is_usual(upper: str) -> bool:
    """Tell whether a vendor's documentation uses the name for a credential."""
    guessed = guess_service(upper)
    if guessed is None:
        return False
    service = load_service(guessed)
    return upper in service.env and upper not in service.endpoints


def service_of(name: str) -> str | None:
    """Guess the vendor by the variable's name."""
    if name.upper().endswith(_CONNECTIONS):
        return guess_service(name) or "database_url"
    return guess_service(name)
