"""The keyring of the operating system: a real gnome-keyring on a bus of its own."""

from __future__ import annotations

import sys
from contextlib import closing
from inspect import unwrap
from typing import TYPE_CHECKING, Any

import keyring
import keyring.backend
import keyring.core
import pytest
from keyring.backend import KeyringBackend
from keyring.errors import InitError, KeyringLocked, NoKeyringError

from credcheck.model import Absent, Denied, Empty, NotConfigured, SecretSpec, Unreachable
from credcheck.testing import SourceContract
from servers.keyring_server import gnome_keyring, session_bus
from support.sources import ask, detail_of, opened, value_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from credcheck.sources.base import Source

pytest_plugins = ["servers.fixtures"]
pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="gnome-keyring is Linux's")


@pytest.fixture(autouse=True)
def _nothing_chosen(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[None]:
    """The library chooses a backend once a process; here it chooses anew in each test."""
    monkeypatch.setattr(keyring.core, "_keyring_backend", None)
    keyring.backend._load_plugins()  # or those of the library would join the set below
    ours = {c for c in KeyringBackend._classes if not c.__module__.startswith("keyring.")}
    monkeypatch.setattr(KeyringBackend, "_classes", KeyringBackend._classes - ours)
    monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", "disabled:")
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    monkeypatch.delenv("PYTHON_KEYRING_BACKEND", raising=False)
    _forget_backends()
    yield
    _forget_backends()


def _forget_backends() -> None:
    """Let the library look again for what works; it remembers that, in one place or another."""
    every = keyring.backend.get_all_keyring
    for holder, name in ((every, "saved_result"), (unwrap(every), "always_returns")):
        vars(holder).pop(name, None)


@pytest.fixture
def gnome(keyring_bus: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in keyring_bus.items():
        monkeypatch.setenv(name, value)


class TestKeyringSource(SourceContract):
    @pytest.fixture(autouse=True)
    def _server(self, gnome: None) -> None:
        """Every test of the contract has a keyring."""

    def holding(self, values: Mapping[str, str], tmp_path: Path) -> Source:
        service = f"contract/{tmp_path.name}"
        for name, value in values.items():
            keyring.set_password(service, name, value)
        return opened("keyring", service=service)

    def spec(self, name: str) -> SecretSpec:
        return SecretSpec(name=name, keyring=name)


def test_the_entry_is_found_under_the_projects_service(gnome: None) -> None:
    keyring.set_password("credcheck/shop", "ci-stripe", "the-value")
    found, missing = ask(opened("keyring"), "ci-stripe", "ci-nothing")
    assert value_of(found) == "the-value"
    assert missing == Absent("there is no keyring entry ci-nothing of credcheck/shop")


def test_without_a_place_the_secrets_name_is_the_user(gnome: None) -> None:
    from credcheck.model import Request

    keyring.set_password("credcheck/shop", "STRIPE_TEST_KEY", "the-value")
    source = opened("keyring")
    answers = source.fetch([Request(spec=SecretSpec(name="STRIPE_TEST_KEY"))])
    assert value_of(answers["STRIPE_TEST_KEY"]) == "the-value"


def test_health_names_the_keyring(gnome: None) -> None:
    health = opened("keyring").health()
    assert health.status == "ok"
    assert health.detail == "SecretService Keyring, entries of credcheck/shop"


def test_a_locked_keyring_is_denied_and_no_prompt_is_opened(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    import secretstorage

    with gnome_keyring() as variables:
        for name, value in variables.items():
            monkeypatch.setenv(name, value)
        keyring.set_password("credcheck/shop", "locked", "the-value")
        with closing(secretstorage.dbus_init()) as connection:
            secretstorage.get_default_collection(connection).lock()
        source = opened("keyring", timeout=5)
        (answer,) = ask(source, "locked")
        assert isinstance(answer, Denied)
        assert answer.detail == "the keyring is locked"
        assert source.health().status == "denied"


def test_a_bus_without_a_keyring_is_not_configured(monkeypatch: pytest.MonkeyPatch) -> None:
    with session_bus() as variables:
        for name, value in variables.items():
            monkeypatch.setenv(name, value)
        (answer,) = ask(opened("keyring"), "a")
    assert answer == NotConfigured("this machine has no keyring")


def test_without_a_bus_it_is_not_configured() -> None:
    (answer,) = ask(opened("keyring"), "a")
    assert answer == NotConfigured("this machine has no keyring")
    assert opened("keyring").health().status == "not-configured"


@pytest.mark.parametrize("kind", ["ci", "fork"])
def test_in_ci_it_is_not_asked_unless_the_manifest_has_its_table(gnome: None, kind: Any) -> None:
    keyring.set_password("credcheck/shop", "in-ci", "the-value")
    source = opened("keyring", kind=kind)
    (answer,) = ask(source, "in-ci")
    assert answer == NotConfigured("not asked in CI: the manifest has no [keyring] table")
    assert source.health().status == "not-configured"
    named = opened("keyring", kind=kind, service="credcheck/shop")
    assert value_of(ask(named, "in-ci")[0]) == "the-value"


def test_the_null_backend_is_told_from_a_missing_entry(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTHON_KEYRING_BACKEND", "keyring.backends.null.Keyring")
    (answer,) = ask(opened("keyring"), "a")
    assert answer == NotConfigured("the keyring is the null backend, which holds nothing")


@pytest.mark.parametrize(
    ("backend", "words"),
    [
        ("no_such_package.Keyring", "the keyring backend that is configured cannot be imported"),
        ("keyring.backends.null.Nothing", "does not work (AttributeError)"),
    ],
)
def test_a_backend_that_cannot_be_loaded_is_a_mistake_and_not_an_absence(
    monkeypatch: pytest.MonkeyPatch, backend: str, words: str
) -> None:
    monkeypatch.setenv("PYTHON_KEYRING_BACKEND", backend)
    (answer,) = ask(opened("keyring"), "a")
    assert isinstance(answer, Denied)
    assert words in answer.detail


# ── backends that misbehave as no healthy keyring does ────────────────────────────────────────


class Odd(KeyringBackend):
    """A backend that does what it is told."""

    priority = 1

    def __init__(self, reply: Any) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self.reply = reply

    def set_password(self, service: str, username: str, password: str) -> None:
        raise NotImplementedError

    def get_password(self, service: str, username: str) -> str | None:
        if isinstance(self.reply, Exception):
            raise self.reply
        if callable(self.reply):
            self.reply()
        return str(self.reply)


def odd(monkeypatch: pytest.MonkeyPatch, reply: Any) -> Source:
    monkeypatch.setattr(keyring.core, "_keyring_backend", Odd(reply))
    return opened("keyring", timeout=0.5)


@pytest.mark.parametrize(
    ("raised", "kind", "words"),
    [
        (KeyringLocked("a-value-in-a-message"), Denied, "the keyring is locked"),
        (InitError("a-value-in-a-message"), Denied, "the keyring is locked"),
        (NoKeyringError("a-value-in-a-message"), NotConfigured, "this machine has no keyring"),
        (OSError("a-value-in-a-message"), Unreachable, "did not answer (OSError)"),
    ],
    ids=lambda value: type(value).__name__ if isinstance(value, Exception) else None,
)
def test_what_a_backend_raises_is_told_in_our_words(
    monkeypatch: pytest.MonkeyPatch, raised: Exception, kind: type, words: str
) -> None:
    (answer,) = ask(odd(monkeypatch, raised), "a")
    assert isinstance(answer, kind)
    assert words in detail_of(answer)
    assert "a-value-in-a-message" not in repr(answer)


def test_an_empty_entry_is_empty(monkeypatch: pytest.MonkeyPatch) -> None:
    (answer,) = ask(odd(monkeypatch, ""), "a")
    assert answer == Empty("keyring entry a of credcheck/shop has no value")


def test_a_backend_that_waits_for_a_prompt_is_unreachable_at_the_deadline(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    from threading import Event

    never = Event()
    (answer,) = ask(odd(monkeypatch, never.wait), "a")
    never.set()
    assert isinstance(answer, Unreachable)
    assert answer.detail == ("the keyring did not answer within 0.5 s; it may wait for a prompt")


def test_of_several_backends_each_is_named(gnome: None) -> None:
    from keyring.backends.chainer import ChainerBackend

    class Second(Odd):
        name = "Second store"

        def __init__(self) -> None:
            super().__init__("x")

    keyring.backend.KeyringBackend._classes.add(Second)
    assert isinstance(keyring.get_keyring(), ChainerBackend)
    detail = opened("keyring").health().detail
    assert detail.startswith("SecretService Keyring, Second store, entries of")


def test_a_backend_that_keeps_values_in_clear_text_is_named_so(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    class PlaintextKeyring(Odd):
        name = "Plain file"

    monkeypatch.setattr(keyring.core, "_keyring_backend", PlaintextKeyring("x"))
    health = opened("keyring").health()
    assert health.detail.startswith("Plain file (keeps values in clear text)")
