from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

import keyring
import pytest
from keyring.backend import KeyringBackend
from keyring.backends import fail

from credcheck.bootstrap.keeping import DotenvKeeper, KeyringKeeper, read_example
from credcheck.errors import CommandLineError, DotenvError
from credcheck.secret import Secret
from support.projects import broker_for, write_project

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from credcheck.model import Manifest


class Memory(KeyringBackend):
    """A keyring in memory; what a user called `bad` keeps comes back another."""

    priority: ClassVar[float] = 1

    def __init__(self) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self.entries: dict[tuple[str, str], str] = {}

    def get_password(self, service: str, username: str) -> str | None:
        return self.entries.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        if username == "broken":
            raise ValueError(password)
        self.entries[service, username] = "other" if username == "bad" else password


@pytest.fixture
def memory() -> Iterator[Memory]:
    former = keyring.get_keyring()
    backend = Memory()
    keyring.set_keyring(backend)
    yield backend
    keyring.set_keyring(former)


def manifest_of(root: Path, text: str) -> Manifest:
    write_project(root, text)
    return broker_for(root).manifest


def test_dotenv_is_the_file_that_the_manifest_names(tmp_path: Path) -> None:
    keeper = DotenvKeeper(manifest_of(tmp_path, "[secrets.A]\n[dotenv]\npath = '.env.it'\n"))
    keeper.check(["A"])
    keeper.keep({"A": Secret("value")})
    assert (tmp_path / ".env.it").read_text() == "A=value\n"
    assert not keeper.is_loose()


def test_a_new_file_begins_as_the_example(tmp_path: Path) -> None:
    template = "# keys of the shop\nA=\n# end\n"
    keeper = DotenvKeeper(manifest_of(tmp_path, "[secrets.A]\n"), template)
    keeper.keep({"A": Secret("value")})
    assert (tmp_path / ".env.test").read_text() == "# keys of the shop\nA=value\n# end\n"
    (tmp_path / ".env.test").write_text("A=1\n")
    keeper.keep({"A": Secret("2")})
    assert (tmp_path / ".env.test").read_text() == "A=2\n"


def test_dotenv_is_no_place_if_nobody_reads_it(tmp_path: Path) -> None:
    keeper = DotenvKeeper(manifest_of(tmp_path, "sources = ['env']\n[secrets.A]\n"))
    with pytest.raises(CommandLineError, match="do not name dotenv"):
        keeper.check(["A"])


def test_the_keyring_keeps_under_the_names_that_are_looked_for(
    tmp_path: Path, memory: Memory
) -> None:
    text = "[keyring]\nservice = 'shop'\n[secrets.A]\n[secrets.B]\nkeyring = 'ci-b'\n"
    keeper = KeyringKeeper(manifest_of(tmp_path, text))
    keeper.check(["A", "B"])
    keeper.keep({"A": Secret("1"), "B": Secret("2")})
    assert memory.entries == {("shop", "A"): "1", ("shop", "ci-b"): "2"}


def test_the_keyrings_service_is_the_projects_if_none_is_named(
    tmp_path: Path, memory: Memory
) -> None:
    manifest = manifest_of(tmp_path, "[secrets.A]\nkeyring = 'a'\n")
    KeyringKeeper(manifest).keep({"A": Secret("1")})
    assert memory.entries == {(f"credcheck/{manifest.project}", "a"): "1"}


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("sources = ['dotenv']\n[secrets.A]\n", "do not name keyring"),
        ("[secrets.A]\n", "does not look into the keyring for A"),
    ],
)
def test_the_keyring_is_no_place_if_nobody_looks_there(
    tmp_path: Path, memory: Memory, text: str, told: str
) -> None:
    with pytest.raises(CommandLineError, match=told):
        KeyringKeeper(manifest_of(tmp_path, text)).check(["A"])


def test_a_machine_without_a_keyring_is_told(tmp_path: Path, memory: Memory) -> None:
    keyring.set_keyring(fail.Keyring())  # type: ignore[no-untyped-call]
    with pytest.raises(CommandLineError, match="this machine has no keyring"):
        KeyringKeeper(manifest_of(tmp_path, "[keyring]\n[secrets.A]\n")).check(["A"])


def test_a_keyring_that_cannot_be_chosen_is_told(
    tmp_path: Path, memory: Memory, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails() -> KeyringBackend:
        raise RuntimeError

    monkeypatch.setattr(keyring, "get_keyring", fails)
    with pytest.raises(CommandLineError, match=r"does not work \(RuntimeError\)"):
        KeyringKeeper(manifest_of(tmp_path, "[keyring]\n[secrets.A]\n")).check(["A"])


@pytest.mark.parametrize(
    ("user", "told"), [("bad", "did not keep A exactly"), ("broken", r"not take A \(ValueError\)")]
)
def test_a_keyring_that_loses_a_value_is_told_without_it(
    tmp_path: Path, memory: Memory, user: str, told: str
) -> None:
    keeper = KeyringKeeper(manifest_of(tmp_path, f"[secrets.A]\nkeyring = '{user}'\n"))
    with pytest.raises(CommandLineError, match=told) as caught:
        keeper.keep({"A": Secret("the-value")})
    assert "the-value" not in str(caught.value)
    assert caught.value.__context__ is None or caught.value.__suppress_context__


def test_an_example_must_be_there_and_be_a_dotenv_file(tmp_path: Path) -> None:
    with pytest.raises(CommandLineError, match=r"there is no \.env\.test\.example"):
        read_example(tmp_path)
    (tmp_path / ".env.test.example").write_text("A='open\n")
    with pytest.raises(DotenvError, match=r"\.env\.test\.example:1"):
        read_example(tmp_path)
