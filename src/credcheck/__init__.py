"""A credential broker for test runs."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from credcheck.broker import Broker
    from credcheck.classifier import classify
    from credcheck.errors import CredcheckError, NotReady, Refused
    from credcheck.pytest_plugin.fixtures import Secrets, SessionSecrets
    from credcheck.pytest_plugin.marks import require_secret
    from credcheck.scrubber import Scrubber
    from credcheck.secret import Secret

__version__ = "0.1.0"

__all__ = [
    "Broker",
    "CredcheckError",
    "NotReady",
    "Refused",
    "Scrubber",
    "Secret",
    "Secrets",
    "SessionSecrets",
    "__version__",
    "classify",
    "require_secret",
]

# Each name is imported when it is first asked for: `credcheck --version` needs none of them.
_HOMES = {
    "Broker": "credcheck.broker",
    "CredcheckError": "credcheck.errors",
    "NotReady": "credcheck.errors",
    "Refused": "credcheck.errors",
    "Scrubber": "credcheck.scrubber",
    "Secret": "credcheck.secret",
    "Secrets": "credcheck.pytest_plugin.fixtures",
    "SessionSecrets": "credcheck.pytest_plugin.fixtures",
    "classify": "credcheck.classifier",
    "require_secret": "credcheck.pytest_plugin.marks",
}


def __getattr__(name: str) -> object:
    if name not in _HOMES:
        message = f"module 'credcheck' has no attribute {name!r}"
        raise AttributeError(message)
    from importlib import import_module

    value = getattr(import_module(_HOMES[name]), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted(__all__)
