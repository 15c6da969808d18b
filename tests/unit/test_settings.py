from __future__ import annotations

import json
import pickle
from typing import TYPE_CHECKING, Any

import pydantic
import pytest
from pydantic import (
    AliasChoices,
    AnyUrl,
    BaseModel,
    Field,
    SecretStr,
    ValidationError,
    field_validator,
)
from pydantic_settings import SettingsConfigDict, SettingsError

from credcheck.broker import Broker
from credcheck.errors import ManifestError, Refused
from credcheck.settings import CredcheckSettings, CredcheckSettingsSource
from support.keys import stripe_live, stripe_test
from support.projects import broker_for, enter_project, write_env_test, write_project

if TYPE_CHECKING:
    from pathlib import Path

MANIFEST = """
[secrets.STRIPE_TEST_KEY]
service = "stripe"
aliases = ["STRIPE_SANDBOX_KEY"]
obtain = "https://dashboard.stripe.com/test/apikeys"

[secrets.DATABASE_URL]
service = "database_url"
"""


@pytest.fixture(autouse=True)
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    enter_project(tmp_path, monkeypatch)
    write_project(tmp_path, MANIFEST, STRIPE_TEST_KEY=stripe_test())
    return tmp_path


class Config(CredcheckSettings):
    stripe_test_key: SecretStr
    new_checkout: bool = False
    retries: int = 3


# ── where values come from ────────────────────────────────────────────────────────────────────


def test_a_declared_secret_is_resolved_and_an_ordinary_setting_is_read(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("NEW_CHECKOUT", "yes")
    config = Config()
    assert config.stripe_test_key.get_secret_value() == stripe_test()
    assert (config.new_checkout, config.retries) == (True, 3)


def test_arguments_win() -> None:
    config = Config(stripe_test_key="given", retries=5)
    assert (config.stripe_test_key.get_secret_value(), config.retries) == ("given", 5)


def test_the_file_wins_over_the_environment_for_settings_too(
    project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_env_test(project, f"STRIPE_TEST_KEY={stripe_test()}\nRETRIES=7\n")
    monkeypatch.setenv("RETRIES", "8")
    assert Config().retries == 7


def test_an_alias_of_the_manifest_and_a_file_of_secrets_do(project: Path) -> None:
    write_env_test(project, f"STRIPE_SANDBOX_KEY={stripe_test(8)}\n")

    class Sandbox(CredcheckSettings):
        stripe_sandbox_key: SecretStr

    assert Config().stripe_test_key.get_secret_value() == stripe_test(8)
    assert Sandbox().stripe_sandbox_key.get_secret_value() == stripe_test(8)


def test_a_type_that_says_secret_is_one_without_a_declaration(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    class Other(CredcheckSettings):
        pepper: SecretStr | None = None
        token: SecretStr = SecretStr("default")

    monkeypatch.setenv("PEPPER", "some-pepper")
    monkeypatch.setenv("TOKEN", "changeme")
    config = Other()
    assert config.pepper is not None
    assert config.pepper.get_secret_value() == "some-pepper"
    assert config.token.get_secret_value() == "default"  # a placeholder is no value


def test_prefixes_aliases_and_nested_models_are_those_of_pydantic(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    class Paypal(BaseModel):
        sandbox: bool = True
        secret: SecretStr

    class Shop(CredcheckSettings):
        model_config = SettingsConfigDict(env_prefix="SHOP_", env_nested_delimiter="__")
        database: str = Field(validation_alias=AliasChoices("DATABASE_URL", "DB"))
        stripe: SecretStr = Field(alias="STRIPE_TEST_KEY")
        paypal: Paypal
        hosts: tuple[str, ...] = ()

    monkeypatch.setenv("DATABASE_URL", "postgresql://u:pw-5521-pw@localhost/db")
    monkeypatch.setenv("SHOP_PAYPAL__SECRET", "paypal-secret")
    monkeypatch.setenv("SHOP_PAYPAL__SANDBOX", "false")
    monkeypatch.setenv("SHOP_HOSTS", '["a", "b"]')
    config = Shop()
    assert config.database == "postgresql://u:pw-5521-pw@localhost/db"
    assert config.stripe.get_secret_value() == stripe_test()
    assert (config.paypal.sandbox, config.hosts) == (False, ("a", "b"))
    assert config.paypal.secret.get_secret_value() == "paypal-secret"


def test_a_secret_that_the_manifest_declares_fills_a_nested_field(
    project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Stripe(BaseModel):
        key: SecretStr

    class Shop(CredcheckSettings):
        model_config = SettingsConfigDict(env_nested_delimiter="__")
        stripe: Stripe

    (project / "credcheck.toml").write_text("[secrets.STRIPE__KEY]\nservice = 'stripe'\n")
    write_env_test(project, "STRIPE__KEY=changeme\n")
    monkeypatch.setenv("STRIPE__KEY", stripe_test())
    assert Shop().stripe.key.get_secret_value() == stripe_test()


def test_case_counts_if_the_class_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    class Strict(CredcheckSettings):
        model_config = SettingsConfigDict(case_sensitive=True)
        retries: int = 1
        STRIPE_TEST_KEY: SecretStr

    monkeypatch.setenv("RETRIES", "9")
    config = Strict()
    assert config.retries == 1
    assert config.STRIPE_TEST_KEY.get_secret_value() == stripe_test()


def test_blank_values_can_be_ignored(monkeypatch: pytest.MonkeyPatch) -> None:
    class Lenient(CredcheckSettings):
        model_config = SettingsConfigDict(env_ignore_empty=True)
        retries: int = 1

    monkeypatch.setenv("RETRIES", "")
    assert Lenient().retries == 1


def test_only_what_the_class_wants_is_resolved(project: Path) -> None:
    class Needs(CredcheckSettings):
        stripe_test_key: SecretStr
        credcheck_broker = Broker.load(environ={}, cwd=project)

    Needs()
    assert Needs.credcheck_broker is not None
    assert Needs.credcheck_broker.resolved() == ("STRIPE_TEST_KEY",)


def test_a_project_without_a_manifest_has_settings_too(
    project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (project / "credcheck.toml").unlink()
    monkeypatch.setenv("RETRIES", "4")
    config = Config()
    assert config.retries == 4
    assert config.stripe_test_key.get_secret_value() == stripe_test()


def test_the_source_alone_serves_another_base_class(project: Path) -> None:
    from pydantic_settings import BaseSettings

    class Plain(BaseSettings):
        stripe_test_key: SecretStr

        @classmethod
        def settings_customise_sources(  # type: ignore[override]
            cls, settings_cls: Any, **_: Any
        ) -> Any:
            return (CredcheckSettingsSource(settings_cls, broker_for(project)),)

    assert Plain().stripe_test_key.get_secret_value() == stripe_test()


# ── what is refused, and what is missing ──────────────────────────────────────────────────────


@pytest.mark.parametrize("name", ["STRIPE_TEST_KEY", "STRIPE_SANDBOX_KEY", "DATABASE_URL"])
def test_a_production_credential_is_refused_wherever_it_stands(
    monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.setenv(name, stripe_live())
    with pytest.raises(Refused) as caught:
        Config(stripe_test_key="given")
    assert stripe_live()[8:16] not in str(caught.value)


def test_a_production_credential_in_an_ordinary_setting_is_refused(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    class Loose(CredcheckSettings):
        payment: str = ""

    monkeypatch.setenv("PAYMENT", stripe_live())
    with pytest.raises(Refused, match="PAYMENT is a production credential") as caught:
        Loose()
    assert stripe_live()[8:16] not in str(caught.value)


def test_a_missing_secret_is_pydantics_own_error_and_its_notes_say_what_to_do(
    project: Path,
) -> None:
    (project / ".env.test").unlink()
    with pytest.raises(ValidationError) as caught:
        Config()
    assert caught.value.errors(include_url=False) == [
        {
            "type": "missing",
            "loc": ("stripe_test_key",),
            "msg": "Field required",
            "input": "[REDACTED]",
            "ctx": {"told": "Field required"},
        }
    ]
    (note,) = caught.value.__notes__
    assert note.startswith("STRIPE_TEST_KEY is absent: no source has it (asked: dotenv, env)")
    assert "get one at https://dashboard.stripe.com/test/apikeys" in note


def test_a_broken_manifest_is_told_as_ever(project: Path) -> None:
    (project / "credcheck.toml").write_text("ambiet = 1\n")
    with pytest.raises(ManifestError, match="ambiet"):
        Config()


# ── no value is shown ─────────────────────────────────────────────────────────────────────────

VALUE = "a-value-nobody-may-see-77182"


class Nested(BaseModel):
    number: int


class Careless(CredcheckSettings):
    model_config = SettingsConfigDict(env_nested_delimiter="__")
    stripe_test_key: str
    number: int
    nested: Nested
    choosy: str = ""

    @field_validator("choosy")
    @classmethod
    def refuse(cls, value: str) -> str:
        raise ValueError(f"I do not like {value}")


def test_no_error_shows_a_value_in_any_of_its_forms(
    project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (project / "credcheck.toml").write_text("[secrets.CHOOSY]\n[secrets.STRIPE_TEST_KEY]\n")
    for name in ("NUMBER", "NESTED__NUMBER", "CHOOSY"):
        monkeypatch.setenv(name, VALUE)
    with pytest.raises(ValidationError) as caught:
        Careless()
    error = caught.value
    shown = f"{error}{error!r}{error.errors()}{error.json()}{getattr(error, '__notes__', '')}"
    assert {one["loc"] for one in error.errors()} == {
        ("number",),
        ("nested", "number"),
        ("choosy",),
    }
    assert "I do not like [REDACTED:CHOOSY]" in shown
    assert VALUE not in shown
    assert error.__cause__ is None
    assert error.__suppress_context__ or error.__context__ is None


def test_a_value_that_cannot_be_parsed_is_not_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    class Listed(CredcheckSettings):
        hosts: list[str]

    monkeypatch.setenv("HOSTS", f"[{VALUE}")
    with pytest.raises(SettingsError) as caught:
        Listed()
    assert VALUE not in str(caught.value)
    assert caught.value.__suppress_context__
    assert caught.value.__cause__ is None


def test_the_settings_themselves_show_no_secret() -> None:
    class Loose(CredcheckSettings):
        stripe_test_key: str
        retries: int = 3

    shown = f"{Loose()!r} {Loose()}"
    assert stripe_test()[8:] not in shown
    assert "stripe_test_key='[REDACTED]'" in shown
    assert "retries=3" in shown
    config = Config()
    assert stripe_test()[8:] not in f"{config!r}{config}{config.model_dump()}"
    assert stripe_test()[8:] not in json.dumps(config.model_dump(mode="json"))


def test_settings_can_be_copied_and_pickled_like_any_other() -> None:
    config = Config()
    assert config.model_copy().stripe_test_key == config.stripe_test_key
    assert pickle.loads(pickle.dumps(config)).retries == 3


def test_a_secret_of_another_type_than_text_or_in_a_nested_model_is_masked_in_the_repr(
    project: Path,
) -> None:
    class Store(BaseModel):
        token: str
        size: int = 3

    class Typed(CredcheckSettings):
        model_config = SettingsConfigDict(env_nested_delimiter="__")
        database_url: AnyUrl
        store: Store
        plain: bool = True
        nothing: str | None = Field(default=None, alias="STRIPE_TEST_KEY_2")

    manifest = MANIFEST + '[secrets.STORE__TOKEN]\nunproven = "x"\n[secrets.STRIPE_TEST_KEY_2]\n'
    address = "postgresql://u:pa55-word-7712@localhost/test_db"
    write_project(project, manifest, DATABASE_URL=address, STORE__TOKEN="nested-value-8813")
    typed = Typed()
    assert typed.store.token == "nested-value-8813"
    shown = repr(typed) + str(typed)
    assert "pa55-word" not in shown
    assert "nested-value" not in shown
    assert "store='[REDACTED]', plain=True, nothing=None" in shown


def test_pydantics_generic_secret_is_a_secret(project: Path) -> None:
    class Generic(CredcheckSettings):
        pepper: pydantic.Secret[str] = pydantic.Secret("default")

    write_project(project, MANIFEST, PEPPER="changeme")
    assert Generic().pepper.get_secret_value() == "default"  # a placeholder is no value
