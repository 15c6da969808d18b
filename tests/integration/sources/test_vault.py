"""Vault's key-value engines, on a real Vault."""

from __future__ import annotations

import json
import logging
from typing import TYPE_CHECKING, Any

import pytest

from credcheck.model import Absent, Denied, Empty, Found, SecretSpec
from credcheck.testing import SourceContract
from servers.forwarding import forwarding
from support.sources import ask, detail_of, hint_of, opened, value_of

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from credcheck.sources.base import Source
    from servers.vault_server import Vault

pytest_plugins = ["servers.fixtures"]


def as_root(vault: Vault, **options: Any) -> Source:
    return opened(
        "vault", {"VAULT_ADDR": vault.address, "VAULT_TOKEN": vault.root_token}, **options
    )


class VaultContract(SourceContract):
    mount: str

    @pytest.fixture(autouse=True)
    def _server(self, vault: Vault) -> None:
        self.vault = vault

    def write(self, values: Mapping[str, str]) -> None:
        raise NotImplementedError

    def holding(self, values: Mapping[str, str], tmp_path: Path) -> Source:
        self.write(values)
        return as_root(self.vault)

    def spec(self, name: str) -> SecretSpec:
        return SecretSpec(name=name, vault=f"{self.mount}/contract/all#{name}")


class TestVersionTwo(VaultContract):
    mount = "secret"

    def write(self, values: Mapping[str, str]) -> None:
        self.vault.put("contract/all", dict(values))


class TestVersionOne(VaultContract):
    mount = "kv1"

    def write(self, values: Mapping[str, str]) -> None:
        self.vault.put_v1("contract/all", dict(values), "kv1")


# ── which engine, which mount ─────────────────────────────────────────────────────────────────


def test_both_versions_are_told_apart_without_being_named(vault: Vault) -> None:
    vault.put("apart", {"key": "of-two"})
    vault.put_v1("apart", {"key": "of-one"}, "kv1")
    answers = ask(as_root(vault), "secret/apart#key", "kv1/apart#key")
    assert list(map(value_of, answers)) == ["of-two", "of-one"]


def test_a_mount_of_several_parts_is_found(vault: Vault) -> None:
    vault.mount("team/a/kv", 2)
    vault.mount("team/b/kv", 1)
    vault.put("deep/path", {"key": "deep-two"}, "team/a/kv")
    vault.put_v1("deep/path", {"key": "deep-one"}, "team/b/kv")
    answers = ask(as_root(vault), "team/a/kv/deep/path#key", "team/b/kv/deep/path#key")
    assert list(map(value_of, answers)) == ["deep-two", "deep-one"]


def test_a_secret_of_version_one_below_data_is_not_taken_for_version_two(vault: Vault) -> None:
    vault.put_v1("data/trap", {"key": "of-data"}, "kv1")
    vault.put_v1("trap", {"key": "of-trap"}, "kv1")
    assert value_of(ask(as_root(vault), "kv1/trap#key")[0]) == "of-trap"


def test_a_restricted_token_reads_version_one_too(vault: Vault) -> None:
    vault.put_v1("ci/one", {"key": "value-of-one"}, "kv1")
    token = vault.token(vault.policy("kv1/ci/*"))
    source = opened("vault", {"VAULT_ADDR": vault.address, "VAULT_TOKEN": token})
    assert value_of(ask(source, "kv1/ci/one#key")[0]) == "value-of-one"


def test_a_mount_that_does_not_exist_is_named(vault: Vault) -> None:
    (answer,) = ask(as_root(vault), "nowhere/ci/stripe#key")
    assert isinstance(answer, Absent)
    assert answer.detail.startswith("nothing is mounted at nowhere in 127.0.0.1:")


def test_an_engine_that_is_no_key_value_store_is_named(vault: Vault) -> None:
    (answer,) = ask(as_root(vault), "sys/ci/stripe#key")
    assert isinstance(answer, Absent)
    assert "is no key-value engine" in answer.detail


# ── what a place holds ────────────────────────────────────────────────────────────────────────


def test_a_missing_path_and_a_missing_field_are_absent_with_the_names_there_are(
    vault: Vault,
) -> None:
    vault.put("ci/names", {"api_key": "the-value", "webhook": "other-value"})
    no_path, no_field = ask(as_root(vault), "secret/ci/nothing#a", "secret/ci/names#apikey")
    assert isinstance(no_path, Absent)
    assert no_path.detail.startswith("there is no secret at secret/ci/nothing in ")
    assert no_field == Absent("secret/ci/names has no field 'apikey'; it has: 'api_key', 'webhook'")


def test_a_secret_with_one_field_needs_no_name_of_it(vault: Vault) -> None:
    vault.put("ci/single", {"value": "only-one"})
    vault.put("ci/double", {"a": "1st-value", "b": "2nd-value"})
    one, two = ask(as_root(vault), "secret/ci/single", "secret/ci/double")
    assert value_of(one) == "only-one"
    assert two == Absent("secret/ci/double has 2 fields; name one behind #: 'a', 'b'")


def test_a_field_that_is_no_text_is_given_as_json(vault: Vault) -> None:
    vault.put("ci/kinds", {"port": 5432, "on": True, "list": [1, 2], "none": None, "empty": ""})
    names = ("port", "on", "list", "none", "empty")
    answers = ask(as_root(vault), *(f"secret/ci/kinds#{name}" for name in names))
    assert [value_of(a) for a in answers[:3]] == ["5432", "true", "[1, 2]"]
    assert all(isinstance(a, Empty) for a in answers[3:])


def test_a_version_can_be_named(vault: Vault) -> None:
    for value in ("first-value", "second-value"):
        vault.put("ci/versions", {"key": value})
    answers = ask(as_root(vault), "secret/ci/versions#key", "secret/ci/versions?version=1#key")
    assert list(map(value_of, answers)) == ["second-value", "first-value"]


def test_deleted_and_destroyed_versions_say_so(vault: Vault) -> None:
    kv = vault.root.secrets.kv.v2
    for value in ("first-value", "second-value", "third-value"):
        vault.put("ci/gone", {"key": value})
    kv.delete_secret_versions(path="ci/gone", versions=[1], mount_point="secret")
    kv.destroy_secret_versions(path="ci/gone", versions=[2], mount_point="secret")
    deleted, destroyed, there, never = ask(
        as_root(vault), *(f"secret/ci/gone?version={n}#key" for n in (1, 2, 3, 9))
    )
    assert isinstance(deleted, Absent)
    assert deleted.detail.startswith("version 1 of secret/ci/gone was deleted at 20")
    assert destroyed == Absent("version 2 of secret/ci/gone was destroyed")
    assert value_of(there) == "third-value"
    assert detail_of(never).startswith("there is no secret at secret/ci/gone?version=9 in ")


def test_version_one_has_no_versions(vault: Vault) -> None:
    vault.put_v1("plain", {"key": "the-value"}, "kv1")
    (answer,) = ask(as_root(vault), "kv1/plain?version=2#key")
    assert answer == Absent("kv1 is KV version 1, which keeps no versions")


# ── who may read ──────────────────────────────────────────────────────────────────────────────


def test_a_policy_that_does_not_reach_is_denied_and_the_rest_is_read(vault: Vault) -> None:
    vault.put("ci/mine", {"key": "my-value"})
    vault.put("prod/other", {"key": "not-mine"})
    environ = {
        "VAULT_ADDR": vault.address,
        "VAULT_TOKEN": vault.token(vault.policy("secret/data/ci/*")),
    }
    mine, other = ask(opened("vault", environ), "secret/ci/mine#key", "secret/prod/other#key")
    assert value_of(mine) == "my-value"
    assert isinstance(other, Denied)
    assert "the policies of our token do not allow reading secret/prod/other" in other.detail
    assert other.hint == 'path "secret/data/prod/other" { capabilities = ["read"] }'


def test_a_token_that_may_not_ask_about_itself_is_not_called_expired(vault: Vault) -> None:
    vault.put("ci/mine", {"key": "my-value"})
    token = vault.token(vault.policy("secret/data/ci/*"), no_default_policy=True)
    source = opened("vault", {"VAULT_ADDR": vault.address, "VAULT_TOKEN": token})
    (before,) = ask(source, "secret/prod/other#key")
    assert isinstance(before, Denied)
    assert "the policies of our token do not allow reading secret/prod/other" in before.detail
    (mine,) = ask(source, "secret/ci/mine#key")
    assert value_of(mine) == "my-value"


def test_a_revoked_token_is_told_from_a_policy(vault: Vault) -> None:
    token = vault.token(vault.policy("secret/data/ci/*"))
    vault.root.auth.token.revoke(token)
    environ = {"VAULT_ADDR": vault.address, "VAULT_TOKEN": token}
    (answer,) = ask(opened("vault", environ), "secret/ci/mine#key")
    assert isinstance(answer, Denied)
    assert "the token is expired, revoked or not one of 127.0.0.1" in answer.detail
    assert answer.hint == "vault login"


# ── how often Vault is asked ──────────────────────────────────────────────────────────────────


def test_a_path_is_read_once_and_one_log_in_is_made_however_many_fields(vault: Vault) -> None:
    fields = {f"f{n}": f"value-{n}" for n in range(10)}
    vault.put("ci/once", fields)
    vault.put("ci/twice", {"a": "other-value"})
    role = vault.approle("once", vault.policy("secret/data/ci/*"))
    with forwarding(vault.address) as between:
        source = opened("vault", {"VAULT_ADDR": between.address, **role})
        answers = ask(source, *(f"secret/ci/once#{f}" for f in fields), "secret/ci/twice#a")
        ask(source, "secret/ci/twice#a")
    assert list(map(value_of, answers)) == [*fields.values(), "other-value"]
    assert sorted(between.paths()) == [
        "/v1/auth/approle/login",
        "/v1/secret/data/ci/once",
        "/v1/secret/data/ci/twice",
        "/v1/secret/data/ci/twice",
    ]


def test_nothing_asked_sends_nothing(vault: Vault) -> None:
    with forwarding(vault.address) as between:
        assert opened("vault", {"VAULT_ADDR": between.address, "VAULT_TOKEN": "x"}).fetch([]) == {}
    assert between.asked == []


# ── silence ───────────────────────────────────────────────────────────────────────────────────


def test_no_library_logs_or_prints_anything_during_a_fetch(
    vault: Vault,
    caplog: pytest.LogCaptureFixture,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    import http.client

    vault.put("ci/quiet", {"key": "a-quiet-value"})
    monkeypatch.setattr(http.client.HTTPConnection, "debuglevel", 1)
    for name in ("urllib3", "urllib3.connectionpool", "requests", "hvac"):
        caplog.set_level(logging.DEBUG, logger=name)
    caplog.clear()
    with caplog.at_level(logging.DEBUG):
        source = as_root(vault)
        assert value_of(ask(source, "secret/ci/quiet#key")[0]) == "a-quiet-value"
        assert [record.name for record in caplog.records] == []
        logging.getLogger("urllib3.connectionpool").debug("still heard elsewhere")
    assert [record.message for record in caplog.records] == ["still heard elsewhere"]
    printed = capsys.readouterr()
    assert printed.out + printed.err == ""


def test_what_is_answered_and_the_source_itself_show_no_token(vault: Vault) -> None:
    token = vault.token("default")
    source = opened("vault", {"VAULT_ADDR": vault.address, "VAULT_TOKEN": token})
    answers = ask(source, "secret/ci/quiet#key", "nowhere/a#b")
    shown = json.dumps([repr(source), *map(repr, answers), *map(hint_of, answers)])
    assert token not in shown
    assert not any(isinstance(answer, Found) for answer in answers)


# ── health ────────────────────────────────────────────────────────────────────────────────────


def test_health_says_as_whom_and_until_when(vault: Vault) -> None:
    role = vault.approle("health", vault.policy("secret/data/ci/*"))
    health = opened("vault", {"VAULT_ADDR": vault.address, **role}).health()
    assert (health.status, health.identity) == ("ok", "approle")
    assert health.detail.endswith("signed in by approle")
    assert health.until is not None
    assert health.until.startswith("20")
    assert health.elapsed_ms is not None


def test_health_of_a_dead_token_is_denied(vault: Vault) -> None:
    health = opened("vault", {"VAULT_ADDR": vault.address, "VAULT_TOKEN": "hvs.nothing"}).health()
    assert (health.status, health.hint) == ("denied", "vault login")


def test_health_without_an_address_is_not_configured() -> None:
    health = opened("vault").health()
    assert health.status == "not-configured"
    assert health.hint == "export VAULT_ADDR=https://…"
