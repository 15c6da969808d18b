"""Asking the keyring without ever making it ask a person.

This module imports keyring and is itself imported when the first secret is fetched.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import keyring
from keyring import errors
from keyring.backends import chainer, fail, null

from credcheck.model import Absent, Denied, Empty, Found, NotConfigured, Unreachable
from credcheck.secret import Secret

if TYPE_CHECKING:
    from collections.abc import Iterable

    from keyring.backend import KeyringBackend

    from credcheck.model import Answer

UNLOCK = "unlock it: log in to your desktop, or gnome-keyring-daemon --unlock"


class Nothing(Exception):
    """There is no keyring to be asked; ``answer`` says why."""

    def __init__(self, answer: NotConfigured | Denied | Unreachable) -> None:
        super().__init__(type(answer).__name__)
        self.answer = answer


def find_backend() -> KeyringBackend:
    """Give the keyring of this machine.

    Raises:
        Nothing: there is none, it is locked, or its configuration is wrong.
    """
    try:
        backend = keyring.get_keyring()
    except ImportError:
        raise Nothing(
            Denied("the keyring backend that is configured cannot be imported", "keyring diagnose")
        ) from None
    except Exception as error:  # noqa: BLE001  # a backend can raise anything when it is chosen
        kind = type(error).__name__
        raise Nothing(
            Denied(f"the keyring backend that is configured does not work ({kind})", DIAGNOSE)
        ) from None
    if isinstance(backend, fail.Keyring):
        raise Nothing(NotConfigured("this machine has no keyring"))
    if isinstance(backend, null.Keyring):
        raise Nothing(NotConfigured("the keyring is the null backend, which holds nothing"))
    for one in _single(backend):
        if type(one).__module__ == "keyring.backends.SecretService":
            _check_unlocked()
    return backend


DIAGNOSE = "keyring diagnose"


def _single(backend: KeyringBackend) -> Iterable[KeyringBackend]:
    return backend.backends if isinstance(backend, chainer.ChainerBackend) else (backend,)


def _check_unlocked() -> None:
    """Refuse a locked collection: the backend would open a prompt and wait for it."""
    from contextlib import closing

    import secretstorage

    try:
        with closing(secretstorage.dbus_init()) as connection:
            locked = secretstorage.get_default_collection(connection).is_locked()
    except secretstorage.exceptions.SecretStorageException as error:
        kind = type(error).__name__
        raise Nothing(Unreachable(f"the secret service did not answer ({kind})")) from None
    if locked:
        raise Nothing(Denied("the keyring is locked", UNLOCK))


def look_up(backend: KeyringBackend, service: str, user: str) -> Answer:
    """Ask for one entry."""
    where = f"keyring entry {user} of {service}"
    try:
        value = backend.get_password(service, user)
    except (errors.KeyringLocked, errors.InitError):
        return Denied("the keyring is locked", UNLOCK)
    except errors.NoKeyringError:
        return NotConfigured("this machine has no keyring")
    except Exception as error:  # noqa: BLE001  # backends raise what their libraries raise
        return Unreachable(f"the keyring did not answer ({type(error).__name__})", DIAGNOSE)
    if value is None:
        return Absent(f"there is no {where}")
    return Found(Secret(value), where) if value else Empty(f"{where} has no value")


def describe(backend: KeyringBackend) -> str:
    """Name the backend, or each of several; say so when one keeps values in clear text."""
    told = []
    for one in _single(backend):
        kind = type(one)
        plain = " (keeps values in clear text)" if "Plaintext" in kind.__name__ else ""
        told.append(f"{getattr(one, 'name', kind.__name__)}{plain}")
    return ", ".join(told)
